package command

import (
	"context"
	"fmt"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/dialog"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (o *fakeOffice) FillQuickReplyByShortcut(_ context.Context, _, id, shortcut string) (string, error) {
	if shortcut != "pix" {
		return "", domain.RefuseField("shortcut", domain.T("reply.unknown", "Shortcut", shortcut))
	}
	return "a chave de " + id, nil
}

func (o *fakeOffice) SendText(_ context.Context, userID, channelID, rootID, text string) error {
	o.asked = append(o.asked, fmt.Sprintf("text %s %s %s %s", userID, channelID, rootID, text))
	return o.answer
}

func (o *fakeOffice) RepliesDialog(_ context.Context, userID, shortcut string) (*model.OpenDialogRequest, error) {
	o.asked = append(o.asked, "replies "+userID+" "+shortcut)
	return &model.OpenDialogRequest{URL: dialog.RepliesURL}, o.answer
}

func TestQuickRepliesAreKeptInADialog(t *testing.T) {
	for typed, want := range map[string]string{"respostas": "replies me ", "replies PIX": "replies me pix", "respostas /r pix": "replies me pix"} {
		o := newFakeOffice()
		require.Empty(t, o.in(t, "town-square", typed))
		require.Equal(t, []string{want}, o.asked, typed)
		require.Equal(t, "trigger", o.opened[0].TriggerId)
	}
}

func TestQuickReply(t *testing.T) {
	o := newFakeOffice()
	for _, typed := range []string{"/r pix", "/R  pix ", "/r\npix"} {
		o.asked = nil
		require.Empty(t, o.in(t, "here", typed))
		require.Equal(t, []string{"text me here  a chave de conv"}, o.asked, typed)
	}
	o.asked = nil
	for typed, want := range map[string]string{
		"/r": "`/r [atalho]`", "/r pix agora": "`/r [atalho]`", "/r nada": "Não há resposta rápida com o atalho nada",
	} {
		require.Contains(t, o.in(t, "here", typed), want, typed)
	}
	require.Contains(t, o.in(t, "town-square", "/r pix"), "só funciona no canal")
	require.Empty(t, o.asked)
	o.answer = domain.Refuse(domain.CodeWindowClosed, domain.T("post.waiting"))
	require.Contains(t, o.in(t, "here", "/r pix"), "ainda não respondeu")

	definition := ReplyDefinition(texts(t), "pt-BR")
	require.NoError(t, definition.AutocompleteData.IsValid())
	require.Equal(t, suggestReplies, definition.AutocompleteData.Arguments[0].Data.(*model.AutocompleteDynamicListArg).FetchURL)
}
