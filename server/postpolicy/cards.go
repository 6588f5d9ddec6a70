package postpolicy

import (
	"context"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Cards posts in an agent's name what they give by a slash command: places and contacts, for which
// Mattermost has no form of its own, and quick replies.
type Cards struct {
	MaySpeak func(ctx context.Context, userID, channelID string) (bool, error)
	// Check decides about the post before it is made, see Intake.CheckPost: a
	// refusal is then the command's answer, and no draft is held.
	Check      func(ctx context.Context, p posting.IncomingPost) (decision posting.Decision, ours bool, err error)
	CreatePost func(ctx context.Context, p posting.Post) (string, error)
	Seals      *posting.Seals
	Region     func() string // of phone numbers without a country code
}

// SendLocation posts a place.
func (c *Cards) SendLocation(ctx context.Context, userID, channelID string, place whatsapp.Location) error {
	return c.post(ctx, userID, channelID, posting.Card{Location: &place})
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
	return c.post(ctx, userID, channelID, posting.Card{Contact: &card})
}

// SendText posts a text, in a thread where rootID is set. It is like one that the agent typed: in the thread of
// a note it is a note.
func (c *Cards) SendText(ctx context.Context, userID, channelID, rootID, text string) error {
	incoming := posting.IncomingPost{ChannelID: channelID, UserID: userID, RootID: rootID, Message: text}
	if _, err := c.check(ctx, incoming); err != nil {
		return err
	}
	_, err := c.CreatePost(ctx, posting.Post{ChannelID: channelID, UserID: userID, RootID: rootID, Message: text})
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
	case decision.Destination == posting.Reject:
		return decision, domain.Refuse(domain.CodeWindowClosed, decision.RefusalText)
	}
	return decision, nil
}

func (c *Cards) post(ctx context.Context, userID, channelID string, card posting.Card) error {
	incoming := posting.IncomingPost{ChannelID: channelID, UserID: userID, Card: &card}
	incoming.Seal = c.Seals.Seal(incoming)
	decision, err := c.check(ctx, incoming)
	if err != nil {
		return err
	}
	prop, err := card.Prop()
	if err != nil {
		return err
	}
	_, err = c.CreatePost(ctx, posting.Post{ChannelID: channelID, UserID: userID, Message: decision.CardText, Props: map[string]any{posting.PropCard: prop, posting.PropSeal: incoming.Seal}})
	return err
}
