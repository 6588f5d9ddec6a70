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

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// These are the pauses between two actions of one person. Each conversation has one customer and two agents, one on each server.
const (
	chaosCustomerPause = 2 * time.Second
	chaosAgentPause    = 4 * time.Second
	chaosLockedPause   = 6 * time.Second
	chaosStartPause    = 5 * time.Second
)

// writing makes all customers and agents write all the time, through both servers.
type writing struct {
	*chaos
	stop context.CancelFunc
	all  sync.WaitGroup

	mu       sync.Mutex
	wrote    int // messages of customers
	posted   int // posts of agents that were answered with 201
	refused  int // posts that the plugin refused with a reason
	failed   int // requests that a server could not answer
	starts   []*chaosStart
	problems []error
}

// chaosStart is a start that was requested.
type chaosStart struct {
	customer scenario.Customer
	answered int // HTTP status of the answer; 0 if there was none
}

func (c *chaos) startWriting() *writing {
	ctx, cancel := context.WithCancel(c.t.Context())
	w := &writing{chaos: c, stop: cancel}
	for _, k := range c.talks {
		w.repeat(ctx, chaosCustomerPause, func(n int) {
			_, err := k.phone.Reply(fmt.Sprintf("pergunta %d", n))
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.wrote++; err != nil {
				w.problems = append(w.problems, err)
			}
		})
		for node := range c.Env.Nodes {
			w.repeat(ctx, chaosAgentPause, func(n int) { w.post(k, node, fmt.Sprintf("resposta %d por %d", n, node+1)) })
		}
	}
	for i, k := range c.locked {
		w.repeat(ctx, chaosLockedPause, func(n int) { w.post(k, (n+i)%len(c.Env.Nodes), fmt.Sprintf("trancado %d", n)) })
	}
	w.repeat(ctx, chaosStartPause, w.start)
	return w
}

func (w *writing) repeat(ctx context.Context, pause time.Duration, act func(n int)) {
	w.all.Go(func() { repeat(ctx, pause, act) })
}

// post writes in a conversation's channel through one of the servers. A request without an answer may still have created its post, so the
// checks rely on the posts in the database instead of the answers.
func (w *writing) post(k *openConversation, node int, text string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // independent of the test's end, so that a post that has begun is finished
	defer cancel()
	request := postRequest{begin: time.Now()}
	_, _, err := w.Env.Client(node, k.agent).CreatePost(ctx, &model.Post{ChannelId: k.ChannelID, Message: text})
	request.end = time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if k.requests == nil {
		k.requests = map[string]postRequest{}
	}
	k.requests[text] = request
	refusal := (*model.AppError)(nil)
	switch {
	case err == nil:
		w.posted++
	case errors.As(err, &refusal) && refusal.StatusCode == http.StatusBadRequest:
		w.refused++
	default:
		w.failed++
	}
}

// start starts a conversation with a new customer.
func (w *writing) start(n int) {
	s := &chaosStart{customer: newCustomer()}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	node := n % len(w.Env.Nodes)
	status, _, err := w.REST(ctx, w.Env.Client(node, n%3), http.MethodPost, "/conversations", w.StartRequest(s.customer))
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		s.answered = status
	}
	w.starts = append(w.starts, s)
}

// end stops everybody and waits for the actions that are still running.
func (w *writing) end() {
	w.stop()
	w.all.Wait()
}
