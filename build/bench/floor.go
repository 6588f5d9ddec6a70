//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

const (
	// floorID is the empty plugin that makes bare posts and stores deliveries. It has no hooks and runs all the time.
	floorID = "waa-bench-floor"
	// hookedID is the empty plugin with our hooks. It runs only where it takes our plugin's place.
	hookedID = "waa-bench-hooked"
)

// floor is the least that a plugin can do, on the same server.
type floor struct {
	url    string // address of its handlers
	secret string // the app's secret, with which deliveries are signed
	client *model.Client4
}

// installFloor builds both empty plugins and runs the first on the server.
func installFloor(ctx context.Context, env *testenv.Env, client *model.Client4, secret string) (*floor, error) {
	for id, program := range map[string]string{floorID: "plugin", hookedID: "hooked"} {
		bundle, err := emptyBundle(ctx, id, program)
		if err != nil {
			return nil, err
		}
		if _, _, err := client.UploadPluginForced(ctx, bundle); err != nil {
			return nil, errors.Wrap(err, "cannot upload the empty plugin")
		}
	}
	if err := setPlugin(ctx, client, floorID, true); err != nil {
		return nil, err
	}
	return &floor{url: env.Nodes[0].URL + "/plugins/" + floorID + "/", secret: secret, client: client}, nil
}

// inbox returns the address of the handler that stores a delivery with one INSERT.
func (f *floor) inbox() string { return f.url + "deliveries?secret=" + url.QueryEscape(f.secret) }

// order says which posts the empty plugin makes.
type order struct {
	UserID   string   `json:"user_id"`
	Channels []string `json:"channels,omitempty"` // used in turn
	TeamID   string   `json:"team_id,omitempty"`  // if set, the posts go into a private channel that is made first
	Message  string   `json:"message"`
	Count    int      `json:"count"`
	Parallel int      `json:"parallel"`
}

// make has the empty plugin carry out an order and returns how long that took inside the plugin.
func (f *floor) make(ctx context.Context, o *order) (time.Duration, error) {
	body, err := json.Marshal(o)
	if err != nil {
		return 0, errors.Wrap(err, "cannot write the order")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.url+"posts", bytes.NewReader(body))
	if err != nil {
		return 0, errors.Wrap(err, "cannot make the request")
	}
	request.Header.Set(model.HeaderAuth, model.HeaderBearer+" "+f.client.AuthToken)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, errors.Wrap(err, "the empty plugin did not answer")
	}
	defer func() { _ = response.Body.Close() }()
	var made struct{ Nanoseconds, Failed int64 }
	if err := json.NewDecoder(response.Body).Decode(&made); err != nil {
		return 0, errors.Wrapf(err, "the empty plugin answered %s", response.Status)
	}
	if made.Failed > 0 {
		return 0, errors.Errorf("%d of %d bare posts failed", made.Failed, o.Count)
	}
	return time.Duration(made.Nanoseconds), nil
}

// setPlugin enables or disables a plugin and waits until that has taken effect.
func setPlugin(ctx context.Context, client *model.Client4, id string, on bool) error {
	change, wanted := client.DisablePlugin, model.PluginStateNotRunning
	if on {
		change, wanted = client.EnablePlugin, model.PluginStateRunning
	}
	if _, err := change(ctx, id); err != nil {
		return errors.Wrapf(err, "cannot switch the plugin %s", id)
	}
	return testenv.WaitFor(ctx, "the plugin "+id+" to be switched", func() (bool, error) {
		statuses, _, err := client.GetPluginStatuses(ctx)
		if err != nil {
			return false, errors.Wrap(err, "the server does not tell")
		}
		for _, status := range statuses {
			if status.PluginId == id {
				return status.State == wanted, nil
			}
		}
		return false, errors.New("the server does not know it")
	})
}
