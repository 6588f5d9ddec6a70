package store_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// draft keeps one as the posting hook does.
func (f *fixture) draft(t testing.TB, c *domain.Conversation, author, text string, files ...string) *domain.Draft {
	t.Helper()
	d, err := f.KeepDraft(ctx(), &domain.Draft{ID: newID(), ConversationID: c.ID, AuthorID: author, Text: text, FileIDs: files}, true, now)
	require.NoError(t, err)
	return d
}

func textsOf(drafts []*domain.Draft) []string {
	out := []string{}
	for _, d := range drafts {
		out = append(out, d.Text)
	}
	return out
}

// open lets the customer answer, and tells the drafts.
func (f *fixture) open(t testing.TB, c *domain.Conversation, at int64) {
	t.Helper()
	_, err := f.db.Exec("UPDATE waa_conversations SET window_from = $2::bigint, window_until = $2::bigint + 86400000 WHERE id = $1", c.ID, at)
	require.NoError(t, err)
	require.NoError(t, f.OfferDrafts(ctx(), c.ID, at, at))
}

// offers claims all that is due.
func (f *fixture) offers(t testing.TB) []*domain.DraftOffer {
	t.Helper()
	offers, err := f.ClaimOffers(ctx(), time.Minute, 100)
	require.NoError(t, err)
	return offers
}

func sealed(text string) string { return "hash of " + text }

func TestWhatAnotherWritesIntoADraftIsTheirs(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		one, two := f.draft(t, c, "ines", "um"), f.draft(t, c, "ines", "dois")
		f.open(t, c, now+hour)
		for _, o := range f.offers(t) {
			require.NoError(t, f.OfferShown(ctx(), o))
		}
		require.NoError(t, f.EditDraft(ctx(), one.ID, "chefe", "pague no PIX", "x", now+hour, sealed))
		edited, err := f.Draft(ctx(), one.ID)
		require.NoError(t, err)
		require.Equal(t, "chefe", edited.AuthorID)
		require.Equal(t, "pague no PIX", edited.Text)
		offers := f.offers(t)
		require.Len(t, offers, 2, "the author's no longer lists it, the editor's does")
		for author, want := range map[string][]string{"ines": {"dois"}, "chefe": {"pague no PIX"}} {
			t.Run(author, func(t *testing.T) {
				listed, err := f.OfferedDrafts(ctx(), c.ID, author, now+hour)
				require.NoError(t, err)
				require.Equal(t, want, textsOf(listed))
			})
		}
		require.NoError(t, f.DropDraft(ctx(), two.ID, "chefe", now+hour, sealed))
		require.Equal(t, map[string]string{"author": "ines", "old_text_hash": "hash of um"}, f.audited(t, "draft_edited", one.ID))
		require.Equal(t, map[string]string{"author": "ines", "old_text_hash": "hash of dois"}, f.audited(t, "draft_dropped", two.ID))
		require.NoError(t, f.EditDraft(ctx(), one.ID, "chefe", "oi", "y", now+hour, sealed))
		var rows int
		require.NoError(t, f.db.QueryRow("SELECT count(*) FROM waa_audit WHERE action LIKE 'draft%'").Scan(&rows))
		require.Equal(t, 2, rows, "one's own drafts are one's own business")
	})
}

// audited are the details of the one row about an act on something.
func (f *fixture) audited(t testing.TB, action, objectID string) map[string]string {
	t.Helper()
	var raw string
	require.NoError(t, f.db.QueryRow("SELECT details FROM waa_audit WHERE action = $1 AND object_id = $2 AND actor_id = 'chefe'", action, objectID).Scan(&raw))
	details := map[string]string{}
	require.NoError(t, json.Unmarshal([]byte(raw), &details))
	return details
}

func TestDraftsAreKeptOnceAndInOrder(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		first := f.draft(t, c, "ines", "um", "f2", "f1")
		f.draft(t, c, "ines", "dois")
		f.draft(t, c, "joao", "um", "f1", "f2")
		again := f.draft(t, c, "ines", " um\n", "f1", "f2")
		require.Equal(t, first.ID, again.ID, "the same text with the same files is one draft")
		require.Equal(t, []string{"f2", "f1"}, again.FileIDs)
		f.draft(t, c, "ines", "um") // without the files it is another

		drafts, total, err := f.DraftsOf(ctx(), c.ID, "ines", 0, 60)
		require.NoError(t, err)
		require.Equal(t, 3, total)
		require.Equal(t, []string{"um", "dois", "um"}, textsOf(drafts))
		drafts, total, err = f.DraftsOf(ctx(), c.ID, "", 0, 2)
		require.NoError(t, err)
		require.Len(t, drafts, 2)
		require.Equal(t, 4, total)

		require.NoError(t, f.EditDraft(ctx(), first.ID, "ines", "um e meio", domain.Fingerprint("um e meio", first.FileIDs), now+1, sealed))
		require.ErrorIs(t, f.EditDraft(ctx(), drafts[1].ID, "ines", "um", domain.Fingerprint("um", nil), now+1, sealed), domain.ErrConflict)
		require.NoError(t, f.DropDraft(ctx(), first.ID, "ines", now+2, sealed))
		require.ErrorIs(t, f.DropDraft(ctx(), first.ID, "ines", now+2, sealed), domain.ErrNotFound)
		require.ErrorIs(t, f.EditDraft(ctx(), first.ID, "ines", "x", "x", now+2, sealed), domain.ErrNotFound)
		dropped, err := f.Draft(ctx(), first.ID)
		require.NoError(t, err)
		require.Equal(t, domain.DraftDropped, dropped.State)
		require.Empty(t, dropped.Text, "nobody needs it any more")

		for n := range domain.MaxDrafts {
			_, err = f.KeepDraft(ctx(), &domain.Draft{ID: newID(), ConversationID: c.ID, AuthorID: "rui", Text: fmt.Sprint(n)}, true, now)
			require.NoError(t, err)
		}
		_, err = f.KeepDraft(ctx(), &domain.Draft{ID: newID(), ConversationID: c.ID, AuthorID: "rui", Text: "mais um"}, true, now)
		require.ErrorIs(t, err, domain.ErrConflict)
		_, err = f.KeepDraft(ctx(), &domain.Draft{ID: newID(), ConversationID: c.ID, AuthorID: "rui", Text: "7"}, true, now)
		require.NoError(t, err, "one that is there already")
	})
}

func TestEachOpeningOffersWhatIsHeld(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		one, two := f.draft(t, c, "ines", "um"), f.draft(t, c, "ines", "dois")
		f.draft(t, c, "joao", "oi")
		require.Empty(t, f.offers(t))
		f.open(t, c, now+hour)
		f.open(t, c, now+hour)
		offers := f.offers(t)
		require.Len(t, offers, 2, "one an agent")
		require.Empty(t, f.offers(t), "they are leased")
		for _, o := range offers {
			require.Equal(t, 1, o.Attempts)
			require.Equal(t, c.ChannelID, o.ChannelID)
			o.PostID = "post of " + o.AuthorID
			require.NoError(t, f.OfferShown(ctx(), o))
		}
		require.Empty(t, f.offers(t))
		listed, err := f.OfferedDrafts(ctx(), c.ID, "ines", now+hour)
		require.NoError(t, err)
		require.Equal(t, []string{"um", "dois"}, textsOf(listed))

		// what changes is shown, also what changes while it is shown
		require.NoError(t, f.DropDraft(ctx(), one.ID, "ines", now+hour, sealed))
		offers = f.offers(t)
		require.Len(t, offers, 1)
		require.Equal(t, "post of ines", offers[0].PostID)
		require.NoError(t, f.EditDraft(ctx(), two.ID, "ines", "dois!", "x", now+hour, sealed))
		require.NoError(t, f.OfferShown(ctx(), offers[0]))
		offers = f.offers(t)
		require.Len(t, offers, 1)
		require.NoError(t, f.OfferShown(ctx(), offers[0]))

		// what comes when the window is open already is offered at once
		_, err = f.KeepDraft(ctx(), &domain.Draft{ID: newID(), ConversationID: c.ID, AuthorID: "ines", Text: "três"}, true, now+2*hour)
		require.NoError(t, err)
		_, err = f.KeepDraft(ctx(), &domain.Draft{ID: newID(), ConversationID: c.ID, AuthorID: "ines", Text: "para depois"}, false, now+2*hour)
		require.NoError(t, err)
		offers = f.offers(t)
		require.Len(t, offers, 1)
		require.NoError(t, f.OfferShown(ctx(), offers[0]))
		listed, err = f.OfferedDrafts(ctx(), c.ID, "ines", now+hour)
		require.NoError(t, err)
		require.Equal(t, []string{"", "dois!", "três"}, textsOf(listed))

		// the next opening offers what is left, and the old offer no longer lists it
		f.open(t, c, now+3*day)
		offers = f.offers(t)
		require.Len(t, offers, 4)
		listed, err = f.OfferedDrafts(ctx(), c.ID, "ines", now+3*day)
		require.NoError(t, err)
		require.Equal(t, []string{"dois!", "três", "para depois"}, textsOf(listed))

		_, err = f.KeepDraft(ctx(), &domain.Draft{ID: newID(), ConversationID: "no", AuthorID: "ines", Text: "três"}, true, now)
		require.Error(t, err)
	})
}

func TestADraftIsChosenOnceAndSentInOrder(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		var ids []string
		for n := range 5 {
			ids = append(ids, f.draft(t, c, "ines", fmt.Sprint(n)).ID)
		}
		other := f.draft(t, c, "joao", "dele")
		f.open(t, c, now+hour)

		var all sync.WaitGroup
		var mu sync.Mutex
		var chosen []string
		for range 8 {
			all.Go(func() {
				got, err := f.ChooseDrafts(ctx(), append([]string{other.ID}, ids[1:]...), "ines", now+hour)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					chosen = append(chosen, got...)
				}
			})
		}
		all.Wait()
		require.ElementsMatch(t, append([]string{other.ID}, ids[1:]...), chosen, "each once")

		claim := func() *domain.DraftJob {
			job, err := f.ClaimDraft(ctx(), c.ID, "ines", time.Minute)
			if err != nil {
				require.ErrorIs(t, err, domain.ErrNotFound)
				return nil
			}
			return job
		}
		job := claim()
		require.Equal(t, ids[1], job.ID)
		require.Equal(t, 1, job.Attempts)
		require.Positive(t, job.ChosenAt)
		require.Nil(t, claim(), "one at a time")
		any1, err := f.ClaimDraft(ctx(), "", "", time.Minute)
		require.NoError(t, err)
		require.Equal(t, other.ID, any1.ID, "another's are no matter")
		require.NoError(t, f.DraftSent(ctx(), job.ID, "post", now+hour))
		job = claim()
		require.Equal(t, ids[2], job.ID)
		// its process dies
		_, err = f.db.Exec("UPDATE waa_drafts SET lease_until = 1 WHERE id = $1", job.ID)
		require.NoError(t, err)
		job = claim()
		require.Equal(t, ids[2], job.ID)
		require.Equal(t, 2, job.Attempts)
		require.NoError(t, f.DraftBack(ctx(), job.ID, now+hour))
		require.Equal(t, ids[3], claim().ID)
		left, err := f.ChosenLeft(ctx(), ids)
		require.NoError(t, err)
		require.Equal(t, 2, left)
		sent, err := f.Draft(ctx(), ids[1])
		require.NoError(t, err)
		require.Equal(t, domain.DraftSent, sent.State)
		require.Equal(t, "post", sent.PostID)

		// posted by hand, a held one is sent, whoever else holds the same
		f.draft(t, c, "joao", "0")
		posted := pieces(c, "by hand", 1)
		posted[0].Message.AuthorID = "ines"
		created, err := f.EnqueuePost(ctx(), posted, domain.Fingerprint(" 0 ", nil), 0)
		require.NoError(t, err)
		require.True(t, created)
		byHand, err := f.Draft(ctx(), ids[0])
		require.NoError(t, err)
		require.Equal(t, domain.DraftSent, byHand.State)
		drafts, _, err := f.DraftsOf(ctx(), c.ID, "joao", 0, 60)
		require.NoError(t, err)
		require.Equal(t, []string{"dele", "0"}, textsOf(drafts))

		for _, o := range f.offers(t) {
			require.NoError(t, f.OfferShown(ctx(), o))
		}
		require.NoError(t, f.PurgeDrafts(ctx(), now+2*hour))
		require.EqualValues(t, 5, f.number(t, "SELECT count(*) FROM waa_drafts"), "what is not ended stays")
	})
}

// TestDueDraftsAreChosen lets the moments of some drafts come.
func TestDueDraftsAreChosen(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		clock, err := f.Clock(ctx())
		require.NoError(t, err)
		for text, sendAt := range map[string]int64{"due": clock - 1, "ahead": clock + hour/2, "later": clock + 2*hour, "by hand": 0} {
			d := f.draft(t, c, "ines", text)
			_, err := f.db.Exec("UPDATE waa_drafts SET send_at = $2 WHERE id = $1", d.ID, sendAt)
			require.NoError(t, err)
		}
		require.NoError(t, f.ChooseDueDrafts(ctx(), hour, now))
		chosen := f.number(t, "SELECT count(*) FROM waa_drafts WHERE state = 'chosen' AND chosen_by = author_id AND body IN ('due', 'ahead')")
		require.EqualValues(t, 2, chosen, "the time is the database's, and so much ahead of it")
		require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_drafts WHERE state = 'held'"))
		job, err := f.ClaimDraft(ctx(), "", "", time.Minute)
		require.NoError(t, err)
		require.Equal(t, []string{c.ChannelID, "ines"}, []string{job.ChannelID, job.AuthorID})
	})
}
