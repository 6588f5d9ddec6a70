package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulation/host"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/app"
)

// instance is a node's plugin: one process after the other.
type instance struct {
	inside *inside
	node   *Node

	mu      sync.Mutex
	current *process
	starts  int
	skew    atomic.Int64 // of the node's clock, milliseconds
}

// process is one life of the plugin, from its activation to its end.
type process struct {
	inside *inside
	owner  *instance
	no     int
	plugin *app.Plugin

	ready     atomic.Bool // it is active
	dead      atomic.Bool
	dropAfter atomic.Bool   // the call that is being made is its last
	died      chan struct{} // closed when it is dead
	activated chan struct{} // closed when OnActivate has returned

	mu    sync.Mutex
	conns map[*conn]bool
}

// String names a process in the trace: "a1" is the first of node a.
func (p *process) String() string { return fmt.Sprintf("%s%d", p.owner.node.Name, p.no) }

// launch starts a process as the server does.
func (i *instance) launch() {
	i.mu.Lock()
	i.starts++
	p := &process{
		inside: i.inside, owner: i, no: i.starts, died: make(chan struct{}), activated: make(chan struct{}), conns: map[*conn]bool{},
	}
	i.current = p
	i.mu.Unlock()
	p.plugin = &app.Plugin{Environment: app.Environment{
		OpenDatabases: p.openDatabases, Clock: nodeClock{i}, Meta: &toMeta{p}, Receivers: &toReceiver{p},
	}}
	p.plugin.SetAPI(i.node.Host.API(p.callAPI, p.dead.Load, p.log))
	i.inside.trace.add("%s starts", p)
	i.inside.all.Go(func() {
		defer close(p.activated)
		err := p.plugin.OnConfigurationChange()
		if err == nil {
			err = p.plugin.OnActivate()
		}
		switch {
		case p.dead.Load():
		case err != nil:
			i.inside.trace.add("%s could not be activated: %v", p, err)
			i.inside.drop(p, "its activation")
		default:
			p.ready.Store(true)
			i.inside.trace.add("%s is active", p)
		}
	})
}

// nodeClock is a node's clock for the domain's rules.
type nodeClock struct{ of *instance }

// Now returns the node's time in milliseconds since the Unix epoch.
func (c nodeClock) Now() int64 { return time.Now().UnixMilli() + c.of.skew.Load() }

// drop ends a process where it stands. All its ports are closed from now on. Its goroutines
// are then let go by a deactivation, which can have no effect any more. Another is started within seconds.
func (in *inside) drop(p *process, what string) { in.dropFor(p, what, 0) }

// dropFor is drop where another process is started after a pause, unless that is 0.
func (in *inside) dropFor(p *process, what string, pause time.Duration) {
	if !p.dead.CompareAndSwap(false, true) {
		return
	}
	close(p.died)
	p.mu.Lock()
	for c := range p.conns {
		c.breakOff()
	}
	p.mu.Unlock()
	in.trace.add("%s ends at %s", p, what)
	in.all.Go(func() {
		<-p.activated
		_ = p.plugin.OnDeactivate()
	})
	if in.closing.Load() {
		return
	}
	if pause == 0 {
		pause = in.scheduler.someTime(8 * time.Second)
	}
	in.all.Go(func() {
		time.Sleep(pause)
		if !in.closing.Load() {
			p.owner.launch()
		}
	})
}

// lastThing ends the process if the call that was just made is its last.
func (p *process) lastThing() {
	if p.dropAfter.Load() {
		p.inside.drop(p, "its last call")
	}
}

func (p *process) keep(c *conn) {
	p.mu.Lock()
	p.conns[c] = true
	p.mu.Unlock()
	if p.dead.Load() {
		c.breakOff()
	}
}

func (p *process) forget(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

// callAPI passes a call of the plugin API through the scheduler.
func (p *process) callAPI(name string, do func()) (whole bool) {
	s := p.inside.scheduler
	switch s.pass(context.Background(), p, p.String()+" api: "+name, changesHost(name)) {
	case proceed:
		do()
		return !p.dead.Load()
	case failAfter:
		do()
		p.lastThing()
		return false
	case hang: // it takes long, and then has its effect
		if !s.hangUp(context.Background(), p, 40*time.Second) {
			return false
		}
		do()
		return !p.dead.Load()
	}
	return false
}

// log keeps what the plugin logs in the trace.
func (p *process) log(level, message string, values []any) {
	if p.dead.Load() || level == "debug" {
		return
	}
	var b strings.Builder
	for i := 0; i+1 < len(values); i += 2 {
		fmt.Fprintf(&b, " %v=%v", values[i], values[i+1])
	}
	if strings.Contains(strings.ToLower(message), "panic") {
		p.inside.panicked(p.String() + ": " + message + b.String())
	}
	p.inside.trace.add("%s logs %s: %s%s", p, level, message, b.String())
}

// alive is the process that is active; nil if none is.
func (i *instance) alive() *process {
	i.mu.Lock()
	defer i.mu.Unlock()
	if p := i.current; p != nil && p.ready.Load() && !p.dead.Load() {
		return p
	}
	return nil
}

func (i *instance) up() bool { return i.alive() != nil }

func (i *instance) drop(why string, pause time.Duration) {
	i.mu.Lock()
	p := i.current
	i.mu.Unlock()
	i.inside.dropFor(p, why, pause)
}

// hooks are the plugin's; nil while it is down.
func (i *instance) hooks() host.Hooks {
	if p := i.alive(); p != nil {
		return p.plugin
	}
	return nil
}

func (i *instance) request(ctx context.Context, userID, method, path string, body any, header map[string]string) (int, []byte) {
	p := i.alive()
	if p == nil {
		return http.StatusServiceUnavailable, nil
	}
	var sent []byte
	switch b := body.(type) {
	case nil:
	case []byte:
		sent = b
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			panic("simulation: " + err.Error())
		}
		sent = encoded
	}
	r := httptest.NewRequestWithContext(ctx, method, path, bytes.NewReader(sent))
	if userID != "" {
		r.Header.Set("Mattermost-User-Id", userID)
	}
	if sent != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	return p.serve(userID, r)
}

// serve lets a process serve a request; status 0 says that it was dropped meanwhile.
func (p *process) serve(userID string, r *http.Request) (int, []byte) {
	c := &plugin.Context{}
	if userID != "" {
		c.SessionId = p.owner.node.Host.Session(userID)
	}
	w := httptest.NewRecorder()
	p.plugin.ServeHTTP(c, w, r)
	if p.dead.Load() {
		return 0, nil
	}
	return w.Code, w.Body.Bytes()
}

func (i *instance) command(_ context.Context, userID, channelID, text string) *model.CommandResponse {
	p := i.alive()
	if p == nil {
		return nil
	}
	response, _ := p.plugin.ExecuteCommand(&plugin.Context{SessionId: i.node.Host.Session(userID)}, &model.CommandArgs{
		UserId: userID, ChannelId: channelID, TeamId: i.inside.host.TeamOf(channelID), Command: text, TriggerId: "trigger",
	})
	if p.dead.Load() {
		return nil
	}
	return response
}
