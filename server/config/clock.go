package config

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// offsetFileVariable names a file that holds how many milliseconds the domain's
// clock is ahead. Only a development server sets it, so that a demo can let 24
// hours pass. Leases, timeouts and the times of posts never follow it.
const offsetFileVariable = "WHATSAPP_ATIVO_CLOCK_OFFSET_FILE"

// Clock tells the domain's time; it is a domain.Clock.
type Clock struct{ offset atomic.Int64 }

// NewClock makes the system's clock, or one that follows the offset file until stop is closed.
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

// Now is the domain's time, milliseconds since epoch.
func (c *Clock) Now() int64 { return time.Now().UnixMilli() + c.offset.Load() }

// read takes over the offset. A file that cannot be read leaves the last one.
func (c *Clock) read(path string) {
	data, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		return
	}
	if ms, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64); err == nil {
		c.offset.Store(ms)
	}
}
