package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Metrics holds the plugin's metrics in a registry of their own. It is safe for
// concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	ignored  prometheus.Counter
	refused  prometheus.Counter
	jobs     *prometheus.HistogramVec
}

// Queue is the state of a queue at the moment of a scrape.
type Queue struct {
	Name   string
	Depth  int     // number of unfinished jobs
	Oldest float64 // age of the oldest unfinished job, in seconds; 0 if there is none
	Dead   int     // number of dead letters
	Stuck  int     // number of lanes in which nothing has moved for ten minutes
}

// QueuesOf converts the backlog and the stuck lanes into the state of the queues at
// the time now.
func QueuesOf(b *domain.Backlog, stuck []*domain.Stuck, now time.Time) []Queue {
	lanes := map[string]int{}
	for _, s := range stuck {
		lanes[s.Queue] += s.Lanes
	}
	age := func(since int64) float64 {
		if since == 0 {
			return 0
		}
		return now.Sub(time.UnixMilli(since)).Seconds()
	}
	return []Queue{
		{Name: "inbox", Depth: b.Inbox, Oldest: age(b.OldestInbox), Dead: b.DeadInbox, Stuck: lanes["inbox"]},
		{Name: "outbox", Depth: b.Outbox, Oldest: age(b.OldestOutbox), Dead: b.DeadOutbox, Stuck: lanes["outbox"]},
		{Name: "media", Depth: b.Media, Oldest: age(b.OldestMedia), Dead: b.DeadMedia},
	}
}

// New returns the plugin's metrics. It calls queues and events at each scrape, and templates every few minutes.
func New(queues func() []Queue, templates func() []*domain.TemplateOutcomes, events func() []*domain.EventSubscription) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		ignored:  prometheus.NewCounter(prometheus.CounterOpts{Name: "waa_webhook_ignored_total", Help: "Webhook items that belong to no number of ours."}),
		refused:  prometheus.NewCounter(prometheus.CounterOpts{Name: "waa_posts_refused_total", Help: "Posts that the lock refused."}),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "waa_job_seconds", Help: "How long a job of a queue took, by its outcome.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
		}, []string{"queue", "outcome"}),
	}
	m.registry.MustRegister(m.ignored, m.refused, m.jobs, &queueCollector{queues: queues}, &templateCollector{read: templates}, &eventCollector{read: events})
	return m
}

// Handler returns the handler that answers scrapes.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Ignored counts webhook items that belong to none of the plugin's numbers.
func (m *Metrics) Ignored(items int) { m.ignored.Add(float64(items)) }

// Refused counts a post that the lock on a channel refused.
func (m *Metrics) Refused() { m.refused.Inc() }

// Job returns the function with which a queue's worker reports the outcome and the
// duration of each job.
func (m *Metrics) Job(queue string) func(outcome string, took time.Duration) {
	return func(outcome string, took time.Duration) {
		m.jobs.WithLabelValues(queue, outcome).Observe(took.Seconds())
	}
}

var (
	depth  = prometheus.NewDesc("waa_queue_depth", "Jobs that are not finished.", []string{"queue"}, nil)
	oldest = prometheus.NewDesc("waa_queue_oldest_seconds", "Age of the oldest job that is not finished.", []string{"queue"}, nil)
	dead   = prometheus.NewDesc("waa_queue_dead", "Dead letters.", []string{"queue"}, nil)
	stuck  = prometheus.NewDesc("waa_queue_stuck_lanes", "Lanes in which nothing moved for ten minutes.", []string{"queue"}, nil)
)

// queueCollector reads the queues during a scrape, and never in between.
type queueCollector struct{ queues func() []Queue }

// Describe implements prometheus.Collector.
func (c *queueCollector) Describe(to chan<- *prometheus.Desc) {
	to <- depth
	to <- oldest
	to <- dead
	to <- stuck
}

// Collect implements prometheus.Collector.
func (c *queueCollector) Collect(to chan<- prometheus.Metric) {
	for _, q := range c.queues() {
		to <- prometheus.MustNewConstMetric(depth, prometheus.GaugeValue, float64(q.Depth), q.Name)
		to <- prometheus.MustNewConstMetric(oldest, prometheus.GaugeValue, q.Oldest, q.Name)
		to <- prometheus.MustNewConstMetric(dead, prometheus.GaugeValue, float64(q.Dead), q.Name)
		to <- prometheus.MustNewConstMetric(stuck, prometheus.GaugeValue, float64(q.Stuck), q.Name)
	}
}
