//go:build unix

package testenv

import (
	"io"
	"strings"
	"sync"
)

// tailBytes is how much of what the launcher said an error shows.
const tailBytes = 8 << 10

// tail keeps the end of what is written to it and hands all of it on.
type tail struct {
	mu   sync.Mutex
	kept []byte
	next io.Writer // may be nil
}

func newTail(next io.Writer) *tail { return &tail{next: next} }

// Write never fails: a broken log must not end what it tells of.
func (t *tail) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, text...)
	t.kept = t.kept[max(0, len(t.kept)-tailBytes):]
	if t.next != nil {
		_, _ = t.next.Write(text)
	}
	return len(text), nil
}

// String returns what was kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.kept))
}
