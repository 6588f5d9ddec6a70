package relay

import (
	"context"
	"sync"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

// maxKnown bounds the memory of Channels: about 10 MB.
const maxKnown = 100_000

// Channels remembers which channels are a conversation's. The posting hook asks
// it for every post on the whole server, so the answer is one look-up; only the
// first post of a channel in this process's life costs a query.
//
// The memory cannot be wrong: a channel is recorded as ours before anybody but
// our bot is in it, and stays ours for ever.
type Channels struct {
	find func(ctx context.Context, channelID string) (*conversation.Conversation, error)

	mu    sync.RWMutex
	known map[string]bool
}

// NewChannels makes an empty memory over a way to look a channel up.
func NewChannels(find func(ctx context.Context, channelID string) (*conversation.Conversation, error)) *Channels {
	return &Channels{find: find, known: map[string]bool{}}
}

// Ours tells whether the channel is a conversation's.
func (c *Channels) Ours(ctx context.Context, channelID string) (bool, error) {
	c.mu.RLock()
	ours, known := c.known[channelID]
	c.mu.RUnlock()
	if known {
		return ours, nil
	}
	_, err := c.find(ctx, channelID)
	if err != nil && !errors.Is(err, conversation.ErrNotFound) {
		return false, err
	}
	c.note(channelID, err == nil)
	return err == nil, nil
}

// Add notes a channel as ours.
func (c *Channels) Add(channelID string) { c.note(channelID, true) }

func (c *Channels) note(channelID string, ours bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxKnown {
		c.known = map[string]bool{}
	}
	c.known[channelID] = ours || c.known[channelID]
}
