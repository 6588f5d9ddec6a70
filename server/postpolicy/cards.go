package postpolicy

import (
	"context"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Cards posts places and contacts in an agent's name: for them Mattermost has no
// form of its own, so they are given by a slash command.
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

func (c *Cards) post(ctx context.Context, userID, channelID string, card posting.Card) error {
	if may, err := c.MaySpeak(ctx, userID, channelID); err != nil {
		return err
	} else if !may {
		return domain.Refuse(domain.CodeForbidden, domain.T("refusal.outside_channel"))
	}
	incoming := posting.IncomingPost{ChannelID: channelID, UserID: userID, Card: &card}
	incoming.Seal = c.Seals.Seal(incoming)
	decision, ours, err := c.Check(ctx, incoming)
	switch {
	case err != nil:
		return err
	case !ours:
		return domain.Refuse(domain.CodeNotFound, domain.T("command.not_here"))
	case decision.Destination != posting.Customer:
		return domain.Refuse(domain.CodeWindowClosed, decision.RefusalText)
	}
	prop, err := card.Prop()
	if err != nil {
		return err
	}
	_, err = c.CreatePost(ctx, posting.Post{ChannelID: channelID, UserID: userID, Message: decision.CardText, Props: map[string]any{posting.PropCard: prop, posting.PropSeal: incoming.Seal}})
	return err
}
