//go:build unix

package testenv

import (
	"io"
	"strings"
	"sync"
)

// tailBytes is how much of the launcher's output an error shows.
const tailBytes = 8 << 10

// tail keeps the end of what is written to it and passes everything on.
type tail struct {
	mu   sync.Mutex
	kept []byte
	next io.Writer // may be nil
}

func newTail(next io.Writer) *tail { return &tail{next: next} }

// Write never fails, because a broken log must not stop the program that writes to it.
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

// String returns the text that was kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.kept))
}
