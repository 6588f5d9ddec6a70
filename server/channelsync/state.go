package channelsync

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// stateKey stands for what the header and the state lines show: the state, its moment to the
// minute, and the time zone it is written in. It is compared with what was shown last.
func stateKey(c *domain.Conversation, now int64, zone string) string {
	at := c.LastTemplateAt
	state := c.StateAt(now)
	switch state {
	case domain.Open, domain.Expired:
		at = c.WindowUntil
	case domain.Closed:
		at = c.ClosedAt
	case domain.Waiting:
	}
	return string(state) + ":" + strconv.FormatInt(at/time.Minute.Milliseconds(), 10) + ":" + zone
}

// reminded is added to the key of what was shown once the attendant was reminded that the
// window ends.
const reminded = ":reminded"

// shownBefore is what was shown last, without the reminder's mark.
func shownBefore(r *domain.ChannelRefresh) string { return strings.TrimSuffix(r.Shown, reminded) }

func (m *Syncer) header(c *domain.Conversation, now int64, zone string) string {
	return m.Localizer.ForChannel(c.StateLine(c.StateAt(now), zone))
}

// appendStateEvent posts a line where the state is not the one that was shown last.
func (m *Syncer) appendStateEvent(ctx context.Context, r *domain.ChannelRefresh, now int64) error {
	c := &r.Conversation
	told, state := r.ShownState(), c.StateAt(now)
	if told == state && state != domain.Closed { // a conversation that was closed again has a new summary
		return nil
	}
	var line domain.Text
	var began int64
	switch state {
	case domain.Open:
		line, began = domain.T("event.open", "Who", m.mentionServing(ctx, c), "Until", c.WindowUntil, "First", c.LastTemplateAt == 0), c.WindowFrom
	case domain.Expired:
		line, began = domain.T("event.expired"), c.WindowUntil
	case domain.Closed:
		var err error
		if line, err = m.summary(ctx, c); err != nil {
			return err
		}
		began = c.ClosedAt
	case domain.Waiting:
		if told != "" { // the template's own post says it
			return nil
		}
		if c.OwnerID == "" && c.LastTemplateAt == 0 { // the customer writes first, and their message is about to open the window
			return nil
		}
		line = domain.T("event.waiting")
	}
	key := string(state)
	if state != domain.Waiting {
		key += ":" + strconv.FormatInt(began, 10)
	}
	// a template that failed takes the conversation back to a state that was told before it
	again := r.Again || told == domain.Waiting && state == domain.Expired
	return m.appendEvent(ctx, c, line.In(r.Zone), key, again, lineSince(began))
}

// showReopened shows that a conversation was reopened: the channel is restored with its people
// and says so. Where nobody serves any more, syncPeople gives the queue a card.
func (m *Syncer) showReopened(ctx context.Context, r *domain.ChannelRefresh) error {
	c := &r.Conversation
	if err := m.Posts.Restore(ctx, c.ChannelID); err != nil {
		return err
	}
	for _, userID := range []string{c.OwnerID, c.AttendantID} {
		if userID == "" {
			continue
		}
		if err := m.Posts.AddMember(ctx, c.TeamID, c.ChannelID, userID); err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	at := strconv.FormatInt(c.ReopenedAt, 10)
	line := domain.T("event.returned", "Queued", c.AttendantID == "")
	if c.ReopenedBy != "" {
		line = domain.T("event.reopened", "By", m.name(ctx, c.ReopenedBy))
	}
	return m.appendEvent(ctx, c, line.In(r.Zone), "reopened:"+at, r.Again, lineSince(c.ReopenedAt))
}

// remind reminds the attendant once, by a mention in the channel, that the window closes soon,
// if the customer still waits for an answer. It returns the key of what is shown now, which
// is stored, and the post is found again by its key: neither another node nor a crash reminds twice.
func (m *Syncer) remind(ctx context.Context, r *domain.ChannelRefresh, shown string, now int64) (string, error) {
	c := &r.Conversation
	if r.Shown == shown+reminded {
		return r.Shown, nil
	}
	if !c.ReminderDue(m.opening(r), now) {
		return shown, nil
	}
	line := domain.T("event.remind", "Who", m.name(ctx, c.AttendantID), "Until", c.WindowUntil)
	err := m.appendEvent(ctx, c, line.In(r.Zone), "remind:"+strconv.FormatInt(c.WindowUntil, 10), true, posting.OwnPostsSince())
	return shown + reminded, err
}

// opening says when somebody answers in the conversation's queue.
func (m *Syncer) opening(r *domain.ChannelRefresh) domain.Opening {
	queue := domain.Queue{TimeZone: r.Zone, Hours: r.Hours, Holidays: r.Holidays}
	return queue.Opening(m.Settings())
}

// summary is the line that closes a conversation, with what it came to.
func (m *Syncer) summary(ctx context.Context, c *domain.Conversation) (domain.Text, error) {
	s, err := m.Store.Summary(ctx, c.ID)
	if err != nil {
		return domain.Text{}, err
	}
	templates := make([]map[string]any, len(s.Templates))
	for i, t := range s.Templates {
		templates[i] = map[string]any{"Name": domain.Markdown(markdown.Code(t.Name)), "Sent": t.Sent, "Known": t.Known, "Amount": t.Amount, "Currency": s.Currency}
	}
	answers := make([]map[string]any, len(c.ClosingFields))
	for i, a := range c.ClosingFields {
		answers[i] = map[string]any{"Label": a.Label, "Value": a.Value, "Number": a.Type == domain.ClosingNumber}
	}
	return domain.T("event.closed", "Who", m.name(ctx, c.ClosedBy), "Reason", c.WhyClosed(), "Answers", answers,
		"Agents", m.names(ctx, append([]string{c.AttendantID}, s.AgentIDs...)), "Owner", m.name(ctx, c.OwnerID), "Lasted", c.ClosedAt-c.CreatedAt,
		"Inbound", s.Inbound, "Outbound", s.Outbound, "Templates", templates,
		"Currency", s.Currency, "Billed", s.Billed, "Reserved", s.Reserved), nil
}

// mentionServing mentions those who should know that the customer answered: the attendant and the owner.
func (m *Syncer) mentionServing(ctx context.Context, c *domain.Conversation) domain.Markdown {
	who, owner := m.servingNames(ctx, c)
	return domain.Markdown(strings.TrimSpace(who.Markdown() + " " + owner.Markdown()))
}

// servingNames are the names of the attendant and, where it is somebody else, of the owner.
func (m *Syncer) servingNames(ctx context.Context, c *domain.Conversation) (attendant, owner domain.Username) {
	attendant = m.name(ctx, c.AttendantID)
	if c.OwnerID != c.AttendantID {
		owner = m.name(ctx, c.OwnerID)
	}
	return attendant, owner
}

// names are the @names of users, each once.
func (m *Syncer) names(ctx context.Context, userIDs []string) domain.Markdown {
	names, seen := "", map[string]bool{}
	for _, id := range userIDs {
		name := m.name(ctx, id).Markdown()
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		if names != "" {
			names += ", "
		}
		names += name
	}
	return domain.Markdown(names)
}

func (m *Syncer) name(ctx context.Context, userID string) domain.Username {
	if userID == "" {
		return ""
	}
	name, err := m.Username(ctx, userID)
	if err != nil {
		return ""
	}
	return domain.Username(name)
}
