package service_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
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

// TestARuleThatStoppedATemplateIsNamedAfterACrash: whoever asks what became of it learns the same as who waited for it, be it a request that is
// made again or what was scheduled.
func TestARuleThatStoppedATemplateIsNamedAfterACrash(t *testing.T) {
	b := newScheduleFixture(t)
	b.exec("UPDATE waa_plans SET monthly_limit = 1000000000")
	ctx, died, send := context.Background(), errors.New("the process died"), b.do.SendNow
	for reason, code := range map[int]string{
		domain.ReasonOptedOut: domain.CodeOptedOut, domain.ReasonQuietHours: domain.CodeQuietHours, domain.ReasonNoConsent: domain.CodeConsentRequired, domain.ReasonBlocked: domain.CodeCooldown,
		domain.ReasonTemplate: domain.CodeTemplateNotAllowed, domain.ReasonClosed: domain.CodeConversationClosed, domain.ReasonTooOld: domain.CodeUnavailable, 0: domain.CodeUnavailable,
	} {
		t.Run(fmt.Sprint(reason), func(t *testing.T) {
			request := b.request(fmt.Sprintf("+55119876500%02d", reason))
			request.SendAt = b.now + minute
			s, err := b.do.Schedule(ctx, request)
			require.NoError(t, err)
			b.now += minute
			b.do.SendNow = func(context.Context, string) (domain.Delivery, error) { return domain.Delivery{}, died }
			claimed, err := b.store.ClaimScheduled(ctx, b.now-time.Now().UnixMilli(), service.ScheduledLease, 1)
			require.NoError(t, err)
			require.ErrorIs(t, b.do.SendScheduled(ctx, claimed[0]), died)
			b.do.SendNow = send
			_, err = b.db.Exec("UPDATE waa_messages SET status = 'not_sent', reason_code = $1 WHERE status = 'pending'", reason) // the outbound worker goes on with it
			require.NoError(t, err)
			ended := b.due(s.ID)
			require.Equal(t, []any{domain.ScheduledFailed, code}, []any{ended.Status, ended.ReasonCode})
			require.NotEmpty(t, ended.Reason.Key)
			_, err = b.do.Outcome(ctx, ended.MessageID)
			require.Equal(t, code, refusal(t, err).Code)
		})
	}
}
