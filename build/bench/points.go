//go:build unix

package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// These targets are limits, in milliseconds, with a million messages.
const (
	targetActivation = 2000.0
	targetList       = 50.0
	targetSearch     = 100.0
	targetClose      = 50.0
	targetMonth      = 500.0

	// pointRounds is how often each is measured.
	pointRounds = 15
	// activationRounds is how often the plugin is started.
	activationRounds = 3
	// firstPage is what the web client asks for when the list is opened.
	firstPage = "/conversations?state=open&page=0&per_page=200"
)

// points measures what a person waits for, in milliseconds, and adds a row for each.
func (b *bench) points(ctx context.Context) {
	agent, admin := b.Agent(0), b.Admin()
	read := func(client *model.Client4, path string) func(int) (time.Duration, error) {
		return func(int) (time.Duration, error) {
			begin := time.Now()
			err := b.Ask(ctx, client, http.MethodGet, path, nil, http.StatusOK, nil)
			return time.Since(begin), err
		}
	}
	b.point("activation", targetActivation, activationRounds, func(int) (time.Duration, error) { return b.activation(ctx) })
	b.point("the first list page", targetList, pointRounds, read(agent, firstPage))
	b.point("the counts beside the list", targetList, pointRounds, read(agent, "/conversations/counts"))
	b.point("search by name", targetSearch, pointRounds, func(i int) (time.Duration, error) {
		begin := time.Now()
		query := map[string]string{"q": fmt.Sprintf("Cliente %d", 40_000+i)}
		err := b.Ask(ctx, agent, http.MethodPost, "/conversations/search?page=0&per_page=200", query, http.StatusOK, nil)
		return time.Since(begin), err
	})
	name, path := b.month(ctx)
	b.point(name, targetMonth, pointRounds, read(admin, path))
	b.point("close", targetClose, min(pointRounds, len(b.channels)), func(i int) (time.Duration, error) { return b.closeOne(ctx, b.channels[i]) })
}

// point measures something several times and adds its row.
func (b *bench) point(name string, target float64, n int, once func(i int) (time.Duration, error)) {
	r := &row{name: name + ", a million messages", target: target, atMost: true, unit: " ms"}
	var times []float64
	for i := range n {
		took, err := once(i)
		if err != nil {
			r.problem = err
			break
		}
		times = append(times, milliseconds(took))
	}
	r.ratio = median(times)
	r.spread(times)
	b.add(r)
}

// activation restarts the plugin and returns how long the server needed to enable it.
func (b *bench) activation(ctx context.Context) (time.Duration, error) {
	if err := setPlugin(ctx, b.Admin(), pluginID, false); err != nil {
		return 0, err
	}
	begin := time.Now()
	err := setPlugin(ctx, b.Admin(), pluginID, true)
	return time.Since(begin), err
}

// month returns the request for the results of the current month. Where the plugin does not have them, that is the ledger of the month added
// up by template, which reads the most of what it has.
func (b *bench) month(ctx context.Context) (name, path string) {
	now := time.Now().UTC()
	from := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	path = fmt.Sprintf("/results?by=template&from=%d&to=%d", from.UnixMilli(), from.AddDate(0, 1, 0).UnixMilli())
	if status, _, err := b.REST(ctx, b.Admin(), http.MethodGet, path, nil); err == nil && status != http.StatusNotFound {
		return "results of a month", path
	}
	return "the ledger of a month by template", "/ledger/summary?group_by=template"
}

// closeOne closes the conversation of a channel.
func (b *bench) closeOne(ctx context.Context, channelID string) (time.Duration, error) {
	var conversation scenario.Conversation
	if err := b.Ask(ctx, b.Agent(0), http.MethodGet, "/channels/"+channelID+"/conversation", nil, http.StatusOK, &conversation); err != nil {
		return 0, err
	}
	begin := time.Now()
	err := b.Ask(ctx, b.Agent(0), http.MethodPost, "/conversations/"+conversation.ID+"/close", map[string]string{}, http.StatusOK, nil)
	took := time.Since(begin)
	if err == nil {
		err = b.waitUntilIdle(ctx)
	}
	return took, errors.Wrap(err, "cannot close a conversation")
}
