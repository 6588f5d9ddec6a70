package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/convert"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/relay"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// cards posts places and contacts as their senders; see command.CardSender.
type cards struct{ app *app }

// SendLocation posts a place.
func (c cards) SendLocation(ctx context.Context, userID, channelID string, place whatsapp.Location) error {
	text := fmt.Sprintf("📍 `%g, %g`", place.Latitude, place.Longitude)
	if place.Name != "" {
		text = "📍 **" + convert.Escape(place.Name) + "**" + strings.TrimPrefix(text, "📍")
	}
	return c.post(ctx, userID, channelID, text, relay.Card{Location: &place})
}

// SendContact posts somebody's name and number.
func (c cards) SendContact(ctx context.Context, userID, channelID, name, phone string) error {
	number, ok := conversation.ParsePhone(phone, c.app.domain().DefaultRegion)
	if !ok {
		return conversation.RefuseField("phone", conversation.T("refusal.phone_invalid"))
	}
	first, last, _ := strings.Cut(name, " ")
	card := whatsapp.ContactCard{
		Name:   whatsapp.ContactName{Formatted: name, First: first, Last: strings.TrimSpace(last)},
		Phones: []whatsapp.ContactPhone{{Phone: number, Type: "CELL", WaID: strings.TrimPrefix(number, "+")}},
	}
	return c.post(ctx, userID, channelID, "👤 **"+convert.Escape(name)+"** `"+number+"`", relay.Card{Contact: &card})
}

// post asks first, so that a refusal is an answer to the command and no draft is held.
func (c cards) post(ctx context.Context, userID, channelID, text string, card relay.Card) error {
	posted := relay.Posted{ChannelID: channelID, UserID: userID, Message: text, Card: &card, CreateAt: model.GetMillis()}
	ruling, ours, err := c.app.intake.Before(ctx, posted)
	switch {
	case err != nil:
		return err
	case !ours:
		return conversation.Refuse(conversation.CodeNotFound, conversation.T("command.not_here"))
	case ruling.For != relay.Customer:
		return conversation.Refuse(conversation.CodeWindowClosed, ruling.Refused)
	}
	prop, err := card.Prop()
	if err != nil {
		return err
	}
	_, err = c.app.port.CreatePost(ctx, relay.Post{ChannelID: channelID, UserID: userID, Message: text, Props: map[string]any{relay.PropCard: prop}})
	return err
}
