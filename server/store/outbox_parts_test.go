package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

func pieces(conv *domain.Conversation, post string, n int) []domain.OutboxItem {
	all := make([]domain.OutboxItem, n)
	for i := range all {
		all[i] = domain.OutboxItem{Payload: fmt.Appendf(nil, `{"text":"%d"}`, i), Message: domain.Message{
			ID: newID(), ConversationID: conv.ID, AccountID: conv.AccountID, ContactID: conv.ContactID, Direction: domain.Outbound,
			Kind: "image", AuthorID: "ana", PostID: post, Status: domain.Pending, CreatedAt: now,
		}}
	}
	return all
}

func TestAPostOfSeveralFilesIsSeveralMessagesInOrder(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		all := pieces(conv, "post", 3)
		created, err := f.EnqueuePost(ctx(), all, "", 0)
		require.NoError(t, err)
		require.True(t, created)
		created, err = f.EnqueuePost(ctx(), pieces(conv, "post", 4), "", 0)
		require.NoError(t, err)
		require.False(t, created)
		messages, total, err := f.Messages(ctx(), conv.ID, 0, 10)
		require.NoError(t, err)
		require.Equal(t, 3, total, "all or none")
		for _, m := range messages {
			require.Equal(t, 3, m.Parts)
			require.Equal(t, all[m.Part].Message.ID, m.ID)
		}
		first, err := f.MessageByPost(ctx(), "post")
		require.NoError(t, err)
		require.Equal(t, all[0].Message.ID, first.ID)

		// they leave one after another
		for i := range all {
			jobs, err := f.Outbox().Claim(ctx(), "a", time.Minute, 10, jobqueue.ClaimLimit{})
			require.NoError(t, err)
			require.Len(t, jobs, 1)
			require.Equal(t, all[i].Message.ID, jobs[0].Key)
			require.JSONEq(t, string(all[i].Payload), string(jobs[0].Payload))
			require.NoError(t, f.SavePayload(ctx(), "a", jobs[0].ID, []byte(`{"file":{}}`)))
			require.ErrorIs(t, f.SavePayload(ctx(), "b", jobs[0].ID, nil), jobqueue.ErrLost)
			_, err = f.Outbox().Finish(ctx(), "a", jobs[0].ID, 0)
			require.NoError(t, err)
			_, err = f.db.Exec("UPDATE waa_outbox SET lease_owner = '', lease_until = 0")
			require.NoError(t, err)
		}
	})
}

func TestAPostShowsWhatIsFurthestBehind(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		all := pieces(conv, "post", 2)
		_, err := f.EnqueuePost(ctx(), all, "", 0)
		require.NoError(t, err)
		shows := func(want domain.Status) {
			t.Helper()
			status, err := f.PostStatus(ctx(), "post")
			require.NoError(t, err)
			require.Equal(t, want, status)
		}
		shows(domain.Pending)
		require.NoError(t, f.accepted(all[0].Message.ID, "w1", domain.WhatsAppIdentity{}, now))
		shows(domain.Pending)
		require.NoError(t, f.accepted(all[1].Message.ID, "w2", domain.WhatsAppIdentity{}, now))
		shows(domain.Sent)
		require.NoError(t, f.RecordEnd(ctx(), all[1].Message.ID, domain.Failed, 131053, now))
		shows(domain.Failed)
		ticks, err := f.ClaimStatusMarks(ctx(), time.Minute, 10, now)
		require.NoError(t, err)
		require.Len(t, ticks, 2, "each message has its own tick")
	})
}

func TestTheLastMessagesOfACustomer(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		last, err := f.LastInbound(ctx(), conv.ID)
		require.NoError(t, err)
		require.Empty(t, last)
		for wamid, at := range map[string]int64{"w1": now, "w2": now + 1000, "w3": now + 1000} {
			t.Run(wamid, func(t *testing.T) {
				_, _, _, err = f.SaveInbound(ctx(), &domain.Message{ID: newID(), ConversationID: conv.ID, AccountID: conv.AccountID, WAMID: wamid, Kind: "text", CreatedAt: at}, domain.WhatsAppIdentity{}, true, at)
				require.NoError(t, err)
			})
		}
		last, err = f.LastInbound(ctx(), conv.ID)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"w2", "w3"}, last, "both came in the same second")
	})
}
