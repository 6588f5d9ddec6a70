package channelsync_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/channelsync"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// fakeChanges plays the table: what changed at or after a moment of its clock.
type fakeChanges struct {
	channelsync.Store
	rows   []domain.ConversationChange
	passed int64 // milliseconds since the start
	read   int   // rows that the last call returned
}

func (c *fakeChanges) Clock(context.Context) (int64, error) { return start + c.passed, nil }

func (c *fakeChanges) ChangedConversations(_ context.Context, since int64, n int) ([]domain.ConversationChange, error) {
	var out []domain.ConversationChange
	for _, row := range c.rows {
		if row.ChangedAt >= since && len(out) < n {
			out = append(out, row)
		}
	}
	c.read = len(out)
	return out, nil
}

const start = int64(1_000_000)

func TestEventsTellEachAudienceOnce(t *testing.T) {
	table := &fakeChanges{rows: []domain.ConversationChange{{ID: "old", OwnerID: "ana", QueueChannelID: "queue", UpdatedAt: start - 60_000, ChangedAt: start - 60_000}}}
	var told []string
	events := &channelsync.ChangeEvents{Store: table, Publish: func(to domain.Audience, id string, at int64) {
		told = append(told, fmt.Sprintf("%s%s: %s %d", to.ChannelID, to.UserID, id, at-start))
	}}
	round := func() []string {
		told = nil
		_, err := events.Run(t.Context())
		require.NoError(t, err)
		return told
	}
	require.Empty(t, round(), "what changed before it began is no news")

	table.rows = append(table.rows, domain.ConversationChange{ID: "a", OwnerID: "ana", AttendantID: "ana", ChannelID: "wa-a", QueueChannelID: "queue", UpdatedAt: start + 5, ChangedAt: start + 5})
	require.Equal(t, []string{"queue: a 5", "ana: a 5", "wa-a: a 5"}, round())
	require.Empty(t, round(), "told once")

	// one that was committed later is seen too; several for one audience are one event
	table.rows = append(table.rows,
		domain.ConversationChange{ID: "b", AttendantID: "bia", ChannelID: "wa-b", QueueChannelID: "queue", UpdatedAt: start - 4_000, ChangedAt: start - 4_000},
		domain.ConversationChange{ID: "c", OwnerID: "ana", QueueChannelID: "queue", UpdatedAt: start + 7, ChangedAt: start + 7})
	require.ElementsMatch(t, []string{"queue:  7", "bia: b -4000", "wa-b: b -4000", "ana: c 7"}, round())

	// the same conversation once more
	table.rows[1].UpdatedAt, table.rows[1].ChangedAt = start+60_000, start+9_000
	require.Equal(t, []string{"queue: a 60000", "ana: a 60000", "wa-a: a 60000"}, round())
	require.Empty(t, round())

	// that node's clock is a minute ahead: what another node does now is told all the same
	table.rows = append(table.rows, domain.ConversationChange{ID: "d", OwnerID: "dora", UpdatedAt: start + 9_500, ChangedAt: start + 9_500})
	require.Equal(t, []string{"dora: d 9500"}, round())
}

func TestWhatWasToldLongAgoIsNotReadAgain(t *testing.T) {
	table := &fakeChanges{}
	events := &channelsync.ChangeEvents{Store: table, Publish: func(domain.Audience, string, int64) {}}
	run := func() {
		_, err := events.Run(t.Context())
		require.NoError(t, err)
	}
	run()
	for i := range 100 {
		table.rows = append(table.rows, domain.ConversationChange{ID: fmt.Sprint(i), OwnerID: "ana", ChangedAt: start})
	}
	run()
	require.Equal(t, 100, table.read)
	table.passed = 11_000
	run() // looks back from the run before it
	run()
	require.Zero(t, table.read, "though nothing changed since")
}
