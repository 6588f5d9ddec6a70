package main

import (
	"context"
	"time"
)

// How long may take what the server calls us for.
const (
	// hookPatience is for the hooks that a person waits for with a post: what is read for them comes over connections of their own.
	hookPatience = 1500 * time.Millisecond
	// filePatience is for a post with files, whose beginnings are read from the server's file store.
	filePatience = 8 * time.Second
	// afterPatience is for the hooks that tell what has been. What they could not follow is found by a round.
	afterPatience = 10 * time.Second
	// commandPatience is for a slash command; a start waits for Meta.
	commandPatience = 25 * time.Second
	// requestPatience is for a request, an export of all there is among them.
	requestPatience = 2 * time.Minute
	// metricsPatience is for a scrape.
	metricsPatience = 5 * time.Second
)

// patience is a context that ends by itself.
func patience(long time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), long)
}

// ours tells whether a channel is a conversation's. It is asked for every post
// of the whole server: mostly the answer is a look-up, and else it comes in time.
func (a *app) ours(channelID string) (bool, error) {
	if ours, known := a.channels.Known(channelID); known {
		return ours, nil
	}
	ctx, cancel := patience(hookPatience)
	defer cancel()
	return a.channels.IsOurs(ctx, channelID)
}
