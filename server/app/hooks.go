package app

import (
	"context"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// These limits say how long each call from the server may take. The hooks themselves
// are in hooks_*.go. Each is one short function that recovers from panics, limits its
// time and calls one package.
const (
	// hookTimeout is for the hooks that make a person wait while a post is sent. They
	// read over database connections of their own.
	hookTimeout = 1500 * time.Millisecond
	// fileTimeout is for a post with files, because the first bytes of each are read
	// from the server's file store.
	fileTimeout = 8 * time.Second
	// afterTimeout is for the hooks that report what has happened. A background job
	// finds whatever they miss.
	afterTimeout = 10 * time.Second
	// commandTimeout is for a slash command, because a start waits for Meta.
	commandTimeout = 25 * time.Second
	// requestTimeout is for an HTTP request. It is long because one of them exports
	// everything.
	requestTimeout = 2 * time.Minute
	// metricsTimeout is for a scrape of the metrics.
	metricsTimeout = 5 * time.Second
	// supportTimeout is for a support packet, because that asks Meta.
	supportTimeout = 20 * time.Second
	// auditTimeout is for recording that settings changed.
	auditTimeout = 5 * time.Second
)

// withTimeout returns a context that ends after timeout. It is needed because the
// server's calls come without a context.
func withTimeout(timeout time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), timeout)
}

// isOurs reports whether a channel belongs to a conversation. The hooks ask this about
// every post of the whole server. Usually the answer is in memory; otherwise the
// database has hookTimeout to give it.
func (a *app) isOurs(channelID string) (bool, error) {
	if ours, known := a.channels.Known(channelID); known {
		return ours, nil
	}
	ctx, cancel := withTimeout(hookTimeout)
	defer cancel()
	return a.channels.IsOurs(ctx, channelID)
}

// hasSession reports whether a call was caused by a person, and not by a plugin.
func hasSession(c *plugin.Context) bool { return c != nil && c.SessionId != "" }

// actor returns the id of the user behind a request. It returns "" if there is no
// session, which is the case for plugins, including this one, and for a command of the
// server itself.
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

// localize returns a text in a person's language. It is for texts that are not posts.
func (a *app) localize(userID string, t domain.Text) string {
	return a.texts.Text(a.port.Locale(context.Background(), userID), t.Key, t.Data)
}

// whisper shows texts to a post's author only, where the post would have appeared.
func (a *app) whisper(ctx context.Context, post *model.Post, texts ...domain.Text) {
	lines := make([]string, len(texts))
	for i, t := range texts {
		lines[i] = a.localizer.ForUser(ctx, post.UserId, t)
	}
	a.port.SendEphemeral(ctx, post.ChannelId, post.UserId, post.RootId, strings.Join(lines, " "))
}
