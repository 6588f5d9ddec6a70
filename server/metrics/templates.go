package metrics

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// templatesEvery is how old the counts of templates may become: to count them reads every template ever sent.
const templatesEvery = 5 * time.Minute

var (
	templates  = prometheus.NewDesc("waa_templates_total", "Templates by what came of them; an outcome includes those that follow it. All nodes show the same.", []string{"queue", "template", "outcome"}, nil)
	answers    = prometheus.NewDesc("waa_template_answer_seconds", "From the acceptance of a template to the customer's answer. All nodes show the same.", []string{"queue", "template"}, nil)
	firstReply = prometheus.NewDesc("waa_template_first_reply_seconds", "From that answer to an agent's first text or file. All nodes show the same.", []string{"queue", "template"}, nil)
)

// templateCollector shows what the database counts, at most a few minutes old. read returns nil where it could not be counted;
// then the last counts stand.
type templateCollector struct {
	read func() []*domain.TemplateOutcomes

	mu     sync.Mutex
	counts []*domain.TemplateOutcomes
	at     time.Time
}

// Describe implements prometheus.Collector.
func (c *templateCollector) Describe(to chan<- *prometheus.Desc) {
	to <- templates
	to <- answers
	to <- firstReply
}

// Collect implements prometheus.Collector.
func (c *templateCollector) Collect(to chan<- prometheus.Metric) {
	for _, t := range c.current() {
		for outcome, n := range map[string]int64{"sent": t.Sent, "delivered": t.Delivered, "read": t.Read, "failed": t.Failed, "refused": t.Refused, "answered": t.Answered} {
			to <- prometheus.MustNewConstMetric(templates, prometheus.CounterValue, float64(n), t.Queue, t.Template, outcome)
		}
		to <- waits(answers, t.Answered, t.AnswerSum, t.AnswerCounts, t)
		to <- waits(firstReply, t.Replied, t.ReplySum, t.ReplyCounts, t)
	}
}

func (c *templateCollector) current() []*domain.TemplateOutcomes {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.at) > templatesEvery {
		if counts := c.read(); counts != nil {
			c.counts, c.at = counts, time.Now()
		}
	}
	return c.counts
}

func waits(desc *prometheus.Desc, count, sum int64, counts []int64, t *domain.TemplateOutcomes) prometheus.Metric {
	buckets := map[float64]uint64{}
	for i, bound := range domain.WaitBuckets() {
		if i < len(counts) {
			buckets[float64(bound)] = uint64(counts[i])
		}
	}
	return prometheus.MustNewConstHistogram(desc, uint64(count), float64(sum)/1000, buckets, t.Queue, t.Template)
}
