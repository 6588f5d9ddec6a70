// Package metrics counts what operators watch. All names begin with waa_; no
// label holds anything of a customer's.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is the plugin's own registry. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	ignored  prometheus.Counter
	refused  prometheus.Counter
	jobs     *prometheus.HistogramVec
}

// Queue is what a queue looks like at the moment of a scrape.
type Queue struct {
	Name   string
	Depth  int     // jobs that are not finished
	Oldest float64 // age of the oldest of them, seconds
	Dead   int     // dead letters
	Stuck  int     // lanes in which nothing moved for ten minutes
}

// New makes the registry; queues is asked at each scrape.
func New(queues func() []Queue) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		ignored:  prometheus.NewCounter(prometheus.CounterOpts{Name: "waa_webhook_ignored_total", Help: "Webhook items that belong to no number of ours."}),
		refused:  prometheus.NewCounter(prometheus.CounterOpts{Name: "waa_posts_refused_total", Help: "Posts that the lock refused."}),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "waa_job_seconds", Help: "How long a job of a queue took, by its outcome.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
		}, []string{"queue", "outcome"}),
	}
	m.registry.MustRegister(m.ignored, m.refused, m.jobs, &queueCollector{queues: queues})
	return m
}

// Handler answers scrapes.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Ignored counts webhook items that are none of ours.
func (m *Metrics) Ignored(items int) { m.ignored.Add(float64(items)) }

// Refused counts a post that the lock refused.
func (m *Metrics) Refused() { m.refused.Inc() }

// Job gives the observer of a queue's worker.
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

// queueCollector asks the database at a scrape and never in between.
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
