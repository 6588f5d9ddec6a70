package simulation

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Story is what happened in a world, in order, for people who want to know why a seed
// fails. It is safe for concurrent use.
type Story struct {
	now func() time.Time

	mu     sync.Mutex
	events []event
}

// event is one line of a story.
type event struct {
	at   time.Time
	life int // everybodys for what concerns the whole world
	text string
}

// everybodys is the life of acts and events that concern the whole world.
const everybodys = -1

// Note adds a line about a life, at the world's time.
func (s *Story) Note(life int, format string, values ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, event{at: s.now(), life: life, text: fmt.Sprintf(format, values...)})
}

// Write prints the lines about some lives and about the whole world; no lives = all.
func (s *Story) Write(out io.Writer, lives ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := map[int]bool{everybodys: true}
	for _, life := range lives {
		wanted[life] = true
	}
	for _, e := range s.events {
		if len(lives) > 0 && !wanted[e.life] {
			continue
		}
		who := "world"
		if e.life != everybodys {
			who = fmt.Sprintf("life %d", e.life)
		}
		_, _ = fmt.Fprintf(out, "%s  %-8s %s\n", e.at.UTC().Format("02 15:04:05.000"), who, strings.ReplaceAll(e.text, "\n", " "))
	}
}
