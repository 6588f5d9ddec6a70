package drafts

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
)

// fakeDrafts is a store of drafts of one author, in order, and the channel they are posted in.
type fakeDrafts struct {
	drafts   []*domain.Draft
	attempts int // of the next claim
	offer    *domain.DraftOffer
	posts    []posting.Post
	edits    []string
	whispers []string
	notices  []string
	gone     bool            // the thread's first post
	left     map[string]bool // who may not post any more
	fails    error           // of CreatePost
	shown    []domain.DraftOffer
}

func (d *fakeDrafts) ClaimDraft(context.Context, string, string, time.Duration) (*domain.DraftJob, error) {
	for _, draft := range d.drafts {
		if draft.State == domain.DraftChosen {
			return &domain.DraftJob{Draft: *draft, ChannelID: "channel", Attempts: d.attempts}, nil
		}
	}
	return nil, domain.ErrNotFound
}

func (d *fakeDrafts) set(id string, state domain.DraftState, postID string) error {
	for _, draft := range d.drafts {
		if draft.ID == id {
			draft.State, draft.PostID = state, postID
		}
	}
	return nil
}

func (d *fakeDrafts) ChooseDueDrafts(_ context.Context, ahead, now int64) error {
	for _, draft := range d.drafts {
		if draft.State == domain.DraftHeld && draft.SendAt > 0 && draft.SendAt <= now+ahead {
			draft.State, draft.ChosenBy = domain.DraftChosen, draft.AuthorID
		}
	}
	return nil
}
func (d *fakeDrafts) AddNotice(_ context.Context, n *domain.Notice) error {
	d.notices = append(d.notices, n.UserID+" "+n.TextKey+" "+n.Key)
	return nil
}

func (d *fakeDrafts) DraftSent(_ context.Context, id, postID string, _ int64) error {
	return d.set(id, domain.DraftSent, postID)
}
func (d *fakeDrafts) DraftBack(_ context.Context, id string, _ int64) error {
	return d.set(id, domain.DraftHeld, "")
}
func (d *fakeDrafts) ChosenLeft(context.Context, []string) (int, error) { return 0, nil }
func (d *fakeDrafts) ClaimOffers(context.Context, time.Duration, int) ([]*domain.DraftOffer, error) {
	if d.offer == nil {
		return nil, nil
	}
	offer := *d.offer
	d.offer = nil
	return []*domain.DraftOffer{&offer}, nil
}
func (d *fakeDrafts) OfferShown(_ context.Context, o *domain.DraftOffer) error {
	d.shown = append(d.shown, *o)
	return nil
}
func (d *fakeDrafts) OfferedDrafts(context.Context, string, string, int64) ([]*domain.Draft, error) {
	return d.drafts, nil
}

func (d *fakeDrafts) CreatePost(_ context.Context, p posting.Post) (string, error) {
	if d.fails != nil {
		return "", d.fails
	}
	d.posts = append(d.posts, p)
	return "post" + p.Message, nil
}
func (d *fakeDrafts) find(userID, prop, value string) (string, error) {
	for _, p := range d.posts {
		if p.UserID == userID && p.Props[prop] == value {
			return "found", nil
		}
	}
	return "", domain.ErrNotFound
}
func (d *fakeDrafts) AgreeOnPost(_ context.Context, _, id string) (string, error) { return id, nil }
func (d *fakeDrafts) FindPost(_ context.Context, _ string, _ int64, prop, value string) (string, error) {
	return d.find("", prop, value)
}
func (d *fakeDrafts) FindPostOf(_ context.Context, _, userID string, _ int64, prop, value string) (string, error) {
	return d.find(userID, prop, value)
}
func (d *fakeDrafts) RootOf(_ context.Context, id string) (root, channel string, err error) {
	return id, "", nil
}
func (d *fakeDrafts) PostType(context.Context, string) (string, error) {
	if d.gone {
		return "", domain.ErrNotFound
	}
	return "", nil
}
func (d *fakeDrafts) EditPost(_ context.Context, postID, message string, _ map[string]any) error {
	d.edits = append(d.edits, postID+" "+message)
	return nil
}
func (d *fakeDrafts) SendEphemeral(_ context.Context, _, userID, _, message string) {
	d.whispers = append(d.whispers, userID+" "+message)
}
func (d *fakeDrafts) OwnFiles(_ context.Context, _ string, ids []string) ([]string, error) {
	return ids, nil
}

// newFakeDrafts holds chosen drafts; those with "@" are refused by the judge.
func newFakeDrafts(texts ...string) (*fakeDrafts, *Sender) {
	d := &fakeDrafts{attempts: 1}
	for _, text := range texts {
		d.drafts = append(d.drafts, &domain.Draft{ID: "id" + text, AuthorID: "ines", ChosenBy: "ana", RootID: "root", Text: text, State: domain.DraftChosen})
	}
	speaker := posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }, UserLocale: func(context.Context, string) string { return "en" }}
	return d, &Sender{
		MaySpeak: func(_ context.Context, userID, _ string) (bool, error) { return !d.left[userID], nil },
		Store:    d, Posts: d, Seals: &posting.Seals{Keys: func() [][]byte { return [][]byte{[]byte("key")} }, Now: time.Now}, Localizer: speaker, Clock: fake.Clock(7), Ahead: func() int64 { return 0 }, Wake: func() {}, Log: fake.Log{},
		Username: func(_ context.Context, userID string) (string, error) { return userID, nil },
		CheckPost: func(_ context.Context, p posting.IncomingPost) (posting.Decision, bool, error) {
			if strings.Contains(p.Message, "@") {
				return postpolicy.Refused(domain.ReasonNotPermitted, domain.T("post.mention")), true, nil
			}
			return posting.Decision{Destination: posting.Customer}, true, nil
		},
	}
}

func TestChosenDraftsBecomeTheAuthorsPosts(t *testing.T) {
	d, drafts := newFakeDrafts("um", "@dois", "três")
	why, err := drafts.SendDrafts(context.Background(), "conv", "ines", []string{"id@dois", "idtrês"})
	require.NoError(t, err)
	require.Equal(t, map[string]domain.Text{"id@dois": domain.T("post.mention")}, why)
	require.Len(t, d.posts, 2)
	for i, text := range []string{"um", "três"} {
		require.Equal(t, text, d.posts[i].Message)
		require.Equal(t, "ines", d.posts[i].UserID)
		require.Equal(t, "root", d.posts[i].RootID)
		require.Equal(t, "id"+text, d.posts[i].Props[posting.PropDraft])
		seal, _ := d.posts[i].Props[posting.PropSeal].(string)
		require.True(t, drafts.Seals.Holds(posting.IncomingPost{UserID: "ines", ChannelID: "channel", RootID: "root", Message: text, DraftID: "id" + text, Seal: seal}))
	}
	require.Equal(t, domain.DraftHeld, d.drafts[1].State)
	require.Empty(t, d.whispers, "who asked is answered")

	// in the background the one who chose is told, and a thread that is gone is left
	d, drafts = newFakeDrafts("@um", "dois")
	d.gone = true
	_, err = drafts.Run(context.Background())
	require.NoError(t, err)
	require.Equal(t, []string{"ana post.mention"}, d.whispers)
	require.Empty(t, d.posts[0].RootID)
}

func TestADraftIsPostedOnceWhateverDies(t *testing.T) {
	d, drafts := newFakeDrafts("um")
	d.posts = []posting.Post{{UserID: "ines", Props: map[string]any{posting.PropDraft: "idum"}}}
	d.attempts = 2 // the first died behind the post
	_, err := drafts.Run(context.Background())
	require.NoError(t, err)
	require.Len(t, d.posts, 1)
	require.Equal(t, "found", d.drafts[0].PostID)

	// what the server does not take is tried again, and in the end held
	d, drafts = newFakeDrafts("um")
	d.fails = errors.New("no")
	_, err = drafts.Run(context.Background())
	require.NoError(t, err)
	require.Equal(t, domain.DraftChosen, d.drafts[0].State)
	d.attempts = draftTries
	_, err = drafts.Run(context.Background())
	require.NoError(t, err)
	require.Equal(t, domain.DraftHeld, d.drafts[0].State)
	require.Equal(t, []string{"ana draft.not_posted"}, d.whispers)
}

func TestAnOfferFollowsItsDrafts(t *testing.T) {
	round := func(d *fakeDrafts, drafts *Sender, o domain.DraftOffer) {
		o.ConversationID, o.AuthorID, o.ChannelID = "conv", "ines", "channel"
		d.offer = &o
		_, err := drafts.Run(context.Background())
		require.NoError(t, err)
	}
	d, drafts := newFakeDrafts("um", "dois")
	d.drafts[0].State, d.drafts[1].State = domain.DraftHeld, domain.DraftHeld
	round(d, drafts, domain.DraftOffer{Opening: 5, Version: 1, Attempts: 1})
	require.Len(t, d.posts, 1)
	require.Equal(t, posting.TypeEvent, d.posts[0].Type)
	require.Len(t, d.posts[0].Props["attachments"], 3, "each, and one for all")
	round(d, drafts, domain.DraftOffer{Opening: 5, Version: 2, Attempts: 2}) // died behind its post
	require.Len(t, d.posts, 1)
	require.Equal(t, []string{"found draft.offer"}, d.edits)
	d.drafts[0].State, d.drafts[1].State = domain.DraftSent, domain.DraftDropped
	round(d, drafts, domain.DraftOffer{Opening: 5, Version: 3, Attempts: 1, PostID: "offer"})
	require.Equal(t, "offer draft.offer_done", d.edits[1])
	round(d, drafts, domain.DraftOffer{Opening: 6, Version: 1, Attempts: 1})
	require.Len(t, d.posts, 1, "nothing is left to offer")
	require.Equal(t, 1, d.shown[len(d.shown)-1].Version)
}

func TestWhatAListOfDraftsShows(t *testing.T) {
	say := func(key string, _ ...any) string { return key }
	var many []*domain.Draft
	for range maxListed + 5 {
		many = append(many, &domain.Draft{ID: "d", State: domain.DraftHeld, Text: "oi"})
	}
	require.Len(t, DraftAttachments(many, "conv", "ines", say), maxListed+2, "the list, how many more, and the button for all")
	one := func(draft domain.Draft) map[string]any {
		return DraftAttachments([]*domain.Draft{&draft}, "conv", "ines", say)[0].(map[string]any)
	}
	held := one(domain.Draft{ID: "d", State: domain.DraftHeld, Text: "@here ~town http://x.y " + strings.Repeat("a", 1000), FileIDs: []string{"f"}})
	text, _ := held["text"].(string)
	require.NotContains(t, text, "@here")
	require.Less(t, len(text), 600)
	require.Contains(t, text, "draft.files")
	require.Len(t, held["actions"], 3)
	sayAll := func(key string, pairs ...any) string { return fmt.Sprint(key, pairs) }
	scheduled := DraftAttachments([]*domain.Draft{{ID: "d", State: domain.DraftHeld, Text: "oi", SendAt: 7}}, "conv", "ines", sayAll)[0].(map[string]any)
	require.Contains(t, scheduled["text"], "draft.scheduled[At 7]")
	for state, want := range map[domain.DraftState]string{
		domain.DraftSent: "draft.is_sent", domain.DraftChosen: "draft.is_chosen", domain.DraftDropped: "draft.is_dropped",
	} {
		shown := one(domain.Draft{ID: "d", State: state, Text: "oi"})
		require.Contains(t, shown["text"], want)
		require.Nil(t, shown["actions"])
	}
}

func TestNobodySpeaksWhoLeftTheChannel(t *testing.T) {
	d, drafts := newFakeDrafts("um")
	d.left = map[string]bool{"ines": true}
	why, err := drafts.SendDrafts(context.Background(), "conv", "ines", []string{"idum"})
	require.NoError(t, err)
	require.Equal(t, "draft.author_left", why["idum"].Key)
	require.Empty(t, d.posts)
	require.Equal(t, domain.DraftHeld, d.drafts[0].State)
}
