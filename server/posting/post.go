package posting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// Properties and types of the posts in a conversation's channel; other software reads them.
const (
	PropStatus  = "waa_status"  // domain.Status, on what is or was for the customer
	PropKind    = "waa_kind"    // "inbound" on the customer's posts
	PropWAMID   = "waa_wamid"   // Meta's message id, on the customer's posts
	PropMessage = "waa_message" // our message's id, on template posts
	PropEvent   = "waa_event"   // what a state line is about; one line each
	PropDraft   = "waa_draft"   // the draft that an agent's post was

	TypeNote     = "custom_waa_note"
	TypeEvent    = "custom_waa_event"
	TypeTemplate = "custom_waa_template"

	KindInbound = "inbound"
	// UnsafeLinks makes server and client fetch no image and no preview for a post.
	UnsafeLinks = "unsafe_links"
)

// Post is what the relay lets the bot post.
type Post struct {
	ChannelID string
	RootID    string
	UserID    string // "" = the bot
	Message   string
	Type      string
	FileIDs   []string // uploaded by the author, attached to no post yet
	Props     map[string]any
	// PendingID lets the server itself drop a second try that comes while the first is under way there.
	PendingID string
}

// IncomingPost is a post that somebody made in a conversation's channel.
type IncomingPost struct {
	ID         string // "" while the server still asks whether it may be
	ChannelID  string
	RootID     string
	UserID     string
	Message    string
	Type       string
	FileIDs    []string
	Card       *Card  // what it is to the customer instead of its text; believed with a seal only
	DraftID    string // the held draft it was; believed with a seal only
	Seal       string // see Seals
	CreateAt   int64  // milliseconds since epoch, the server's clock; 0 = now
	FromBot    bool   // an incoming webhook or another bot wrote it
	Props      map[string]any
	HasSession bool // it came with somebody's session: not from a plugin
}

// Channel is what the relay asks Mattermost to make for a conversation.
type Channel struct {
	TeamID      string
	Name        string
	DisplayName string
	Header      string
}

// ErrTooManyChannels says that the team may have no more channels.
var ErrTooManyChannels = errors.New("the team has as many channels as it may have")

var (
	// ErrRefused says that the server refuses for good what was to be shown:
	// another plugin's filter, its length, a rule. To try it again is in vain.
	ErrRefused = errors.New("the server refuses it for good")
	// ErrUnavailable says that the server could not do it now: nobody's fault, and worth another try.
	ErrUnavailable = errors.New("the server could not do it now")
)

// Poster posts and finds posts.
type Poster interface {
	CreatePost(ctx context.Context, p Post) (id string, err error)
	// FindPost looks for a post of the bot by a property among the channel's
	// posts since a moment of the server's clock; domain.ErrNotFound.
	FindPost(ctx context.Context, channelID string, since int64, prop, value string) (id string, err error)
	// RootOf answers the post that begins the thread of a post (itself, if it
	// is none's reply); domain.ErrNotFound.
	RootOf(ctx context.Context, postID string) (rootID string, err error)
	// AgreeOnPost says that a post stands for a key and answers which one does: the first
	// that any process named. One that does not stand is taken back.
	AgreeOnPost(ctx context.Context, key, postID string) (stands string, err error)
}

// EnsurePost posts once. Where an earlier try may have got through it looks for
// the post first. That earlier one may wake and post after the look, so both,
// who took over and who was overtaken, agree on the one that stands.
func EnsurePost(ctx context.Context, poster Poster, p Post, prop string, again bool, since int64) (string, error) {
	value, _ := p.Props[prop].(string)
	if again {
		id, err := poster.FindPost(ctx, p.ChannelID, since, prop, value)
		if err == nil {
			return AgreeOnPost(ctx, poster, p, prop, id)
		} else if !errors.Is(err, domain.ErrNotFound) {
			return "", err
		}
	}
	id, err := poster.CreatePost(ctx, p)
	if p.RootID != "" && errors.Is(err, ErrRefused) { // somebody deleted what it answers: then it stands by itself
		p.RootID = ""
		id, err = poster.CreatePost(ctx, p)
	}
	if err != nil || !again && jobqueue.CheckLease(ctx) == nil {
		return id, err
	}
	return AgreeOnPost(ctx, poster, p, prop, id)
}

// agreePatience is how long it is tried to agree on a post: who was overtaken has no second try.
const agreePatience = 30 * time.Second

// AgreeOnPost returns which post stands of those with one property in a channel. It
// does not end with the lease: that is when it is needed.
func AgreeOnPost(ctx context.Context, poster Poster, p Post, prop, id string) (string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), agreePatience)
	defer cancel()
	value, _ := p.Props[prop].(string)
	for {
		stands, err := poster.AgreeOnPost(ctx, PostKey(p.ChannelID, p.UserID, prop, value), id)
		if err == nil {
			return stands, nil
		}
		select {
		case <-ctx.Done():
			return "", err
		case <-time.After(time.Second):
		}
	}
}

// PostKey names what a post is, without anything of a person in it.
func PostKey(channelID, userID, prop, value string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{channelID, userID, prop, value}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// EnsurePostOrFallback is EnsurePost for what is ours and in nobody else's words. Where
// the server refuses it for good, another text takes its place; where that is
// refused too there is no post (id "") and no error: a line that cannot be shown
// holds up nothing else.
func EnsurePostOrFallback(ctx context.Context, poster Poster, p Post, prop, instead string, again bool, since int64) (string, error) {
	id, err := EnsurePost(ctx, poster, p, prop, again, since)
	if errors.Is(err, ErrRefused) {
		p.Message = instead
		id, err = EnsurePost(ctx, poster, p, prop, false, since)
	}
	if errors.Is(err, ErrRefused) {
		return "", nil
	}
	return id, err
}

// Localizer renders our texts as Markdown for posts, in the language of those who read them.
type Localizer struct {
	// Render writes a text in a language. Nothing in its data acts as Markdown: see package i18n.
	Render func(lang, key string, data map[string]any) string
	// ServerLocale is the language of a channel's posts, UserLocale that of one person.
	ServerLocale func() string
	UserLocale   func(ctx context.Context, userID string) string
}

// ForChannel renders a text in the server's language, for everybody in a channel.
func (l Localizer) ForChannel(t domain.Text) string {
	return l.Render(l.ServerLocale(), t.Key, t.Data)
}

// ForUser renders a text in one person's language.
func (l Localizer) ForUser(ctx context.Context, userID string, t domain.Text) string {
	return l.Render(l.UserLocale(ctx, userID), t.Key, t.Data)
}

// OwnPostsSince is how far back a post of ours is looked for after a crash, by
// the server's clock: longer than anybody leaves a broken plugin alone.
func OwnPostsSince() int64 { return time.Now().Add(-7 * 24 * time.Hour).UnixMilli() }

// Reaction is an emoji that somebody put on a post.
type Reaction struct {
	UserID string
	Emoji  string // its name
	At     int64  // milliseconds since epoch, the server's clock
}
