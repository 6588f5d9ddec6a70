package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	queueFields  = "name, team_id, channel_id, account_id, inactivity_minutes, time_zone, hours, template_hours, holidays, away_message, report_channel_id, closing_reason_required"
	queueColumns = "id, " + queueFields + ", created_at, updated_at"
)

// Queue reads a queue.
func (s *Store) Queue(ctx context.Context, id string) (*domain.Queue, error) {
	q := &domain.Queue{}
	err := s.db.GetContext(ctx, q, "SELECT "+queueColumns+" FROM waa_queues WHERE id = $1"+hot, id)
	if err != nil {
		return nil, wrapErr(err, "could not read the queue")
	}
	return q, nil
}

// Queues lists all queues by name.
func (s *Store) Queues(ctx context.Context) ([]*domain.Queue, error) {
	queues := []*domain.Queue{}
	err := s.db.SelectContext(ctx, &queues, "SELECT "+queueColumns+" FROM waa_queues ORDER BY name, id")
	return queues, errors.Wrap(err, "could not read the queues")
}

// QueuesOfAccount lists the queues of an account by name.
func (s *Store) QueuesOfAccount(ctx context.Context, accountID string) ([]*domain.Queue, error) {
	queues := []*domain.Queue{}
	err := s.db.SelectContext(ctx, &queues, "SELECT "+queueColumns+" FROM waa_queues WHERE account_id = $1 ORDER BY name, id", accountID)
	return queues, errors.Wrap(err, "could not read the account's queues")
}

// QueuePage lists the queues by name; page counts from 0.
func (s *Store) QueuePage(ctx context.Context, page, perPage int) ([]*domain.Queue, int, error) {
	from := builder().Select().From("waa_queues")
	return selectPage[domain.Queue](ctx, s.db, from.Columns(queueColumns).OrderBy("name", "id"), from.Columns("count(*)"), page, perPage)
}

// CreateQueue stores a new queue and gives it an id. ErrConflict if its channel stands for another queue.
func (s *Store) CreateQueue(ctx context.Context, q *domain.Queue, now int64) error {
	q.ID, q.CreatedAt, q.UpdatedAt = s.newID(), now, now
	_, err := execNamed(ctx, s.db, insertInto("waa_queues", queueColumns), q)
	return wrapErr(err, "could not create the queue")
}

// UpdateQueue stores what an admin may edit: the named columns, or all of them.
// ErrConflict if its channel stands for another queue. After a change
// of the time zone or the hours its conversations' headers and reminders are due.
func (s *Store) UpdateQueue(ctx context.Context, q *domain.Queue, now int64, fields ...string) error {
	q.UpdatedAt = now
	n, err := execNamed(ctx, s.db, "WITH told AS (UPDATE waa_conversations SET "+refreshSoon("refresh_at", ":updated_at")+
		" WHERE queue_id = :id AND closed_at = 0 AND aborted_at = 0 AND channel_id <> ''"+
		" AND EXISTS (SELECT 1 FROM waa_queues WHERE id = :id AND (time_zone, hours, holidays) <> (:time_zone, :hours, :holidays))) UPDATE waa_queues SET "+assignColumns(chosenColumns(queueFields, fields))+", updated_at = :updated_at WHERE id = :id", q)
	if err == nil && n == 0 {
		return domain.ErrNotFound
	}
	return wrapErr(err, "could not update the queue")
}

// holdQueue keeps a queue of an account ("" = of any) from being removed until the
// transaction ends; ErrNotFound where it is gone. Whatever puts an open conversation
// into a queue holds the queue.
func holdQueue(ctx context.Context, r sqlx.ExtContext, id, accountID string) error {
	var held string
	return wrapErr(sqlx.GetContext(ctx, r, &held, "SELECT id FROM waa_queues WHERE id = $1 AND $2 IN ('', account_id) FOR KEY SHARE", id, accountID), "could not hold the queue")
}

// DeleteQueue removes a queue, its plan, its quick replies and its place in allow-lists
// and as a default, and retires its closing reasons. ErrConflict while it has open conversations.
func (s *Store) DeleteQueue(ctx context.Context, id string) error {
	return s.inTx(ctx, func(t *sqlx.Tx) error {
		// a statement of its own, so that the next one sees what the previous holders of the queue stored
		if _, err := exec(ctx, t, "SELECT FROM waa_queues WHERE id = $1 FOR UPDATE", id); err != nil {
			return errors.Wrap(err, "could not lock the queue")
		}
		if err := refuseOpen(ctx, t, "queue_id", id); err != nil {
			return err
		}
		return execOne(ctx, t, "could not delete the queue", `
			WITH e AS (UPDATE waa_plan_approvals SET ended_at = `+clock+` WHERE ended_at = 0 AND plan_id IN (SELECT id FROM waa_plans WHERE queue_id = $1)),
			     p AS (DELETE FROM waa_plans WHERE queue_id = $1),
			     t AS (UPDATE waa_templates SET queue_ids = array_remove(queue_ids, $1::text) WHERE queue_ids @> ARRAY[$1::text]),
			     q AS (DELETE FROM waa_quick_replies WHERE queue_id = $1),
			     r AS (UPDATE waa_closing_reasons SET retired = true WHERE queue_id = $1 AND NOT retired),
			     a AS (UPDATE waa_accounts SET default_queue_id = '' WHERE default_queue_id = $1)
			DELETE FROM waa_queues WHERE id = $1`, id)
	})
}
