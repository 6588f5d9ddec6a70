//go:build unix

// Package scenario creates a small world to try the plugin in: a real Mattermost server with the plugin, the simulated Cloud API with the
// customers' phones, and what an administrator sets up between them. It also plays whole conversations in that world, step by step. The
// demo and the end-to-end tests share it.
package scenario

import (
	"context"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// TimeZone is the plugin's time zone in a world. The times that the plugin shows are in this zone.
const TimeZone = "America/Sao_Paulo"

// clockVariable names the file through which the plugin's clock follows the simulator's.
const clockVariable = "WHATSAPP_ATIVO_CLOCK_OFFSET_FILE"

// Options describe the world to start. Only Bundle is required.
type Options struct {
	Bundle    string                   // the plugin's bundle
	Settings  map[string]any           // more settings of the plugin, or other values than Start's
	Simulator func(*cloudapi.Settings) // changes the simulator's settings before anything happens
	Nodes     int                      // Mattermost servers on one database; 0 is 1
	Agents    int                      // 0 is 4: the first is the queue's supervisor, the last is not in the queue
	ServerDir string                   // folder of a Mattermost release to run; "" as in testenv.Options
	ClientDir string                   // folder of the web client's files; "" as in testenv.Options
	Durable   bool                     // PostgreSQL syncs to disk, as in production
	Revive    bool                     // a server that a test kills is started again, on the same address
	Env       []string                 // more environment of the servers
	Log       io.Writer                // gets what the servers write while they start; nil discards it
}

// World is everything that runs, together with what was set up in it.
type World struct {
	Env    *testenv.Env
	Sim    *cloudapi.Server
	SimURL string          // the Graph API for the plugin and the phones' page for a browser; no trailing slash
	Number cloudapi.Number // the business number, as Meta knows it

	// These objects were created by Setup through the plugin's REST API.
	Account    Account
	Queue      Queue
	Plan       Plan
	Positional Template // approved and allowed, with variables by position
	Named      Template // approved and allowed, with variables by name
	Marketing  Template // known, but neither approved nor allowed

	http      *http.Server
	dir       string
	clockFile string
	clockMu   sync.Mutex
	clockSaid int64 // offset in the clock file, in milliseconds
	stop      chan struct{}
	once      sync.Once
	closeErr  error
}

// Start creates a world and sets it up. ctx only limits the start; Close ends the world. Building the Mattermost server the first time
// takes minutes.
func Start(ctx context.Context, opts Options) (*World, error) {
	w, err := Open(ctx, opts)
	if err != nil {
		return nil, err
	}
	for _, step := range w.Setup() {
		if err := step.Do(ctx); err != nil {
			_ = w.Close()
			return nil, errors.Wrapf(err, "cannot set the world up (%s)", step.English)
		}
	}
	return w, nil
}

// Open creates a world in which nothing is set up yet: the servers run and the plugin is installed, but the steps of Setup are still to be
// done.
func Open(ctx context.Context, opts Options) (*World, error) {
	w := &World{stop: make(chan struct{})}
	var err error
	if w.dir, err = os.MkdirTemp("", "waa-world-"); err != nil {
		return nil, errors.Wrap(err, "cannot make a folder")
	}
	w.clockFile = filepath.Join(w.dir, "clock-offset")
	if err := w.startSimulator(ctx, opts.Simulator); err != nil {
		_ = w.Close()
		return nil, err
	}
	settings := map[string]any{
		"GraphBaseURL": w.SimURL, "EncryptionKey": "only-for-worlds-that-end-soon-0123456789",
		"FreeServiceMessages": FreeServiceMessages, "TimeZone": TimeZone,
	}
	maps.Copy(settings, opts.Settings)
	if w.Env, err = testenv.Start(ctx, testenv.Options{
		Bundle: opts.Bundle, PluginConfig: settings, Nodes: opts.Nodes, Agents: opts.Agents, ServerDir: opts.ServerDir, ClientDir: opts.ClientDir, Durable: opts.Durable, Revive: opts.Revive,
		Env: append([]string{clockVariable + "=" + w.clockFile}, opts.Env...), Log: opts.Log,
	}); err != nil {
		_ = w.Close()
		return nil, err
	}
	return w, nil
}

// Close ends everything and reports whether that went well. Further calls return the same result.
func (w *World) Close() error {
	w.once.Do(func() {
		close(w.stop)
		if w.Env != nil {
			w.closeErr = w.Env.Close()
		}
		if w.Sim != nil {
			w.Sim.Close()
		}
		if w.http != nil {
			_ = w.http.Close()
		}
		if err := os.RemoveAll(w.dir); w.closeErr == nil {
			w.closeErr = err
		}
	})
	return w.closeErr
}

// Admin returns the system administrator's client for the first server.
func (w *World) Admin() *model.Client4 { return w.Env.AdminClient(0) }

// Agent returns an agent's client for the first server. Agent 0 is the queue's supervisor, the last one is not in the queue.
func (w *World) Agent(index int) *model.Client4 { return w.Env.Client(0, index) }

// User returns the agent with an index.
func (w *World) User(index int) testenv.User { return w.Env.Agents[index] }

// Outsider returns the index of the agent who is in no queue.
func (w *World) Outsider() int { return len(w.Env.Agents) - 1 }

// Phone returns the phone of a customer. The number may be written in any way, but with its country code.
func (w *World) Phone(number string) *cloudapi.Phone { return w.Sim.Phone(number) }

// Zone returns the time zone of the times that the plugin shows.
func Zone() (*time.Location, error) {
	zone, err := time.LoadLocation(TimeZone)
	return zone, errors.Wrap(err, "cannot load the time zone")
}
