package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	messageColumns = "id, conversation_id, account_id, contact_id, direction, kind, author_id, post_id, wamid, status, shown_status, " +
		"reason_code, body, template_id, category, part, parts, over_hours, held, automatic, created_at, sent_at, status_at"
	messageSelect = "SELECT " + messageColumns + " FROM waa_messages"

	// maxWAMID and maxKind are the most characters that we keep; the columns themselves have no limit.
	maxWAMID = 256
	maxKind  = 32
)

// Messages lists the messages of a conversation, oldest first; page counts from 0.
func (s *Store) Messages(ctx context.Context, conversationID string, page, perPage int) ([]*domain.Message, int, error) {
	from := builder().Select().From("waa_messages").Where("conversation_id = ?", conversationID)
	return selectPage[domain.Message](ctx, s.db, from.Columns(messageColumns).OrderBy("created_at", "id"), from.Columns("count(*)"), page, perPage)
}

// Message reads a message.
func (s *Store) Message(ctx context.Context, id string) (*domain.Message, error) {
	return getMessage(ctx, s.db, messageSelect+" WHERE id = $1", id)
}

// sameMessage is the condition that a message m is the one that Meta calls by a
// wamid. Meta may put another prefix before the same token, so it is the token that
// counts, together with the account, which the caller compares. The wamid itself
// counts as well, for old rows that have no token yet (see FillTokens).
func sameMessage(m, wamid string) string {
	return "(" + m + ".wamid = " + wamid + " AND " + m + ".wamid <> '' OR " + m + ".token = waa_token(" + wamid + ") AND " + m + ".token <> '')"
}

// MessageByWAMID finds a message of a number either way; ErrNotFound.
func (s *Store) MessageByWAMID(ctx context.Context, accountID, wamid string) (*domain.Message, error) {
	if wamid == "" {
		return nil, domain.ErrNotFound
	}
	return getMessage(ctx, s.db, "SELECT "+prefixColumns("m", messageColumns)+" FROM waa_messages m WHERE "+sameMessage("m", "$1::text")+" AND m.account_id = $2 LIMIT 1", truncate(wamid, maxWAMID), accountID)
}

// MessageByPost finds the message of a post, the first of several; ErrNotFound.
func (s *Store) MessageByPost(ctx context.Context, postID string) (*domain.Message, error) {
	if postID == "" {
		return nil, domain.ErrNotFound
	}
	return getMessage(ctx, s.db, messageSelect+" WHERE post_id = $1 AND post_id <> '' ORDER BY part LIMIT 1", postID)
}

// FirstMessage is the oldest message of a conversation; ErrNotFound.
func (s *Store) FirstMessage(ctx context.Context, conversationID string) (*domain.Message, error) {
	return getMessage(ctx, s.db, messageSelect+" WHERE conversation_id = $1 ORDER BY created_at, id LIMIT 1", conversationID)
}

// UnshownTemplates are the messages of templates, and those that nobody wrote, that have no post yet, the first one too, oldest first.
func (s *Store) UnshownTemplates(ctx context.Context, conversationID string) ([]*domain.Message, error) {
	messages := []*domain.Message{}
	err := s.db.SelectContext(ctx, &messages, messageSelect+` WHERE conversation_id = $1 AND (kind = 'template' OR automatic) AND direction = 'out' AND post_id = ''
		ORDER BY created_at, id`, conversationID)
	return messages, errors.Wrap(err, "could not read the templates that have no post")
}

// lastTemplate is the last template to a contact that did not fail.
func lastTemplate(ctx context.Context, r sqlx.ExtContext, contactID string) (*domain.Message, error) {
	return getMessage(ctx, r, messageSelect+` WHERE contact_id = $1 AND kind = 'template' AND status NOT IN ('failed', 'not_sent')
		ORDER BY created_at DESC, id DESC LIMIT 1`, contactID)
}

// SetPost records the post of a message. ErrConflict if it is another message's.
func (s *Store) SetPost(ctx context.Context, messageID, postID string) error {
	return execOne(ctx, s.db, "could not set the post", "UPDATE waa_messages SET post_id = $2 WHERE id = $1", messageID, postID)
}

// SetKind records the real kind of a message that came first as unsupported.
func (s *Store) SetKind(ctx context.Context, messageID, kind string) error {
	return execOne(ctx, s.db, "could not set the kind", "UPDATE waa_messages SET kind = $2 WHERE id = $1", messageID, truncate(kind, maxKind))
}

func getMessage(ctx context.Context, r sqlx.ExtContext, query string, args ...any) (*domain.Message, error) {
	m := &domain.Message{}
	if err := sqlx.GetContext(ctx, r, m, query+hot, args...); err != nil {
		return nil, wrapErr(err, "could not read the message")
	}
	return m, nil
}

// fittedMessage makes what Meta says of a message fit the columns.
func truncateMessage(m *domain.Message) *domain.Message {
	c := *m
	c.Kind, c.WAMID, c.Text, c.Category = truncate(c.Kind, maxKind), truncate(c.WAMID, maxWAMID), truncate(c.Text, len(c.Text)), truncate(c.Category, 32)
	return &c
}

func insertMessage(ctx context.Context, r sqlx.ExtContext, m *domain.Message) error {
	_, err := execNamed(ctx, r, insertInto("waa_messages", messageColumns), truncateMessage(m))
	return wrapErr(err, "could not store the message")
}

// allStatuses are all that a message can have.
func allStatuses() []domain.Status {
	return []domain.Status{
		"", domain.Pending, domain.Unknown, domain.Sent, domain.Delivered,
		domain.Read, domain.Failed, domain.NotSent,
	}
}

// statusesBefore lists the statuses that next may replace, for status = ANY(...).
func statusesBefore(next domain.Status) any {
	var from pq.StringArray
	for _, s := range allStatuses() {
		if s.Advances(next) {
			from = append(from, string(s))
		}
	}
	return from
}

// SaveReaction stores a customer's reaction to a message unless a later one is
// stored already, and returns the one that holds.
func (s *Store) SaveReaction(ctx context.Context, messageID, wamid, emoji string, at int64) (holds string, err error) {
	err = s.db.GetContext(ctx, &holds, `
		WITH saved AS (
			INSERT INTO waa_reactions (message_id, wamid, emoji, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (message_id) DO UPDATE SET wamid = excluded.wamid, emoji = excluded.emoji, at = excluded.at WHERE waa_reactions.at <= excluded.at
			RETURNING emoji
		)
		SELECT emoji FROM saved UNION ALL SELECT emoji FROM waa_reactions WHERE message_id = $1 AND NOT EXISTS (SELECT 1 FROM saved)`,
		messageID, truncate(wamid, maxWAMID), truncate(emoji, 64), at)
	return holds, wrapErr(err, "could not store a reaction")
}

// PostStatus is what a post shows that became several messages; see package channelsync.
func (s *Store) PostStatus(ctx context.Context, postID string) (domain.Status, error) {
	var statuses pq.StringArray
	err := s.db.GetContext(ctx, &statuses, "SELECT coalesce(array_agg(status ORDER BY part), '{}') FROM waa_messages WHERE post_id = $1 AND post_id <> ''", postID)
	if err != nil {
		return "", wrapErr(err, "could not read the messages of a post")
	}
	all := make([]domain.Status, len(statuses))
	for i, status := range statuses {
		all[i] = domain.Status(status)
	}
	return domain.AggregateStatus(all), nil
}

// LastInbound are the wamids of the customer's last messages; see package outbound.
func (s *Store) LastInbound(ctx context.Context, conversationID string) ([]string, error) {
	return s.stringArray(ctx, "could not read the last messages", `SELECT coalesce(array_agg(wamid ORDER BY created_at, id), '{}') FROM (
		SELECT *, max(created_at) OVER () AS latest FROM (
			SELECT wamid, created_at, id FROM waa_messages WHERE conversation_id = $1 AND direction = 'in' AND wamid <> '' ORDER BY created_at DESC LIMIT 8) m
		) m WHERE created_at = latest`+hot, conversationID)
}

// WAMIDOfPost returns the wamid of the message behind a post; "" where there is none.
func (s *Store) WAMIDOfPost(ctx context.Context, postID string) (string, error) {
	m, err := s.MessageByPost(ctx, postID)
	if errors.Is(err, domain.ErrNotFound) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	return m.WAMID, nil
}
