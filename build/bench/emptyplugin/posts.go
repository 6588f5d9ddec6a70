package main

import (
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
)

// postsPath is where a POST with an order creates bare posts.
const postsPath = "/posts"

// order says which posts to create.
type order struct {
	UserID   string   `json:"user_id"`
	Channels []string `json:"channels"` // used in turn
	TeamID   string   `json:"team_id"`  // if set, the posts go into a private channel that is created in this team first
	Message  string   `json:"message"`
	Count    int      `json:"count"`
	Parallel int      `json:"parallel"`
}

// made is the result of an order.
type made struct {
	Nanoseconds int64 `json:"nanoseconds"` // for everything together
	Failed      int64 `json:"failed"`
}

func (p *floor) carryOut(w http.ResponseWriter, r *http.Request) {
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil || o.Count < 1 || o.Parallel < 1 || len(o.Channels) == 0 && o.TeamID == "" {
		http.Error(w, "this is no order", http.StatusBadRequest)
		return
	}
	begin := time.Now()
	if o.TeamID != "" {
		id := model.NewId()
		channel, appErr := p.API.CreateChannel(&model.Channel{
			TeamId: o.TeamID, CreatorId: o.UserID, Type: model.ChannelTypePrivate, Name: "bench-" + id, DisplayName: "Bench",
		})
		if appErr != nil {
			http.Error(w, appErr.Error(), http.StatusInternalServerError)
			return
		}
		o.Channels = []string{channel.Id}
	}
	failed := p.post(&o)
	_ = json.NewEncoder(w).Encode(made{Nanoseconds: time.Since(begin).Nanoseconds(), Failed: failed})
}

// post creates the posts and returns how many failed.
func (p *floor) post(o *order) int64 {
	var next, failed atomic.Int64
	var all sync.WaitGroup
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
	return failed.Load()
}
