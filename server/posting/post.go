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
	PropHeld    = "waa_held"    // true while Meta holds the post's message back
	PropStatus  = "waa_status"  // a domain.Status, on posts that are or were meant for the customer
	PropKind    = "waa_kind"    // "inbound" on the customer's posts
	PropWAMID   = "waa_wamid"   // Meta's message id, on the customer's posts
	PropName    = "waa_name"    // the customer's name when the post was made, on the customer's posts
	PropMessage = "waa_message" // our message's id, on template posts
	PropEvent   = "waa_event"   // what a state line is about; one line each
	PropDraft   = "waa_draft"   // what an agent's post was made from, once: the id of a draft, or the name of a form

	TypeNote     = "custom_waa_note"
	TypeEvent    = "custom_waa_event"
	TypeTemplate = "custom_waa_template"

	KindInbound = "inbound"
)

// Post is a post that the plugin makes.
type Post struct {
	ChannelID string
	RootID    string
	UserID    string // "" = one of the plugin's bots
	// OfCustomer is set on a post that holds a customer's own words or files. It is the customers' bot's,
	// which has another name and picture than the one that speaks for the plugin.
	OfCustomer bool
	Message    string
	Type       string
	FileIDs    []string // uploaded by the author, attached to no post yet
	Props      map[string]any
	// PendingID lets the server discard a second attempt that arrives while the first is still running.
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
	DraftID    string // the held draft, or the form, that it was made from; believed with a seal only
	Seal       string // see Seals
	CreateAt   int64  // milliseconds since epoch, the server's clock; 0 = now
	FromBot    bool   // an incoming webhook or another bot wrote it
	Props      map[string]any
	HasSession bool // it came with somebody's session: not from a plugin
	Missed     bool // no hook reported it when it was made
}

// Channel is what Mattermost is asked to make for a conversation.
type Channel struct {
	TeamID      string
	Name        string
	DisplayName string
	Header      string
}

// ErrTooManyChannels is returned if the team already has as many channels as the server allows.
var ErrTooManyChannels = errors.New("the team has as many channels as it may have")

var (
	// ErrRefused is returned if the server refuses a post for good: because of
	// another plugin's filter, its length, or a rule. Another try would fail too.
	ErrRefused = errors.New("the server refuses it for good")
	// ErrUnavailable is returned if the server could not do it now; another attempt may succeed.
	ErrUnavailable = errors.New("the server could not do it now")
)

// Poster posts and finds posts.
type Poster interface {
	// CreatePost makes a post. ErrRefused, ErrUnavailable; ErrNotAttached, with the post's id, where the
	// post was made without a customer's file.
	CreatePost(ctx context.Context, p Post) (id string, err error)
	// FindPost looks for a post of either of the plugin's bots by a property among the channel's
	// posts since a moment of the server's clock; domain.ErrNotFound.
	FindPost(ctx context.Context, channelID string, since int64, prop, value string) (id string, err error)
	// RootOf returns the post that begins the thread of a post, itself if it is not a reply, and the
	// channel that both are in; domain.ErrNotFound.
	RootOf(ctx context.Context, postID string) (rootID, channelID string, err error)
	// AgreeOnPost settles which of several equal posts stays. It proposes one for a key
	// and returns the one that any process proposed first; if that is another, it
	// deletes the proposed one.
	AgreeOnPost(ctx context.Context, key, postID string) (stands string, err error)
}

// EnsurePost makes a post exactly once and returns its id. If an earlier attempt may
// have got through (again), it looks for that one's post first. The process of the
// earlier attempt may still be alive and post after that look, so both of them agree
// on which post stays. ErrNotAttached as of Poster.CreatePost: there is a post, and its id.
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
	if p.RootID != "" && errors.Is(err, ErrRefused) {
		_, channelID, gone := poster.RootOf(ctx, p.RootID)
		if errors.Is(gone, domain.ErrNotFound) || gone == nil && channelID != p.ChannelID { // the post begins a thread of its own
			p.RootID = ""
			id, err = poster.CreatePost(ctx, p)
		}
	}
	if err != nil && !errors.Is(err, ErrNotAttached) || !again && jobqueue.CheckLease(ctx) == nil {
		return id, err
	}
	stands, agreed := AgreeOnPost(ctx, poster, p, prop, id)
	if agreed != nil {
		return "", agreed
	}
	return stands, err
}

// agreeTimeout is how long agreeing on a post is tried: a process that lost its lease has no later try.
const agreeTimeout = 30 * time.Second

// AgreeOnPost returns which post stays of those with the same property in a channel.
// It goes on after the lease has ended, because that is when it is needed.
func AgreeOnPost(ctx context.Context, poster Poster, p Post, prop, id string) (string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), agreeTimeout)
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

// PostKey returns a hash that identifies a post by its purpose and contains no personal data.
func PostKey(channelID, userID, prop, value string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{channelID, userID, prop, value}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// EnsurePostOrFallback is EnsurePost for a post of our own words. Where the server
// refuses it for good, the fallback text is posted; where that is refused too
// there is no post (id "") and no error, because a line that cannot be shown must
// not hold up anything else.
func EnsurePostOrFallback(ctx context.Context, poster Poster, p Post, prop, fallback string, again bool, since int64) (string, error) {
	id, err := EnsurePost(ctx, poster, p, prop, again, since)
	if errors.Is(err, ErrRefused) {
		p.Message = fallback
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

// OwnPostsSince returns how far back to look for one of our posts after a crash, in
// milliseconds since epoch. It is a week, longer than anybody leaves the plugin broken.
func OwnPostsSince() int64 { return time.Now().Add(-7 * 24 * time.Hour).UnixMilli() }

// Reaction is an emoji that somebody put on a post.
type Reaction struct {
	UserID string
	Emoji  string // its name
	At     int64  // milliseconds since epoch, the server's clock
}
