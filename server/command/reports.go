package command

import (
	"context"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
)

// mineLimit is how many conversations of a group are listed.
const mineLimit = 20

func (c *Command) status(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err != nil {
		return "", err
	}
	queues, err := c.Store.Queues(ctx)
	if err != nil {
		return "", err
	}
	queue, zones := "", map[string]string{}
	for _, q := range queues {
		if zones[q.ID] = q.TimeZone; q.ID == view.QueueID {
			queue = q.Name
		}
	}
	scheduled, _, err := c.Service.ListScheduled(ctx, in.UserID, domain.ScheduledFilter{ContactID: view.ContactID, Waiting: true, PerPage: scheduledLimit})
	if err != nil {
		return "", err
	}
	lines := []string{
		in.row("command.status_customer", "**"+markdown.Escape(view.Contact.Name)+"**", view.Contact.Phone, markdown.Code(view.Contact.CPFMasked)),
		in.row("command.status_state", in.state(view, zones[view.QueueID])),
		in.row("command.status_queue", markdown.Escape(queue)),
		in.row("command.status_owner", c.username(ctx, view.OwnerID).Markdown()),
		in.row("command.status_attendant", c.username(ctx, view.AttendantID).Markdown()),
	}
	lines = append(lines, "- "+c.consentText(ctx, in, view.Contact.Consent()), in.row("command.status_next", in.nextTemplate(view)))
	for _, s := range scheduled {
		lines = append(lines, in.row("command.status_scheduled", in.whenScheduled(s, zones[s.QueueID])))
	}
	return strings.Join(lines, "\n"), nil
}

// nextTemplate says whether a template may go to the customer now, or why none may.
func (c *call) nextTemplate(view *domain.View) string {
	if view.NextTemplate == nil {
		return c.text("command.status_next_now")
	}
	return c.localize(view.NextTemplate.Text)
}

// row is one line of a status: a name and its values, "–" where there are none.
func (c *call) row(key string, values ...string) string {
	present := make([]string, 0, len(values))
	for _, v := range values {
		if v != "" {
			present = append(present, v)
		}
	}
	if len(present) == 0 {
		present = []string{"–"}
	}
	return "- " + c.text(key) + ": " + strings.Join(present, " · ")
}

// state describes the conversation's state, with times in its queue's time zone.
func (c *call) state(view *domain.View, zone string) string {
	return c.localize(view.StateLine(view.State, zone))
}

func (c *Command) username(ctx context.Context, userID string) domain.Username {
	if userID == "" {
		return ""
	}
	name, err := c.Mattermost.Username(ctx, userID)
	if err != nil {
		return "" // the user no longer exists
	}
	return domain.Username(name)
}

// mine lists the user's own conversations in groups, as GET /conversations?mine=1 does: open ones first, those closed lately last.
func (c *Command) mine(ctx context.Context, in *call) (string, error) {
	zones, err := c.zones(ctx)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, group := range mineGroups() {
		group.filter.Mine, group.filter.PerPage = true, mineLimit
		views, total, err := c.Service.List(ctx, in.UserID, group.filter)
		if err != nil {
			return "", err
		}
		if group.filter.State == domain.Closed && len(views) > 0 && len(lines) == 0 {
			lines = append(lines, in.text("command.mine_none"))
		}
		if len(views) > 0 && group.title != "" {
			lines = append(lines, "", in.text(group.title))
		}
		for _, view := range views {
			lines = append(lines, c.line(ctx, in, view, zones[view.QueueID]))
		}
		if more := total - len(views); more > 0 {
			lines = append(lines, "- "+in.text("command.mine_more", "More", more))
		}
	}
	if len(lines) == 0 {
		return in.text("command.mine_none"), nil
	}
	return in.text("command.mine_title") + "\n\n" + strings.Join(lines, "\n"), nil
}

// mineGroup is a part of the list of one's own conversations, with a title.
type mineGroup struct {
	title  string // a text's key
	filter domain.Filter
}

// mineGroups are in the order in which an agent should look at them.
func mineGroups() []mineGroup {
	steps := domain.UnansweredSteps()
	groups := []mineGroup{{"followup.open", domain.Filter{State: domain.Open}}}
	for _, step := range steps {
		groups = append(groups, mineGroup{"followup.since_" + step.Name, domain.Filter{State: domain.Waiting, Unanswered: step}})
	}
	recent := domain.Unanswered{Below: steps[len(steps)-1].Least}
	return append(groups,
		mineGroup{"followup.recent", domain.Filter{State: domain.Waiting, Unanswered: recent}},
		mineGroup{"followup.expired", domain.Filter{State: domain.Expired}},
		mineGroup{"command.mine_closed", domain.Filter{State: domain.Closed}})
}

// zones are the queues' time zones by queue id.
func (c *Command) zones(ctx context.Context) (map[string]string, error) {
	queues, err := c.Store.Queues(ctx)
	if err != nil {
		return nil, err
	}
	zones := make(map[string]string, len(queues))
	for _, q := range queues {
		zones[q.ID] = q.TimeZone
	}
	return zones, nil
}

// line is one conversation of a list, with times in the zone of its queue.
func (c *Command) line(ctx context.Context, in *call, view *domain.View, zone string) string {
	name := "**" + markdown.Escape(view.Contact.Name) + "**"
	if link := c.Mattermost.Link(ctx, view.Conversation); link != "" {
		name = "[" + markdown.Escape(view.Contact.Name) + "](" + domain.Link(link).Markdown() + ")"
	}
	parts := []string{name, in.state(view, zone)}
	if last := max(view.LastInboundAt, view.LastOutboundAt, view.LastTemplateAt); last != 0 {
		parts = append(parts, in.localize(domain.T("command.mine_last", "At", last).In(zone)))
	}
	if view.AttendantID == in.UserID || view.State == domain.Closed {
		return "- " + strings.Join(parts, " · ")
	}
	if attendant := c.username(ctx, view.AttendantID); attendant != "" {
		return "- " + strings.Join(append(parts, in.text("command.mine_attendant", "Who", attendant)), " · ")
	}
	return "- " + strings.Join(append(parts, in.text("command.mine_unclaimed")), " · ")
}

func (c *Command) costs(ctx context.Context, in *call) (string, error) {
	queues, err := c.monthCosts(ctx, in.UserID)
	if err != nil {
		return "", err
	}
	if len(queues) == 0 {
		return in.text("command.costs_none"), nil
	}
	lines := []string{in.text("command.costs_title"), "", in.text("command.costs_head"), "|---|---|---|---|---|"}
	for i := range queues {
		q := &queues[i]
		if !q.Planned {
			lines = append(lines, in.text("command.costs_unplanned", "Queue", q.Queue))
			continue
		}
		left := max(0, q.Limit-q.Billed-q.Reserved)
		lines = append(lines, in.text("command.costs_row", "Queue", q.Queue, "Messages", q.Messages, "Currency", q.Currency,
			"Billed", q.Billed, "Reserved", q.Reserved, "Left", left, "Limit", q.Limit))
	}
	return strings.Join(lines, "\n"), nil
}

// monthCosts are the costs of the current month (UTC) of the queues that the user supervises.
func (c *Command) monthCosts(ctx context.Context, userID string) ([]domain.QueueCosts, error) {
	queues, err := c.Store.Queues(ctx)
	if err != nil {
		return nil, err
	}
	var costs []domain.QueueCosts
	for _, queue := range queues {
		supervises, err := c.Supervises(ctx, userID, queue)
		if err != nil {
			return nil, err
		}
		if !supervises {
			continue
		}
		month, err := c.Store.MonthOf(ctx, queue.ID, domain.MonthStart(c.Clock.Now()))
		if err != nil {
			return nil, err
		}
		month.Queue = queue.Name
		costs = append(costs, *month)
	}
	return costs, nil
}

func (c *Command) doctor(ctx context.Context, in *call) (string, error) {
	admin, err := c.IsSystemAdmin(ctx, in.UserID)
	if err != nil {
		return "", err
	}
	if !admin {
		return "", domain.Refuse(domain.CodeForbidden, domain.T("command.admins_only"))
	}
	findings, err := c.Examine(ctx)
	if err != nil {
		return "", err
	}
	lines := []string{in.text("command.doctor_well")}
	for _, f := range findings {
		mark := ":white_check_mark: "
		if !f.OK {
			mark = ":warning: "
			lines[0] = in.text("command.doctor_ill")
		}
		line := "- " + mark + in.localize(f.Text)
		if f.Fix.Key != "" {
			line += " " + in.localize(f.Fix)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), nil
}

func (c *Command) help(_ context.Context, in *call) (string, error) { return in.help(), nil }
