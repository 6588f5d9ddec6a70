package posting

import (
	"context"
	"hash/maphash"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// maxKnown bounds how many channels are remembered as ours, and as not ours: 2 MB each.
	maxKnown = 100_000
	// channelPage is how many of our channels are read at a time.
	channelPage = 5000
	// channelRetry is how long the database is not asked again after it did not respond in time.
	channelRetry = 5 * time.Second
)

// ErrUnknownChannel is returned if it is not known whose a channel is, because the database
// did not respond a moment ago and was therefore not asked again.
var ErrUnknownChannel = errors.New("it cannot be told now whose the channel is")

// Channels remembers which channels belong to a conversation. The posting hook
// asks it for every post on the whole server, so that must be one look-up: only
// the first post in a channel costs a query, and in our own channels not even
// that once LoadAll has read them. It keeps hashes of the ids.
//
// What it remembers cannot become wrong: a channel is recorded as ours before
// anybody but our bot is in it, and stays ours for ever. Two ids with the same
// hash could mislead it: then a post is checked although there is no
// conversation, or is found later by postpolicy.Reconciler.
//
// Sets of hashes take a fifth of the memory of a cache that knows what was used
// last, and a look-up lets others look at the same time.
type Channels struct {
	find func(ctx context.Context, channelID string) (*domain.Conversation, error)
	seed maphash.Seed

	mu sync.RWMutex
	// Hashes of ids. They are two sets so that other people's channels, of which
	// there may be many more, never push ours out.
	ours, others hashes
	silentAt     time.Time // when the database last failed to respond; zero if it responds
}

// hashes is a set of at most maxKnown ids.
type hashes map[uint64]struct{}

// add puts an id into the set. A full set forgets any other one for it.
func (h hashes) add(id uint64) {
	if len(h) >= maxKnown {
		for other := range h {
			delete(h, other)
			break
		}
	}
	h[id] = struct{}{}
}

// NewChannels makes an empty memory; find looks up a channel's conversation (domain.ErrNotFound).
func NewChannels(find func(ctx context.Context, channelID string) (*domain.Conversation, error)) *Channels {
	return &Channels{find: find, seed: maphash.MakeSeed(), ours: hashes{}, others: hashes{}}
}

// Known returns what is remembered of a channel.
func (c *Channels) Known(channelID string) (ours, known bool) {
	id := maphash.String(c.seed, channelID)
	c.mu.RLock()
	defer c.mu.RUnlock()
	if _, ours = c.ours[id]; ours {
		return true, true
	}
	_, known = c.others[id]
	return false, known
}

// IsOurs reports whether the channel is a conversation's. While the database does
// not answer, one caller at a time asks it and all others get ErrUnknownChannel at once.
func (c *Channels) IsOurs(ctx context.Context, channelID string) (bool, error) {
	if ours, known := c.Known(channelID); known {
		return ours, nil
	}
	if !c.mayAsk() {
		return false, ErrUnknownChannel
	}
	_, err := c.find(ctx, channelID)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		c.answered(ctx.Err() == nil)
		return false, err
	}
	c.answered(true)
	c.remember(channelID, err == nil)
	return err == nil, nil
}

// mayAsk reports whether the caller may query the database. While it responds everybody may; while
// it does not, one caller may every channelRetry, so that the others do not wait for it.
func (c *Channels) mayAsk() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.silentAt.IsZero() {
		return true
	}
	if time.Since(c.silentAt) < channelRetry {
		return false
	}
	c.silentAt = time.Now()
	return true
}

func (c *Channels) answered(inTime bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if inTime {
		c.silentAt = time.Time{}
	} else {
		c.silentAt = time.Now()
	}
}

// Add remembers a channel as ours.
func (c *Channels) Add(channelID string) { c.remember(channelID, true) }

func (c *Channels) remember(channelID string, ours bool) {
	id := maphash.String(c.seed, channelID)
	c.mu.Lock()
	defer c.mu.Unlock()
	if ours {
		delete(c.others, id)
		c.ours.add(id)
	} else if _, known := c.ours[id]; !known { // one that was added as ours meanwhile stays ours
		c.others.add(id)
	}
}

// LoadAll makes a loop's run that reads all channels that are ours, a page at a time, once in the process's life.
func (c *Channels) LoadAll(list func(ctx context.Context, after string, n int) ([]string, error)) func(context.Context) (more bool, err error) {
	lastRead, allLoaded := "", false
	return func(ctx context.Context) (bool, error) {
		c.mu.RLock()
		full := len(c.ours) > maxKnown-channelPage
		c.mu.RUnlock()
		if allLoaded || full {
			return false, nil
		}
		ids, err := list(ctx, lastRead, channelPage)
		if err != nil {
			return false, err
		}
		for _, id := range ids {
			c.Add(id)
		}
		if allLoaded = len(ids) < channelPage; !allLoaded {
			lastRead = ids[len(ids)-1]
		}
		return !allLoaded, nil
	}
}

// ErrArchived says that a change was refused because the channel is archived.
// It is a domain.ErrNotFound: to most it is as if the channel were not there.
var ErrArchived = errors.Wrap(domain.ErrNotFound, "the channel is archived")

// MatchesChannelName reports whether a channel's name is the wanted one, or that with a number behind it.
func MatchesChannelName(name, wanted string) bool {
	rest, ok := strings.CutPrefix(name, wanted)
	if !ok || rest == "" {
		return ok
	}
	number, ok := strings.CutPrefix(rest, "-")
	_, err := strconv.Atoi(number)
	return ok && err == nil
}
