//go:build unix

package testenv

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

// stateLimit is how long a plugin may take to start or stop.
const stateLimit = 90 * time.Second

// PluginPIDs lists the plugin's processes on a server: normally one, and none while the plugin is disabled or dead.
func (e *Env) PluginPIDs(node int) ([]int, error) {
	if e.Plugin == nil {
		return nil, errors.New("the environment was started without a plugin")
	}
	server, err := e.ServerPID(node)
	if err != nil {
		return nil, err
	}
	return pluginProcesses(server, e.Nodes[node].Dir)
}

// KillPlugin kills the plugin on one server as kill -9 does and waits until it is gone. It is content where the server, whose health check
// replaces a plugin that does not respond, is quicker. The server's health check restarts it within half a
// minute; ReactivatePlugin does so at once.
func (e *Env) KillPlugin(ctx context.Context, node int) error {
	killed, err := e.PluginPIDs(node)
	if err != nil {
		return err
	}
	if len(killed) == 0 {
		return errors.Errorf("%s runs no plugin to kill", describe(node))
	}
	if err := signal(killed, syscall.SIGKILL); err != nil {
		return err
	}
	return WaitFor(ctx, "the killed plugin to be gone", func() (bool, error) {
		alive, err := e.PluginPIDs(node)
		return !slices.ContainsFunc(killed, func(pid int) bool { return slices.Contains(alive, pid) }), err
	})
}

// DisablePlugin disables the plugin on every server and waits until none runs it.
func (e *Env) DisablePlugin(ctx context.Context) error {
	for node := range e.Nodes {
		if err := e.setPlugin(ctx, node, false); err != nil {
			return err
		}
	}
	return nil
}

// EnablePlugin enables the plugin on every server, one after the other, and waits until each runs it.
func (e *Env) EnablePlugin(ctx context.Context) error {
	for node := range e.Nodes {
		if err := e.setPlugin(ctx, node, true); err != nil {
			return err
		}
	}
	return nil
}

// ReactivatePlugin restarts the plugin on one server, whatever state it is in, and makes the server forget its earlier crashes, because a
// server gives up on a plugin that dies three times within an hour. The server counts the crashes in its health check, which starts from
// zero when it is switched off and on.
func (e *Env) ReactivatePlugin(ctx context.Context, node int) error {
	if err := e.setPlugin(ctx, node, false); err != nil {
		return err
	}
	for _, on := range []bool{false, true} {
		if err := e.patchPluginSettings(ctx, node, map[string]any{"EnableHealthCheck": on}); err != nil {
			return err
		}
	}
	return e.setPlugin(ctx, node, true)
}

// ConfigurePlugin changes settings of the plugin on every server, as the System Console does. Settings that are not named keep their
// values.
func (e *Env) ConfigurePlugin(ctx context.Context, settings map[string]any) error {
	for node := range e.Nodes {
		if err := e.ConfigurePluginOn(ctx, node, settings); err != nil {
			return err
		}
	}
	return nil
}

// ConfigurePluginOn is ConfigurePlugin for one node, because each node has a configuration of its own.
func (e *Env) ConfigurePluginOn(ctx context.Context, node int, settings map[string]any) error {
	if e.Plugin == nil {
		return errors.New("the environment was started without a plugin")
	}
	// The server replaces a plugin's settings as a whole, and the settings that it returns over REST lack the secrets.
	all, err := storedSettings(&e.Nodes[node], e.Plugin.ID)
	if err != nil {
		return err
	}
	maps.Copy(all, settings)
	return e.patchPluginSettings(ctx, node, map[string]any{"Plugins": map[string]any{e.Plugin.ID: all}})
}

// storedSettings reads a plugin's settings, including secrets, from a server's configuration file.
func storedSettings(node *Node, pluginID string) (map[string]any, error) {
	content, err := os.ReadFile(filepath.Join(node.Dir, "config", "config.json"))
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the server's configuration")
	}
	var config struct {
		PluginSettings struct{ Plugins map[string]map[string]any }
	}
	if err := json.Unmarshal(content, &config); err != nil {
		return nil, errors.Wrap(err, "cannot decode the server's configuration")
	}
	if settings := config.PluginSettings.Plugins[pluginID]; settings != nil {
		return settings, nil
	}
	return map[string]any{}, nil
}

// patchPluginSettings changes fields of one server's PluginSettings.
func (e *Env) patchPluginSettings(ctx context.Context, node int, patch map[string]any) error {
	body := map[string]any{"PluginSettings": patch}
	response, err := e.AdminClient(node).DoAPIPutJSON(ctx, "/config/patch", body)
	if err != nil {
		return errors.Wrapf(err, "%s refused the configuration", describe(node))
	}
	return errors.Wrap(response.Body.Close(), "cannot read the answer")
}

// setPlugin enables or disables the plugin on one server and waits until that has taken effect.
func (e *Env) setPlugin(ctx context.Context, node int, enable bool) error {
	if e.Plugin == nil {
		return errors.New("the environment was started without a plugin")
	}
	client := e.AdminClient(node)
	change, verb, wanted := client.DisablePlugin, "disable", model.PluginStateNotRunning
	if enable {
		change, verb, wanted = client.EnablePlugin, "enable", model.PluginStateRunning
	}
	if _, err := change(ctx, e.Plugin.ID); err != nil {
		return errors.Wrapf(err, "%s did not %s the plugin", describe(node), verb)
	}
	ctx, cancel := context.WithTimeout(ctx, stateLimit)
	defer cancel()
	var failed error
	err := WaitFor(ctx, describe(node)+" to "+verb+" the plugin", func() (bool, error) {
		state, reason, err := e.pluginState(ctx, client)
		if err == nil && enable && (state == model.PluginStateFailedToStart || state == model.PluginStateFailedToStayRunning) {
			failed = errors.Errorf("the plugin does not start on %s: %s", describe(node), reason)
			return true, nil // waiting longer would not help
		}
		if err != nil || state != wanted || enable {
			return state == wanted, err
		}
		// The server reports that a plugin is not running as soon as it begins to stop it, so the process may still be there.
		alive, err := e.PluginPIDs(node)
		return len(alive) == 0, err
	})
	if failed != nil {
		return failed
	}
	return err
}

// pluginState asks a server for the plugin's state and, if it failed, the reason.
func (e *Env) pluginState(ctx context.Context, client *model.Client4) (state int, reason string, err error) {
	statuses, _, err := client.GetPluginStatuses(ctx)
	if err != nil {
		return 0, "", errors.Wrap(err, "cannot ask for the plugin's state")
	}
	for _, status := range statuses {
		if status.PluginId == e.Plugin.ID {
			return status.State, status.Error, nil
		}
	}
	return 0, "", errors.New("the server does not know the plugin")
}
