package mattermost

import "github.com/mattermost/mattermost/server/public/plugin"

// Logger is the server's log.
type Logger struct{ API plugin.API }

// Warn logs what somebody should look at one day.
func (l Logger) Warn(message string, pairs ...any) { l.API.LogWarn(message, pairs...) }

// Error logs what somebody should look at now.
func (l Logger) Error(message string, pairs ...any) { l.API.LogError(message, pairs...) }
