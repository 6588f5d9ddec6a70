// Package main wires the plugin together: OnActivate is the composition root,
// the hooks are thin adapters, and nothing else lives here.
package main

import (
	_ "time/tzdata" // the server's machine may have no time zones

	"github.com/mattermost/mattermost/server/public/plugin"
)

func main() {
	plugin.ClientMain(&Plugin{})
}
