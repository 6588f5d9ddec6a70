package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// The rows of waa_results are kept by triggers as messages and charges change; see migration 25.
// waa_results_of says what they are, and what is here compares the two and makes them equal.
const (
	// resultsFilled is the state (see State) that says whether FillResults went through all conversations.
	resultsFilled = "results_filled"
	// resultsBatch is how many conversations are gone through at a time.
	resultsBatch = 200
)

// FillResults goes once through the conversations that were there before their results were
// kept, a batch at a time; more says that there are others.
func (s *Store) FillResults(ctx context.Context) (more bool, err error) {
	if done, err := s.State(ctx, resultsFilled); err != nil || done != 0 {
		return false, err
	}
	s.filling.Lock()
	defer s.filling.Unlock()
	checked, last, err := s.rebuildBatch(ctx, s.resultsAfter, &domain.ResultsCheck{})
	if err != nil {
		return false, err
	}
	if checked == resultsBatch {
		s.resultsAfter = last
		return true, nil
	}
	return false, s.SetState(ctx, resultsFilled, 1)
}

// RebuildResults compares what is kept of all templates with the messages and charges
// themselves, and corrects what differs. It may run while the plugin works.
func (s *Store) RebuildResults(ctx context.Context) (*domain.ResultsCheck, error) {
	check, after := &domain.ResultsCheck{}, ""
	for {
		checked, last, err := s.rebuildBatch(ctx, after, check)
		if err != nil {
			return nil, err
		}
		if checked < resultsBatch {
			return check, nil
		}
		after = last
	}
}

// rebuildBatch makes the results of the next conversations equal to their messages and
// charges. It locks what the triggers' statements lock, in the package's order, so
// that nothing changes between reading and writing.
func (s *Store) rebuildBatch(ctx context.Context, after string, check *domain.ResultsCheck) (checked int, last string, err error) {
	templates, differed := 0, 0
	err = s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		// while the table fills, what PostgreSQL knows of its size is far too small
		if _, err := exec(ctx, t, "SELECT set_config(name, 'off', true) FROM unnest(ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'jit']) name"); err != nil {
			return wrapErr(err, "could not prepare to go through results")
		}
		var ids pq.StringArray
		if err := t.SelectContext(ctx, &ids, "SELECT id FROM waa_conversations WHERE id > $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE", after, resultsBatch); err != nil {
			return wrapErr(err, "could not hold conversations")
		}
		if checked, differed = len(ids), 0; checked == 0 {
			return nil
		}
		last = ids[len(ids)-1]
		if templates, err = exec(ctx, t, "SELECT FROM waa_messages WHERE conversation_id = ANY($1) AND kind = 'template' AND direction = 'out' ORDER BY id FOR NO KEY UPDATE", ids); err != nil {
			return wrapErr(err, "could not hold templates")
		}
		for _, query := range []string{removeResults, correctResults, fillBeginnings} {
			n, err := exec(ctx, t, query, ids)
			if err != nil {
				return wrapErr(err, "could not correct results")
			}
			differed += n
		}
		return nil
	})
	check.Conversations += checked
	check.Templates += templates
	check.Differed += differed
	return checked, last, err
}

const (
	resultColumns = "message_id, conversation_id, account_id, queue_id, agent_id, template_id, at, accepted, status, answered_at, replied_at, cost, currency"

	removeResults = "DELETE FROM waa_results r WHERE r.conversation_id = ANY($1) AND NOT EXISTS (SELECT 1 FROM waa_messages m WHERE m.id = r.message_id)"

	// fillBeginnings: in which queue an old conversation began that was begun by the customer is not
	// known; it is the one where it is now.
	fillBeginnings = `
		UPDATE waa_conversations c SET (began_queue_id, began_template_id) = (
			SELECT coalesce(max(r.queue_id), c.queue_id), coalesce(max(r.template_id), '')
			FROM (SELECT m.id, m.kind, m.direction FROM waa_messages m WHERE m.conversation_id = c.id ORDER BY m.created_at, m.id LIMIT 1) m
			JOIN waa_results r ON r.message_id = m.id WHERE m.kind = 'template' AND m.direction = 'out'
		)
		WHERE c.id = ANY($1) AND c.began_queue_id = ''`
)

// correctResults stores the rows that are missing or differ.
var correctResults = "INSERT INTO waa_results (" + resultColumns + ") SELECT " + prefixColumns("t", resultColumns) + //nolint:gochecknoglobals // a statement
	" FROM waa_results_of($1) t WHERE NOT EXISTS (SELECT 1 FROM waa_results r WHERE r.message_id = t.message_id AND r = t)" +
	" ON CONFLICT (message_id) DO UPDATE SET " + mapColumns(resultColumns, func(c string) string { return c + " = excluded." + c })
