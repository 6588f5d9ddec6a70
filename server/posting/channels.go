package posting

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// maxKnown bounds the memory of Channels, both for those that are ours and for those that are not: 2 MB each.
	maxKnown = 100_000
	// channelPage is how many channels are read at a time.
	channelPage = 5000
	// channelTrouble is how long nobody else waits for a database that did not tell of a channel in time.
	channelTrouble = 5 * time.Second
)

// ErrNotTold says that the database did not tell of a channel a moment ago, and was not asked again.
var ErrUnknownChannel = errors.New("it cannot be told now whose the channel is")

// Channels remembers which channels are a conversation's. The posting hook asks
// it for every post on the whole server, so the answer is one look-up; only the
// first post of a channel in this process's life costs a query, and of our
// channels not even that once they were read. It keeps hashes of the ids.
//
// The memory cannot be wrong: a channel is recorded as ours before anybody but
// our bot is in it, and stays ours for ever. Two ids of one hash would be: a post
// is then judged where there is no conversation, or found by Reconcile.
type Channels struct {
	find func(ctx context.Context, channelID string) (*domain.Conversation, error)
	seed maphash.Seed

	mu     sync.RWMutex
	our    map[uint64]struct{}
	others map[uint64]struct{}
	silent time.Time // when the database last did not tell in time; zero if it does
	page   string    // where reading goes on
	read   bool      // all were read
}

// NewChannels makes an empty memory over a way to look a channel up.
func NewChannels(find func(ctx context.Context, channelID string) (*domain.Conversation, error)) *Channels {
	return &Channels{find: find, seed: maphash.MakeSeed(), our: map[uint64]struct{}{}, others: map[uint64]struct{}{}}
}

// Known is what memory says of a channel.
func (c *Channels) Known(channelID string) (ours, known bool) {
	id := maphash.String(c.seed, channelID)
	c.mu.RLock()
	defer c.mu.RUnlock()
	if _, ours = c.our[id]; ours {
		return true, true
	}
	_, known = c.others[id]
	return false, known
}

// Ours tells whether the channel is a conversation's. While the database does
// not answer one asks it, and the others learn at once that it cannot be told.
func (c *Channels) IsOurs(ctx context.Context, channelID string) (bool, error) {
	if ours, known := c.Known(channelID); known {
		return ours, nil
	}
	if !c.mayAsk() {
		return false, ErrUnknownChannel
	}
	_, err := c.find(ctx, channelID)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		c.told(ctx.Err() == nil)
		return false, err
	}
	c.told(true)
	c.note(channelID, err == nil)
	return err == nil, nil
}

// mayAsk lets everybody ask a database that answers, and one from time to time else.
func (c *Channels) mayAsk() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.silent.IsZero() {
		return true
	}
	if time.Since(c.silent) < channelTrouble {
		return false
	}
	c.silent = time.Now()
	return true
}

func (c *Channels) told(inTime bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !inTime:
		c.silent = time.Now()
	case !c.silent.IsZero():
		c.silent = time.Time{}
	}
}

// Add notes a channel as ours.
func (c *Channels) Add(channelID string) { c.note(channelID, true) }

func (c *Channels) note(channelID string, ours bool) {
	id := maphash.String(c.seed, channelID)
	c.mu.Lock()
	defer c.mu.Unlock()
	if ours {
		delete(c.others, id)
		put(c.our, id)
	} else if _, known := c.our[id]; !known {
		put(c.others, id)
	}
}

// put adds to a set that begins anew when it is full.
func put(set map[uint64]struct{}, id uint64) {
	if len(set) >= maxKnown {
		clear(set)
	}
	set[id] = struct{}{}
}

// Read learns all channels that are ours, a page a round, once in the process's life.
func (c *Channels) LoadAll(list func(ctx context.Context, after string, n int) ([]string, error)) func(context.Context) (more bool, err error) {
	return func(ctx context.Context) (bool, error) {
		c.mu.RLock()
		after, read := c.page, c.read || len(c.our) > maxKnown-channelPage
		c.mu.RUnlock()
		if read {
			return false, nil
		}
		ids, err := list(ctx, after, channelPage)
		if err != nil {
			return false, err
		}
		for _, id := range ids {
			c.Add(id)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.read = len(ids) < channelPage; !c.read {
			c.page = ids[len(ids)-1]
		}
		return !c.read, nil
	}
}
