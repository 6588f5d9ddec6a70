package main

import (
	"context"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// How long each call of the server's may take. The hooks are in hooks_*.go: each is
// one short function that recovers a panic, bounds its time and calls one room.
const (
	// hookTimeout is for the hooks that a person with a post waits for. What they read comes over connections of their own.
	hookTimeout = 1500 * time.Millisecond
	// fileTimeout is for a post with files, whose beginnings are read from the server's file store.
	fileTimeout = 8 * time.Second
	// afterTimeout is for the hooks about what has happened. What they miss is found by a background run.
	afterTimeout = 10 * time.Second
	// commandTimeout is for a slash command, because a start waits for Meta.
	commandTimeout = 25 * time.Second
	// requestTimeout is for a request; an export of everything is one.
	requestTimeout = 2 * time.Minute
	// metricsTimeout is for a scrape.
	metricsTimeout = 5 * time.Second
	// supportTimeout is for a support packet, for which Meta is asked.
	supportTimeout = 20 * time.Second
	// auditTimeout is for writing down that settings changed.
	auditTimeout = 5 * time.Second
)

// withTimeout is a context that ends by itself: the server's calls bring none along.
func withTimeout(timeout time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), timeout)
}

// isOurs reports whether a channel is a conversation's. Hooks ask it for every post
// of the whole server: mostly memory knows, and the database has hookTimeout.
func (a *app) isOurs(channelID string) (bool, error) {
	if ours, known := a.channels.Known(channelID); known {
		return ours, nil
	}
	ctx, cancel := withTimeout(hookTimeout)
	defer cancel()
	return a.channels.IsOurs(ctx, channelID)
}

// hasSession reports whether a person does it, and not a plugin.
func hasSession(c *plugin.Context) bool { return c != nil && c.SessionId != "" }

// actor is the user behind a request; "" where there is no session, as with a plugin, ours among them, and with a command of the server's.
func (p *Plugin) actor(c *plugin.Context) string {
	if !hasSession(c) {
		return ""
	}
	session, appErr := p.API.GetSession(c.SessionId)
	if appErr != nil || session == nil {
		return ""
	}
	return session.UserId
}

// localize writes a text in a person's language, for what is no post.
func (a *app) localize(userID string, t domain.Text) string {
	return a.texts.Text(a.port.Locale(context.Background(), userID), t.Key, t.Data)
}

// whisper shows texts to a post's author alone, in the place of the post.
func (a *app) whisper(ctx context.Context, post *model.Post, texts ...domain.Text) {
	lines := make([]string, len(texts))
	for i, t := range texts {
		lines[i] = a.localizer.ForUser(ctx, post.UserId, t)
	}
	a.port.Whisper(ctx, post.ChannelId, post.UserId, post.RootId, strings.Join(lines, " "))
}
