//go:build unix

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

// These targets come from the design, and from what the machine can do.
const (
	targetPosts     = 0.97
	targetPostsCost = 1.03
	targetAccepted  = 0.95
	targetMirrored  = 0.85
	targetBacklog   = 0.85
	targetLone      = 1.7
	targetStart     = 2.0
	targetOutbound  = 0.98
	targetScale     = 0.95
	targetTold      = 0.97
	targetToldTime  = 1.03
)

// bench is a run with its results.
type bench struct {
	*stage
	size size
	only []string
	rows []*row
}

// wants reports whether a part is to be measured.
func (b *bench) wants(part string) bool { return len(b.only) == 0 || slices.Contains(b.only, part) }

// wantsMany reports whether a part that needs a million messages is to be measured. A short run has such a part only if it is named.
func (b *bench) wantsMany(part string) bool {
	return b.wants(part) && (b.size.scale || slices.Contains(b.only, part))
}

// all measures everything. If one row fails, the others are measured all the same.
func (b *bench) all(ctx context.Context) {
	empty, err := b.floorMemory.resident()
	if err != nil {
		say(b.out, "The memory is not known: %v", err)
	}
	peak := b.memory.watch()
	few := b.paths(ctx, "")
	if b.wantsMany("told") {
		b.told(ctx)
	}
	loaded := fmt.Sprintf("memory under load, %d conversations", b.size.conversations)
	if b.wantsMany("scale") || b.wantsMany("points") || b.wantsMany("memory") {
		peak()
		if err := b.loadMany(ctx); err != nil {
			b.add(&row{name: "with a million messages : with few", target: targetScale, problem: err})
			return
		}
		loaded = "memory under load, 100,000 conversations"
		peak = b.memory.watch()
		if b.wantsMany("scale") {
			b.again(ctx, few, "a million messages", targetScale)
		}
		if b.wantsMany("points") {
			b.points(ctx)
		}
		if b.wantsMany("memory") {
			b.idle(ctx, empty)
		}
	}
	b.add(&row{name: loaded, base: fmt.Sprintf("%.0f MB", empty), ratio: peak(), target: targetLoaded, atMost: true, unit: " MB"})
}

func (b *bench) add(r *row) {
	b.rows = append(b.rows, r)
	problem := ""
	if r.problem != nil {
		problem = r.problem.Error()
	}
	say(b.out, "%s: %s %s (%s against %s) %s %s", r.name, r.result(), r.verdict(), r.ours, r.base, r.oursCost, problem)
}

// paths measures every path, adds a row for each, and returns them by name. suffix is what the name ends with.
func (b *bench) paths(ctx context.Context, suffix string) map[string]*row {
	found := map[string]*row{}
	note := func(name string, target float64, unit string, all *rounds, err error) {
		r := newRow(name+suffix, target, unit, all, err)
		b.add(r)
		found[name] = r
	}
	if b.wants("lone") {
		all, err := b.lone(ctx, b.size.rounds, b.size.lone)
		note("a lone inbound message : one bare CreatePost", targetLone, " ms", all, err)
	}
	if b.wants("inbound") {
		accepted, mirrored, err := b.inbound(ctx, b.size.rounds, b.size.webhooks)
		note("webhooks accepted : one INSERT", targetAccepted, "/s", accepted, err)
		note("inbound mirrored : one INSERT and bare CreatePost", targetMirrored, "/s", mirrored, err)
	}
	if b.wants("backlog") {
		accepted, drained, err := b.backlog(ctx, b.size.rounds, b.size.backlog, b.size.webhooks)
		note("webhooks accepted, none handled meanwhile : one INSERT", 0, "/s", accepted, err)
		note(fmt.Sprintf("a backlog of %d drained : bare CreatePost", b.size.backlog), targetBacklog, "/s", drained, err)
	}
	if b.wants("outbound") {
		b.sends(ctx, note)
	}
	if b.wants("start") {
		all, err := b.starts(ctx, b.size.rounds, b.size.starts)
		note("a start : 5 bare CreatePost and a channel", targetStart, " ms", all, err)
	}
	if b.wants("posts") {
		all, idle, err := b.otherPosts(ctx, b.size.rounds, b.size.posts)
		note("posts in other channels : empty hooks", targetPosts, "/s", all, err)
		if err == nil {
			b.add(&row{name: "a second without posts : empty hooks" + suffix, ratio: median(idle.costRatios()), unit: "×", baseCost: medianCost(idle.baseCost), oursCost: medianCost(idle.oursCost)})
			r := &row{name: "CPU of posts in other channels : empty hooks" + suffix, ratio: median(all.costRatios()), target: targetPostsCost, atMost: true, unit: "×"}
			r.spread(all.costRatios())
			b.add(r)
		}
	}
	return found
}

func (b *bench) sends(ctx context.Context, note func(name string, target float64, unit string, all *rounds, err error)) {
	all, err := b.outbound(ctx, b.size.sendRounds, b.size.seconds)
	note("outbound : the number's rate", targetOutbound, "/s", all, err)
	free, err := b.stuckNumber(ctx)
	if err == nil {
		all, err = b.outbound(ctx, b.size.sendRounds, b.size.seconds)
		if freeErr := free(); err == nil {
			err = freeErr
		}
	}
	note("outbound beside a number that hangs : the number's rate", targetOutbound, "/s", all, err)
	if err := b.waitUntilIdle(ctx); err != nil {
		say(b.out, "The statuses were not all shown in time: %v", err)
	}
}

// again measures every path once more in other circumstances, and compares the results with those from before. what says the circumstances.
func (b *bench) again(ctx context.Context, before map[string]*row, what string, target float64) {
	size := b.size
	b.size = size.again()
	now := b.paths(ctx, ", "+what)
	b.size = size
	for _, first := range slices.Clone(b.rows) {
		then := now[first.name]
		if then == nil || before[first.name] != first || first.problem != nil || then.problem != nil || first.ratio == 0 || then.ratio == 0 {
			continue
		}
		r := &row{
			name: what + " : without, " + first.name, ratio: then.ratio / first.ratio, target: target,
			base: first.result(), ours: then.result(), baseCost: first.oursCost, oursCost: then.oursCost,
		}
		if first.atMost {
			r.ratio = first.ratio / then.ratio // so that more is always better
		}
		b.add(r)
	}
}

// manyConversations with so many messages each are a million messages.
const (
	manyConversations = 100_000
	messagesEach      = 10
)

// loadMany writes a million messages into the database.
func (b *bench) loadMany(ctx context.Context) error {
	begin := time.Now()
	room := &model.Config{TeamSettings: model.TeamSettings{MaxChannelsPerTeam: model.NewPointer[int64](10 * manyConversations)}}
	if _, _, err := b.Admin().PatchConfig(ctx, room); err != nil {
		return errors.Wrap(err, "cannot let the team have more channels")
	}
	load := conversationsLoad{
		account: b.Account.ID, queue: b.Queue.ID, team: b.Env.Team.ID, template: b.Positional.ID,
		prefix: "many", conversations: manyConversations, messages: messagesEach,
	}
	if err := load.run(ctx, b.Env.DB()); err != nil {
		return err
	}
	say(b.out, "Loaded %d conversations in %s. Bytes of a row, with its part of the indexes:", manyConversations, time.Since(begin).Round(time.Second))
	return b.tables(ctx)
}

// tables prints what a row of each large table takes on disk.
func (b *bench) tables(ctx context.Context) error {
	rows, err := b.Env.DB().QueryContext(ctx, `SELECT relname, reltuples::bigint, (pg_total_relation_size(oid) / reltuples)::bigint, (pg_indexes_size(oid) / reltuples)::bigint
		FROM pg_class WHERE relname LIKE 'waa\_%' AND relkind = 'r' AND reltuples > 10000 ORDER BY pg_total_relation_size(oid) DESC`)
	if err != nil {
		return errors.Wrap(err, "cannot read the sizes of the tables")
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		var count, each, indexes int64
		if err := rows.Scan(&name, &count, &each, &indexes); err != nil {
			return errors.Wrap(err, "cannot read the sizes of the tables")
		}
		say(b.out, "  %s: %d rows, %d bytes, of these %d in indexes", name, count, each, indexes)
	}
	return errors.Wrap(rows.Err(), "cannot read the sizes of the tables")
}
