package config

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// offsetFileVariable is the environment variable that names a file with the number of
// milliseconds by which the domain's clock runs ahead. Only a development server sets
// it, so that a demo can make 24 hours pass. Leases, timeouts and the times of posts
// never follow this clock.
const offsetFileVariable = "WHATSAPP_ATIVO_CLOCK_OFFSET_FILE"

// Clock is the clock of the domain's rules; it implements domain.Clock. It is safe for
// concurrent use.
type Clock struct{ offset atomic.Int64 }

// NewClock returns the system's clock or, if offsetFileVariable is set, one that
// follows the offset in that file until stop is closed.
func NewClock(stop <-chan struct{}) *Clock {
	c := &Clock{}
	path := os.Getenv(offsetFileVariable)
	if path == "" {
		return c
	}
	c.read(path)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(200 * time.Millisecond):
				c.read(path)
			}
		}
	}()
	return c
}

// Now returns the domain's time in milliseconds since the Unix epoch.
func (c *Clock) Now() int64 { return time.Now().UnixMilli() + c.offset.Load() }

// read loads the offset from the file. If the file cannot be read, the previous offset
// stays in force.
func (c *Clock) read(path string) {
	data, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		return
	}
	if ms, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64); err == nil {
		c.offset.Store(ms)
	}
}
