package store

import (
	"context"
	"maps"
	"slices"

	"github.com/Masterminds/squirrel"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// inState is the condition that domain.Conversation.StateAt gives a state, in SQL, of a row c; at is the moment. Each state is a condition
// on the columns themselves, so that a count reads no more than the index of the lists.
func inState(state domain.State, at string) string {
	switch state {
	case domain.Open:
		return "c.closed_at = 0 AND c.window_until > " + at
	case domain.Waiting:
		return "c.closed_at = 0 AND c.window_until <= " + at + " AND (c.window_until = 0 OR c.last_template_at >= c.window_until)"
	case domain.Expired:
		return "c.closed_at = 0 AND c.window_until <> 0 AND c.window_until <= " + at + " AND c.last_template_at < c.window_until"
	default:
		return "c.closed_at <> 0"
	}
}

// isInState is inState as a part of a query.
func isInState(state domain.State, now int64) squirrel.Sqlizer {
	if state == domain.Closed {
		return squirrel.Expr(inState(state, ""))
	}
	return squirrel.Expr(inState(state, "?"), now)
}

// ListConversations lists what a reader may see; see package service.
func (s *Store) ListConversations(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter) ([]*domain.Conversation, int, error) {
	where, err := s.selected(ctx, reader, queueIDs, all, f)
	if err != nil {
		return nil, 0, err
	}
	rows := builder().Select(prefixColumns("c", conversationColumns), nestColumns("ct", "contact", contactColumns)).
		From("waa_conversations c").Join("waa_contacts ct ON ct.id = c.contact_id").Where(where).OrderBy("c.updated_at DESC", "c.id")
	count := builder().Select("count(*)").From("waa_conversations c").Where(where)
	page, total, err := selectPage[domain.Conversation](ctx, s.db, rows, count, f.Page, f.PerPage)
	if err != nil || len(page) == 0 {
		return page, total, err
	}
	return page, total, s.nameTemplates(ctx, page)
}

// selected is the condition of all that a filter asks for, of what the reader may see.
func (s *Store) selected(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter) (squirrel.And, error) {
	where, err := s.listed(ctx, reader, queueIDs, all, f)
	if err != nil {
		return nil, err
	}
	if f.Unclaimed {
		where = append(where, squirrel.Expr("c.attendant_id = '' AND c.closed_at = 0"))
	}
	if f.Unanswered.Least > 0 || f.Unanswered.Below > 0 {
		where = append(where, unansweredFor(f.Unanswered, f.Now))
	}
	if f.Waiting != nil {
		where = append(where, waitsFor(f))
	}
	if f.State != "" {
		where = append(where, isInState(f.State, f.Now))
	}
	return where, nil
}

// waitsFor is the condition that the customer has waited for as long as a filter says.
func waitsFor(f domain.ListFilter) squirrel.Sqlizer {
	queues, latest := slices.Sorted(maps.Keys(f.WaitsSince)), []int64{}
	for _, id := range queues {
		latest = append(latest, f.WaitsSince[id])
	}
	return squirrel.Expr("c.closed_at = 0 AND c.last_inbound_at > 0 AND "+waitsSince+` <=
		coalesce((SELECT w.latest FROM unnest(CAST(? AS text[]), CAST(? AS bigint[])) AS w (queue_id, latest) WHERE w.queue_id = c.queue_id), ?)`,
		pq.Array(queues), pq.Array(latest), f.Now-f.Waiting.Milliseconds())
}

// nameTemplates adds the name of the last template sent in each conversation of a page.
func (s *Store) nameTemplates(ctx context.Context, page []*domain.Conversation) error {
	ids, contacts := make([]string, len(page)), make([]string, len(page))
	for i, c := range page {
		ids[i], contacts[i] = c.ID, c.ContactID
	}
	var named []struct {
		ConversationID string `db:"conversation_id"`
		Name           string `db:"name"`
	}
	if err := s.db.SelectContext(ctx, &named, `SELECT DISTINCT ON (m.conversation_id) m.conversation_id, t.name
		FROM waa_messages m JOIN waa_templates t ON t.id = m.template_id
		WHERE m.contact_id = ANY($1) AND m.kind = 'template' AND m.conversation_id = ANY($2)
		ORDER BY m.conversation_id, m.created_at DESC, m.id`, pq.Array(contacts), pq.Array(ids)); err != nil {
		return errors.Wrap(err, "could not read the last templates")
	}
	names := make(map[string]string, len(named))
	for _, n := range named {
		names[n.ConversationID] = n.Name
	}
	for _, c := range page {
		c.TemplateName = names[c.ID]
	}
	return nil
}

// listed is the condition of what a reader may see and asks for, whatever its state.
func (s *Store) listed(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter) (squirrel.And, error) {
	where := squirrel.And{squirrel.Expr("c.aborted_at = 0")}
	if !all {
		where = append(where, isSeen(reader, queueIDs))
	}
	if f.Mine {
		where = append(where, isTheirs(reader))
	}
	if f.QueueID != "" {
		where = append(where, squirrel.Expr("c.queue_id = ?", f.QueueID))
	}
	if f.OwnerID != "" {
		where = append(where, squirrel.Expr("c.owner_id = ?", f.OwnerID))
	}
	if f.AttendantID != "" {
		where = append(where, squirrel.Expr("c.attendant_id = ?", f.AttendantID))
	}
	if f.CreatedFrom > 0 {
		where = append(where, squirrel.Expr("c.created_at >= ?", f.CreatedFrom))
	}
	if f.CreatedTo > 0 {
		where = append(where, squirrel.Expr("c.created_at < ?", f.CreatedTo))
	}
	if f.ContactID != "" {
		where = append(where, squirrel.Expr("c.contact_id = ?", f.ContactID))
	}
	contacts, err := s.contactsMeant(ctx, f.Query, f.Document)
	if err != nil {
		return nil, err
	}
	if contacts != nil {
		where = append(where, squirrel.Expr("c.contact_id IN (SELECT id FROM waa_contacts WHERE ?)", contacts))
	}
	return where, nil
}

// isSeen is the condition that somebody other than a system admin may see a conversation.
func isSeen(reader string, queueIDs []string) squirrel.Sqlizer {
	return squirrel.Or{isTheirs(reader), squirrel.Expr("c.queue_id = ANY(?)", pq.Array(queueIDs))}
}

// isTheirs is the condition that a user is owner or attendant.
func isTheirs(userID string) squirrel.Sqlizer {
	if userID == "" { // "" would match every conversation that nobody claimed
		return squirrel.Expr("false")
	}
	return squirrel.Expr("(c.owner_id = ? OR c.attendant_id = ?)", userID, userID)
}

// CountConversations counts what a reader may see and is not closed; see package service.
func (s *Store) CountConversations(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter) (domain.Counts, error) {
	where, err := s.listed(ctx, reader, queueIDs, all, f)
	if err != nil {
		return domain.Counts{}, err
	}
	where = append(where, squirrel.Expr("c.closed_at = 0"))
	countOf := func(state domain.State, name string) squirrel.Sqlizer {
		return squirrel.Expr("count(*) FILTER (WHERE "+inState(state, "?")+") AS "+name, f.Now)
	}
	query, args, err := builder().Select().Column(countOf(domain.Waiting, "waiting")).Column(countOf(domain.Open, "open")).Column(countOf(domain.Expired, "expired")).
		Column("count(*) FILTER (WHERE c.attendant_id = '') AS unclaimed").From("waa_conversations c").Where(where).ToSql()
	counts := domain.Counts{}
	if err != nil {
		return counts, errors.Wrap(err, "could not build a count query")
	}
	return counts, errors.Wrap(s.db.GetContext(ctx, &counts, query, args...), "could not count conversations")
}

// ChangedConversations lists the conversations that changed since a moment of
// the database's clock, the latest first; see package channelsync. updated_at
// is by the clock of the node that changed it, so a trigger also notes the time by the
// database's clock, which is the same for all.
func (s *Store) ChangedConversations(ctx context.Context, since int64, n int) ([]domain.ConversationChange, error) {
	changed := []domain.ConversationChange{}
	err := s.db.SelectContext(ctx, &changed, `
		SELECT c.id, c.owner_id, c.attendant_id, c.channel_id, coalesce(q.channel_id, '') AS queue_channel_id, c.updated_at, c.changed_at
		FROM waa_conversations c LEFT JOIN waa_queues q ON q.id = c.queue_id
		WHERE c.changed_at >= $1 AND c.changed_at > 0 AND c.aborted_at = 0 ORDER BY c.changed_at DESC LIMIT $2`+hot, since, n)
	return changed, errors.Wrap(err, "could not read the conversations that changed")
}

// Clock is the database's time, milliseconds since epoch.
func (s *Store) Clock(ctx context.Context) (now int64, err error) {
	err = s.db.GetContext(ctx, &now, "SELECT "+clock)
	return now, errors.Wrap(err, "could not read the database's clock")
}
