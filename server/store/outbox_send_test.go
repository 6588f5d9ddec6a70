package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
)

// waiting is a message in the outbox whose job somebody holds.
type waiting struct {
	*fixture
	conv    *domain.Conversation
	message *domain.Message
	job     jobqueue.Job
}

// outgoing stores a template, or an agent's text, in an open conversation, and claims its job.
func (f *fixture) outgoing(t testing.TB, template bool) *waiting {
	t.Helper()
	w := &waiting{fixture: f, conv: f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) {
		c.WindowFrom, c.WindowUntil, c.WindowPhone = now-hour, now+hour, "5511987654321"
	})}
	w.message = &domain.Message{
		ID: newID(), ConversationID: w.conv.ID, AccountID: f.account.ID, ContactID: w.conv.ContactID, Direction: domain.Outbound,
		Kind: "text", AuthorID: "ana", PostID: newID(), Status: domain.Pending, CreatedAt: now - 10,
	}
	if template {
		_, _, _, _, err := f.SyncTemplates(ctx(), f.account.ID, []domain.Template{{MetaID: "1", Name: "oi", Language: "pt_BR", Category: "MARKETING", Status: "APPROVED", Text: "Oi"}}, now)
		require.NoError(t, err)
		_, err = f.db.Exec("UPDATE waa_templates SET approved = true, queue_ids = ARRAY[$1]", f.queue.ID)
		require.NoError(t, err)
		known, err := f.TemplateByName(ctx(), f.account.ID, "oi", "pt_BR")
		require.NoError(t, err)
		w.message.Kind, w.message.Category, w.message.TemplateID, w.message.PostID = "template", "marketing", known.ID, ""
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error {
			if err := tx.InsertMessage(w.message); err != nil {
				return err
			}
			return tx.Enqueue(w.message, []byte("{}"), 0)
		}))
	} else {
		created, err := f.EnqueuePost(ctx(), []domain.OutboxItem{{Message: *w.message, Payload: []byte("{}")}}, "", 0)
		require.NoError(t, err)
		require.True(t, created)
		_, err = f.db.Exec("INSERT INTO posts (id, channelid, userid, type, createat, deleteat) VALUES ($1, $2, 'ana', '', $3, 0)", w.message.PostID, w.conv.ChannelID, w.message.CreatedAt)
		require.NoError(t, err)
	}
	jobs, err := f.Outbox().Claim(ctx(), "me", time.Minute, 1, jobqueue.ClaimLimit{})
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	w.job = jobs[0]
	return w
}

// send is the message as LoadSend sees it, judged as the relay does.
func (w *waiting) send(t require.TestingT) (s *domain.Send, mayLeave bool) {
	s, err := w.LoadSend(ctx(), w.message.ID)
	require.NoError(t, err)
	return s, w.leaving(s).Reason(now) == 0 && !s.EarlierMissing && !s.EarlierWaits && s.Message.Status == domain.Pending
}

func (w *waiting) to(s *domain.Send) domain.Address { return w.leaving(s).To() }

func (w *waiting) leaving(s *domain.Send) *domain.SendCheck {
	l := &domain.SendCheck{Account: &s.Account, Contact: &s.Contact, Conversation: &s.Conversation, PostDeleted: s.PostDeleted}
	if s.Message.Kind == "template" {
		l.Template, l.QueueID, l.Since = &s.Template, s.Queue.ID, s.Message.CreatedAt
	}
	return l
}

// changes are what may happen to a message between its being judged and its leaving: each a statement and its parameter.
func (w *waiting) changes() map[string]func(value int) (query string, args []any) {
	flag := func(query string, arg string) func(int) (string, []any) {
		return func(v int) (string, []any) { return query, []any{arg, v%2 == 0} }
	}
	moment := func(query, arg string) func(int) (string, []any) {
		return func(v int) (string, []any) { return query, []any{arg, []int64{0, now - hour, now + hour}[v%3]} }
	}
	word := func(query, arg string, words ...string) func(int) (string, []any) {
		return func(v int) (string, []any) { return query, []any{arg, words[v%len(words)]} }
	}
	return map[string]func(int) (string, []any){
		"closed":      moment("UPDATE waa_conversations SET closed_at = $2 WHERE id = $1", w.conv.ID),
		"aborted":     moment("UPDATE waa_conversations SET aborted_at = $2 WHERE id = $1", w.conv.ID),
		"window":      moment("UPDATE waa_conversations SET window_until = $2 WHERE id = $1", w.conv.ID),
		"window of":   word("UPDATE waa_conversations SET window_phone = $2 WHERE id = $1", w.conv.ID, "5511987654321", "5521999998888", ""),
		"number":      word("UPDATE waa_contacts SET phone = $2, user_id = '' WHERE id = $1", w.conv.ContactID, "+5511987654321", "+5521999998888", ""),
		"stopped":     moment("UPDATE waa_contacts SET marketing_stop_at = $2 WHERE id = $1", w.conv.ContactID),
		"blocked":     moment("UPDATE waa_contacts SET blocked_until = $2 WHERE id = $1", w.conv.ContactID),
		"erased":      moment("UPDATE waa_contacts SET erased_at = $2 WHERE id = $1", w.conv.ContactID),
		"enabled":     flag("UPDATE waa_accounts SET enabled = $2 WHERE id = $1", w.account.ID),
		"approved":    flag("UPDATE waa_templates SET approved = $2 WHERE account_id = $1", w.account.ID),
		"at Meta":     word("UPDATE waa_templates SET status = $2 WHERE account_id = $1", w.account.ID, "APPROVED", "PAUSED"),
		"gone":        moment("UPDATE waa_templates SET gone_at = $2 WHERE account_id = $1", w.account.ID),
		"queues":      word("UPDATE waa_templates SET queue_ids = ARRAY[$2] WHERE account_id = $1", w.account.ID, w.queue.ID, "other"),
		"deleted":     moment("UPDATE posts SET deleteat = $2 WHERE id = $1", w.message.PostID),
		"status":      word("UPDATE waa_messages SET status = $2 WHERE id = $1", w.message.ID, "pending", "sent", "failed"),
		"transferred": word("UPDATE waa_conversations SET queue_id = $2 WHERE id = $1", w.conv.ID, w.queue.ID, "other"),
		"earlier":     moment("UPDATE waa_outbox SET finished_at = $2 WHERE dedupe_key = $1", "earlier"),
	}
}

// The judgement and the lock are held together: what MarkLeft lets go is always
// what the policy allows by the rows as they are, whatever changed since they
// were read, and where nothing changed it does let go.
func TestNothingLeavesThatThePolicyForbids(t *testing.T) {
	for _, template := range []bool{true, false} {
		f := direct(t)
		w := f.outgoing(t, template)
		_, err := f.db.Exec(`INSERT INTO waa_outbox (lane, ord, dedupe_key, account_id, payload, created_at, finished_at) VALUES ($1, 1, 'earlier', '', '', 1, 1)`, w.conv.ID)
		require.NoError(t, err)
		changes := w.changes()
		var names []string
		for name := range changes {
			names = append(names, name)
		}
		slices.Sort(names)
		change := func(t require.TestingT, name string, value int) {
			query, args := changes[name](value)
			_, err := f.db.Exec(query, args...)
			require.NoError(t, err)
		}
		let := 0
		check := func(t require.TestingT, before, meanwhile func()) {
			for _, name := range names { // it may leave
				change(t, name, map[string]int{"window": 2, "earlier": 1}[name])
			}
			before()
			read, allowed := w.send(t)
			meanwhile()
			left, err := f.MarkLeft(ctx(), "me", w.job.ID, now, read.Seen)
			require.NoError(t, err)
			after, allowedNow := w.send(t)
			if after.Seen == read.Seen {
				require.True(t, left, "nothing changed")
				require.Equal(t, allowed, allowedNow)
			}
			if left && allowed { // the relay asks for no other
				require.True(t, allowedNow)
				require.Equal(t, w.to(read), w.to(after), "where it goes was not changed")
				let++
			}
			require.NoError(t, f.ClearLeft(ctx(), "me", w.job.ID))
		}
		for _, name := range names {
			for value := range 6 {
				check(t, func() {}, func() { change(t, name, value) })
			}
		}
		rapid.Check(t, func(rt *rapid.T) {
			some := func(label string, atMost int) func() {
				return func() {
					for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 0, atMost).Draw(rt, label) {
						change(rt, name, rapid.IntRange(0, 5).Draw(rt, name))
					}
				}
			}
			check(rt, some("before", 1), some("meanwhile", 2))
		})
		require.Positive(t, let, "some were let go")
	}
}

// A close that is answered comes before, and is seen, or after the message has left.
func TestLeavingAndClosingComeInAnOrder(t *testing.T) {
	f := direct(t)
	w := f.outgoing(t, false)
	read, allowed := w.send(t)
	require.True(t, allowed)
	closing, err := f.db.Begin()
	require.NoError(t, err)
	defer func() { _ = closing.Rollback() }() // does nothing after the commit
	_, err = closing.Exec("UPDATE waa_conversations SET closed_at = $2 WHERE id = $1", w.conv.ID, now)
	require.NoError(t, err)
	left := make(chan bool, 1)
	go func() {
		is, err := f.MarkLeft(ctx(), "me", w.job.ID, now, read.Seen)
		left <- is || err != nil
	}()
	f.blocked(t, "waa_mark_left")
	require.NoError(t, closing.Commit())
	require.False(t, <-left, "the close was first")
	_, allowed = w.send(t)
	require.False(t, allowed)

	// a delete of the post that is seen only after the wait for the conversation
	_, err = f.db.Exec("UPDATE waa_conversations SET closed_at = 0 WHERE id = $1", w.conv.ID)
	require.NoError(t, err)
	read, allowed = w.send(t)
	require.True(t, allowed)
	busy, err := f.db.Begin()
	require.NoError(t, err)
	defer func() { _ = busy.Rollback() }() // does nothing after the commit
	_, err = busy.Exec("UPDATE waa_contacts SET updated_at = updated_at WHERE id = $1", w.conv.ContactID)
	require.NoError(t, err)
	go func() {
		is, err := f.MarkLeft(ctx(), "me", w.job.ID, now, read.Seen)
		left <- is || err != nil
	}()
	f.blocked(t, "waa_mark_left")
	_, err = f.db.Exec("UPDATE posts SET deleteat = 5 WHERE id = $1", w.message.PostID)
	require.NoError(t, err)
	require.NoError(t, busy.Commit())
	require.False(t, <-left, "it was deleted while the lock was waited for")
}

// blocked waits until a statement waits for somebody's lock.
func (f *fixture) blocked(t testing.TB, statement string) {
	t.Helper()
	require.Eventually(t, func() bool {
		return f.number(t, "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.query LIKE '%' || $1 || '%' AND a.datname = current_database()", statement) > 0
	}, 30*time.Second, 5*time.Millisecond)
}

// post stores an agent's text as the hook does.
func (f *fixture) post(t testing.TB, c *domain.Conversation, postID string, at int64, parts ...string) {
	t.Helper()
	var pieces []domain.OutboxItem
	for i, part := range append([]string{"0"}, parts...) {
		pieces = append(pieces, domain.OutboxItem{Payload: []byte(part), Message: domain.Message{
			ID: newID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID, Direction: domain.Outbound, Kind: "text", AuthorID: "ana",
			PostID: postID, Status: domain.Pending, CreatedAt: at, Part: i,
		}})
	}
	_, err := f.EnqueuePost(ctx(), pieces, "", 0)
	require.NoError(t, err)
}

// To the customer always by (CreateAt, Id), and the parts of a post by their place, in whatever order they came.
func TestPostsLeaveByMomentAndID(t *testing.T) {
	f := direct(t)
	rapid.Check(t, func(rt *rapid.T) {
		_, err := f.db.Exec("DELETE FROM waa_outbox")
		require.NoError(rt, err)
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.AccountID = newID() })
		type made struct {
			at int64
			id string
		}
		posts := rapid.SliceOfNDistinct(rapid.Custom(func(rt *rapid.T) made {
			return made{rapid.Int64Range(1, 3).Draw(rt, "at"), rapid.StringMatching(`[a-z0-9]{3}`).Draw(rt, "id") + newID()[:20]}
		}), 1, 6, func(m made) string { return m.id }).Draw(rt, "posts")
		for _, p := range posts {
			f.post(t, c, p.id, p.at, "1")
		}
		slices.SortFunc(posts, func(a, b made) int {
			if a.at != b.at {
				return int(a.at - b.at)
			}
			return map[bool]int{true: -1, false: 1}[a.id < b.id]
		})
		var want, got []string
		for _, p := range posts {
			want = append(want, p.id+" 0", p.id+" 1")
		}
		byClaim := rapid.Bool().Draw(rt, "by claims")
		jobs, err := f.Outbox().Claim(ctx(), "me", time.Minute, 1, jobqueue.ClaimLimit{})
		for err == nil && len(jobs) == 1 {
			m, readErr := f.Message(ctx(), jobs[0].Key)
			require.NoError(rt, readErr)
			got = append(got, m.PostID+" "+string(jobs[0].Payload))
			next, finishErr := f.Outbox().Finish(ctx(), "me", jobs[0].ID, time.Minute)
			require.NoError(rt, finishErr)
			switch {
			case next == nil:
				jobs = nil
			case byClaim:
				require.NoError(rt, f.Outbox().Retry(ctx(), "me", next.ID, 0, ""))
				jobs, err = f.Outbox().Claim(ctx(), "me", time.Minute, 1, jobqueue.ClaimLimit{})
			default:
				jobs = []jobqueue.Job{*next}
			}
		}
		require.NoError(rt, err)
		require.Equal(rt, want, got)
	})
}

// A post that reaches the outbox after a later one was claimed still leaves first.
func TestNothingOvertakesWhatCameInLate(t *testing.T) {
	f := direct(t)
	w := f.outgoing(t, false)
	read, allowed := w.send(t)
	require.True(t, allowed)
	f.post(t, w.conv, "late", w.message.CreatedAt-1)
	left, err := f.MarkLeft(ctx(), "me", w.job.ID, now, read.Seen)
	require.NoError(t, err)
	require.False(t, left)
	read, _ = w.send(t)
	require.True(t, read.EarlierWaits)
	require.NoError(t, f.Outbox().Retry(ctx(), "me", w.job.ID, 0, ""))
	jobs, err := f.Outbox().Claim(ctx(), "me", time.Minute, 5, jobqueue.ClaimLimit{})
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	m, err := f.Message(ctx(), jobs[0].Key)
	require.NoError(t, err)
	require.Equal(t, "late", m.PostID)
	next, err := f.Outbox().Finish(ctx(), "me", jobs[0].ID, time.Minute)
	require.NoError(t, err)
	require.Equal(t, w.job.ID, next.ID)
	read, allowed = w.send(t)
	require.True(t, allowed)
	left, err = f.MarkLeft(ctx(), "me", w.job.ID, now, read.Seen)
	require.NoError(t, err)
	require.True(t, left)

	// a later one stands in nobody's way, and one of the same moment by its id
	f.post(t, w.conv, strings.Repeat("z", 26), w.message.CreatedAt)
	f.post(t, w.conv, newID(), w.message.CreatedAt+1)
	read, _ = w.send(t)
	require.False(t, read.EarlierWaits)
	f.post(t, w.conv, "", w.message.CreatedAt)
	read, _ = w.send(t)
	require.True(t, read.EarlierWaits)
}

// fakeMattermost is Mattermost as postpolicy.Policy asks it, from the same tables.
type fakeMattermost struct {
	postpolicy.Mattermost
	*fixture
}

func (j fakeMattermost) PostType(_ context.Context, id string) (kind string, err error) {
	return kind, errors.Wrap(j.db.QueryRow("SELECT type FROM posts WHERE id = $1", id).Scan(&kind), "look for a post")
}
func (fakeMattermost) IsUser(context.Context, string) (bool, error) { return false, nil }
func (fakeMattermost) SiteURL() string                              { return "" }

// A later post waits for exactly those that the judge has something to say of: what stays among colleagues gets no message ever.
func TestAPostWaitsForWhatTheJudgeTakes(t *testing.T) {
	f := direct(t)
	c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.WindowUntil = now + hour })
	judge := &postpolicy.Policy{Posts: fakeMattermost{fixture: f}, Emoji: func(string) (string, bool) { return "", false }}
	at := time.Now().UnixMilli()
	m := f.outbound(t, c, func(m *domain.Message) { m.CreatedAt = at })
	kinds := []string{"", "me", posting.TypeNote, "custom_poll"}
	roots := []string{"", "me", posting.TypeNote, "custom_poll", posting.TypeEvent, posting.TypeTemplate, "none"}
	for _, kind := range kinds {
		for _, root := range roots {
			p := posting.IncomingPost{ID: newID(), ChannelID: c.ChannelID, UserID: "ana", Type: kind, Message: "oi", CreateAt: at - 1}
			if root != "none" {
				p.RootID = newID()
				_, err := f.db.Exec("INSERT INTO posts (id, channelid, userid, type, createat, deleteat, rootid) VALUES ($1, $2, 'ana', $3, $4, 0, '')", p.RootID, c.ChannelID, root, at-postpolicy.FreshEnough.Milliseconds())
				require.NoError(t, err)
			}
			_, err := f.db.Exec("INSERT INTO posts (id, channelid, userid, type, createat, deleteat, rootid) VALUES ($1, $2, 'ana', $3, $4, 0, $5)", p.ID, c.ChannelID, kind, p.CreateAt, p.RootID)
			require.NoError(t, err)
			ruling, err := judge.Check(ctx(), c, p, now)
			require.NoError(t, err)
			s, err := f.LoadSend(ctx(), m.ID)
			require.NoError(t, err)
			require.Equal(t, ruling.Destination == posting.Customer || ruling.Destination == posting.Reject, s.EarlierMissing, "%q in the thread of %q", kind, root)
			_, err = f.db.Exec("DELETE FROM posts WHERE id = $1", p.ID)
			require.NoError(t, err)
		}
	}
}

func TestATemplateThatMetaHoldsStaysPending(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		w := f.outgoing(t, true)
		require.NoError(t, f.SetPost(ctx(), w.message.ID, newID()))
		require.NoError(t, f.StatusShown(ctx(), w.message.ID, domain.Pending))
		_, err := f.CompleteSent(ctx(), "me", w.job.ID, time.Minute, domain.Acceptance{MessageID: w.message.ID, WAMID: "wamid.1", Held: true, LeftAt: now, At: now})
		require.NoError(t, err)
		m, err := f.Message(ctx(), w.message.ID)
		require.NoError(t, err)
		require.Equal(t, []any{domain.Pending, true, "wamid.1", now}, []any{m.Status, m.IsHeld(), m.WAMID, m.SentAt})
		marks, err := f.ClaimStatusMarks(ctx(), time.Minute, 9, now)
		require.NoError(t, err)
		require.Len(t, marks, 1, "its post is to show it")
		require.True(t, marks[0].Message.IsHeld())

		m, advanced, err := f.ApplyStatus(ctx(), f.account.ID, domain.StatusChange{WAMID: "wamid.1", Status: domain.Sent, At: now + 1})
		require.NoError(t, err)
		require.Equal(t, []any{true, domain.Sent, false}, []any{advanced, m.Status, m.IsHeld()})
	})
}
