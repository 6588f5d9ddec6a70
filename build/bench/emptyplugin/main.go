// Command emptyplugin is what the benchmarks compare the plugin with: the least that a plugin can do on the same server. Under the name
// "hooked" it is a plugin with the same hooks as ours, which return at once.
package main

import (
	"net/http"
	"os"
	"path/filepath"

	"github.com/mattermost/mattermost/server/public/plugin"
)

// hookedName is the program's name under which it has hooks. They are apart from the rest, because the other floors must not pay for them.
const hookedName = "hooked"

func main() {
	if filepath.Base(os.Args[0]) == hookedName {
		plugin.ClientMain(&hooked{})
		return
	}
	plugin.ClientMain(&floor{})
}

// floor makes bare posts and stores deliveries when it is asked to, and has no hook besides.
type floor struct {
	plugin.MattermostPlugin
	inbox inbox
}

// ServeHTTP stores a delivery or carries out an order. Every other request gets an empty 200.
func (p *floor) ServeHTTP(_ *plugin.Context, w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case deliveriesPath:
		if err := p.inbox.receive(p.API, r); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	case postsPath:
		p.carryOut(w, r)
	}
}
