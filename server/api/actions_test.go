package api

import (
	"net/http"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

func TestActions(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name   string
		before string // what the conversation is before
		actor  string
		action string
		body   any
		audit  string
		after  map[string]any // what it is afterwards
	}{
		{"to a person", "", agent, "/transfer", map[string]any{"user_id": colleague}, "transfer_user", map[string]any{"attendant_id": colleague, "owner_id": agent}},
		{"to a queue", "", agent, "/transfer", map[string]any{"queue_id": queue2, "user_id": ""}, "transfer_queue", map[string]any{"attendant_id": "", "queue_id": queue2}},
		{"another owner", "", admin, "/owner", map[string]any{"user_id": colleague}, "owner", map[string]any{"attendant_id": agent, "owner_id": colleague}},
		{"claim", "attendant_id = ''", colleague, "/claim", nil, "claim", map[string]any{"attendant_id": colleague}},
		{"claim with an empty body", "attendant_id = ''", colleague, "/claim", `{}`, "claim", map[string]any{"attendant_id": colleague}},
		{"close", "", agent, "/close", nil, "close", map[string]any{"closed_at": float64(now), "closed_by": agent, "close_reason": ""}},
		{"close with an empty body", "", agent, "/close", `{}`, "close", map[string]any{"closed_at": float64(now), "close_reason": ""}},
		{"close with a reason", "", agent, "/close", map[string]any{"reason": "resolvido"}, "close", map[string]any{"closed_at": float64(now), "close_reason": "resolvido"}},
		{"reopen", "closed_at = 1, closed_by = 'x'", agent, "/reopen", nil, "reopen", map[string]any{"closed_at": 0.0, "reopened_by": agent}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.begin()
			w.conversation(conversation1, contact1, account1)
			if c.before != "" {
				w.exec("UPDATE waa_conversations SET " + c.before)
			}
			require.Equal(t, conversation1, w.as(c.actor, http.MethodPost, "/conversations/"+conversation1+c.action, c.body).Is(http.StatusOK).JSON["id"])
			row := w.row("SELECT * FROM waa_conversations")
			for column, want := range c.after {
				require.Equal(t, want, row[column], column)
			}
			rows := w.audits()
			require.Len(t, rows, 1)
			require.Equal(t, []string{c.actor, c.audit, conversation1}, []string{rows[0].actor, rows[0].action, rows[0].object})
		})
	}
}

func TestANoteIsPostedInItsAuthorsName(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	a := w.as(agent, http.MethodPost, "/conversations/"+conversation1+"/note", map[string]any{"text": "linha 1\nlinha 2"}).Is(http.StatusOK)
	require.Equal(t, conversation1, a.JSON["id"])
	require.Equal(t, []posting.Post{{ChannelID: conversation1, UserID: agent, Type: posting.TypeNote, Message: "linha 1\nlinha 2"}}, w.mattermost.posts)
}

func TestActionsRefuse(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	before := w.row("SELECT * FROM waa_conversations")
	path := "/conversations/" + conversation1
	for _, c := range []struct {
		action, field string
		others        []string
		wrong         []wrong
	}{
		{"/note", "text", nil, append(badValue("", " \n", long(16384), "a\x00"), notText()...)},
		{"/owner", "user_id", nil, append(badValue("", "x", "@maria"), notText()...)},
		{"/transfer", "user_id", nil, append(badValue("x", "\x00", "@maria"), notText()...)},
		{"/transfer", "queue_id", nil, append(badValue("x", "~vendas"), notText()...)},
		{"/transfer", "queue_id", []string{"user_id"}, badValue("")},
		{"/close", "reason", nil, append(badValue(long(1001), "\x00"), notText()...)},
	} {
		t.Run(c.action+" "+c.field, func(t *testing.T) {
			for _, wrong := range c.wrong {
				a := w.as(agent, http.MethodPost, path+c.action, map[string]any{c.field: wrong.value})
				require.Equal(t, wrong.status, a.Status, "%s %v", c.action, wrong.value)
				if wrong.status == http.StatusUnprocessableEntity {
					require.ElementsMatch(t, append(c.others, c.field), a.Fields())
				}
			}
		})
	}
	both := map[string]any{"user_id": agent, "queue_id": queue1}
	require.ElementsMatch(t, []string{"user_id", "queue_id"}, w.as(agent, http.MethodPost, path+"/transfer", both).Is(http.StatusUnprocessableEntity).Fields())
	w.noObjects(agent, http.MethodPost, path+"/note")
	w.noObjects(agent, http.MethodPost, path+"/transfer")
	w.as(agent, http.MethodPost, path+"/close", `[]`).Is(http.StatusBadRequest, "bad_request")
	require.Equal(t, before, w.row("SELECT * FROM waa_conversations"))
	require.Empty(t, w.mattermost.posts)
	require.Empty(t, w.audits())
}

func TestClaimByButton(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	w.exec("UPDATE waa_conversations SET attendant_id = ''")
	press := func(user string, context any) fake.Answer {
		return w.as(user, http.MethodPost, "/actions/claim", map[string]any{"user_id": id("somebodyelse"), "context": context})
	}
	button := map[string]any{"conversation_id": conversation1}
	a := press(agent, button).Is(http.StatusOK)
	require.Equal(t, map[string]any{"ephemeral_text": "", "skip_slack_parsing": true}, a.JSON)
	require.Equal(t, agent, w.row("SELECT attendant_id FROM waa_conversations")["attendant_id"], "the session says who")

	require.Contains(t, press(colleague, button).Is(http.StatusOK).JSON["ephemeral_text"], "already serving", "somebody was faster")
	require.NotEmpty(t, press(stranger, button).Is(http.StatusOK).JSON["ephemeral_text"])
	w.store.rightsErr = errDown
	press(agent, button).Is(http.StatusServiceUnavailable, "unavailable")
	w.store.rightsErr = nil
	for _, context := range []any{map[string]any{}, map[string]any{"conversation_id": "x"}} {
		press(agent, context).Is(http.StatusUnprocessableEntity, "invalid_field")
	}
	w.as(agent, http.MethodPost, "/actions/claim", `{}`).Is(http.StatusUnprocessableEntity, "invalid_field")
	press(agent, 5).Is(http.StatusBadRequest, "bad_request")
}

// TestWhatARefusedButtonSays: Mattermost shows the answer as Markdown, in which no value may act.
func TestWhatARefusedButtonSays(t *testing.T) {
	w := newWorld(t)
	missing := domain.T("api.code_not_found")
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"a value":       {domain.Refuse(domain.CodeForbidden, domain.T("refusal.not_in_queue", "Queue", "**x** @all")), `\*\*x\*\*`},
		"a field":       {domain.RefuseField("text", domain.T("refusal.not_in_queue", "Queue", "[x](y)")), `\[x\]`},
		"only a code":   {domain.Refuse(domain.CodeForbidden, domain.Text{}), "not permitted"},
		"nothing there": {domain.ErrNotFound, w.texts.Markdown("en", missing.Key, nil)},
	} {
		t.Run(name, func(t *testing.T) {
			reply, err := w.api.buttonRefused(w.request(agent, http.MethodPost, "/actions/claim", nil), errors.Wrap(c.err, "deep down"), missing, "press it")
			require.NoError(t, err)
			require.Contains(t, reply.body.(actionAnswer).EphemeralText, c.want)
		})
	}
	_, err := w.api.buttonRefused(w.request(agent, http.MethodPost, "/actions/claim", nil), errDown, missing, "press it")
	require.ErrorIs(t, err, errDown)
}
