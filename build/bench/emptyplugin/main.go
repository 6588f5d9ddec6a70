// Command emptyplugin is the plugin that the benchmarks compare ours with. It does the least that a plugin can do on the same server.
package main

import (
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// postsPath is where a POST with an order creates bare posts. Every other request gets an empty 200.
const postsPath = "/posts"

// order says which posts to create.
type order struct {
	UserID   string   `json:"user_id"`
	Channels []string `json:"channels"` // used in turn
	Message  string   `json:"message"`
	Count    int      `json:"count"`
	Parallel int      `json:"parallel"`
}

// made is the result of an order.
type made struct {
	Nanoseconds int64 `json:"nanoseconds"` // for all posts together
	Failed      int64 `json:"failed"`
}

type empty struct{ plugin.MattermostPlugin }

func main() { plugin.ClientMain(&empty{}) }

// ServeHTTP responds to every request except an order with an empty 200.
func (p *empty) ServeHTTP(_ *plugin.Context, w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == postsPath {
		p.makePosts(w, r)
	}
}

func (p *empty) makePosts(w http.ResponseWriter, r *http.Request) {
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil || o.Count < 1 || o.Parallel < 1 || len(o.Channels) == 0 {
		http.Error(w, "this is no order", http.StatusBadRequest)
		return
	}
	var next, failed atomic.Int64
	var all sync.WaitGroup
	begin := time.Now()
	for range o.Parallel {
		all.Go(func() {
			for n := next.Add(1) - 1; n < int64(o.Count); n = next.Add(1) - 1 {
				post := &model.Post{UserId: o.UserID, ChannelId: o.Channels[int(n)%len(o.Channels)], Message: o.Message}
				if _, appErr := p.API.CreatePost(post); appErr != nil {
					failed.Add(1)
				}
			}
		})
	}
	all.Wait()
	_ = json.NewEncoder(w).Encode(made{Nanoseconds: time.Since(begin).Nanoseconds(), Failed: failed.Load()})
}
