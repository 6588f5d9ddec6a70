package fake

import (
	"encoding/json"
	"strings"
	"sync"
)

// KeptLog keeps what is logged.
type KeptLog struct {
	mu    sync.Mutex
	lines []string
}

// Warn keeps a line.
func (l *KeptLog) Warn(message string, pairs ...any) { l.add(message, pairs) }

// Error keeps a line.
func (l *KeptLog) Error(message string, pairs ...any) { l.add(message, pairs) }

func (l *KeptLog) add(message string, pairs []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line, _ := json.Marshal(append([]any{message}, pairs...))
	l.lines = append(l.lines, string(line))
}

// Lines returns what was logged, as JSON.
func (l *KeptLog) Lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.lines...)
}

// Text returns all lines as one text.
func (l *KeptLog) Text() string { return strings.Join(l.Lines(), "\n") }

// Log keeps nothing.
type Log struct{}

// Warn keeps nothing.
func (Log) Warn(string, ...any) {}

// Error keeps nothing.
func (Log) Error(string, ...any) {}
