package command

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
)

// scheduledLimit is how many scheduled starts are listed.
const scheduledLimit = 20

// scheduled shows the user what they scheduled, and supervisors what was scheduled in their queues, each with its buttons.
func (c *Command) scheduled(ctx context.Context, in *call) (string, error) {
	list, total, err := c.Service.ListScheduled(ctx, in.UserID, domain.ScheduledFilter{Waiting: true, PerPage: scheduledLimit})
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return in.text("command.scheduled_none"), nil
	}
	zones, err := c.zones(ctx)
	if err != nil {
		return "", err
	}
	attachments := make([]any, 0, len(list))
	for _, s := range list {
		attachments = append(attachments, c.scheduledAttachment(ctx, in, s, zones[s.QueueID]))
	}
	if more := total - len(list); more > 0 {
		attachments = append(attachments, map[string]any{"text": in.text("command.mine_more", "More", more)})
	}
	c.Mattermost.SendEphemeralWithAttachments(ctx, in.ChannelID, in.UserID, in.text("command.scheduled_title"), attachments)
	return "", nil
}

// scheduledAttachment is one scheduled start with its buttons, with times in the zone of its queue.
func (c *Command) scheduledAttachment(ctx context.Context, in *call, s *domain.Scheduled, zone string) map[string]any {
	text := "**" + markdown.Escape(s.Name) + "** · " + markdown.Code(s.Phone) + "\n" +
		in.whenScheduled(s, zone)
	if s.OwnerID != in.UserID {
		text += " · " + in.text("command.scheduled_by", "Who", c.username(ctx, s.OwnerID))
	}
	var buttons []any
	switch s.Status {
	case domain.ScheduledWaiting:
		buttons = append(buttons, c.ScheduledButton("cancel", s.ID, "default", in.text("command.scheduled_cancel")))
	case domain.ScheduledFailed:
		if s.OwnerID == in.UserID {
			buttons = append(buttons, c.ScheduledButton("start", s.ID, "primary", in.text("scheduled.start")))
		}
		buttons = append(buttons, c.ScheduledButton("cancel", s.ID, "default", in.text("command.scheduled_remove")))
	}
	return map[string]any{"text": text, "actions": buttons}
}

// whenScheduled says when a scheduled start is due, or why it was not sent.
func (c *call) whenScheduled(s *domain.Scheduled, zone string) string {
	return c.localize(domain.T("command.scheduled_"+string(s.Status), "At", s.SendAt, "Template", s.TemplateName, "Why", s.Reason.In(zone)).In(zone))
}
