package main

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/doctor"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/metrics"
)

// releaseGuards lets go of all channels that the server guards for the plugin.
func (a *app) releaseGuards(ctx context.Context) (released int, err error) {
	channels, err := a.store.ChannelsActiveSince(ctx, 0)
	if err != nil {
		return 0, err
	}
	for _, channelID := range channels {
		if err := a.port.Unguard(ctx, channelID); err != nil {
			return released, err
		}
		released++
	}
	return released, nil
}

func (a *app) settingProblems() []doctor.Problem {
	var out []doctor.Problem
	for _, p := range *a.plugin.problems.Load() {
		out = append(out, doctor.Problem{Setting: p.Setting, Text: p.Text})
	}
	return out
}

// queueMetrics is what a scrape shows of the queues.
func (a *app) queueMetrics() []metrics.Queue {
	ctx, cancel := patience(metricsPatience)
	defer cancel()
	b, err := a.store.Backlog(ctx)
	if err != nil {
		return nil
	}
	stuck, err := a.store.StuckLanes(ctx, a.clock.Now())
	if err != nil {
		return nil
	}
	lanes := map[string]int{}
	for _, s := range stuck {
		lanes[s.Queue] += s.Lanes
	}
	return []metrics.Queue{
		{Name: "inbox", Depth: b.Inbox, Oldest: age(b.OldestInbox).Seconds(), Dead: b.DeadInbox, Stuck: lanes["inbox"]},
		{Name: "outbox", Depth: b.Outbox, Oldest: age(b.OldestOutbox).Seconds(), Dead: b.DeadOutbox, Stuck: lanes["outbox"]},
		{Name: "media", Depth: b.Media, Oldest: age(b.OldestMedia).Seconds(), Dead: b.DeadMedia},
	}
}

// age is how long ago a moment was, milliseconds since epoch; 0 for none.
func age(at int64) time.Duration {
	if at == 0 {
		return 0
	}
	return time.Since(time.UnixMilli(at))
}

// wakeJobs wakes every queue that may have something due once more.
func (a *app) wakeJobs() {
	a.inbox.Wake()
	a.outbox.Wake()
	a.media.Wake()
}
