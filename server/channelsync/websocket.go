package channelsync

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// eventOverlap is how far back a run looks beyond the last one: a change is seen once it is
	// committed, some time after its moment.
	eventOverlap = 10 * time.Second
	// eventBatch bounds a run. A client that misses an event looks again by itself.
	eventBatch = 2000
	// eventChannels bounds the conversations whose own channels one run tells.
	eventChannels = 100
)

// ChangeEvents tells web clients that a conversation changed, so that they read it again: those
// of its owner and attendant, of the members of its channel, and of its queue. An event holds
// ids and times only. Changes are read by the database's own clock, so that what any node did
// is told whatever its clock says. A lost event costs a client half a minute, after which it
// looks by itself.
type ChangeEvents struct {
	Store Store
	// Publish sends an event over the websocket. id is "" where several conversations changed.
	Publish func(to domain.Audience, id string, updatedAt int64)

	last int64            // when the last run looked, by the database's clock; 0 = before the first run
	told map[string]int64 // conversation id to the change it was told at
}

// Run publishes what changed since the last run.
func (e *ChangeEvents) Run(ctx context.Context) (more bool, err error) {
	now, err := e.Store.Clock(ctx)
	if err != nil {
		return false, err
	}
	if e.last == 0 {
		e.last, e.told = now, map[string]int64{}
	}
	since := e.last - eventOverlap.Milliseconds()
	rows, err := e.Store.ChangedConversations(ctx, since, eventBatch)
	if err != nil {
		return false, err
	}
	e.last = now // and not the latest change: after many at once, each run would read all of them again until another one comes
	var news []domain.ConversationChange
	for _, c := range rows {
		if e.told[c.ID] != c.ChangedAt {
			e.told[c.ID] = c.ChangedAt
			news = append(news, c)
		}
	}
	for id, at := range e.told {
		if at < since {
			delete(e.told, id)
		}
	}
	e.publish(news)
	return false, nil
}

// publish sends one event to each audience, however many conversations changed for it.
func (e *ChangeEvents) publish(news []domain.ConversationChange) {
	type event struct {
		id string
		at int64
	}
	events := map[domain.Audience]event{}
	var order []domain.Audience
	add := func(to domain.Audience, c domain.ConversationChange) {
		if to == (domain.Audience{}) {
			return
		}
		known, there := events[to]
		if !there {
			order = append(order, to)
			events[to] = event{c.ID, c.UpdatedAt}
			return
		}
		if known.id != c.ID {
			known.id = ""
		}
		known.at = max(known.at, c.UpdatedAt)
		events[to] = known
	}
	for i, c := range news {
		add(domain.Audience{ChannelID: c.QueueChannelID}, c)
		add(domain.Audience{UserID: c.OwnerID}, c)
		add(domain.Audience{UserID: c.AttendantID}, c)
		if i < eventChannels {
			add(domain.Audience{ChannelID: c.ChannelID}, c)
		}
	}
	for _, to := range order {
		e.Publish(to, events[to].id, events[to].at)
	}
}
