package relay

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/convert"
)

// Ruling is what may happen with a post in a conversation's channel.
type Ruling struct {
	For     Destination
	Refused conversation.Text // why, with Nowhere
	Reason  int               // the same as a stored reason, with Nowhere
	Parts   []convert.Part    // the messages it becomes, with Customer
	Card    string            // the text that the channel is to show, where the post is a card
	Sealed  bool              // we made it, in its author's name: what it says of itself is true
}

// Destination is whom a post is for.
type Destination int

// The destinations of a post.
const (
	Nowhere  Destination = iota // refused
	Team                        // allowed, never sent
	Note                        // allowed as a note, never sent
	Customer                    // allowed, goes to WhatsApp
)

// Judge decides about posts in conversations' channels. It makes the lock
// visible; the lock itself is in Outbound.
type Judge struct {
	Posts interface {
		PostType(ctx context.Context, postID string) (string, error)
		IsUser(ctx context.Context, username string) (bool, error)
		SiteURL() string
	}
	Files FileInfos
	Emoji func(name string) (string, bool) // the characters of an emoji's name
	Seals *Seals
}

// Rule judges one post by the conversation as it stands and a moment,
// milliseconds since epoch. It asks for no state but that of the conversation.
func (j *Judge) Rule(ctx context.Context, c *conversation.Conversation, p Posted, now int64) (Ruling, error) {
	sealed := p.Seal != "" && j.Seals.Holds(p)
	if !sealed { // then it is the text it shows, and nothing else
		p.Card, p.DraftID = nil, ""
	}
	ruling, err := j.rule(ctx, c, p, now)
	ruling.Sealed = sealed
	return ruling, err
}

func (j *Judge) rule(ctx context.Context, c *conversation.Conversation, p Posted, now int64) (Ruling, error) {
	switch p.Type {
	case TypeNote:
		return Ruling{For: Note}, nil
	case "", "me":
	default:
		return foreign(p), nil
	}
	if p.Machine {
		return refused(conversation.ReasonNotPermitted, conversation.T("post.machine")), nil
	}
	if p.RootID != "" {
		rootType, err := j.Posts.PostType(ctx, p.RootID)
		if err != nil && !errors.Is(err, conversation.ErrNotFound) {
			return Ruling{}, err
		}
		if rootType == TypeNote || rootType == TypeEvent {
			return Ruling{For: Note}, nil
		}
	}
	switch c.StateAt(now) {
	case conversation.Open:
	case conversation.Closed:
		return refused(conversation.ReasonClosed, conversation.T("post.closed")), nil
	case conversation.Expired:
		return refused(conversation.ReasonLocked, conversation.T("post.expired")), nil
	case conversation.Waiting:
		return refused(conversation.ReasonLocked, conversation.T("post.waiting")), nil
	}
	return j.ruleContent(ctx, p)
}

// foreign rules posts of a type that people do not write.
func foreign(p Posted) Ruling {
	switch {
	case IsOurType(p.Type) || !strings.HasPrefix(p.Type, model.PostCustomTypePrefix): // a forged one would look like a fact
		return refused(conversation.ReasonNotPermitted, conversation.T("post.forged"))
	case p.Session: // a person asked for the type, and the customer will not see it: it has to look so
		return Ruling{For: Note}
	default: // another plugin's post: a poll, a call
		return Ruling{For: Team}
	}
}

func (j *Judge) ruleContent(ctx context.Context, p Posted) (Ruling, error) {
	notPermitted := func(text conversation.Text) (Ruling, error) {
		return refused(conversation.ReasonNotPermitted, text), nil
	}
	if kind := p.Card.kind(); kind != "" && len(p.FileIDs) == 0 {
		if text, err := j.words(ctx, p.Card.words()); err != nil || text.Key != "" {
			return refused(conversation.ReasonNotPermitted, text), err
		}
		return Ruling{For: Customer, Parts: []convert.Part{{Kind: kind}}, Card: p.Card.Text()}, nil
	}
	if length := utf8.RuneCountInString(p.Message); length > 2*convert.MaxText { // no marks make up for that
		return notPermitted(conversation.T("post.long", "Max", convert.MaxText, "Length", length))
	}
	text := convert.ToWhatsApp(p.Message, j.Emoji)
	switch {
	case blank(text) && len(p.FileIDs) == 0:
		return notPermitted(conversation.T("post.empty"))
	case utf8.RuneCountInString(text) > convert.MaxText:
		return notPermitted(conversation.T("post.long", "Max", convert.MaxText, "Length", utf8.RuneCountInString(text)))
	}
	if text, err := j.words(ctx, p.Message); err != nil || text.Key != "" {
		return refused(conversation.ReasonNotPermitted, text), err
	}
	kinds, files, problem, err := j.fitFiles(ctx, p)
	if err != nil {
		return Ruling{}, err
	}
	if problem != nil {
		return notPermitted(conversation.Text{Key: problem.Key, Data: problem.Data})
	}
	return Ruling{For: Customer, Parts: convert.Parts(text, kinds, files)}, nil
}

// words refuses a text that calls a colleague or links into Mattermost, and says why.
func (j *Judge) words(ctx context.Context, text string) (why conversation.Text, err error) {
	switch name, err := j.mention(ctx, text); {
	case err != nil:
		return conversation.Text{}, err
	case name != "":
		return conversation.T("post.mention", "Name", "@"+name), nil
	case j.linksInside(text):
		return conversation.T("post.link"), nil
	}
	return conversation.Text{}, nil
}

// blank tells that a text has nothing to see.
func blank(text string) bool {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cf) }) == ""
}

func refused(reason int, text conversation.Text) Ruling {
	return Ruling{Refused: text, Reason: reason}
}

var (
	mention   = regexp.MustCompile(`(?:^|[^\pL\pN_.@])@([a-zA-Z0-9][a-zA-Z0-9._-]*)`)
	webLink   = regexp.MustCompile(`(?i)\b(?:https?|mattermost)://[^\s<>()]+`)
	permalink = regexp.MustCompile(`/(?:_redirect|[a-z0-9-]+)/pl/[a-z0-9]{26}\b`)
	// ownLink is a Markdown link without a host: Mattermost shows it as one into itself.
	ownLink = regexp.MustCompile(`\]\(\s*<?/[^\s/][^)]*\)`)
)

// mention answers the first colleague, or here, channel or all, that a text calls.
func (j *Judge) mention(ctx context.Context, text string) (string, error) {
	if !strings.Contains(text, "@") {
		return "", nil
	}
	for _, m := range mention.FindAllStringSubmatch(text, -1) {
		name := strings.ToLower(m[1])
		switch trimmed := strings.TrimRight(name, ".-_"); trimmed {
		case "here", "channel", "all":
			return trimmed, nil
		default:
			is, err := j.Posts.IsUser(ctx, name)
			if err == nil && !is && trimmed != name {
				is, err = j.Posts.IsUser(ctx, trimmed)
			}
			if is || err != nil {
				return trimmed, err
			}
		}
	}
	return "", nil
}

// linksInside tells whether a text links into Mattermost: no customer can open
// that, and it tells what is inside.
func (j *Judge) linksInside(text string) bool {
	if !strings.Contains(text, "/") {
		return false
	}
	if ownLink.MatchString(text) {
		return true
	}
	site, err := url.Parse(j.Posts.SiteURL())
	known := err == nil && site.Host != ""
	if known && hasAddress(text, site.Host+strings.TrimRight(site.Path, "/")+"/") {
		return true
	}
	for _, link := range webLink.FindAllString(text, -1) {
		if permalink.MatchString(link) || strings.HasPrefix(strings.ToLower(link), "mattermost:") {
			return true
		}
		to, err := url.Parse(link)
		if known && err == nil && strings.EqualFold(to.Host, site.Host) && strings.HasPrefix(to.Path, strings.TrimRight(site.Path, "/")) {
			return true
		}
	}
	return false
}

// hasAddress tells whether a text names something behind an address, with a scheme in front or without.
func hasAddress(text, address string) bool {
	text, address = strings.ToLower(text), strings.ToLower(address)
	for {
		before, after, found := strings.Cut(text, address)
		if !found {
			return false
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(after)
		if !unicode.IsLetter(last) && !unicode.IsDigit(last) && !strings.ContainsRune(".-_@", last) && next != utf8.RuneError && !unicode.IsSpace(next) {
			return true
		}
		text = after
	}
}
