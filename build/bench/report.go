//go:build unix

package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// row is one line of the table.
type row struct {
	name      string
	ratio     float64 // the number that the target applies to
	low, high float64 // the smallest and the largest of the rounds; both 0 if there was only one
	target    float64 // 0 if there is none
	atMost    bool    // the target is a maximum
	unit      string
	base      string // what the result is compared with
	ours      string
	baseCost  cost // of one message
	oursCost  cost
	problem   error // why it could not be measured
}

// newRow makes a row of rounds. Where the unit is " ms", less is better.
func newRow(name string, target float64, unit string, all *rounds, err error) *row {
	r := &row{name: name, target: target, problem: err}
	format := "%.0f%s"
	if unit == " ms" {
		r.atMost, r.unit, format = true, "×", "%.1f%s"
	}
	if all != nil && len(all.ratios) > 0 {
		r.ratio, r.baseCost, r.oursCost = median(all.ratios), medianCost(all.baseCost), medianCost(all.oursCost)
		r.base, r.ours = fmt.Sprintf(format, median(all.base), unit), fmt.Sprintf(format, median(all.ours), unit)
		r.spread(all.ratios)
	}
	return r
}

// spread notes the smallest and the largest value of the rounds.
func (r *row) spread(values []float64) {
	if len(values) > 1 {
		r.low, r.high = slices.Min(values), slices.Max(values)
	}
}

func (r *row) reached() bool {
	if r.atMost {
		return r.ratio <= r.target
	}
	return r.ratio >= r.target
}

// verdict says whether the target is reached.
func (r *row) verdict() string {
	switch {
	case r.problem != nil:
		return "not measured"
	case r.target == 0:
		return ""
	case r.reached():
		return "ok"
	case r.atMost:
		return "above"
	default:
		return "below"
	}
}

// goal writes the target.
func (r *row) goal() string {
	switch {
	case r.target == 0:
		return ""
	case r.atMost:
		return fmt.Sprintf("≤ %g%s", r.target, r.unit)
	default:
		return fmt.Sprintf("≥ %g%s", r.target, r.unit)
	}
}

// result writes the number that the target applies to.
func (r *row) result() string {
	if r.problem != nil {
		return "-"
	}
	return fmt.Sprintf("%.3g%s", r.ratio, r.unit)
}

// between writes between what the rounds lay.
func (r *row) between() string {
	if r.low == 0 && r.high == 0 {
		return ""
	}
	return fmt.Sprintf("%.3g–%.3g", r.low, r.high)
}

// printTable prints the results.
func printTable(out io.Writer, rows []*row) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	write := func(format string, args ...any) {
		_, _ = fmt.Fprintf(table, format, args...) // if printing fails, nobody can read the table anyway
	}
	write("\npath\tfloor\tthe plugin\tratio\trounds\ttarget\t\tCPU of the floor\tCPU of the plugin\tWAL\n")
	for _, r := range rows {
		write("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			r.name, r.base, r.ours, r.result(), r.between(), r.goal(), r.verdict(), r.baseCost, r.oursCost, r.oursCost.logged())
	}
	_ = table.Flush()
	_, _ = fmt.Fprintln(out, "CPU: milliseconds per message, total = Mattermost + plugins + PostgreSQL. WAL: what PostgreSQL wrote to its log per message, Mattermost's part included.")
	for _, r := range rows {
		if r.problem != nil {
			_, _ = fmt.Fprintf(out, "%s: %v\n", r.name, r.problem)
		}
	}
}
