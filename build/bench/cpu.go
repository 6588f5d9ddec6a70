//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// cost is the processor time that something took, in milliseconds, and what PostgreSQL wrote to its log for it. It hardly depends on what
// else the machine does, so it holds where rates do not.
type cost struct {
	server   float64 // Mattermost
	plugins  float64 // ours and the empty ones
	postgres float64 // all its processes, those that have ended included
	wal      float64 // bytes
}

func (c cost) total() float64 { return c.server + c.plugins + c.postgres }

func (c cost) plus(d cost) cost {
	return cost{c.server + d.server, c.plugins + d.plugins, c.postgres + d.postgres, c.wal + d.wal}
}

func (c cost) over(n int) cost {
	each := float64(n)
	return cost{c.server / each, c.plugins / each, c.postgres / each, c.wal / each}
}

// String writes the cost as "total = server + plugins + PostgreSQL", or "" if it was not measured.
func (c cost) String() string {
	if c.total() == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f = %.2f + %.2f + %.2f", c.total(), c.server, c.plugins, c.postgres)
}

// logged writes how much PostgreSQL wrote to its log, or "" if that was not measured.
func (c cost) logged() string {
	if c.wal == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f kB", c.wal/1000)
}

// medianCost returns the medians of the parts.
func medianCost(costs []cost) cost {
	of := func(part func(cost) float64) float64 {
		values := make([]float64, len(costs))
		for i, c := range costs {
			values[i] = part(c)
		}
		return median(values)
	}
	return cost{
		of(func(c cost) float64 { return c.server }), of(func(c cost) float64 { return c.plugins }), of(func(c cost) float64 { return c.postgres }),
		of(func(c cost) float64 { return c.wal }),
	}
}

// meter reads the processor time of all that works on a message.
type meter struct {
	env        *testenv.Env
	backend    int // PostgreSQL's process that serves the benchmark itself, which does not count
	postmaster int // PostgreSQL's first process; 0 if it is on another machine

	// settle waits for what a piece of work leaves to be done later, which its cost includes; nil = nothing is waited for.
	settle func(ctx context.Context) error
}

// newMeter limits the benchmark to one connection, so that it knows the process behind it.
func newMeter(ctx context.Context, env *testenv.Env) (*meter, error) {
	m := &meter{env: env}
	env.DB().SetMaxOpenConns(1)
	if err := env.DB().QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&m.backend); err != nil {
		return nil, errors.Wrap(err, "cannot find PostgreSQL's process")
	}
	if p, err := readProcess(m.backend); err == nil && strings.HasPrefix(p.name, "postgres") {
		m.postmaster = p.parent
	}
	return m, nil
}

// read returns the time spent so far. Only differences mean something, and only while no plugin is switched on or off. On a system without
// /proc it returns 0.
func (m *meter) read(ctx context.Context) cost {
	var spent cost
	if err := m.env.DB().QueryRowContext(ctx, "SELECT pg_current_wal_insert_lsn() - '0/0'").Scan(&spent.wal); err != nil {
		return cost{}
	}
	server, err := m.env.ServerPID(0)
	if err != nil {
		return cost{}
	}
	processes, err := allProcesses()
	if err != nil {
		return cost{}
	}
	for pid, p := range processes {
		switch {
		case pid == server:
			spent.server += p.own
		case p.parent == server:
			spent.plugins += p.own
		case m.postmaster != 0 && pid == m.postmaster:
			spent.postgres += p.own + p.ended
		case m.postmaster != 0 && p.parent == m.postmaster && pid != m.backend:
			spent.postgres += p.own
		}
	}
	return spent
}

// during returns what one unit of a piece of work cost that consists of n.
func (m *meter) during(ctx context.Context, n int, do func() (float64, error)) (measured, error) {
	before := m.read(ctx)
	value, err := do()
	if err == nil && m.settle != nil {
		err = m.settle(ctx)
	}
	after := m.read(ctx)
	return measured{value: value, cost: after.plus(before.over(-1)).over(n)}, err
}

// process is what /proc tells of a process.
type process struct {
	name       string
	parent     int
	own, ended float64 // milliseconds of processor time: its own, and of its children that have ended
}

// tick is the unit of the times in /proc in milliseconds, which is the same on all systems.
const tick = 10

// readProcess reads /proc/PID/stat.
func readProcess(pid int) (*process, error) {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return nil, errors.Wrap(err, "the process is gone")
	}
	// The format is "pid (name) state parent ...". The name may contain any character, including a closing bracket.
	text := string(stat)
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return nil, errors.New("the process cannot be read")
	}
	fields := strings.Fields(text[end+1:])
	const parent, userTime, systemTime, endedUserTime, endedSystemTime = 1, 11, 12, 13, 14
	if len(fields) <= endedSystemTime {
		return nil, errors.New("the process cannot be read")
	}
	number := func(field int) float64 {
		value, _ := strconv.ParseFloat(fields[field], 64) // the kernel writes numbers
		return value
	}
	return &process{
		name: text[open+1 : end], parent: int(number(parent)),
		own: tick * (number(userTime) + number(systemTime)), ended: tick * (number(endedUserTime) + number(endedSystemTime)),
	}, nil
}

// allProcesses reads all processes of the machine.
func allProcesses() (map[int]*process, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, errors.Wrap(err, "cannot list the processes")
	}
	found := map[int]*process{}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if p, err := readProcess(pid); err == nil {
			found[pid] = p
		}
	}
	return found, nil
}
