package command

import (
	"context"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
)

// customer looks for known customers; without anything to look for it shows the history of the customer of the channel.
func (c *Command) customer(ctx context.Context, in *call) (string, error) {
	query := unquote(in.rest)
	if query == "" {
		return c.history(ctx, in)
	}
	found, err := c.Service.Customers(ctx, in.UserID, query)
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return in.text("command.customer_none"), nil
	}
	zones, err := c.zones(ctx)
	if err != nil {
		return "", err
	}
	lines := []string{in.text("command.customer_found"), ""}
	for _, one := range found {
		last := one.Last
		last.Contact = one.Contact
		line := c.line(ctx, in, &domain.View{Conversation: &last, State: last.StateAt(c.Clock.Now())}, zones[last.QueueID])
		for _, known := range []string{one.Phone, one.CPFMasked} {
			if known != "" {
				line += " · " + markdown.Code(known)
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), nil
}

// history lists the conversations with the customer of the channel, of those that the user may see, the latest first.
func (c *Command) history(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err != nil {
		return "", err
	}
	views, total, err := c.Service.List(ctx, in.UserID, domain.Filter{ContactID: view.ContactID, PerPage: mineLimit})
	if err != nil {
		return "", err
	}
	zones, err := c.zones(ctx)
	if err != nil {
		return "", err
	}
	lines := []string{in.text("command.customer_history", "Customer", view.Contact.Name), ""}
	for _, one := range views {
		lines = append(lines, c.line(ctx, in, one, zones[one.QueueID]))
	}
	if more := total - len(views); more > 0 {
		lines = append(lines, "- "+in.text("command.mine_more", "More", more))
	}
	return strings.Join(lines, "\n"), nil
}
