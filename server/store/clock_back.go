package store

import (
	"context"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// clockFact keeps the latest time that the database's clock has shown.
const clockFact = "clock"

// clockWait is rows of a table that wait for moments by the database's clock.
type clockWait struct {
	table, where string
	columns      []string // that name the moments
}

func clockWaits() []clockWait {
	waits := []clockWait{
		{"waa_scheduled", "(status = 'sending' OR status = 'failed' AND told_at = 0)", []string{"lease_until"}},
		{"waa_drafts", "state = 'chosen'", []string{"lease_until"}},
		{"waa_draft_offers", "shown < version", []string{"lease_until"}},
		{"waa_notices", "told_at = 0", []string{"lease_until"}},
		{"waa_requests", "status = 0", []string{"lease_until"}},
		{"waa_forget", "done_at = 0", []string{"due_at", "lease_until"}},
		{"waa_sidebars", "due_at > 0", []string{"due_at", "lease_until"}},
	}
	for _, table := range append(jobTables(), deliveryTable) {
		waits = append(waits, clockWait{"waa_" + table, "finished_at = 0", []string{"due_at", "lease_until"}})
	}
	return waits
}

// moveBack is the statement that moves the moments back that are in the future, by $1 milliseconds.
func (w *clockWait) moveBack() string {
	set := make([]string, len(w.columns))
	for i, column := range w.columns {
		set[i] = column + " = CASE WHEN " + column + " > " + clock + " THEN " + column + " - $1::bigint ELSE " + column + " END"
	}
	return "UPDATE " + w.table + " SET " + strings.Join(set, ", ") + " WHERE " + w.where + " AND greatest(" + strings.Join(w.columns, ", ") + ") > " + clock
}

// FollowClock notes what the database's clock shows, and returns how far it has gone back since somebody did so last: 0
// where that is less than least, or another process was first. Leases and pauses that were taken while it was ahead would last for
// as long as it has gone back, so they are moved back with it. What people asked for at a moment is not.
func (s *Store) FollowClock(ctx context.Context, least time.Duration) (back time.Duration, err error) {
	var ahead int64
	if err := s.db.GetContext(ctx, &ahead, `INSERT INTO waa_facts (name, value) VALUES ($1, `+clock+`)
		ON CONFLICT (name) DO UPDATE SET value = greatest(waa_facts.value, excluded.value) RETURNING value - `+clock, clockFact); err != nil {
		return 0, wrapErr(err, "could not note the database's time")
	}
	if ahead <= least.Milliseconds() {
		return 0, nil
	}
	err = s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		ahead = 0
		if err := t.GetContext(ctx, &ahead, "SELECT value - "+clock+" FROM waa_facts WHERE name = $1 FOR UPDATE", clockFact); err != nil || ahead <= least.Milliseconds() {
			return err
		}
		for _, w := range clockWaits() {
			if _, err := t.ExecContext(ctx, w.moveBack(), ahead); err != nil {
				return err
			}
		}
		_, err := t.ExecContext(ctx, "UPDATE waa_facts SET value = "+clock+" WHERE name = $1", clockFact)
		return err
	})
	if err != nil || ahead <= least.Milliseconds() {
		return 0, wrapErr(err, "could not move back what waits")
	}
	return time.Duration(ahead) * time.Millisecond, nil
}
