package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// maxAnswer is how much of a receiver's answer is kept, in characters.
const maxAnswer = 500

// toldEvent is the job of a delivery that is over, and what came of it.
type toldEvent struct {
	finishedJob
	domain.DeliveryResult
}

// CompleteEvent records that an event was taken, or that nobody wants it any more, finishes its job, and returns the next of
// the lane, claimed.
func (q *Queue) CompleteEvent(ctx context.Context, owner string, job *jobqueue.Job, result domain.DeliveryResult, lease time.Duration) (*jobqueue.Job, error) {
	f, err := q.s.told.Submit(ctx, toldEvent{finishedJob{id: job.ID, owner: owner, lease: lease}, result})
	return f.result(err)
}

func (s *Store) completeEvents(ctx context.Context, batch []toldEvent) ([]finishedJob, error) {
	n := len(batch)
	jobs, words, codes, answers := make([]finishedJob, n), make([]string, n), make([]int64, n), make([]string, n)
	for i, told := range batch {
		jobs[i], words[i], codes[i], answers[i] = told.finishedJob, told.Error, int64(told.StatusCode), truncate(told.Answer, maxAnswer)
	}
	return jobs, s.finish(ctx, "told", jobs, pq.Array(words), pq.Array(codes), pq.Array(answers))
}

// completeEventsFunction finishes deliveries with their results, and notes of their subscriptions how the receivers do. Many deliveries to
// one receiver end at once, so the row of a subscription changes once a second at the most.
func completeEventsFunction() function {
	return function{
		name: "told", params: params(finishParams + ", text[], bigint[], text[]"), returns: jobSQL(deliveryTable, finishReturns),
		query: jobSQL(deliveryTable, `
		WITH results AS MATERIALIZED (
			SELECT * FROM unnest($1, $4, $5, $6) r (id, error, status_code, answer)
		), `+finishSQL("true", `(tries, status_code, error, answer, delivered_at) = (
				SELECT d.tries + CASE WHEN r.error <> '`+domain.DeliveryDisabled+`' THEN 1 ELSE 0 END, r.status_code, r.error, r.answer,
					CASE WHEN r.error = '' THEN {now} ELSE d.delivered_at END FROM results r WHERE r.id = d.id)`)+`, receivers AS (
			SELECT d.account_id, bool_or(r.error = '') AS well FROM done d JOIN results r ON r.id = d.id WHERE r.error <> '`+domain.DeliveryDisabled+`' GROUP BY d.account_id
		), noted AS (
			UPDATE waa_event_subscriptions s SET failing_since = CASE WHEN r.well THEN 0 ELSE {now} END, last_delivery_at = CASE WHEN r.well THEN {now} ELSE s.last_delivery_at END
			FROM receivers r WHERE s.id = r.account_id AND CASE WHEN r.well THEN s.failing_since > 0 OR s.last_delivery_at < {now} - 1000 ELSE s.failing_since = 0 END
		)`+finishedSQL),
	}
}

// RecordEventFailure records a request that failed; the caller decides whether it is tried again.
func (q *Queue) RecordEventFailure(ctx context.Context, owner string, job *jobqueue.Job, result domain.DeliveryResult) error {
	if err := q.end(ctx, "could not record a delivery", "UPDATE {table} SET tries = tries + 1, status_code = $4, error = $3, answer = $5 WHERE {held}",
		job.ID, owner, result.Error, result.StatusCode, truncate(result.Answer, maxAnswer)); err != nil {
		return err
	}
	_, err := exec(ctx, q.s.db, "UPDATE waa_event_subscriptions SET failing_since = "+clock+" WHERE id = $1 AND failing_since = 0"+hot, job.AccountID)
	return wrapErr(err, "could not note how a receiver does")
}
