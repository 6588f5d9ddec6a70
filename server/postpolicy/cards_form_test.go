package postpolicy

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// fakeChannel is Mattermost as a form that is submitted several times at the same moment sees it: nobody finds what
// another one has not posted yet.
type fakeChannel struct {
	Mattermost

	mu     sync.Mutex
	made   int
	posts  []posting.IncomingPost
	agreed map[string]string
	forms  map[string]string // the first post of each, deleted or not
}

func (f *fakeChannel) CreatePost(_ context.Context, p posting.Post) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made++
	id := strconv.Itoa(f.made)
	form, _ := p.Props[posting.PropDraft].(string)
	raw, err := json.Marshal(p.Props[posting.PropCard])
	if err != nil {
		return "", err
	}
	card := &posting.Card{}
	f.posts = append(f.posts, posting.IncomingPost{ID: id, DraftID: form, Card: card})
	if f.forms[form] == "" {
		f.forms[form] = id
	}
	return id, json.Unmarshal(raw, card)
}

func (f *fakeChannel) FindPostOf(_ context.Context, _, _ string, _ int64, _, form string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if id := f.forms[form]; id != "" {
		return id, nil
	}
	return "", domain.ErrNotFound
}

func (f *fakeChannel) ReadPost(_ context.Context, id string) (posting.IncomingPost, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.posts {
		if p.ID == id {
			return p, nil
		}
	}
	return posting.IncomingPost{}, domain.ErrNotFound
}

// AgreeOnPost keeps the first post and takes any other back.
func (f *fakeChannel) AgreeOnPost(_ context.Context, key, id string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.agreed[key] == "" {
		f.agreed[key] = id
	}
	stands := f.agreed[key]
	f.posts = slices.DeleteFunc(f.posts, func(p posting.IncomingPost) bool { return p.ID == id && id != stands })
	return stands, nil
}

func (f *fakeChannel) cards() *Cards {
	now := time.Now()
	return &Cards{
		MaySpeak: func(context.Context, string, string) (bool, error) { return true, nil },
		Check: func(context.Context, posting.IncomingPost) (posting.Decision, bool, error) {
			return posting.Decision{Destination: posting.Customer}, true, nil
		},
		Posts: f, Emoji: func(string) (string, bool) { return "", false }, Seals: sealsFor("key", &now),
		Take: func(_ context.Context, id string) (*domain.Message, error) { return &domain.Message{PostID: id}, nil },
	}
}

// A form that is submitted several times, at the same moment or later, asks the customer once.
func TestAFormThatIsSubmittedTwiceAsksOnce(t *testing.T) {
	f := &fakeChannel{agreed: map[string]string{}, forms: map[string]string{}}
	cards := f.cards()
	ask := func(form, body string) (*domain.Message, error) {
		return cards.AskInForm(t.Context(), "ana", "c", form, whatsapp.Question{Type: whatsapp.AskLocation, Body: body})
	}
	messages := make([]*domain.Message, 8)
	var all sync.WaitGroup
	for i := range messages {
		all.Go(func() {
			var err error
			messages[i], err = ask("form", "Onde?")
			assert.NoError(t, err)
		})
	}
	all.Wait()
	again, err := ask("form", "Onde?")
	require.NoError(t, err)
	for _, m := range messages {
		require.Equal(t, again.PostID, m.PostID)
	}
	require.Len(t, f.posts, 1)

	_, err = ask("form", "Qual rua?")
	refusal, refused := domain.AsRefusal(err)
	require.True(t, refused)
	require.Equal(t, "ask.already", refusal.Text.Key, "the customer would get both")
	require.Len(t, f.posts, 1)
	_, err = ask("another form", "Onde?")
	require.NoError(t, err)
	require.Len(t, f.posts, 2)

	f.posts = f.posts[1:] // its author has deleted it
	_, err = ask("form", "Onde?")
	require.Error(t, err)
	require.Len(t, f.posts, 1, "what was deleted is not asked anew")
}
