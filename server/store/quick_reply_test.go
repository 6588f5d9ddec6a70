package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (f *fixture) quickReply(t testing.TB, reply domain.QuickReply) *domain.QuickReply {
	t.Helper()
	reply.Text = "Olá {{nome}}"
	require.NoError(t, f.CreateQuickReply(ctx(), &reply, "ana", now))
	return &reply
}

func shortcutsOf(replies []*domain.QuickReply) (found []string) {
	for _, r := range replies {
		found = append(found, r.Shortcut)
	}
	return found
}

func TestQuickReplies(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		other := f.newQueue(t, "Outra")
		of := f.quickReply(t, domain.QuickReply{QueueID: f.queue.ID, Shortcut: "pix", Title: "Chave"})
		own := f.quickReply(t, domain.QuickReply{OwnerID: "ana", Shortcut: "pix"})
		f.quickReply(t, domain.QuickReply{QueueID: other.ID, Shortcut: "pix-2"})
		f.quickReply(t, domain.QuickReply{OwnerID: "bia", Shortcut: "pix-3"})
		twin := *of
		require.ErrorIs(t, f.CreateQuickReply(ctx(), &twin, "ana", now), domain.ErrConflict)
		twin.QueueID = "gone"
		require.ErrorIs(t, f.CreateQuickReply(ctx(), &twin, "ana", now), domain.ErrNotFound)

		list, total, err := f.QuickReplies(ctx(), "ana", []string{f.queue.ID, other.ID}, "", 0, 2)
		require.NoError(t, err)
		require.Equal(t, 3, total)
		require.Equal(t, []string{"pix", "pix"}, shortcutsOf(list))
		list, _, err = f.QuickReplies(ctx(), "ana", []string{f.queue.ID}, "CHAVE", 0, 60)
		require.NoError(t, err)
		require.Equal(t, []*domain.QuickReply{of}, list)
		list, err = f.SuggestQuickReplies(ctx(), "bia", []string{other.ID}, "pix-", 9)
		require.NoError(t, err)
		require.Equal(t, []string{"pix-2", "pix-3"}, shortcutsOf(list))

		for who, want := range map[string]*domain.QuickReply{"ana": own, "davi": of} {
			found, err := f.QuickReplyByShortcut(ctx(), who, f.queue.ID, "pix")
			require.NoError(t, err)
			require.Equal(t, want, found, who)
		}
		of.Title, of.Text = "Outra", "Tchau"
		require.NoError(t, f.UpdateQuickReply(ctx(), of, "ana", now+1, "title"))
		stored, err := f.QuickReply(ctx(), of.ID)
		require.NoError(t, err)
		require.Equal(t, []any{"Outra", "Olá {{nome}}", now + 1}, []any{stored.Title, stored.Text, stored.UpdatedAt})
		own.Shortcut = "novo"
		require.NoError(t, f.UpdateQuickReply(ctx(), own, "ana", now+1))
		require.NoError(t, f.DeleteQuickReply(ctx(), own, "ana"))
		require.ErrorIs(t, f.DeleteQuickReply(ctx(), own, "ana"), domain.ErrNotFound)

		added, changed, err := f.ImportQuickReplies(ctx(), []*domain.QuickReply{{QueueID: f.queue.ID, Shortcut: "pix", Text: "a"}, {QueueID: f.queue.ID, Shortcut: "oi", Text: "b"}}, "ana", now+2)
		require.NoError(t, err)
		require.Equal(t, [2]int{1, 1}, [2]int{added, changed})
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_audit WHERE action = 'quick_replies_imported'"))
		require.NoError(t, f.DeleteQueue(ctx(), f.queue.ID))
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_quick_replies WHERE queue_id = $1", f.queue.ID))
	})
}

func TestQuickRepliesAreNotTooMany(t *testing.T) {
	f := direct(t)
	_, err := f.db.Exec("INSERT INTO waa_quick_replies (id, owner_id, shortcut, body, created_at, updated_at) SELECT n::text, 'ana', 'a' || n, 'x', 1, 1 FROM generate_series(1, $1) n", domain.MaxQuickReplies)
	require.NoError(t, err)
	more := domain.QuickReply{OwnerID: "ana", Shortcut: "b", Text: "x"}
	require.ErrorIs(t, f.CreateQuickReply(ctx(), &more, "ana", now), domain.ErrTooMany)
	_, _, err = f.ImportQuickReplies(ctx(), []*domain.QuickReply{&more}, "ana", now)
	require.ErrorIs(t, err, domain.ErrTooMany)
}

// BenchmarkQuickReplySuggestions looks among 1,000 of a queue's and 1,000 of somebody's own.
func BenchmarkQuickReplySuggestions(b *testing.B) {
	f := direct(b)
	_, err := f.db.Exec(`INSERT INTO waa_quick_replies (id, queue_id, owner_id, shortcut, title, body, created_at, updated_at)
		SELECT w || n, CASE WHEN w = 'q' THEN $1 ELSE '' END, CASE WHEN w = 'q' THEN '' ELSE 'ana' END, 'resposta-' || n, 'Título ' || n, repeat('texto ', 100), 1, 1
		FROM generate_series(1, 1000) n, unnest(ARRAY['q', 'p']) w`, f.queue.ID)
	require.NoError(b, err)
	for b.Loop() {
		found, err := f.SuggestQuickReplies(ctx(), "ana", []string{f.queue.ID}, "resposta-", 100)
		require.NoError(b, err)
		require.Len(b, found, 100, fmt.Sprint(len(found)))
	}
}
