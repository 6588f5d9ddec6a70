//go:build unix

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// These targets come from the design, and from what the machine can do.
const (
	targetPosts    = 0.97
	targetAccepted = 0.65
	targetMirrored = 0.85
	targetLone     = 3.0
	targetOutbound = 0.98
	targetScale    = 0.9
	targetIdle     = 60.0  // MB
	targetLoaded   = 120.0 // MB

	manyConversations = 100_000
	messagesEach      = 10
	// idleAfter is how long a plugin that has just started needs until it is idle.
	idleAfter = 15 * time.Second
)

// bench is a run with its results.
type bench struct {
	*stage
	size size
	only []string
	rows []*row
}

func (b *bench) wants(part string) bool { return len(b.only) == 0 || slices.Contains(b.only, part) }

// all measures everything. If one row fails, the others are measured all the same.
func (b *bench) all(ctx context.Context) {
	peak := b.memory.watch()
	few := b.paths(ctx, "")
	if b.size.scale && b.wants("scale") {
		b.scale(ctx, few)
		peak2 := peak()
		b.idle(ctx)
		b.add(&row{name: "memory under load, 100,000 conversations", ratio: peak2, target: targetLoaded, atMost: true, unit: " MB"})
		return
	}
	b.add(&row{name: fmt.Sprintf("memory under load, %d conversations", b.size.conversations), ratio: peak(), target: targetLoaded, atMost: true, unit: " MB"})
}

func (b *bench) add(r *row) {
	b.rows = append(b.rows, r)
	say(b.out, "%s: %.3g%s (%s against %s) %v", r.name, r.ratio, r.unit, r.ours, r.base, errorText(r.problem))
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// paths measures every path and returns the ratios by name. Ratios of latencies are inverted, so that more is always better.
func (b *bench) paths(ctx context.Context, suffix string) map[string]float64 {
	ratios := map[string]float64{}
	note := func(r *row) {
		r.name += suffix
		if suffix == "" {
			b.add(r)
		} else {
			say(b.out, "%s: %.3g%s (%s against %s) %v", r.name, r.ratio, r.unit, r.ours, r.base, errorText(r.problem))
		}
		if r.problem == nil && r.ratio > 0 {
			ratios[r.name[:len(r.name)-len(suffix)]] = r.ratio
			if r.atMost {
				ratios[r.name[:len(r.name)-len(suffix)]] = 1 / r.ratio
			}
		}
	}
	perSecond := func(name string, target float64, c compared, err error) *row {
		return &row{name: name, ratio: c.ratio, target: target, base: fmt.Sprintf("%.0f/s", c.base), ours: fmt.Sprintf("%.0f/s", c.ours), problem: err}
	}
	if b.wants("lone") {
		c, err := b.lone(ctx, b.size.rounds, b.size.lone)
		note(&row{
			name: "a lone inbound message : one bare CreatePost", ratio: c.ratio, target: targetLone, atMost: true, unit: "×",
			base: fmt.Sprintf("%.1f ms", c.base), ours: fmt.Sprintf("%.1f ms", c.ours), problem: err,
		})
	}
	if b.wants("inbound") {
		accepted, mirrored, err := b.inbound(ctx, b.size.rounds, b.size.webhooks)
		note(perSecond("webhooks accepted : empty handler", targetAccepted, accepted, err))
		note(perSecond("inbound mirrored : bare CreatePost", targetMirrored, mirrored, err))
	}
	if b.wants("outbound") {
		b.sends(ctx, note)
	}
	if b.wants("posts") {
		c, err := b.otherPosts(ctx, b.size.rounds, b.size.posts)
		note(perSecond("posts in other channels, plugin on : off", targetPosts, c, err))
	}
	return ratios
}

func (b *bench) sends(ctx context.Context, note func(*row)) {
	sent := func(name string, perSecond float64, err error) {
		note(&row{
			name: name, ratio: perSecond / numberRate, target: targetOutbound, problem: err,
			base: fmt.Sprintf("%d/s", numberRate), ours: fmt.Sprintf("%.1f/s", perSecond),
		})
	}
	if err := b.waitUntilIdle(ctx); err != nil {
		sent("outbound : the number's rate", 0, err)
		return
	}
	perSecond, err := b.outbound(ctx, b.size.seconds)
	sent("outbound : the number's rate", perSecond, err)
	if err := b.waitUntilIdle(ctx); err != nil {
		return
	}
	free, err := b.stuckNumber(ctx)
	if err == nil {
		perSecond, err = b.outbound(ctx, b.size.seconds)
		if freeErr := free(); err == nil {
			err = freeErr
		}
	}
	sent("outbound beside a number that hangs : the number's rate", perSecond, err)
	if err := b.waitUntilIdle(ctx); err != nil {
		say(b.out, "The statuses were not all shown in time: %v", err)
	}
}

// scale loads a million messages, measures every path again, and compares the results with those from before.
func (b *bench) scale(ctx context.Context, few map[string]float64) {
	begin := time.Now()
	load := conversationsLoad{
		account: b.Account.ID, queue: b.Queue.ID, team: b.Env.Team.ID, prefix: "many", conversations: manyConversations, messages: messagesEach,
	}
	if err := load.run(ctx, b.Env.DB()); err != nil {
		b.add(&row{name: "with a million messages : with few", target: targetScale, problem: err})
		return
	}
	say(b.out, "Loaded %d conversations in %s.", manyConversations, time.Since(begin).Round(time.Second))
	many := b.paths(ctx, ", a million messages")
	for _, r := range slices.Clone(b.rows) {
		if before, after := few[r.name], many[r.name]; before > 0 && after > 0 {
			b.add(&row{
				name: "a million messages : few, " + r.name, ratio: after / before, target: targetScale,
				base: fmt.Sprintf("%.3g", before), ours: fmt.Sprintf("%.3g", after),
			})
		}
	}
}

// idle restarts the plugin and measures its memory when it is idle.
func (b *bench) idle(ctx context.Context) {
	r := &row{name: "memory idle, 100,000 conversations", target: targetIdle, atMost: true, unit: " MB"}
	for _, on := range []bool{false, true} {
		if r.problem = setPlugin(ctx, b.Admin(), pluginID, on); r.problem != nil {
			b.add(r)
			return
		}
	}
	r.problem = testenv.WaitFor(ctx, "the plugin's process", func() (bool, error) {
		_, err := b.memory.resident()
		return err == nil, err
	})
	if r.problem == nil {
		time.Sleep(idleAfter)
		r.ratio, r.problem = b.memory.resident()
	}
	b.add(r)
}
