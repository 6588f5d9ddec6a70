package command

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// schedule keeps a text for the customer of the conversation that is sent by itself at a moment, which comes first. The moment
// is in the queue's time zone.
func (c *Command) schedule(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err != nil {
		return "", err
	}
	zones, err := c.zones(ctx)
	if err != nil {
		return "", err
	}
	_, zone := c.Reader(ctx, in.UserID)
	at, text, ok := domain.ParseMoment(in.rest, c.Clock.Now(), domain.ZoneOf(zones[view.QueueID], zone))
	if !ok || text == "" {
		return "", domain.RefuseField("send_at", domain.T("command.schedule_usage"))
	}
	if _, err := c.ScheduleText(ctx, in.UserID, view.ID, text, at); err != nil {
		return "", err
	}
	key := "command.schedule_done"
	if view.WindowUntil <= at {
		key = "command.schedule_closed"
	}
	return in.localize(domain.T(key, "At", at, "Text", text).In(zones[view.QueueID])), nil
}
