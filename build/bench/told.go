//go:build unix

package main

import (
	"context"
	"net/http"
	"net/http/httptest"
)

// told measures every path again while another program is told of everything that happens.
func (b *bench) told(ctx context.Context, before map[string]*row) {
	const what = "a receiver of events"
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	defer receiver.Close()
	var subscription struct{ ID string }
	err := b.Ask(ctx, b.Admin(), http.MethodPost, "/event-subscriptions", map[string]any{"url": receiver.URL, "secret": "bench"}, http.StatusCreated, &subscription)
	if err != nil {
		b.add(&row{name: what + " : without", target: targetTold, problem: err})
		return
	}
	b.again(ctx, before, what, targetTold)
	if err := b.Ask(ctx, b.Admin(), http.MethodDelete, "/event-subscriptions/"+subscription.ID, nil, http.StatusOK, nil); err != nil {
		say(b.out, "The receiver is told of the rest too: %v", err)
	}
}
