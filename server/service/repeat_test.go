package service_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (b *serviceFixture) begin(key string) string {
	r, err := b.store.BeginRequest(context.Background(), "ana", key, "p")
	require.NoError(b.t, err)
	return r.Token
}

// TestARequestIsTiedToWhatItStored: who lost the request to another try stores nothing, and what was stored is told as it is.
func TestARequestIsTiedToWhatItStored(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	lost := b.begin("k")
	_, err := b.db.Exec("UPDATE waa_requests SET lease_until = 1")
	require.NoError(t, err)
	mine := b.begin("k")
	r := b.request(phone)
	r.Request = lost
	_, err = b.do.Start(ctx, r)
	require.Equal(t, domain.CodeInProgress, refusal(t, err).Code)
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
	for status, want := range map[string]domain.Status{"pending": domain.Unknown, "unknown": domain.Unknown, "sent": domain.Sent, "read": domain.Sent} {
		t.Run(status, func(t *testing.T) {
			_, err = b.db.Exec("UPDATE waa_messages SET status = $1", status)
			require.NoError(t, err)
			told, err := b.do.Outcome(ctx, known.MessageID)
			require.NoError(t, err)
			require.Equal(t, []any{want, started.Conversation.ID}, []any{told.Status, told.Conversation.ID})
		})
	}
	for status, code := range map[string]string{"failed": domain.CodeMetaRefused, "not_sent": domain.CodeUnavailable} {
		t.Run(status, func(t *testing.T) {
			_, err = b.db.Exec("UPDATE waa_messages SET status = $1, reason_code = 131026", status)
			require.NoError(t, err)
			_, err = b.do.Outcome(ctx, known.MessageID)
			require.Equal(t, code, refusal(t, err).Code)
		})
	}
}
