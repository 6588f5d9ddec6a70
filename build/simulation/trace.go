package simulation

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// traceLength is how many lines a trace keeps.
const traceLength = 200_000

// Trace is what happened, in order: one readable line for each decision of the scheduler and
// for each note of a life. The newest lines are kept, older ones are forgotten.
type Trace struct {
	mu    sync.Mutex
	lines []string
	next  int // where the next line goes, once the trace is full
}

// Note adds a line of a life's or a checker's, after the simulated time.
func (t *Trace) Note(format string, values ...any) { t.add(format, values...) }

// Lines returns the lines that are kept, oldest first.
func (t *Trace) Lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append(append(make([]string, 0, len(t.lines)), t.lines[t.next:]...), t.lines[:t.next]...)
}

// WriteTo writes the lines that are kept.
func (t *Trace) WriteTo(w io.Writer) (n int64, err error) {
	for _, line := range t.Lines() {
		written, err := fmt.Fprintln(w, line)
		n += int64(written)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (t *Trace) add(format string, values ...any) {
	line := time.Now().UTC().Format("02 15:04:05.000 ") + fmt.Sprintf(format, values...)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lines) < traceLength {
		t.lines = append(t.lines, line)
		return
	}
	t.lines[t.next] = line
	t.next = (t.next + 1) % traceLength
}

// call notes whose turn it was, and what went wrong.
func (t *Trace) call(c *call, v verdict) {
	switch v {
	case failBefore:
		t.add("%s ✗ fails before its effect", c.what)
	case failAfter:
		t.add("%s ✗ fails after its effect", c.what)
	case hang:
		t.add("%s ✗ hangs", c.what)
	default:
		t.add("%s", c.what)
	}
}
