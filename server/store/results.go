package store

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// resultGrouping is something that results can be added up by: what a template message, a start
// and a close count for, and the readable name of such a value k.key.
type resultGrouping struct{ template, started, closed, name string }

// resultGroupings: days and hours are those of the queue's time zone; ids are compared byte by byte, which sorts several times as fast.
func resultGroupings() map[string]resultGrouping {
	id := func(column string) string { return column + ` COLLATE "C"` }
	local := func(at string) string {
		return "to_timestamp(" + at + " / 1000) AT TIME ZONE coalesce(nullif(q.time_zone, ''), $6)"
	}
	day := func(at string) string { return "CAST(" + local(at) + " AS date)" }
	hour := func(at string) string { return "CAST(extract(hour FROM " + local(at) + ") AS int)" }
	return map[string]resultGrouping{
		domain.ResultsByTemplate: {id("r.template_id"), id("c.began_template_id"), id("c.began_template_id"), "(SELECT t.name || ' (' || t.language || ')' FROM waa_templates t WHERE t.id = k.key COLLATE \"default\")"},
		domain.ResultsByAgent:    {id("r.agent_id"), id("c.owner_id"), id("c.closed_by"), "(SELECT u.username FROM users u WHERE u.id = k.key COLLATE \"default\")"},
		domain.ResultsByQueue:    {id("r.queue_id"), id("c.began_queue_id"), id("c.queue_id"), "(SELECT w.name FROM waa_queues w WHERE w.id = k.key COLLATE \"default\")"},
		domain.ResultsByDay:      {day("r.at"), day("c.created_at"), day("c.closed_at"), "to_char(k.key, 'YYYY-MM-DD')"},
		domain.ResultsByHour:     {hour("r.at"), hour("c.created_at"), hour("c.closed_at"), "lpad(CAST(k.key AS text), 2, '0')"},
	}
}

// Results adds up what came of the templates of a period, and what was started and closed in
// it: one group for each value of by, in the order of these, and all of them together.
func (s *Store) Results(ctx context.Context, f *domain.ResultsFilter) (groups []*domain.ResultsGroup, totals *domain.ResultsGroup, err error) {
	grouping, known := resultGroupings()[f.By]
	if !known {
		return nil, nil, errors.New("results cannot be added up by that")
	}
	args, group := []any{f.From, f.To, f.AccountID, f.All, pq.Array(f.QueueIDs)}, "k.key"
	if f.By == domain.ResultsByDay || f.By == domain.ResultsByHour {
		args, group = append(args, f.Zone), grouping.name
	}
	rows := []*domain.ResultsGroup{}
	query := strings.NewReplacer("{template}", grouping.template, "{started}", grouping.started, "{closed}", grouping.closed, "{name}", grouping.name, "{group}", group).Replace(resultsSQL)
	err = s.inTx(ctx, func(t *sqlx.Tx) error {
		// a month is sorted in memory, and compiling the statement would take longer than it runs
		if _, err := exec(ctx, t, "SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true)"); err != nil {
			return err
		}
		return t.SelectContext(ctx, &rows, query, args...)
	})
	if err != nil {
		return nil, nil, wrapErr(err, "could not add results up")
	}
	totals = &domain.ResultsGroup{}
	for _, row := range rows {
		if row.IsTotal {
			totals = row
		} else {
			groups = append(groups, row)
		}
	}
	return groups, totals, nil
}

// inResults narrows rows of an alias to a period, a number and queues; columns are its time and its queue.
func inResults(alias, at, queue string) string {
	return alias + "." + at + " >= $1 AND " + alias + "." + at + " < $2 AND ($3 = '' OR " + alias + ".account_id = $3) AND ($4 OR " + alias + "." + queue + " = ANY($5))"
}

// resultsSQL adds templates, their medians, starts and closes each up before it puts them together.
var resultsSQL = `
	WITH templates AS NOT MATERIALIZED (
		SELECT {template} AS key, r.accepted, r.status, r.at, r.answered_at, r.replied_at, r.cost, r.currency
		FROM waa_results r LEFT JOIN waa_queues q ON q.id = r.queue_id WHERE r.at > 0 AND ` + inResults("r", "at", "queue_id") + `
	), messages AS (
		SELECT key,
			count(*) FILTER (WHERE accepted) AS sent,
			count(*) FILTER (WHERE accepted AND status IN ('delivered', 'read')) AS delivered,
			count(*) FILTER (WHERE accepted AND status = 'read') AS read,
			count(*) FILTER (WHERE accepted AND status = 'failed') AS failed,
			count(*) FILTER (WHERE NOT accepted) AS refused,
			count(*) FILTER (WHERE answered_at > 0) AS answered,
			sum(cost)::bigint AS cost, min(nullif(currency, '')) AS currency, max(nullif(currency, '')) AS other
		FROM templates GROUP BY key
	), medians AS (
		SELECT key, grouping(key) = 1 AS is_total,
			percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(answered_at - at, 0)) AS answer,
			percentile_cont(0.5) WITHIN GROUP (ORDER BY replied_at - answered_at) FILTER (WHERE replied_at > 0) AS first_reply
		FROM templates WHERE answered_at > 0 GROUP BY GROUPING SETS ((key), ())
	), started AS (
		SELECT {started} AS key, count(*) AS n
		FROM waa_conversations c LEFT JOIN waa_queues q ON q.id = c.began_queue_id
		WHERE c.aborted_at = 0 AND ` + inResults("c", "created_at", "began_queue_id") + ` GROUP BY 1
	), closed AS (
		SELECT {closed} AS key, count(*) AS n
		FROM waa_conversations c LEFT JOIN waa_queues q ON q.id = c.queue_id
		WHERE c.closed_at > 0 AND c.aborted_at = 0 AND ` + inResults("c", "closed_at", "queue_id") + ` GROUP BY 1
	), groups AS (
		SELECT key, coalesce(m.sent, 0) AS sent, coalesce(m.delivered, 0) AS delivered, coalesce(m.read, 0) AS read, coalesce(m.failed, 0) AS failed,
			coalesce(m.refused, 0) AS refused, coalesce(m.answered, 0) AS answered, coalesce(m.cost, 0) AS cost, m.currency, m.other,
			coalesce(s.n, 0) AS started, coalesce(c.n, 0) AS closed
		FROM messages m FULL JOIN started s USING (key) FULL JOIN closed c USING (key)
	), summed AS (
		SELECT key, grouping(key) = 1 AS is_total, sum(sent)::bigint AS sent, sum(delivered)::bigint AS delivered, sum(read)::bigint AS read,
			sum(failed)::bigint AS failed, sum(refused)::bigint AS refused, sum(answered)::bigint AS answered, sum(started)::bigint AS started,
			sum(closed)::bigint AS closed, sum(cost)::bigint AS cost, min(currency) AS currency, max(other) AS other
		FROM groups GROUP BY GROUPING SETS ((key), ())
	)
	SELECT coalesce({group}, '') AS "group", coalesce({name}, '') AS name, k.is_total, coalesce(k.sent, 0) AS sent, coalesce(k.delivered, 0) AS delivered, coalesce(k.read, 0) AS read,
		coalesce(k.failed, 0) AS failed, coalesce(k.refused, 0) AS refused, coalesce(k.answered, 0) AS answered, coalesce(k.started, 0) AS started, coalesce(k.closed, 0) AS closed,
		coalesce(k.cost, 0) AS cost, CASE WHEN k.currency = k.other THEN k.currency ELSE '' END AS currency, coalesce(k.currency <> k.other, false) AS mixed,
		d.answer AS median_answer, d.first_reply AS median_first_reply
	FROM summed k LEFT JOIN medians d ON d.is_total = k.is_total AND d.key IS NOT DISTINCT FROM k.key
	ORDER BY k.is_total, 1` //nolint:gochecknoglobals // a statement
