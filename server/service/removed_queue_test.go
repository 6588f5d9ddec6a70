package service_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestAConversationOfARemovedQueueStaysReadable(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	require.ErrorIs(t, b.store.DeleteQueue(ctx, b.queue.ID), domain.ErrConflict, "it is open")
	_, err := b.do.Close(ctx, "bruno", c.ID, domain.Closing{Note: "resolvido"})
	require.NoError(t, err)
	require.NoError(t, b.store.DeleteQueue(ctx, b.queue.ID))

	for user, sees := range map[string]bool{"bruno": true, "root": true, "ana": false, "davi": false} {
		view, err := b.do.View(ctx, user, c.ID)
		if !sees {
			require.Equal(t, domain.CodeNotFound, refusal(t, err).Code, user)
			continue
		}
		require.NoError(t, err, user)
		require.Equal(t, domain.Closed, view.State)
		messages, _, err := b.do.Messages(ctx, user, c.ID, 0, 60)
		require.NoError(t, err, user)
		require.Len(t, messages, 1)
		_, err = b.do.Reopen(ctx, user, c.ID)
		require.Equal(t, "refusal.queue_gone", refusal(t, err).Text.Key, user)
		_, err = b.do.SendTemplate(ctx, domain.TemplateRequest{ActorID: user, ConversationID: c.ID, Template: domain.TemplateRef{Name: "visita", Language: "pt_BR"}})
		require.Equal(t, domain.CodeConversationClosed, refusal(t, err).Code, user)
	}
}

// A queue that was removed has no members and no channel admins; nothing panics over it.
func TestWhoSupervisesARemovedQueue(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	_, err := b.db.Exec("DELETE FROM waa_queues WHERE id = $1", b.queue.ID)
	require.NoError(t, err)
	view, err := b.do.SetOwner(ctx, "root", c.ID, "ana")
	require.NoError(t, err)
	require.Equal(t, "ana", view.OwnerID)
	_, err = b.do.Close(ctx, "root", c.ID, domain.Closing{})
	require.NoError(t, err)
	_, err = b.do.Reopen(ctx, "root", c.ID)
	require.Equal(t, "refusal.queue_gone", refusal(t, err).Text.Key)
	require.ErrorIs(t, b.store.InTx(ctx, func(tx domain.Tx) error { return tx.LockQueue(b.queue.ID) }), domain.ErrNotFound)
}
