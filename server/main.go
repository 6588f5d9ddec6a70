// Package main is the process that the Mattermost server starts: it serves the hooks of
// app.Plugin, and nothing else lives here.
package main

import (
	_ "time/tzdata" // embeds the time zones, which the server's machine may not have

	"github.com/mattermost/mattermost/server/public/plugin"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/app"
)

func main() {
	plugin.ClientMain(&app.Plugin{})
}
