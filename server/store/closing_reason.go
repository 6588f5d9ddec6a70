package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	closingReasonFields  = "label, fields, position, retired"
	closingReasonColumns = "id, queue_id, " + closingReasonFields + ", created_at, updated_at"
	closingReasonOrder   = "position, lower(label), id"
)

// ClosingReason reads a closing reason, also a retired one.
func (s *Store) ClosingReason(ctx context.Context, id string) (*domain.ClosingReason, error) {
	reason := &domain.ClosingReason{}
	err := s.db.GetContext(ctx, reason, "SELECT "+closingReasonColumns+" FROM waa_closing_reasons WHERE id = $1", id)
	return reason, wrapErr(err, "could not read the closing reason")
}

// ClosingReasons lists the closing reasons of a queue in their order, with the retired ones if
// asked; page counts from 0.
func (s *Store) ClosingReasons(ctx context.Context, queueID string, retired bool, page, perPage int) ([]*domain.ClosingReason, int, error) {
	from := builder().Select().From("waa_closing_reasons").Where("queue_id = ?", queueID)
	if !retired {
		from = from.Where("NOT retired")
	}
	return selectPage[domain.ClosingReason](ctx, s.db, from.Columns(closingReasonColumns).OrderBy(closingReasonOrder), from.Columns("count(*)"), page, perPage)
}

// ClosingOptions returns what somebody chooses from who closes a conversation of a queue.
func (s *Store) ClosingOptions(ctx context.Context, queueID string) (*domain.ClosingOptions, error) {
	return closingOptions(ctx, s.db, queueID)
}

func closingOptions(ctx context.Context, r sqlx.ExtContext, queueID string) (*domain.ClosingOptions, error) {
	options := &domain.ClosingOptions{Reasons: []*domain.ClosingReason{}}
	if err := sqlx.SelectContext(ctx, r, &options.Reasons, "SELECT "+closingReasonColumns+
		" FROM waa_closing_reasons WHERE queue_id = $1 AND NOT retired ORDER BY "+closingReasonOrder, queueID); err != nil {
		return nil, errors.Wrap(err, "could not read the closing reasons")
	}
	if len(options.Reasons) == 0 {
		return options, nil
	}
	err := sqlx.GetContext(ctx, r, &options.Required, "SELECT coalesce((SELECT closing_reason_required FROM waa_queues WHERE id = $1), false)", queueID)
	return options, errors.Wrap(err, "could not read whether a closing reason is required")
}

// CreateClosingReason stores a new reason, gives it an id, and puts it at the end of its queue's list
// if its position is negative. ErrConflict if the queue has one with this label, ErrTooMany if it has
// as many as it may have, ErrNotFound if it was removed.
func (s *Store) CreateClosingReason(ctx context.Context, reason *domain.ClosingReason, by string, now int64) error {
	return s.changeClosingReasons(ctx, reason.QueueID, func(t *sqlx.Tx, count, next int) error {
		if count >= domain.MaxClosingReasons {
			return domain.ErrTooMany
		}
		reason.ID, reason.CreatedAt, reason.UpdatedAt = s.newID(), now, now
		if reason.Position < 0 {
			reason.Position = next
		}
		if _, err := execNamed(ctx, t, insertInto("waa_closing_reasons", closingReasonColumns), reason); err != nil {
			return wrapErr(err, "could not create the closing reason")
		}
		return s.audit(ctx, t, by, "closing_reason_created", reason.ID, map[string]string{"queue_id": reason.QueueID, "label": reason.Label})
	})
}

// UpdateClosingReason stores the named columns of a reason, or all that may be edited. Errors are those of CreateClosingReason.
func (s *Store) UpdateClosingReason(ctx context.Context, reason *domain.ClosingReason, by string, now int64, fields ...string) error {
	return s.changeClosingReasons(ctx, reason.QueueID, func(t *sqlx.Tx, count, _ int) error {
		var wasRetired bool
		if err := t.GetContext(ctx, &wasRetired, "SELECT retired FROM waa_closing_reasons WHERE id = $1", reason.ID); err != nil {
			return wrapErr(err, "could not read the closing reason")
		}
		if wasRetired && !reason.Retired && count >= domain.MaxClosingReasons {
			return domain.ErrTooMany
		}
		reason.UpdatedAt = now
		if _, err := execNamed(ctx, t, "UPDATE waa_closing_reasons SET "+assignColumns(chosenColumns(closingReasonFields, fields))+", updated_at = :updated_at WHERE id = :id", reason); err != nil {
			return wrapErr(err, "could not change the closing reason")
		}
		action := "closing_reason_changed"
		if reason.Retired && !wasRetired {
			action = "closing_reason_retired"
		}
		return s.audit(ctx, t, by, action, reason.ID, map[string]string{"queue_id": reason.QueueID, "label": reason.Label})
	})
}

// ImportClosingReasons adds those of the labels that the queue does not have yet, whatever their
// case, at the end of its list, and returns how many these are. Errors are those of CreateClosingReason.
func (s *Store) ImportClosingReasons(ctx context.Context, queueID string, labels []string, by string, now int64) (added int, err error) {
	err = s.changeClosingReasons(ctx, queueID, func(t *sqlx.Tx, count, next int) error {
		var wanted []string
		if err := t.SelectContext(ctx, &wanted, `SELECT l.label FROM unnest($2::text[]) WITH ORDINALITY l (label, n)
			WHERE NOT EXISTS (SELECT 1 FROM waa_closing_reasons r WHERE r.queue_id = $1 AND NOT r.retired AND lower(r.label) = lower(l.label)) ORDER BY l.n`,
			queueID, pq.Array(labels)); err != nil {
			return errors.Wrap(err, "could not look for known closing reasons")
		}
		if count+len(wanted) > domain.MaxClosingReasons {
			return domain.ErrTooMany
		}
		for i, label := range wanted {
			reason := &domain.ClosingReason{ID: s.newID(), QueueID: queueID, Label: label, Position: next + i, CreatedAt: now, UpdatedAt: now}
			if _, err := execNamed(ctx, t, insertInto("waa_closing_reasons", closingReasonColumns), reason); err != nil {
				return wrapErr(err, "could not import a closing reason")
			}
			if err := s.audit(ctx, t, by, "closing_reason_created", reason.ID, map[string]string{"queue_id": queueID, "label": label}); err != nil {
				return err
			}
		}
		added = len(wanted)
		return nil
	})
	return added, err
}

// changeClosingReasons runs fn while nobody else changes the reasons of a queue. count is how many
// can be chosen there, next the first position behind all of them.
func (s *Store) changeClosingReasons(ctx context.Context, queueID string, fn func(t *sqlx.Tx, count, next int) error) error {
	return s.inTx(ctx, func(t *sqlx.Tx) error {
		var queue string
		if err := t.GetContext(ctx, &queue, "SELECT id FROM waa_queues WHERE id = $1 FOR NO KEY UPDATE", queueID); err != nil {
			return wrapErr(err, "could not lock the queue")
		}
		var now struct{ Count, Next int }
		if err := t.GetContext(ctx, &now, `SELECT count(*) FILTER (WHERE NOT retired) AS count, coalesce(max(position) + 1, 0) AS next
			FROM waa_closing_reasons WHERE queue_id = $1`, queueID); err != nil {
			return errors.Wrap(err, "could not count the closing reasons")
		}
		return fn(t, now.Count, now.Next)
	})
}
