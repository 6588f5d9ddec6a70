// Package main puts the plugin together: OnActivate builds everything, the hooks are
// thin adapters that call the other packages, and nothing else lives here.
package main

import (
	_ "time/tzdata" // embeds the time zones, which the server's machine may not have

	"github.com/mattermost/mattermost/server/public/plugin"
)

func main() {
	plugin.ClientMain(&Plugin{})
}
