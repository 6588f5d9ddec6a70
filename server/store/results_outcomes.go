package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// outcomesRow is a domain.TemplateOutcomes as the driver returns it.
type outcomesRow struct {
	domain.TemplateOutcomes
	AnswerCounts pq.Int64Array `db:"answer_counts"`
	ReplyCounts  pq.Int64Array `db:"reply_counts"`
}

// TemplateOutcomes counts what ever came of the templates of each queue and template, by their names.
func (s *Store) TemplateOutcomes(ctx context.Context) ([]*domain.TemplateOutcomes, error) {
	const answer, reply = "greatest(r.answered_at - r.at, 0)", "r.replied_at - r.answered_at"
	rows := []*outcomesRow{}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT coalesce(q.name, '') AS queue, coalesce(t.name || ' (' || t.language || ')', '') AS template,
			count(*) FILTER (WHERE r.accepted) AS sent, count(*) FILTER (WHERE r.accepted AND r.status IN ('delivered', 'read')) AS delivered,
			count(*) FILTER (WHERE r.accepted AND r.status = 'read') AS read, count(*) FILTER (WHERE r.accepted AND r.status = 'failed') AS failed,
			count(*) FILTER (WHERE NOT r.accepted) AS refused, count(*) FILTER (WHERE r.answered_at > 0) AS answered, count(*) FILTER (WHERE r.replied_at > 0) AS replied,
			`+bucketsOf(answer, "r.answered_at > 0")+` AS answer_counts, coalesce(sum(`+answer+`) FILTER (WHERE r.answered_at > 0), 0)::bigint AS answer_sum,
			`+bucketsOf(reply, "r.replied_at > 0")+` AS reply_counts, coalesce(sum(`+reply+`) FILTER (WHERE r.replied_at > 0), 0)::bigint AS reply_sum
		FROM waa_results r LEFT JOIN waa_queues q ON q.id = r.queue_id LEFT JOIN waa_templates t ON t.id = r.template_id
		WHERE r.at > 0 GROUP BY 1, 2 ORDER BY 1, 2`)
	if err != nil {
		return nil, wrapErr(err, "could not count the outcomes of templates")
	}
	outcomes := make([]*domain.TemplateOutcomes, len(rows))
	for i, row := range rows {
		row.TemplateOutcomes.AnswerCounts, row.TemplateOutcomes.ReplyCounts = row.AnswerCounts, row.ReplyCounts
		outcomes[i] = &row.TemplateOutcomes
	}
	return outcomes, nil
}

// bucketsOf counts, for each of domain.WaitBuckets, the values up to it where a condition holds; both are SQL.
func bucketsOf(value, where string) string {
	buckets := domain.WaitBuckets()
	counts := make([]string, len(buckets))
	for i, seconds := range buckets {
		counts[i] = "count(*) FILTER (WHERE " + where + " AND " + value + " <= " + strconv.FormatInt(seconds*1000, 10) + ")"
	}
	return "ARRAY[" + strings.Join(counts, ", ") + "]"
}
