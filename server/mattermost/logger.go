package mattermost

import "github.com/mattermost/mattermost/server/public/plugin"

// Logger is the server's log.
type Logger struct{ API plugin.API }

func (l Logger) Warn(message string, pairs ...any) { l.API.LogWarn(message, pairs...) }

func (l Logger) Error(message string, pairs ...any) { l.API.LogError(message, pairs...) }
