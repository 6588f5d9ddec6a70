//go:build !release

package main

import (
	server "github.com/mattermost/mattermost/server/v8"
	"github.com/mattermost/mattermost/server/v8/channels/app"
	// The server's built-in slash commands register themselves when imported.
	_ "github.com/mattermost/mattermost/server/v8/channels/app/slashcommands"
	"github.com/mattermost/mattermost/server/v8/cmd/mattermost/commands"
)

// hasServer reports whether this program contains the Mattermost server. The tag "release" leaves it out, so that whoever runs an official
// release does not compile another server first.
const hasServer = true

// runServer runs the Mattermost server's own command line.
func runServer(args []string) error {
	app.RegisterCommandProvider(supportPacket{})
	return commands.Run(args)
}

// serverFiles returns the folder that holds the files which the server inside this program reads: texts, templates and fonts.
func serverFiles() string { return server.GetPackagePath() }
