package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestRequestsWithAKey(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		begin := func(user, key, body string) *domain.Request {
			r, err := f.BeginRequest(ctx(), user, key, body)
			require.NoError(t, err)
			return r
		}
		over := func() {
			_, err := f.db.Exec("UPDATE waa_requests SET lease_until = 1")
			require.NoError(t, err)
		}
		first := begin("ana", "k", "p")
		require.NotEmpty(t, first.Token)
		require.Equal(t, &domain.Request{}, begin("ana", "k", "p"), "under way")
		require.Equal(t, &domain.Request{Conflict: true}, begin("ana", "k", "other"))
		require.NotEmpty(t, begin("bruno", "k", "p").Token, "another user's")

		over() // its process died before anything was stored
		second := begin("ana", "k", "p")
		require.NotEmpty(t, second.Token)
		require.Empty(t, second.MessageID)
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		lost := f.InTx(ctx(), func(tx domain.Tx) error { return tx.LinkRequest(first.Token, conv.ID, "m1") })
		require.ErrorIs(t, lost, domain.ErrNotFound, "who lost it stores nothing")
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.LinkRequest(second.Token, conv.ID, "m1") }))

		over() // it died again, after that
		third := begin("ana", "k", "p")
		require.Equal(t, "m1", third.MessageID)
		require.NoError(t, f.ReleaseRequest(ctx(), third.Token))
		fourth := begin("ana", "k", "p")
		require.Equal(t, "m1", fourth.MessageID, "what was stored stays")
		require.NoError(t, f.AnswerRequest(ctx(), fourth.Token, 201, []byte(`{"name":"Ana"}`), ""))
		require.Equal(t, &domain.Request{Status: 201, Answer: []byte(`{"name":"Ana"}`)}, begin("ana", "k", "p"))
		require.Equal(t, &domain.Request{Conflict: true, Status: 201}, begin("ana", "k", "other"))
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_requests WHERE answer LIKE '{%'"), "sealed")

		_, err := f.db.Exec("UPDATE waa_requests SET created_at = created_at - 86400000 WHERE user_id = 'ana'")
		require.NoError(t, err)
		next := begin("ana", "k", "other")
		require.NotEmpty(t, next.Token, "a day later the key is free")
		require.Empty(t, next.MessageID)
		require.NoError(t, f.ReleaseRequest(ctx(), next.Token))
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_requests"), "nothing was stored: it never was")

		_, err = f.db.Exec("UPDATE waa_requests SET created_at = created_at - 86400000")
		require.NoError(t, err)
		require.NoError(t, f.PurgeStarts(ctx(), now))
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_requests"))
	})
}
