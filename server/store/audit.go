package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"
)

// Audit stores an audit row in a transaction of its own. Details must hold no secret and no document.
func (s *Store) Audit(ctx context.Context, actorID, action, objectID string, details map[string]string) error {
	return s.audit(ctx, s.db, actorID, action, objectID, details)
}

// AuditOnce stores an audit row unless the same one was stored lately: several nodes may notice the same event.
func (s *Store) AuditOnce(ctx context.Context, actorID, action, objectID string, details map[string]string, lately time.Duration) error {
	data, err := json.Marshal(details)
	if err != nil {
		return errors.Wrap(err, "could not encode audit details")
	}
	return s.inTx(ctx, func(t *sqlx.Tx) error {
		if _, err := exec(ctx, t, "SELECT pg_advisory_xact_lock(hashtext('waa_audit_once'))"); err != nil {
			return errors.Wrap(err, "could not wait for another node's audit")
		}
		var known bool
		if err := t.GetContext(ctx, &known, "SELECT EXISTS (SELECT 1 FROM waa_audit WHERE at > "+clock+" - $1::bigint AND actor_id = $2 AND action = $3 AND object_id = $4 AND details::jsonb = $5::jsonb)",
			lately.Milliseconds(), actorID, action, objectID, string(data)); err != nil || known {
			return errors.Wrap(err, "could not look for an audit row")
		}
		return s.audit(ctx, t, actorID, action, objectID, details)
	})
}

func (s *Store) audit(ctx context.Context, r sqlx.ExtContext, actorID, action, objectID string, details map[string]string) error {
	data, err := encodeDetails(details)
	if err != nil {
		return err
	}
	_, err = exec(ctx, r, `INSERT INTO waa_audit (id, at, actor_id, action, object_id, details) VALUES ($1, `+clock+`, $2, $3, $4, $5)`,
		s.newID(), actorID, truncate(action, 64), truncate(objectID, 64), data)
	return wrapErr(err, "could not store an audit row")
}

func encodeDetails(details map[string]string) (string, error) {
	clean := make(map[string]string, len(details))
	for name, text := range details {
		clean[name] = truncate(text, len(text))
	}
	data, err := json.Marshal(clean)
	return string(data), errors.Wrap(err, "could not encode audit details")
}
