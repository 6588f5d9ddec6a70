//go:build unix

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/pkg/errors"
)

// These statements keep what is delivered from being handled until it is released, so that a backlog can be stored by the plugin itself.
const (
	holdInbox = `
		CREATE OR REPLACE FUNCTION waa_bench_hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.due_at := 9000000000000000; RETURN NEW; END $$;
		CREATE TRIGGER waa_bench_hold BEFORE INSERT ON waa_inbox FOR EACH ROW EXECUTE FUNCTION waa_bench_hold()`
	endHold     = "DROP TRIGGER IF EXISTS waa_bench_hold ON waa_inbox"
	releaseSome = `
		WITH released AS (
			UPDATE waa_inbox SET due_at = 0 WHERE id IN (SELECT id FROM waa_inbox WHERE finished_at = 0 AND due_at > 1000000000000000 ORDER BY id LIMIT $1)
			RETURNING id)
		SELECT coalesce(max(id), 0) FROM released`
	releasedLeft = "EXISTS (SELECT 1 FROM waa_inbox WHERE finished_at = 0 AND id <= %d)"
)

// backlog stores count messages and has the plugin handle them afterwards, a part in each round, beside bare posts. accepted compares
// storing them, which nothing disturbs here, with the handler that stores with one INSERT.
func (s *stage) backlog(ctx context.Context, n, count, posts int) (accepted, drained *rounds, err error) {
	part := count / n
	if _, err := s.Env.DB().ExecContext(ctx, holdInbox); err != nil {
		return nil, nil, errors.Wrap(err, "cannot hold the inbox")
	}
	end := func() error {
		_, err := s.Env.DB().ExecContext(context.WithoutCancel(ctx), endHold)
		return errors.Wrap(err, "cannot end the hold of the inbox")
	}
	accepted, err = alternate(ctx, n,
		func(ctx context.Context) (measured, error) { return s.bareDeliveries(ctx, posts) },
		func(ctx context.Context) (measured, error) {
			return s.meter.during(ctx, part, func() (float64, error) { return s.deliver(ctx, s.meta.address, part) })
		})
	if endErr := end(); err == nil {
		err = endErr
	}
	if err != nil {
		return accepted, nil, err
	}
	drained, err = alternate(ctx, n,
		func(ctx context.Context) (measured, error) { return s.barePosts(ctx, posts, connections) },
		func(ctx context.Context) (measured, error) { return s.drainPart(ctx, part) })
	return accepted, drained, err
}

// drainPart releases a part of the backlog and returns how many per second were handled. A delivery wakes the plugin, which else would find
// what was released only when it looks by itself; it is handled after the whole backlog, because it is the last of its customer.
func (s *stage) drainPart(ctx context.Context, part int) (measured, error) {
	var last int64
	if err := s.Env.DB().QueryRowContext(ctx, releaseSome, part).Scan(&last); err != nil {
		return measured{}, errors.Wrap(err, "cannot release the backlog")
	}
	return s.meter.during(ctx, part, func() (float64, error) {
		begin := time.Now()
		if _, err := s.meta.deliver(ctx, s.customers[0]); err != nil {
			return 0, err
		}
		end, err := s.drained(ctx, fmt.Sprintf(releasedLeft, last))
		return rate(part, end.Sub(begin)), err
	})
}
