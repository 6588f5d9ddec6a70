package store

import (
	"context"

	"github.com/Masterminds/squirrel"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	quickReplyFields  = "shortcut, title, text"
	quickReplyColumns = "id, owner_id, queue_id, shortcut, title, body, created_at, updated_at"
)

// QuickReply reads a quick reply; domain.ErrNotFound.
func (s *Store) QuickReply(ctx context.Context, id string) (*domain.QuickReply, error) {
	reply := &domain.QuickReply{}
	err := s.db.GetContext(ctx, reply, "SELECT "+quickReplyColumns+" FROM waa_quick_replies WHERE id = $1", id)
	return reply, wrapErr(err, "could not read the quick reply")
}

// QuickReplies lists those of a person ("" = of nobody) and of queues in which a text occurs, in the
// order of their shortcuts, and how many there are; page counts from 0.
func (s *Store) QuickReplies(ctx context.Context, ownerID string, queueIDs []string, query string, page, perPage int) ([]*domain.QuickReply, int, error) {
	from := builder().Select().From("waa_quick_replies").Where(ofPersonOrQueues(ownerID, queueIDs))
	if query != "" {
		from = from.Where("strpos(lower(shortcut || ' ' || title || ' ' || body), lower(?)) > 0", query)
	}
	return selectPage[domain.QuickReply](ctx, s.db, from.Columns(quickReplyColumns).OrderBy("shortcut", "queue_id", "id"), from.Columns("count(*)"), page, perPage)
}

// SuggestQuickReplies lists up to n of a person's and of queues whose shortcuts begin with a text.
func (s *Store) SuggestQuickReplies(ctx context.Context, ownerID string, queueIDs []string, prefix string, n int) ([]*domain.QuickReply, error) {
	replies := []*domain.QuickReply{}
	sql, args, err := builder().Select(quickReplyColumns).From("waa_quick_replies").Where(ofPersonOrQueues(ownerID, queueIDs)).
		Where("starts_with(shortcut, ?)", prefix).OrderBy("shortcut", "queue_id", "id").Limit(uint64(n)).ToSql()
	if err != nil {
		return nil, errors.Wrap(err, "could not build a look for quick replies")
	}
	return replies, wrapErr(s.db.SelectContext(ctx, &replies, sql, args...), "could not look for quick replies")
}

func ofPersonOrQueues(ownerID string, queueIDs []string) squirrel.Sqlizer {
	return squirrel.Expr("(owner_id = ? AND queue_id = '' OR queue_id = ANY(?) AND owner_id = '')", ownerID, pq.Array(queueIDs))
}

// QuickReplyByShortcut finds the one that somebody means in a conversation of a queue: their own comes
// before the queue's; domain.ErrNotFound.
func (s *Store) QuickReplyByShortcut(ctx context.Context, ownerID, queueID, shortcut string) (*domain.QuickReply, error) {
	reply := &domain.QuickReply{}
	err := s.db.GetContext(ctx, reply, "SELECT "+quickReplyColumns+` FROM waa_quick_replies
		WHERE (owner_id = $1 AND queue_id = '' OR queue_id = $2 AND owner_id = '') AND shortcut = $3 ORDER BY queue_id LIMIT 1`, ownerID, queueID, shortcut)
	return reply, wrapErr(err, "could not look for a quick reply")
}

// CreateQuickReply stores a new reply and gives it an id. ErrConflict if its person or queue has one with
// this shortcut, ErrTooMany if it has as many as it may have, ErrNotFound if the queue was removed.
func (s *Store) CreateQuickReply(ctx context.Context, reply *domain.QuickReply, by string, now int64) error {
	return s.changeQuickReplies(ctx, reply, func(t *sqlx.Tx, count int) error {
		if count >= domain.MaxQuickReplies {
			return domain.ErrTooMany
		}
		if err := s.insertQuickReply(ctx, t, reply, now); err != nil {
			return err
		}
		return s.auditQuickReply(ctx, t, "quick_reply_created", reply, by)
	})
}

func (s *Store) insertQuickReply(ctx context.Context, t *sqlx.Tx, reply *domain.QuickReply, now int64) error {
	reply.ID, reply.CreatedAt, reply.UpdatedAt = s.newID(), now, now
	_, err := execNamed(ctx, t, insertInto("waa_quick_replies", quickReplyColumns), reply)
	return wrapErr(err, "could not create the quick reply")
}

// UpdateQuickReply stores the named fields of a reply (see quickReplyFields). Errors are those of CreateQuickReply.
func (s *Store) UpdateQuickReply(ctx context.Context, reply *domain.QuickReply, by string, now int64, fields ...string) error {
	return s.changeQuickReplies(ctx, reply, func(t *sqlx.Tx, _ int) error {
		reply.UpdatedAt = now
		if err := updateQuickReply(ctx, t, reply, fields...); err != nil {
			return err
		}
		return s.auditQuickReply(ctx, t, "quick_reply_changed", reply, by)
	})
}

func updateQuickReply(ctx context.Context, t *sqlx.Tx, reply *domain.QuickReply, fields ...string) error {
	set := mapColumns(chosenColumns(quickReplyFields, fields), func(column string) string {
		if column == "text" {
			column = "body"
		}
		return column + " = :" + column
	})
	n, err := execNamed(ctx, t, "UPDATE waa_quick_replies SET "+set+", updated_at = :updated_at WHERE id = :id", reply)
	if err == nil && n == 0 {
		return domain.ErrNotFound
	}
	return wrapErr(err, "could not change the quick reply")
}

// DeleteQuickReply removes a reply; ErrNotFound.
func (s *Store) DeleteQuickReply(ctx context.Context, reply *domain.QuickReply, by string) error {
	return s.inTx(ctx, func(t *sqlx.Tx) error {
		if err := execOne(ctx, t, "could not remove the quick reply", "DELETE FROM waa_quick_replies WHERE id = $1", reply.ID); err != nil {
			return err
		}
		return s.auditQuickReply(ctx, t, "quick_reply_removed", reply, by)
	})
}

// ImportQuickReplies stores replies of one person or queue: those whose shortcut is known are changed, the
// others are added. It returns how many of each, and changes nothing where it fails. Errors are those of
// CreateQuickReply.
func (s *Store) ImportQuickReplies(ctx context.Context, replies []*domain.QuickReply, by string, now int64) (added, changed int, err error) {
	err = s.changeQuickReplies(ctx, replies[0], func(t *sqlx.Tx, count int) error {
		added, changed = 0, 0
		for _, reply := range replies {
			err := wrapErr(t.GetContext(ctx, &reply.ID, "SELECT id FROM waa_quick_replies WHERE owner_id = $1 AND queue_id = $2 AND shortcut = $3", reply.OwnerID, reply.QueueID, reply.Shortcut), "could not look for a quick reply")
			switch {
			case err == nil:
				reply.UpdatedAt, changed = now, changed+1
				err = updateQuickReply(ctx, t, reply)
			case errors.Is(err, domain.ErrNotFound):
				added++
				err = s.insertQuickReply(ctx, t, reply, now)
			}
			if err != nil {
				return err
			}
		}
		if count+added > domain.MaxQuickReplies {
			return domain.ErrTooMany
		}
		return s.auditQuickReply(ctx, t, "quick_replies_imported", replies[0], by)
	})
	return added, changed, err
}

// changeQuickReplies runs fn while nobody else changes the replies of a person or queue. count is how many these are.
func (s *Store) changeQuickReplies(ctx context.Context, of *domain.QuickReply, fn func(t *sqlx.Tx, count int) error) error {
	return s.inTx(ctx, func(t *sqlx.Tx) error {
		if of.QueueID != "" {
			if err := execOne(ctx, t, "could not lock the queue", "SELECT FROM waa_queues WHERE id = $1 FOR NO KEY UPDATE", of.QueueID); err != nil {
				return err
			}
		} else if _, err := exec(ctx, t, "SELECT pg_advisory_xact_lock(hashtextextended('waa:quick_replies:' || $1, 0))", of.OwnerID); err != nil {
			return errors.Wrap(err, "could not lock somebody's quick replies")
		}
		var count int
		if err := t.GetContext(ctx, &count, "SELECT count(*) FROM waa_quick_replies WHERE owner_id = $1 AND queue_id = $2", of.OwnerID, of.QueueID); err != nil {
			return errors.Wrap(err, "could not count the quick replies")
		}
		return fn(t, count)
	})
}

// auditQuickReply records a change of a queue's replies. What people do with their own is nobody else's affair.
func (s *Store) auditQuickReply(ctx context.Context, t *sqlx.Tx, action string, reply *domain.QuickReply, by string) error {
	if reply.QueueID == "" {
		return nil
	}
	return s.audit(ctx, t, by, action, reply.ID, map[string]string{"queue_id": reply.QueueID, "shortcut": reply.Shortcut})
}
