package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
)

const (
	// tailLines is how many lines of a log an error shows.
	tailLines = 25
	// tailBytes is how much of a log is read for them.
	tailBytes = 64 << 10
)

// logError is an error together with the end of a log that explains it.
type logError struct {
	cause error
	log   string // name of the log
	tail  string // its last lines, read when the error was created, because the file is gone when the error is shown
}

// explain adds the last lines of a log to an error.
func explain(cause error, file string) error {
	name := filepath.Join(filepath.Base(filepath.Dir(file)), filepath.Base(file))
	return &logError{cause: cause, log: name, tail: logTail(file)}
}

// Error returns the cause and the last lines of the log.
func (e *logError) Error() string {
	if e.tail == "" {
		return e.cause.Error()
	}
	return e.cause.Error() + "\nthe last lines of " + e.log + ":\n" + e.tail
}

// Unwrap returns the cause.
func (e *logError) Unwrap() error { return e.cause }

// logTail returns the last lines of a file, or "" if the file cannot be read.
func logTail(path string) string {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return ""
	}
	offset := max(0, info.Size()-tailBytes)
	content := make([]byte, info.Size()-offset)
	n, _ := file.ReadAt(content, offset)
	return lastLines(content[:n], tailLines)
}

// lastLines returns the last lines of a text, each indented by two spaces.
func lastLines(text []byte, count int) string {
	lines := strings.Split(string(bytes.TrimSpace(text)), "\n")
	if len(lines) == 1 && lines[0] == "" {
		return ""
	}
	lines = lines[max(0, len(lines)-count):]
	return "  " + strings.Join(lines, "\n  ")
}
