package postpolicy

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// Policy decides about posts in conversations' channels. It makes the lock visible; the lock
// itself is domain.SendCheck, asked by the outbound worker.
type Policy struct {
	Posts Mattermost
	Files posting.FileReader
	Emoji func(name string) (string, bool) // the characters of an emoji's name
	Seals *posting.Seals
}

// Check decides about one post by the conversation as it stands and a moment, milliseconds since
// epoch.
func (j *Policy) Check(ctx context.Context, c *domain.Conversation, p posting.IncomingPost, now int64) (posting.Decision, error) {
	sealed := p.Seal != "" && j.Seals.Holds(p)
	if !sealed { // without our seal it is only the text it shows
		p.Card, p.DraftID = nil, ""
	}
	decision, err := j.decide(ctx, c, p, now)
	if p.Missed && err == nil {
		decision = checkMissed(c, p, now, decision)
	}
	decision.IsSealed = sealed
	return decision, err
}

func (j *Policy) decide(ctx context.Context, c *domain.Conversation, p posting.IncomingPost, now int64) (posting.Decision, error) {
	switch p.Type {
	case posting.TypeNote:
		return posting.Decision{Destination: posting.Note}, nil
	case "", "me":
	default:
		return decideForeignType(p), nil
	}
	if p.FromBot {
		return Refused(domain.ReasonNotPermitted, domain.T("post.machine")), nil
	}
	if p.RootID != "" {
		rootType, err := j.Posts.PostType(ctx, p.RootID)
		if err != nil && !errors.Is(err, domain.ErrNotFound) {
			return posting.Decision{}, err
		}
		if rootType == posting.TypeNote || rootType == posting.TypeEvent {
			return posting.Decision{Destination: posting.Note}, nil
		}
	}
	switch c.StateAt(now) {
	case domain.Open:
	case domain.Closed:
		return Refused(domain.ReasonClosed, domain.T("post.closed")), nil
	case domain.Expired:
		return Refused(domain.ReasonLocked, domain.T("post.expired")), nil
	case domain.Waiting:
		return Refused(domain.ReasonLocked, domain.T("post.waiting")), nil
	}
	return j.decideContent(ctx, p)
}

// decideForeignType decides about posts of a type that people do not write.
func decideForeignType(p posting.IncomingPost) posting.Decision {
	switch {
	case posting.IsOurType(p.Type) || !strings.HasPrefix(p.Type, model.PostCustomTypePrefix): // a forged state line would look like a fact
		return Refused(domain.ReasonNotPermitted, domain.T("post.forged"))
	case p.HasSession: // a person chose the type; the customer does not get it, so it is marked as a note
		return posting.Decision{Destination: posting.Note}
	default: // another plugin's post: a poll, a call
		return posting.Decision{Destination: posting.Internal}
	}
}

func (j *Policy) decideContent(ctx context.Context, p posting.IncomingPost) (posting.Decision, error) {
	notPermitted := func(text domain.Text) (posting.Decision, error) {
		return Refused(domain.ReasonNotPermitted, text), nil
	}
	if kind := p.Card.Kind(); kind != "" && len(p.FileIDs) == 0 {
		if text, err := j.checkWords(ctx, p.Card.TypedText()); err != nil || text.Key != "" {
			return Refused(domain.ReasonNotPermitted, text), err
		}
		return posting.Decision{Destination: posting.Customer, Parts: []posting.Part{{Kind: kind}}, CardText: p.Card.Text()}, nil
	}
	text, why, err := j.checkText(ctx, p.Message, len(p.FileIDs) > 0)
	if err != nil || why.Key != "" {
		return Refused(domain.ReasonNotPermitted, why), err
	}
	kinds, files, problem, err := j.fitFiles(ctx, p)
	if err != nil {
		return posting.Decision{}, err
	}
	if problem != nil {
		return notPermitted(domain.Text{Key: problem.Key, Data: problem.Data})
	}
	return posting.Decision{Destination: posting.Customer, Parts: posting.Parts(text, kinds, files)}, nil
}

// CheckText returns why a text may not go to a customer, whoever posts it; no key = it may.
func (j *Policy) CheckText(ctx context.Context, text string) (why domain.Text, err error) {
	_, why, err = j.checkText(ctx, text, false)
	return why, err
}

// checkText is CheckText for a text that may be blank where it goes with files. It returns the text with WhatsApp's marks too.
func (j *Policy) checkText(ctx context.Context, typed string, mayBeBlank bool) (text string, why domain.Text, err error) {
	if length := utf8.RuneCountInString(typed); length > 2*posting.MaxText { // so long that it stays too long without its Markdown
		return "", domain.T("post.long", "Max", posting.MaxText, "Length", length), nil
	}
	text = markdown.ToWhatsApp(typed, j.Emoji)
	switch length := utf8.RuneCountInString(text); {
	case blank(text) && !mayBeBlank:
		return "", domain.T("post.empty"), nil
	case length > posting.MaxText:
		return "", domain.T("post.long", "Max", posting.MaxText, "Length", length), nil
	}
	why, err = j.checkWords(ctx, typed)
	return text, why, err
}

// checkWords refuses a text that mentions a colleague or links into Mattermost, and says why.
func (j *Policy) checkWords(ctx context.Context, text string) (why domain.Text, err error) {
	switch name, err := j.mention(ctx, text); {
	case err != nil:
		return domain.Text{}, err
	case name != "":
		return domain.T("post.mention", "Name", "@"+name), nil
	case j.linksInside(text):
		return domain.T("post.link"), nil
	}
	return domain.Text{}, nil
}

// blank reports whether a text has nothing visible.
func blank(text string) bool {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cf) }) == ""
}

// Refused is the decision that a post is rejected, with the reason's code and the text for its author.
func Refused(reason int, text domain.Text) posting.Decision {
	return posting.Decision{RefusalText: text, ReasonCode: reason}
}

var (
	mention   = regexp.MustCompile(`(?:^|[^\pL\pN_.@])@([a-zA-Z0-9][a-zA-Z0-9._-]*)`)
	webLink   = regexp.MustCompile(`(?i)\b(?:https?|mattermost)://[^\s<>()]+`)
	permalink = regexp.MustCompile(`/(?:_redirect|[a-z0-9-]+)/pl/[a-z0-9]{26}\b`)
	// ownLink is a Markdown link without a host: Mattermost shows it as one into itself.
	ownLink = regexp.MustCompile(`\]\(\s*<?/[^\s/][^)]*\)`)
)

// mention returns the first colleague, or here, channel or all, that a text mentions.
func (j *Policy) mention(ctx context.Context, text string) (string, error) {
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

// linksInside reports whether a text links into Mattermost: no customer can open such a link, and
// it gives away what is inside.
func (j *Policy) linksInside(text string) bool {
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

// hasAddress reports whether a text names something behind an address, with a scheme in front or without.
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
