package service_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestOverviewCountsWhatTheActorSees(t *testing.T) {
	b := newServiceFixture(t)
	b.start("11987654321")
	b.answered(b.start("11987654322"))
	for actor, want := range map[string]domain.Counts{"ana": {Waiting: 1, Open: 1}, "nobody": {}} {
		t.Run(actor, func(t *testing.T) {
			overview, err := b.do.Overview(context.Background(), actor, domain.Filter{})
			require.NoError(t, err)
			require.Equal(t, want, overview.Counts)
			require.Equal(t, b.now, overview.Now)
			require.Equal(t, actor == "ana", len(overview.Queues) > 0)
			require.Equal(t, actor == "ana", overview.Supervises)
		})
	}
}

func TestRevealIsForWhoSeesTheCustomerAndIsAudited(t *testing.T) {
	b := newServiceFixture(t)
	conv := b.start("11987654321")
	audited := func() (n int) {
		require.NoError(t, b.db.QueryRow("SELECT count(*) FROM waa_audit WHERE action = 'contact_revealed' AND actor_id = 'ana' AND object_id = $1", conv.ContactID).Scan(&n))
		return n
	}

	_, err := b.do.Reveal(context.Background(), "nobody", conv.ContactID)
	require.Equal(t, domain.CodeNotFound, refusal(t, err).Code)
	_, err = b.do.Reveal(context.Background(), "ana", "no such contact")
	require.Equal(t, domain.CodeNotFound, refusal(t, err).Code)
	require.Zero(t, audited())

	revealed, err := b.do.Reveal(context.Background(), "ana", conv.ContactID)
	require.NoError(t, err)
	require.Equal(t, &domain.Revealed{ContactID: conv.ContactID, Phone: "+5511987654321", CPF: "52998224725"}, revealed)
	require.Equal(t, 1, audited())
}
