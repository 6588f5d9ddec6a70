package postpolicy

import (
	"context"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Cards posts in an agent's name what they do not type as a post: places, contacts and questions, for
// which Mattermost has no form of its own, and quick replies.
type Cards struct {
	MaySpeak func(ctx context.Context, userID, channelID string) (bool, error)
	// Check decides about the post before it is made, see Intake.CheckPost: a
	// refusal is then the command's answer, and no draft is held.
	Check func(ctx context.Context, p posting.IncomingPost) (decision posting.Decision, ours bool, err error)
	Posts Mattermost
	// Take puts a post into the outbox at once, without waiting for its hook; see Intake.Take.
	Take      func(ctx context.Context, postID string) (*domain.Message, error)
	Emoji     func(name string) (string, bool) // the characters of an emoji's name
	Localizer posting.Localizer
	Seals     *posting.Seals
	Region    func() string // of phone numbers without a country code
}

// SendLocation posts a place.
func (c *Cards) SendLocation(ctx context.Context, userID, channelID string, place whatsapp.Location) error {
	_, err := c.post(ctx, userID, channelID, "", posting.Card{Location: &place})
	return err
}

// SendContact posts somebody's name and phone number, which may be as people type it.
func (c *Cards) SendContact(ctx context.Context, userID, channelID, name, phone string) error {
	number, ok := domain.ParsePhone(phone, c.Region())
	if !ok {
		return domain.RefuseField("phone", domain.T("refusal.phone_invalid"))
	}
	first, last, _ := strings.Cut(name, " ")
	card := whatsapp.ContactCard{
		Name:   whatsapp.ContactName{Formatted: name, First: first, Last: strings.TrimSpace(last)},
		Phones: []whatsapp.ContactPhone{{Phone: number, Type: "CELL", WaID: strings.TrimPrefix(number, "+")}},
	}
	_, err := c.post(ctx, userID, channelID, "", posting.Card{Contact: &card})
	return err
}

// Ask posts a question, whose body is Markdown, and returns its message. A request for a place or a number
// without a body gets one of ours.
func (c *Cards) Ask(ctx context.Context, userID, channelID string, q whatsapp.Question) (*domain.Message, error) {
	card, err := c.question(q)
	if err != nil {
		return nil, err
	}
	postID, err := c.post(ctx, userID, channelID, "", card)
	if err != nil {
		return nil, err
	}
	return c.Take(ctx, postID)
}

// question makes the card of a question, or says by field what Meta would refuse.
func (c *Cards) question(q whatsapp.Question) (posting.Card, error) {
	if strings.TrimSpace(q.Body) == "" {
		switch q.Type {
		case whatsapp.AskLocation:
			q.Body = c.Localizer.ForChannel(domain.T("ask.for_location"))
		case whatsapp.AskPhone:
			q.Body = c.Localizer.ForChannel(domain.T("ask.for_phone"))
		}
	}
	q.Body = markdown.ToWhatsApp(q.Body, c.Emoji)
	message, wrong := q.Build()
	for _, first := range wrong {
		return posting.Card{}, &domain.Refusal{Code: domain.CodeInvalidField, Text: first, Fields: wrong}
	}
	return posting.Card{Interactive: message}, nil
}

// MayAsk returns the refusal that any question would meet now in a channel.
func (c *Cards) MayAsk(ctx context.Context, userID, channelID string) error {
	place := whatsapp.Question{Type: whatsapp.AskLocation, Body: c.Localizer.ForChannel(domain.T("ask.for_location"))}
	message, _ := place.Build()
	_, err := c.check(ctx, c.incoming(userID, channelID, "", posting.Card{Interactive: message}))
	return err
}

// SendText posts a text, in a thread where rootID is set. It is like one that the agent typed: in the thread of
// a note it is a note.
func (c *Cards) SendText(ctx context.Context, userID, channelID, rootID, text string) error {
	incoming := posting.IncomingPost{ChannelID: channelID, UserID: userID, RootID: rootID, Message: text}
	if _, err := c.check(ctx, incoming); err != nil {
		return err
	}
	_, err := c.Posts.CreatePost(ctx, posting.Post{ChannelID: channelID, UserID: userID, RootID: rootID, Message: text})
	return err
}

// check returns what happens to a post that is about to be made, or the refusal.
func (c *Cards) check(ctx context.Context, incoming posting.IncomingPost) (posting.Decision, error) {
	if may, err := c.MaySpeak(ctx, incoming.UserID, incoming.ChannelID); err != nil {
		return posting.Decision{}, err
	} else if !may {
		return posting.Decision{}, domain.Refuse(domain.CodeForbidden, domain.T("refusal.outside_channel"))
	}
	decision, ours, err := c.Check(ctx, incoming)
	switch {
	case err != nil:
		return decision, err
	case !ours:
		return decision, domain.Refuse(domain.CodeNotFound, domain.T("command.not_here"))
	case decision.Destination == posting.Reject && decision.ReasonCode == domain.ReasonClosed:
		return decision, domain.Refuse(domain.CodeConversationClosed, decision.RefusalText)
	case decision.Destination == posting.Reject && decision.ReasonCode == domain.ReasonNotPermitted:
		return decision, domain.RefuseField("body", decision.RefusalText)
	case decision.Destination == posting.Reject:
		return decision, domain.Refuse(domain.CodeWindowClosed, decision.RefusalText)
	}
	return decision, nil
}

// post posts a card. form is the form that it was typed in; "" = none.
func (c *Cards) post(ctx context.Context, userID, channelID, form string, card posting.Card) (postID string, err error) {
	incoming := c.incoming(userID, channelID, form, card)
	decision, err := c.check(ctx, incoming)
	if err != nil {
		return "", err
	}
	prop, err := card.Prop()
	if err != nil {
		return "", err
	}
	props := map[string]any{posting.PropCard: prop, posting.PropSeal: incoming.Seal}
	if form != "" {
		props[posting.PropDraft] = form
	}
	return c.Posts.CreatePost(ctx, posting.Post{ChannelID: channelID, UserID: userID, Message: decision.CardText, Props: props})
}

// incoming is the post that a card becomes, sealed as one of ours.
func (c *Cards) incoming(userID, channelID, form string, card posting.Card) posting.IncomingPost {
	incoming := posting.IncomingPost{ChannelID: channelID, UserID: userID, Card: &card, DraftID: form}
	incoming.Seal = c.Seals.Seal(incoming)
	return incoming
}
