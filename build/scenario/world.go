//go:build unix

// Package scenario makes a small world to try the plugin in: a real Mattermost server with the plugin, the simulated Cloud API with the
// phones of the customers, and what an administrator sets up between them. It also plays whole conversations in it, step by step; the
// demo and the end-to-end tests share them.
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

// TimeZone is the plugin's zone in a world: the times it shows are told in it.
const TimeZone = "America/Sao_Paulo"

// clockVariable names the file by which the plugin's clock follows the simulator's.
const clockVariable = "WHATSAPP_ATIVO_CLOCK_OFFSET_FILE"

// Options say what kind of world. Only Bundle is needed.
type Options struct {
	Bundle    string                   // the plugin's bundle
	Settings  map[string]any           // more settings of the plugin, or others than Start's own
	Simulator func(*cloudapi.Settings) // changes the simulator's settings before anything happens
	Nodes     int                      // Mattermost servers on one database; 0 is 1
	Agents    int                      // 0 is 4: the first is the queue's supervisor, the last is outside of it
	ClientDir string                   // folder of the web client's files; "" is MM_CLIENT_DIR, if set
	Durable   bool                     // PostgreSQL syncs to disk, as in production
	Revive    bool                     // a server that a test kills is started again, on the same address
	Env       []string                 // more environment of the servers
	Log       io.Writer                // gets what the servers say while they start; nil drops it
}

// World is everything that runs, and what was set up in it.
type World struct {
	Env    *testenv.Env
	Sim    *cloudapi.Server
	SimURL string          // the Graph API for the plugin, the phones' page for a browser; no slash at the end
	Number cloudapi.Number // the business number, as Meta knows it

	// What Setup made, by way of the plugin's own REST API.
	Account    Account
	Queue      Queue
	Plan       Plan
	Positional Template // approved and allowed, variables by position
	Named      Template // approved and allowed, variables by name
	Marketing  Template // known, but neither approved nor allowed

	http      *http.Server
	dir       string
	clockFile string
	clockMu   sync.Mutex
	clockSaid int64 // offset in the clock file, milliseconds
	stop      chan struct{}
	once      sync.Once
	closeErr  error
}

// Start makes a world and sets it up. ctx bounds the start alone; Close ends the world. Building the Mattermost server the first time
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

// Open makes a world in which nothing is set up yet: the servers run, the plugin is installed, the steps of Setup are to follow.
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
		Bundle: opts.Bundle, PluginConfig: settings, Nodes: opts.Nodes, Agents: opts.Agents, ClientDir: opts.ClientDir, Durable: opts.Durable, Revive: opts.Revive,
		Env: append([]string{clockVariable + "=" + w.clockFile}, opts.Env...), Log: opts.Log,
	}); err != nil {
		_ = w.Close()
		return nil, err
	}
	return w, nil
}

// Close ends everything and says whether that went well. Further calls give the same answer.
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

// Admin is the system administrator's client of the first server.
func (w *World) Admin() *model.Client4 { return w.Env.AdminClient(0) }

// Agent is an agent's client of the first server. Agent 0 is the queue's supervisor, the last one is outside of it.
func (w *World) Agent(index int) *model.Client4 { return w.Env.Client(0, index) }

// User is the agent of an index.
func (w *World) User(index int) testenv.User { return w.Env.Agents[index] }

// Outsider is the index of the agent who is in no queue.
func (w *World) Outsider() int { return len(w.Env.Agents) - 1 }

// Phone is the phone of a customer, the number written in any way with its country code.
func (w *World) Phone(number string) *cloudapi.Phone { return w.Sim.Phone(number) }

// Zone is where the times that the plugin shows are told.
func Zone() (*time.Location, error) {
	zone, err := time.LoadLocation(TimeZone)
	return zone, errors.Wrap(err, "cannot load the time zone")
}
