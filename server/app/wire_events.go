package app

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/events"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
)

const (
	// eventPoll is how often events to other software are looked for: triggers write them, and nobody wakes the worker. Those of half a
	// second are read and recorded together.
	eventPoll = 500 * time.Millisecond
	// eventQuiet is how long nobody must have waited for anything before events are told, and eventPatience how long they wait for that.
	eventQuiet    = 10 * time.Millisecond
	eventPatience = 500 * time.Millisecond
	// processInterval is how often a process looks whether others have ended, whose events would else wait for their leases.
	processInterval = 250 * time.Millisecond
	processTimeout  = 5 * time.Second
)

// eventMaxAttempts is how often an event is tried that cannot be read or written by us; a receiver that fails is no such failure.
const eventMaxAttempts = 20

// wireEvents creates the parts that tell other software what happens.
func (a *app) wireEvents() {
	a.guard = &events.Guard{Allowed: a.port.AllowedInternal}
	queue := a.store.EventQueue()
	poster := events.NewPoster(a.guard, nil)
	if carrier := a.plugin.Environment.Receivers; carrier != nil {
		poster = events.NewPosterOver(carrier)
	}
	sender := &events.Sender{
		Store: a.store, Queue: queue, Owner: a.owner, Post: poster.Post, Clock: a.clock,
		Body: func(e *domain.Event) ([]byte, error) { return a.api.EventBody(e) },
	}
	a.work(jobqueue.Options{
		Name: "events", Waker: &a.wake.events, Store: queue, Handle: sender.Handle, Concurrency: events.Concurrency, MaxPerAccount: events.PerSubscription, Ahead: events.Ahead,
		MaxAttempts: eventMaxAttempts, Poll: eventPoll, BeforeClaim: func(ctx context.Context) { a.urgent.Wait(ctx, eventQuiet, eventPatience) },
	})
	processes := store.NewProcesses(a.db.Slow, a.owner, func(ctx context.Context, ended string) error {
		defer a.wake.events.Wake()
		return queue.GiveBack(ctx, ended)
	})
	a.every(processInterval, &jobqueue.Loop{Name: "processes", Timeout: processTimeout, Run: processes.Look})
}

// eventMetrics returns the subscriptions for a scrape, or nil if the database does not respond.
func (a *app) eventMetrics() []*domain.EventSubscription {
	ctx, cancel := withTimeout(metricsTimeout)
	defer cancel()
	subscriptions, _, err := a.store.EventSubscriptions(ctx, 0, domain.MaxEventSubscriptions)
	if err != nil {
		return nil
	}
	return subscriptions
}
