package command

import (
	"context"
	"strconv"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/dialog"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// buttons asks with a text and what the customer can tap, separated by bars.
func (c *Command) buttons(ctx context.Context, in *call) (string, error) {
	parts := strings.Split(in.rest, "|")
	q := whatsapp.Question{Type: whatsapp.AskButtons, Body: strings.TrimSpace(parts[0])}
	for i, title := range parts[1:] {
		q.Buttons = append(q.Buttons, whatsapp.InteractiveID{ID: strconv.Itoa(i + 1), Title: strings.TrimSpace(title)})
	}
	if q.Body == "" || len(q.Buttons) == 0 {
		return in.text("command.buttons_usage"), nil
	}
	return c.ask(ctx, in, q)
}

func (c *Command) askLocation(ctx context.Context, in *call) (string, error) {
	return c.ask(ctx, in, whatsapp.Question{Type: whatsapp.AskLocation, Body: unquote(in.rest)})
}

func (c *Command) askPhone(ctx context.Context, in *call) (string, error) {
	return c.ask(ctx, in, whatsapp.Question{Type: whatsapp.AskPhone, Body: unquote(in.rest)})
}

func (c *Command) askList(ctx context.Context, in *call) (string, error) {
	return c.askWith(ctx, in, whatsapp.AskList)
}

func (c *Command) askLink(ctx context.Context, in *call) (string, error) {
	return c.askWith(ctx, in, whatsapp.AskLink)
}

func (c *Command) askAnything(ctx context.Context, in *call) (string, error) {
	return c.askWith(ctx, in, "")
}

// askWith shows the dialog of a question; kind "" lets the agent choose its type there.
func (c *Command) askWith(ctx context.Context, in *call, kind string) (string, error) {
	request, err := c.AskDialog(ctx, dialog.AskFor{UserID: in.UserID, ChannelID: in.ChannelID, Type: kind, Text: unquote(in.rest)})
	return "", c.open(ctx, in, request, err)
}

// ask has no answer: the post itself appears.
func (c *Command) ask(ctx context.Context, in *call, q whatsapp.Question) (string, error) {
	_, err := c.Ask(ctx, in.UserID, in.ChannelID, q)
	return "", err
}
