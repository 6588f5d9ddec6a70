package metrics

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestScrape(t *testing.T) {
	m := New(func() []Queue { return []Queue{{Name: "inbox", Depth: 3, Oldest: 1.5, Dead: 2, Stuck: 7}} }, func() []*domain.TemplateOutcomes {
		return []*domain.TemplateOutcomes{{
			Queue: "Vendas", Template: "oi (pt_BR)", Sent: 5, Delivered: 4, Answered: 2, AnswerSum: 90_500, AnswerCounts: []int64{1, 2, 2, 2, 2, 2, 2, 2}, ReplyCounts: make([]int64, 8),
		}}
	}, func() []*domain.EventSubscription {
		return []*domain.EventSubscription{{ID: "crm", Backlog: 5}, {ID: "erp", FailingSince: time.Now().Add(-time.Hour).UnixMilli()}}
	})
	m.Ignored(4)
	m.Refused()
	m.Job("outbox")("done", 20*time.Millisecond)
	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
	for _, line := range []string{
		`waa_queue_depth{queue="inbox"} 3`,
		`waa_queue_oldest_seconds{queue="inbox"} 1.5`,
		`waa_queue_stuck_lanes{queue="inbox"} 7`,
		`waa_queue_dead{queue="inbox"} 2`,
		`waa_webhook_ignored_total 4`,
		`waa_templates_total{outcome="sent",queue="Vendas",template="oi (pt_BR)"} 5`,
		`waa_templates_total{outcome="answered",queue="Vendas",template="oi (pt_BR)"} 2`,
		`waa_template_answer_seconds_bucket{queue="Vendas",template="oi (pt_BR)",le="60"} 1`,
		`waa_template_answer_seconds_sum{queue="Vendas",template="oi (pt_BR)"} 90.5`,
		`waa_template_first_reply_seconds_count{queue="Vendas",template="oi (pt_BR)"} 0`,
		`waa_posts_refused_total 1`,
		`waa_event_backlog{subscription="crm"} 5`,
		`waa_event_failing_seconds{subscription="crm"} 0`,
		`waa_event_failing_seconds{subscription="erp"} 360`,
		`waa_job_seconds_count{outcome="done",queue="outbox"} 1`,
	} {
		require.Contains(t, recorder.Body.String(), line)
	}
}
