package channelsync

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// eventOverlap is how far back a round looks beyond the latest change it
	// knows: a change is seen when it was committed, some time after its moment.
	eventOverlap = 10 * time.Second
	// eventBatch bounds a round. Who misses an event looks again by itself.
	eventBatch = 2000
	// eventChannels is how many conversations' own channels a round tells.
	eventChannels = 100
)

// EventStore is what telling clients of changes needs.
type EventStore interface {
	// Clock is the database's time, milliseconds since epoch.
	Clock(ctx context.Context) (int64, error)
	// ChangedConversations lists up to n conversations that changed at or after since, by the database's clock, the latest first.
	ChangedConversations(ctx context.Context, since int64, n int) ([]domain.ConversationChange, error)
}

// Events tells the web clients of this server that a conversation changed, so
// that they look again: who owns or attends it, who is in its channel, who is
// in its queue. An event holds ids and times only. It reads the database by the
// database's own clock, and so tells what any node and any worker did, whatever
// their clocks say. A lost event costs a client half a
// minute: it also looks by itself.
type ChangeEvents struct {
	Store EventStore
	// Publish sends an event over the websocket. id is "" where several conversations changed.
	Publish func(to domain.Audience, id string, updatedAt int64)

	latest int64            // the latest change that is known; 0 = before the first round
	told   map[string]int64 // conversation id to the change it was told at
}

// Round tells what changed since the last one.
func (e *ChangeEvents) Run(ctx context.Context) (more bool, err error) {
	if e.latest == 0 {
		if e.latest, err = e.Store.Clock(ctx); err != nil {
			return false, err
		}
		e.told = map[string]int64{}
	}
	since := e.latest - eventOverlap.Milliseconds()
	rows, err := e.Store.ChangedConversations(ctx, since, eventBatch)
	if err != nil {
		return false, err
	}
	var news []domain.ConversationChange
	for _, c := range rows {
		if e.told[c.ID] != c.ChangedAt {
			e.told[c.ID] = c.ChangedAt
			news = append(news, c)
		}
		e.latest = max(e.latest, c.ChangedAt)
	}
	for id, at := range e.told {
		if at < since {
			delete(e.told, id)
		}
	}
	e.publish(news)
	return false, nil
}

// tell sends one event to each audience, however many conversations changed for it.
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
