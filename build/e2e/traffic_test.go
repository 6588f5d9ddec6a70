//go:build unix

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

// These are the pauses between two messages of one conversation.
const (
	customerPause = 2 * time.Second
	agentPause    = 5 * time.Second // Meta allows one message to a person every six seconds, and up to 45 ahead of that
)

// traffic makes customers and agents write to each other all the time.
type traffic struct {
	*stage
	talks []*openConversation
	stop  context.CancelFunc
	all   sync.WaitGroup

	mu       sync.Mutex
	wrote    int // messages of customers
	posted   int // posts of agents
	refused  int // posts that the plugin refused with a reason
	failed   int // posts that the server itself could not save
	problems []error
}

func (s *stage) startTraffic(talks []*openConversation) *traffic {
	ctx, cancel := context.WithCancel(s.t.Context())
	f := &traffic{stage: s, talks: talks, stop: cancel}
	for _, k := range talks {
		f.all.Add(2)
		go func() { defer f.all.Done(); repeat(ctx, customerPause, func(n int) { f.customer(k, n) }) }()
		go func() { defer f.all.Done(); repeat(ctx, agentPause, func(n int) { f.agent(ctx, k, n) }) }()
	}
	return f
}

// repeat calls act again and again, with n counting from 1, until the context ends.
func repeat(ctx context.Context, pause time.Duration, act func(n int)) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			act(n)
		}
	}
}

func (f *traffic) customer(k *openConversation, n int) {
	_, err := k.phone.Reply(fmt.Sprintf("pergunta %d", n))
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.wrote++; err != nil {
		f.problems = append(f.problems, err)
	}
}

func (f *traffic) agent(ctx context.Context, k *openConversation, n int) {
	// A post that has begun must be finished, because nobody would know otherwise whether it exists.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	_, err := f.PostAs(ctx, k.agent, k.ChannelID, fmt.Sprintf("resposta %d", n))
	f.mu.Lock()
	defer f.mu.Unlock()
	refusal := (*model.AppError)(nil)
	switch {
	case err == nil:
		f.posted++
	case errors.As(err, &refusal) && refusal.StatusCode == http.StatusBadRequest:
		f.refused++
	case errors.As(err, &refusal) && refusal.StatusCode != http.StatusBadRequest:
		f.failed++
	default:
		f.problems = append(f.problems, err)
	}
}

// end stops everybody and returns what went wrong.
func (f *traffic) end() []error {
	f.stop()
	f.all.Wait()
	return f.problems
}
