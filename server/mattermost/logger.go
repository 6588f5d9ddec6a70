package mattermost

import "github.com/mattermost/mattermost/server/public/plugin"

// Logger writes to the server's log.
type Logger struct{ API plugin.API }

// Warn logs something that an administrator should look at, but not urgently.
func (l Logger) Warn(message string, pairs ...any) { l.API.LogWarn(message, pairs...) }

// Error logs something that an administrator should look at now.
func (l Logger) Error(message string, pairs ...any) { l.API.LogError(message, pairs...) }
