package service_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
)

// TestSeeingIsNotActing: whose conversation it is sees it for ever; who left
// team, channel and queue does nothing with it any more.
func TestSeeingIsNotActing(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	b.outside, b.guests = map[string]bool{}, map[string]bool{}
	c := b.start(phone)
	b.answered(c)
	post := &fakeDraftSender{b: b}
	drafts := service.NewDrafts(service.DraftPorts{Service: b.do, Store: b.store, Sender: post})
	held, err := drafts.Save(ctx, "bruno", c.ID, "um rascunho", nil)
	require.NoError(t, err)
	view := func(_ *domain.View, err error) error { return err }
	draft := func(_ *domain.Draft, err error) error { return err }

	acts := map[string]func(actor string) error{
		"note":           func(a string) error { return view(b.do.Note(ctx, a, c.ID, "x")) },
		"close":          func(a string) error { return view(b.do.Close(ctx, a, c.ID, domain.Closing{Note: "x"})) },
		"reopen":         func(a string) error { return view(b.do.Reopen(ctx, a, c.ID)) },
		"claim":          func(a string) error { return view(b.do.Claim(ctx, a, c.ID)) },
		"transfer":       func(a string) error { return view(b.do.TransferToUser(ctx, a, c.ID, "ana")) },
		"to a queue":     func(a string) error { return view(b.do.TransferToQueue(ctx, a, c.ID, b.other.ID)) },
		"set the owner":  func(a string) error { return view(b.do.SetOwner(ctx, a, c.ID, "ana")) },
		"fetch a file":   func(a string) error { return b.do.MayAct(ctx, a, c.ID) },
		"save a draft":   func(a string) error { return draft(drafts.Save(ctx, a, c.ID, "x", nil)) },
		"edit a draft":   func(a string) error { return draft(drafts.Edit(ctx, a, held.ID, "x")) },
		"drop a draft":   func(a string) error { return draft(drafts.Drop(ctx, a, held.ID)) },
		"send a draft":   func(a string) error { return draft(drafts.Send(ctx, a, held.ID)) },
		"send all of it": func(a string) error { _, _, err := drafts.SendAll(ctx, a, c.ID, "bruno"); return err },
		"reveal": func(a string) error {
			_, err := b.do.Reveal(ctx, a, c.ContactID)
			return err
		},
		"send a template": func(a string) error {
			_, err := b.do.SendTemplate(ctx, domain.TemplateRequest{
				ActorID: a, ConversationID: c.ID, Template: domain.TemplateRef{Name: "visita", Language: "pt_BR"}, Variables: map[string]string{"body_1": "x"}, Confirm: true,
			})
			return err
		},
	}
	refusedAll := func(actor, who string, code string) {
		t.Helper()
		for name, act := range acts {
			require.Equal(t, code, refusal(t, act(actor)).Code, "%s: %s", who, name)
		}
	}
	sees := func(actor string) {
		t.Helper()
		_, err := b.do.View(ctx, actor, c.ID)
		require.NoError(t, err)
		_, _, err = b.do.Messages(ctx, actor, c.ID, 0, 60)
		require.NoError(t, err)
	}

	b.outside["bruno"] = true
	sees("bruno")
	refusedAll("bruno", "an owner and attendant outside", domain.CodeForbidden)
	refusedAll("davi", "a member of the channel alone", domain.CodeNotFound)
	b.guests["davi"] = true
	refusedAll("davi", "a guest in the channel", domain.CodeNotFound)
	delete(b.guests, "davi")

	_, err = b.do.TransferToUser(ctx, "ana", c.ID, "davi")
	require.NoError(t, err)
	sees("davi")
	b.guests["davi"] = true
	sees("davi")
	refusedAll("davi", "an attendant who became a guest", domain.CodeForbidden)
	require.Contains(t, refusal(t, b.do.MayAct(ctx, "davi", c.ID)).Text.Key, "guest")

	require.Len(t, b.sent, 1, "no template left but the first")
	require.Empty(t, post.posted)
	var rows int
	require.NoError(t, b.db.QueryRow("SELECT count(*) FROM waa_audit WHERE action = 'contact_revealed'").Scan(&rows))
	require.Zero(t, rows)
	require.NoError(t, acts["reveal"]("ana"))
	require.NoError(t, acts["reveal"]("root"), "who manages the server")
	require.Equal(t, domain.CodeInvalidField, refusal(t, draft(drafts.Send(ctx, "ana", held.ID))).Code, "its author may not post any more")
	require.Empty(t, post.posted)
}

func TestAGuestServesNobody(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	b.guests = map[string]bool{"gast": true}
	c := b.start(phone)
	require.Contains(t, refusal(t, func() error { _, err := b.do.TransferToUser(ctx, "bruno", c.ID, "gast"); return err }()).Fields, "user_id")
	require.NoError(t, b.do.Invited(ctx, "bruno", c.ChannelID, "gast"))
	after, err := b.store.Conversation(ctx, c.ID)
	require.NoError(t, err)
	require.Equal(t, "bruno", after.AttendantID, "who is invited to write along does not take over")
}

func TestASupervisorsWordsAreTheSupervisors(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	post := &fakeDraftSender{b: b, files: []string{"f1"}}
	drafts := service.NewDrafts(service.DraftPorts{Service: b.do, Store: b.store, Sender: post})
	held, err := drafts.Save(ctx, "bruno", c.ID, "Bom dia", nil)
	require.NoError(t, err)
	filed, err := drafts.Save(ctx, "bruno", c.ID, "a nota", []string{"f1"})
	require.NoError(t, err)
	edited, err := drafts.Edit(ctx, "ana", held.ID, "Pague no PIX")
	require.NoError(t, err)
	require.Equal(t, "ana", edited.AuthorID)
	_, err = drafts.Edit(ctx, "ana", filed.ID, "outra")
	require.Contains(t, refusal(t, err).Fields, "text", "another's files cannot be posted in one's own name")
	_, err = drafts.Edit(ctx, "bruno", held.ID, "x")
	require.Equal(t, domain.CodeForbidden, refusal(t, err).Code, "it is his no more")
	b.answered(c)
	sent, err := drafts.Send(ctx, "ana", held.ID)
	require.NoError(t, err)
	require.Equal(t, domain.DraftSent, sent.State)
	var details string
	require.NoError(t, b.db.QueryRow("SELECT details FROM waa_audit WHERE action = 'draft_edited' AND object_id = $1 AND actor_id = 'ana'", held.ID).Scan(&details))
	require.JSONEq(t, `{"author": "bruno", "old_text_hash": "hash:Bom dia"}`, details)
}
