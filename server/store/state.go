package store

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// State reads a small number that outlives the process; one never set is 0.
func (s *Store) State(ctx context.Context, name string) (int64, error) {
	var value int64
	err := wrapErr(s.db.GetContext(ctx, &value, "SELECT value FROM waa_facts WHERE name = $1", name), "could not read a fact")
	if errors.Is(err, domain.ErrNotFound) {
		return 0, nil
	}
	return value, err
}

// SetState stores a small number.
func (s *Store) SetState(ctx context.Context, name string, value int64) error {
	_, err := exec(ctx, s.db, "INSERT INTO waa_facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return wrapErr(err, "could not store a fact")
}

// TryInterval takes a turn at something that the nodes of the cluster together do once
// in an interval. It returns false where somebody took the last turn less than that ago. A turn that is yet to come
// was taken before the clock went back.
func (s *Store) TryInterval(ctx context.Context, name string, every time.Duration) (bool, error) {
	n, err := exec(ctx, s.db, `INSERT INTO waa_facts (name, value) VALUES ($1, `+clock+`)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE abs(excluded.value - waa_facts.value) >= $2::bigint`, name, every.Milliseconds())
	return n > 0, wrapErr(err, "could not take a turn")
}
