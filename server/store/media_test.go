package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

func TestMediaQueue(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		ana := f.contact(t, "+5511987654321", "Ana")
		conv := f.conversation(t, ana.ID, nil)
		file := &domain.MediaFile{ConversationID: conv.ID, WAMID: "wamid.1", MediaID: "m", Filename: "ana.pdf", At: now}
		require.NoError(t, f.AddMedia(ctx(), f.account.ID, file))
		require.NoError(t, f.AddMedia(ctx(), f.account.ID, file), "a message twice is one file")
		queue := f.MediaQueue()
		jobs, err := queue.Claim(ctx(), "me", time.Minute, 5, jobqueue.ClaimLimit{})
		require.NoError(t, err)
		require.Len(t, jobs, 1)
		job := jobs[0]
		require.Contains(t, string(job.Payload), "ana.pdf")

		up, err := f.Upload(ctx(), job.ID)
		require.NoError(t, err)
		require.Len(t, up.FileID, 26)
		up.ID, up.From = "session", 7
		require.NoError(t, f.SaveUpload(ctx(), "me", job.ID, up))
		require.ErrorIs(t, f.SaveUpload(ctx(), "you", job.ID, domain.Upload{}), jobqueue.ErrLost)
		got, err := f.Upload(ctx(), job.ID)
		require.NoError(t, err)
		require.Equal(t, up, got)

		id, err := f.MediaConversation(ctx(), "wamid.1")
		require.NoError(t, err)
		require.Equal(t, conv.ID, id)
		_, err = f.MediaConversation(ctx(), "wamid.2")
		require.ErrorIs(t, err, domain.ErrNotFound)

		require.NoError(t, f.TryMediaAgain(ctx(), "wamid.1"), "somebody has it: nothing changes")
		require.NoError(t, queue.Bury(ctx(), "me", job.ID, "gone"))
		letters, total, err := f.DeadLetters(ctx(), 0, 10)
		require.NoError(t, err)
		require.Equal(t, 1, total)
		require.Contains(t, letters[0].ID, "media-")
		backlog, err := f.Backlog(ctx())
		require.NoError(t, err)
		require.Equal(t, []int{0, 1}, []int{backlog.Media, backlog.DeadMedia})

		for _, again := range []func() error{
			func() error { return f.TryMediaAgain(ctx(), "wamid.1") },
			func() error { return f.Replay(ctx(), letters[0].ID) },
		} {
			require.NoError(t, again())
			jobs, err = queue.Claim(ctx(), "me", time.Minute, 5, jobqueue.ClaimLimit{})
			require.NoError(t, err)
			require.Len(t, jobs, 1)
			require.Equal(t, 1, jobs[0].Attempts)
			require.NoError(t, queue.Bury(ctx(), "me", job.ID, "gone"))
		}

		require.NoError(t, f.EraseContact(ctx(), ana.ID, "admin", nil, now))
		_, total, err = f.DeadLetters(ctx(), 0, 10)
		require.NoError(t, err)
		require.Zero(t, total)
		var payload []byte
		require.NoError(t, f.db.QueryRow("SELECT payload FROM waa_media").Scan(&payload))
		require.Empty(t, payload)
	})
}

// TestAFileBeforeItsPost: whichever of file and post is there last brings them together.
func TestAFileBeforeItsPost(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		files := []domain.MediaFile{{ConversationID: conv.ID, WAMID: "wamid.1", MediaID: "m1", At: now}, {ConversationID: conv.ID, WAMID: "wamid.2", MediaID: "m2", At: now}}
		_, err := f.MediaProgress(ctx(), "wamid.1")
		require.ErrorIs(t, err, domain.ErrNotFound)
		require.NoError(t, f.PrefetchMedia(ctx(), f.account.ID, files))
		require.NoError(t, f.PrefetchMedia(ctx(), f.account.ID, files), "once per message")
		progress, err := f.MediaProgress(ctx(), "wamid.1")
		require.NoError(t, err)
		require.Equal(t, domain.MediaProgress{}, progress)
		queue := f.MediaQueue()
		jobs := claim(t, queue, "me", 5)
		require.Len(t, jobs, 2)
		add(t, f, row("ana", 1, "a1"), row("ana", 2, "a2"))
		waiting := claim(t, f.Inbox(), "me", 1)[0]
		rest, err := f.WaitingInLane(ctx(), "ana", 10)
		require.NoError(t, err)
		require.Equal(t, [][]byte{[]byte("a2")}, rest, "without the one that is being handled")
		require.NoError(t, f.Inbox().Wait(ctx(), "me", waiting.ID, domain.WaitsForFile("wamid.1"), time.Hour, "its file"))
		require.Empty(t, claim(t, f.Inbox(), "me", 1))

		// the file first: its job is over, and the message wakes
		_, _, err = f.MediaUploaded(ctx(), "you", jobs[0].ID, "wamid.1", "")
		require.ErrorIs(t, err, jobqueue.ErrLost)
		post, woken, err := f.MediaUploaded(ctx(), "me", jobs[0].ID, "wamid.1", "")
		require.NoError(t, err)
		require.Empty(t, post)
		require.True(t, woken)
		require.Equal(t, []string{"a1"}, keysOf(claim(t, f.Inbox(), "me", 1)))
		up, err := f.Upload(ctx(), jobs[0].ID)
		require.NoError(t, err)
		progress, err = f.MediaProgress(ctx(), "wamid.1")
		require.NoError(t, err)
		require.Equal(t, domain.MediaProgress{FileID: up.FileID, Over: true}, progress)
		require.Empty(t, claim(t, queue, "me", 5))

		// a post that may be without it: the job begins again, once
		files[0].PostID = "post1"
		for range 2 {
			require.NoError(t, f.AddMedia(ctx(), f.account.ID, &files[0]))
		}
		again := claim(t, queue, "me", 5)
		require.Len(t, again, 1)
		require.Contains(t, string(again[0].Payload), "post1")
		_, err = queue.Finish(ctx(), "me", again[0].ID, time.Minute)
		require.NoError(t, err)
		require.NoError(t, f.AddMedia(ctx(), f.account.ID, &files[0]))
		require.Empty(t, claim(t, queue, "me", 5), "it is done")

		// the post first: the job that runs learns of it
		files[1].PostID = "post2"
		require.NoError(t, f.AddMedia(ctx(), f.account.ID, &files[1]))
		progress, err = f.MediaProgress(ctx(), "wamid.2")
		require.NoError(t, err)
		require.Equal(t, domain.MediaProgress{Over: true}, progress)
		up, err = f.Upload(ctx(), jobs[1].ID)
		require.NoError(t, err)
		require.Equal(t, "post2", up.PostID)
		post, woken, err = f.MediaUploaded(ctx(), "me", jobs[1].ID, "wamid.2", "")
		require.NoError(t, err)
		require.Equal(t, "post2", post)
		require.False(t, woken)
		_, err = queue.Finish(ctx(), "me", jobs[1].ID, time.Minute)
		require.NoError(t, err, "the job is still its own")
	})
}

func TestTheLastReactionHolds(t *testing.T) {
	f := direct(t)
	for _, step := range []struct {
		name  string
		emoji string
		at    int64
		holds string
	}{
		{"the first", "👍", 10, "👍"},
		{"the same again", "👍", 10, "👍"},
		{"a later one", "😂", 20, "😂"},
		{"an earlier one that comes late", "❤️", 15, "😂"},
		{"it is taken off", "", 30, ""},
		{"the first once more", "👍", 10, ""},
	} {
		t.Run(step.name, func(t *testing.T) {
			holds, err := f.SaveReaction(ctx(), "message", "wamid", step.emoji, step.at)
			require.NoError(t, err)
			require.Equal(t, step.holds, holds)
		})
	}
}

func TestMergeContacts(t *testing.T) {
	f := direct(t)
	ana, other := f.contact(t, "+5511987654321", "Ana"), f.contact(t, "+5511912345678", "Aninha")
	mine, theirs := f.conversation(t, ana.ID, nil), f.conversation(t, other.ID, nil)
	m := f.outbound(t, theirs, func(m *domain.Message) { m.WAMID = "wamid.1" })

	_, err := f.MergeContacts(ctx(), ana.ID, other.ID, "admin", now)
	require.ErrorIs(t, err, domain.ErrConflict, "both have an open conversation")
	_, err = f.db.Exec("UPDATE waa_conversations SET closed_at = $2 WHERE id = $1", mine.ID, now)
	require.NoError(t, err)
	_, err = f.db.Exec("UPDATE waa_contacts SET blocked_until = 77, cpf_hash = 'hash', cpf_masked = '***' WHERE id = $1", other.ID)
	require.NoError(t, err)
	_, err = f.MergeContacts(ctx(), ana.ID, newID(), "admin", now)
	require.ErrorIs(t, err, domain.ErrNotFound)

	merged, err := f.MergeContacts(ctx(), ana.ID, other.ID, "admin", now)
	require.NoError(t, err)
	require.Equal(t, []any{"Ana", "+5511987654321", "***", int64(77)}, []any{merged.Name, merged.Phone, merged.CPFMasked, merged.BlockedUntil})
	for _, number := range []string{"5511987654321", "5511912345678"} {
		got, err := f.FindContact(ctx(), f.account.ID, domain.WhatsAppIdentity{PhoneKey: number})
		require.NoError(t, err)
		require.Equal(t, ana.ID, got.ID)
	}
	open, err := f.OpenConversation(ctx(), f.account.ID, ana.ID)
	require.NoError(t, err)
	require.Equal(t, theirs.ID, open.ID)
	moved, err := f.Message(ctx(), m.ID)
	require.NoError(t, err)
	require.Equal(t, ana.ID, moved.ContactID)
	var left, audited int
	require.NoError(t, f.db.QueryRow("SELECT (SELECT count(*) FROM waa_contacts WHERE id = $1), (SELECT count(*) FROM waa_audit WHERE action = 'contacts_merged' AND actor_id = 'admin')", other.ID).Scan(&left, &audited))
	require.Equal(t, []int{0, 1}, []int{left, audited})
}

func TestUsernameIsLearned(t *testing.T) {
	f := direct(t)
	ana := f.contact(t, "+5511987654321", "Ana")
	conv := f.conversation(t, ana.ID, nil)
	who := domain.WhatsAppIdentity{PhoneKey: "5511987654321", Username: "ana.lima"}
	a, err := f.ResolveTarget(ctx(), f.account.ID, "wamid.1", "", who)
	require.NoError(t, err)
	require.True(t, a.News)
	_, err = f.CompleteInbound(ctx(), "me", 1, a, &domain.Message{ID: newID(), ConversationID: conv.ID, AccountID: f.account.ID, ContactID: ana.ID, Kind: "text", WAMID: "wamid.1", PostID: newID(), CreatedAt: now}, who, true, now, time.Minute)
	require.ErrorIs(t, err, jobqueue.ErrLost) // there is no such job; what is known of the person is stored all the same
	a, err = f.ResolveTarget(ctx(), f.account.ID, "wamid.2", "", who)
	require.NoError(t, err)
	require.False(t, a.News)
	require.Equal(t, "ana.lima", a.Conversation.Contact.Username)
}
