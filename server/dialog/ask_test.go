package dialog

import (
	"context"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

func (d *fakeDesk) MayAsk(context.Context, string, string) error { return d.mayAct }

func (d *fakeDesk) AskCustomer(_ context.Context, _, _, _ string, q whatsapp.Question) (*domain.Message, error) {
	if _, wrong := q.Build(); len(wrong) > 0 {
		return nil, &domain.Refusal{Code: domain.CodeInvalidField, Fields: wrong}
	}
	d.questions = append(d.questions, q)
	return &domain.Message{}, d.answer
}

func askClient(t *testing.T, desk *fakeDesk, remember bool, kind, text string) *fakeClient {
	t.Helper()
	d := desk.dialogs(t)
	request, err := d.Ask(context.Background(), AskFor{UserID: agent, ChannelID: "channel", Type: kind, Text: text})
	require.NoError(t, err)
	require.Equal(t, AskURL, request.URL)
	require.NoError(t, request.Dialog.IsValid())
	return &fakeClient{t: t, d: d, remember: remember, form: &request.Dialog}
}

func TestAskDialog(t *testing.T) {
	for kind, c := range map[string]struct {
		names    []string
		values   map[string]any
		question whatsapp.Question
	}{
		whatsapp.AskButtons: {
			[]string{"body", "buttons", "header", "footer"}, map[string]any{"body": "Confirma?", "buttons": "Sim\n\n Não \n", "footer": "Loja"},
			whatsapp.Question{Body: "Confirma?", Footer: "Loja", Buttons: []whatsapp.InteractiveID{{ID: "1", Title: "Sim"}, {ID: "2", Title: "Não"}}},
		},
		whatsapp.AskList: {
			[]string{"body", "button", "sections", "header", "footer"}, map[string]any{"body": "Qual horário?", "button": "Ver", "sections": "# Manhã\n9h | com a Ana\n10h\n#Tarde\n15h", "header": "Visita"},
			whatsapp.Question{Body: "Qual horário?", Header: "Visita", Button: "Ver", Sections: []whatsapp.InteractiveSection{
				{Title: "Manhã", Rows: []whatsapp.InteractiveRow{{ID: "1", Title: "9h", Description: "com a Ana"}, {ID: "2", Title: "10h"}}},
				{Title: "Tarde", Rows: []whatsapp.InteractiveRow{{ID: "3", Title: "15h"}}},
			}},
		},
		whatsapp.AskLink: {
			[]string{"body", "button", "url", "header", "footer"}, map[string]any{"body": "Seu boleto", "button": "Abrir", "url": "https://loja.example/b"},
			whatsapp.Question{Body: "Seu boleto", Button: "Abrir", URL: "https://loja.example/b"},
		},
		whatsapp.AskLocation: {[]string{"body"}, map[string]any{"body": "Onde você está?"}, whatsapp.Question{Body: "Onde você está?"}},
		whatsapp.AskPhone:    {[]string{"body"}, map[string]any{"body": "Qual é o seu número?"}, whatsapp.Question{Body: "Qual é o seu número?"}},
	} {
		for _, locale := range []string{"pt-BR", "en"} {
			t.Run(kind+" "+locale, func(t *testing.T) {
				desk := newFakeDesk()
				desk.locale = locale
				client := askClient(t, desk, locale == "en", "", "oi")
				require.Equal(t, []string{"type"}, client.names())
				require.Contains(t, client.submit(nil).Errors, "type", "it is required")
				require.Contains(t, client.submit(map[string]any{"type": "poll"}).Errors, "type")
				require.Equal(t, "form", client.submit(map[string]any{"type": kind}).Type)
				require.NoError(t, client.form.IsValid())
				require.Equal(t, c.names, client.names())
				require.Equal(t, "oi", client.form.Elements[0].Default)
				require.Equal(t, &model.SubmitDialogResponse{}, client.submit(c.values))
				c.question.Type = kind
				require.Equal(t, []whatsapp.Question{c.question}, desk.questions)
			})
		}
	}
}

func TestAskDialogShowsWhatMetaRefusesAtItsElement(t *testing.T) {
	for name, c := range map[string]struct {
		kind   string
		values map[string]any
		wrong  []string
	}{
		"a list of nothing":       {whatsapp.AskList, map[string]any{"body": "x"}, []string{"button", "sections"}},
		"a section of nothing":    {whatsapp.AskList, map[string]any{"body": "x", "button": "y", "sections": "# vazia"}, []string{"sections"}},
		"eleven options":          {whatsapp.AskList, map[string]any{"body": "x", "button": "y", "sections": "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11"}, []string{"sections"}},
		"a link to nowhere":       {whatsapp.AskLink, map[string]any{"body": "x", "button": "y", "url": "loja"}, []string{"url"}},
		"a button that is long":   {whatsapp.AskLink, map[string]any{"body": "x", "button": "123456789 123456789 1", "url": "https://a.b"}, []string{"button"}},
		"four buttons":            {whatsapp.AskButtons, map[string]any{"body": "x", "buttons": "1\n2\n3\n4"}, []string{"buttons"}},
		"the same button twice":   {whatsapp.AskButtons, map[string]any{"body": "x", "buttons": "1\n1"}, []string{"buttons"}},
		"a text that is a number": {whatsapp.AskLink, map[string]any{"body": 1, "button": "y", "url": "https://a.b"}, []string{"body"}},
	} {
		t.Run(name, func(t *testing.T) {
			desk := newFakeDesk()
			response := askClient(t, desk, false, c.kind, "").submit(c.values)
			require.Empty(t, response.Error)
			require.Len(t, response.Errors, len(c.wrong), response.Errors)
			for _, element := range c.wrong {
				require.NotEmpty(t, response.Errors[element], element)
			}
			require.Empty(t, desk.questions)
		})
	}
}

func TestAskDialogHoldsTheLock(t *testing.T) {
	desk := newFakeDesk()
	client := askClient(t, desk, false, "", "")
	desk.mayAct = domain.Refuse(domain.CodeWindowClosed, domain.T("post.waiting"))
	require.NotEmpty(t, client.submit(map[string]any{"type": whatsapp.AskLocation}).Error)
	_, err := desk.dialogs(t).Ask(context.Background(), AskFor{UserID: agent, ChannelID: "channel"})
	require.ErrorIs(t, err, desk.mayAct)
	desk.mayAct = nil
	require.Equal(t, &model.SubmitDialogResponse{}, client.submit(map[string]any{"type": whatsapp.AskButtons, "body": "Sim?", "buttons": "Sim"}), "all at once")
	require.Len(t, desk.questions, 1)
}
