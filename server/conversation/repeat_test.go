package conversation_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

// TestOneConfirmationOneTemplate submits one request twice, in turn and at once, in every state: it is sent once.
func TestOneConfirmationOneTemplate(t *testing.T) {
	for name, prepare := range map[string]func(b *bench, c *conversation.Conversation){
		"waiting":                         func(b *bench, _ *conversation.Conversation) { b.now += 7 * 3600_000 },
		"open":                            func(b *bench, c *conversation.Conversation) { b.now += 7 * 3600_000; b.answered(c) },
		"expired":                         func(b *bench, c *conversation.Conversation) { b.answered(c); b.now += 25 * 3600_000 },
		"waiting, a supervisor overrides": func(b *bench, _ *conversation.Conversation) { b.now += 1000 },
	} {
		for _, atOnce := range []bool{false, true} {
			b := newBench(t)
			ctx := context.Background()
			c := b.start(phone)
			prepare(b, c)
			b.sent = nil
			again := conversation.TemplateRequest{
				ActorID: "ana", ConversationID: c.ID, Template: conversation.TemplateRef{Name: "visita", Language: "pt_BR"},
				Variables: map[string]string{"body_1": "oi"}, Confirm: true, Reason: "pediu",
			}
			var all sync.WaitGroup
			for range 5 {
				send := func() { _, _ = b.do.SendTemplate(ctx, again) }
				if atOnce {
					all.Go(send)
				} else {
					send()
				}
			}
			all.Wait()
			require.Len(t, b.sent, 1, name)
			if name == "open" { // on purpose, later
				b.now += 61_000
				_, err := b.do.SendTemplate(ctx, again)
				require.NoError(t, err)
				require.Len(t, b.sent, 2)
				again.Request = b.begin("k1") // or by requests that each have a key
				_, err = b.do.SendTemplate(ctx, again)
				require.NoError(t, err)
				require.Len(t, b.sent, 3)
			}
		}
	}
}

func (b *bench) begin(key string) string {
	r, err := b.store.BeginRequest(context.Background(), "ana", key, "p")
	require.NoError(b.t, err)
	return r.Token
}

// TestARequestIsTiedToWhatItStored: who lost the request to another try stores nothing, and what was stored is told as it is.
func TestARequestIsTiedToWhatItStored(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	lost := b.begin("k")
	_, err := b.db.Exec("UPDATE waa_requests SET lease_until = 1")
	require.NoError(t, err)
	mine := b.begin("k")
	r := b.request(phone)
	r.Request = lost
	_, err = b.do.Start(ctx, r)
	require.Equal(t, conversation.CodeInProgress, refusal(t, err).Code)
	var n int
	require.NoError(t, b.db.QueryRow("SELECT count(*) FROM waa_conversations").Scan(&n))
	require.Zero(t, n)

	r.Request = mine
	started, err := b.do.Start(ctx, r)
	require.NoError(t, err)
	_, err = b.db.Exec("UPDATE waa_requests SET lease_until = 1")
	require.NoError(t, err)
	known, err := b.store.BeginRequest(ctx, "ana", "k", "p")
	require.NoError(t, err)
	require.Equal(t, b.sent[0], known.MessageID)
	words := func(int) conversation.Words { return sorry{} }
	for status, want := range map[string]conversation.Status{"pending": conversation.Unknown, "unknown": conversation.Unknown, "sent": conversation.Sent, "read": conversation.Sent} {
		_, err = b.db.Exec("UPDATE waa_messages SET status = $1", status)
		require.NoError(t, err)
		told, err := b.do.Outcome(ctx, known.MessageID, words)
		require.NoError(t, err)
		require.Equal(t, []any{want, started.Conversation.ID}, []any{told.Status, told.Conversation.ID}, status)
	}
	for status, code := range map[string]string{"failed": conversation.CodeMetaRefused, "not_sent": conversation.CodeUnavailable} {
		_, err = b.db.Exec("UPDATE waa_messages SET status = $1, reason_code = 131026", status)
		require.NoError(t, err)
		_, err = b.do.Outcome(ctx, known.MessageID, words)
		require.Equal(t, code, refusal(t, err).Code, status)
	}
}

// TestAnAnswerWithinTheSecondIsOne: Meta's timestamp of an answer is its whole second, which may lie before the template that it answers.
func TestAnAnswerWithinTheSecondIsOne(t *testing.T) {
	b := newBench(t)
	b.now += 700
	c := b.start(phone)
	b.now -= 700
	b.answered(c)
	b.now += 1500
	b.sent = nil
	again := conversation.TemplateRequest{
		ActorID: "bruno", ConversationID: c.ID, Template: conversation.TemplateRef{Name: "visita", Language: "pt_BR"},
		Variables: map[string]string{"body_1": "oi"}, Confirm: true,
	}
	_, err := b.do.SendTemplate(context.Background(), again)
	require.NoError(t, err)
	_, err = b.do.SendTemplate(context.Background(), again)
	require.Equal(t, conversation.CodeCooldown, refusal(t, err).Code)
	require.Len(t, b.sent, 1)
}
