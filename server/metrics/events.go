package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

var (
	eventBacklog = prometheus.NewDesc("waa_event_backlog", "Deliveries of events to a subscription that are not over.", []string{"subscription"}, nil)
	eventFailing = prometheus.NewDesc("waa_event_failing_seconds", "For how long a subscription has taken no event; 0 = it took the last one.", []string{"subscription"}, nil)
)

// eventCollector reads the subscriptions during a scrape, and never in between.
type eventCollector struct {
	read func() []*domain.EventSubscription
}

// Describe implements prometheus.Collector.
func (c *eventCollector) Describe(to chan<- *prometheus.Desc) {
	to <- eventBacklog
	to <- eventFailing
}

// Collect implements prometheus.Collector.
func (c *eventCollector) Collect(to chan<- prometheus.Metric) {
	for _, s := range c.read() {
		failing := 0.0
		if s.FailingSince > 0 {
			failing = time.Since(time.UnixMilli(s.FailingSince)).Seconds()
		}
		to <- prometheus.MustNewConstMetric(eventBacklog, prometheus.GaugeValue, float64(s.Backlog), s.ID)
		to <- prometheus.MustNewConstMetric(eventFailing, prometheus.GaugeValue, failing, s.ID)
	}
}
