package main

import (
	"context"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// cards posts places and contacts as their senders; see command.CardSender.
type cards struct{ app *app }

// SendLocation posts a place.
func (c cards) SendLocation(ctx context.Context, userID, channelID string, place whatsapp.Location) error {
	return c.post(ctx, userID, channelID, posting.Card{Location: &place})
}

// SendContact posts somebody's name and number.
func (c cards) SendContact(ctx context.Context, userID, channelID, name, phone string) error {
	number, ok := domain.ParsePhone(phone, c.app.domain().DefaultRegion)
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

// post asks first, so that a refusal is an answer to the command and no draft is held.
func (c cards) post(ctx context.Context, userID, channelID string, card posting.Card) error {
	if may, err := c.app.people.MaySpeak(ctx, userID, channelID); err != nil {
		return err
	} else if !may {
		return domain.Refuse(domain.CodeForbidden, domain.T("refusal.outside_channel"))
	}
	posted := posting.IncomingPost{ChannelID: channelID, UserID: userID, Card: &card}
	posted.Seal = c.app.seals.Seal(posted)
	ruling, ours, err := c.app.intake.CheckPost(ctx, posted)
	switch {
	case err != nil:
		return err
	case !ours:
		return domain.Refuse(domain.CodeNotFound, domain.T("command.not_here"))
	case ruling.Destination != posting.Customer:
		return domain.Refuse(domain.CodeWindowClosed, ruling.RefusalText)
	}
	prop, err := card.Prop()
	if err != nil {
		return err
	}
	_, err = c.app.port.CreatePost(ctx, posting.Post{ChannelID: channelID, UserID: userID, Message: ruling.CardText, Props: map[string]any{posting.PropCard: prop, posting.PropSeal: posted.Seal}})
	return err
}
