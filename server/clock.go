package main

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// offsetFileVariable names a file that holds how many milliseconds the domain's
// clock is ahead. Only a development server sets it: that is how a demo lets 24
// hours pass. Leases, timeouts and post times are never moved.
const offsetFileVariable = "WHATSAPP_ATIVO_CLOCK_OFFSET_FILE"

// clock tells the domain's time, milliseconds since epoch.
type clock struct{ offset atomic.Int64 }

// newClock makes the system's clock, or one that follows the offset file until stop is closed.
func newClock(stop <-chan struct{}) *clock {
	c := &clock{}
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

// Now is the domain's time.
func (c *clock) Now() int64 { return time.Now().UnixMilli() + c.offset.Load() }

func (c *clock) read(path string) {
	data, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		return
	}
	if ms, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64); err == nil {
		c.offset.Store(ms)
	}
}
