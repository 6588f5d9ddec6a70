package simulation

import (
	"slices"
	"testing"
	"time"
)

// Shrink leaves out of a failing script what it can do without and still break the same
// rule: faults, lives, acts. It ends after so much real time with the smallest script so far.
func Shrink(t *testing.T, failed *Result, patience time.Duration) *Result {
	t.Helper()
	s := &shrinking{t: t, best: failed, rule: failed.Violations[0].Rule, until: time.Now().Add(patience)}
	calm := s.best.Script
	calm.Faults = false
	s.try(calm)
	if life := failed.Violations[0].Life; life != everybodys {
		s.keep(func(a Act) bool { return a.Life == life || a.Life == everybodys })
		s.keep(func(a Act) bool { return a.Life == life })
	}
	for life := range failed.Script.Lives {
		s.keep(func(a Act) bool { return a.Life != life })
	}
	s.keep(func(a Act) bool { return a.Life != everybodys })
	for size := len(s.best.Script.Acts) / 2; size > 0; size /= 2 {
		for from := len(s.best.Script.Acts) - size; from >= 0; from -= size {
			smaller := s.best.Script
			smaller.Acts = slices.Delete(slices.Clone(smaller.Acts), from, min(from+size, len(smaller.Acts)))
			s.try(smaller)
			from = min(from, len(s.best.Script.Acts))
		}
	}
	return s.best
}

type shrinking struct {
	t     *testing.T
	best  *Result
	rule  string
	until time.Time
}

// keep tries the script with only some of its acts.
func (s *shrinking) keep(wanted func(Act) bool) {
	smaller := s.best.Script
	smaller.Acts = nil
	for _, a := range s.best.Script.Acts {
		if wanted(a) {
			smaller.Acts = append(smaller.Acts, a)
		}
	}
	if len(smaller.Acts) < len(s.best.Script.Acts) {
		s.try(smaller)
	}
}

// try plays a smaller script and takes it if it still breaks the rule.
func (s *shrinking) try(smaller Script) {
	if time.Now().After(s.until) || len(smaller.Acts) == 0 {
		return
	}
	r := Play(s.t, smaller)
	if slices.ContainsFunc(r.Violations, func(v Violation) bool { return v.Rule == s.rule }) {
		s.best = r
		s.t.Logf("shrunk to %d acts", len(smaller.Acts))
	}
}
