//go:build unix

package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// row is one line of the table.
type row struct {
	name    string
	ratio   float64 // the number that the target applies to
	target  float64
	atMost  bool // the target is a maximum
	unit    string
	base    string // what the result is compared with
	ours    string
	problem error // why it could not be measured
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
	case r.reached():
		return "ok"
	case r.atMost:
		return "above"
	default:
		return "below"
	}
}

// printTable prints the results, with the ratios in the last columns.
func printTable(out io.Writer, rows []*row) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	write := func(format string, args ...any) {
		_, _ = fmt.Fprintf(table, format, args...) // if printing fails, nobody can read the table anyway
	}
	write("\npath\tbaseline\tthe plugin\tratio\ttarget\t\n")
	for _, r := range rows {
		relation, measured := "≥", fmt.Sprintf("%.3g%s", r.ratio, r.unit)
		if r.atMost {
			relation = "≤"
		}
		if r.problem != nil {
			measured = "-"
		}
		write("%s\t%s\t%s\t%s\t%s %g%s\t%s\n", r.name, r.base, r.ours, measured, relation, r.target, r.unit, r.verdict())
	}
	_ = table.Flush()
	for _, r := range rows {
		if r.problem != nil {
			_, _ = fmt.Fprintf(out, "%s: %v\n", r.name, r.problem)
		}
	}
}
