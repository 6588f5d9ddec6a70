package simulation

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// checkClaims: the first claim wins, and another one is refused as long as nothing took the conversation from who had it.
func (p *play) checkClaims(f *facts) {
	won := map[string]asked{}
	for _, a := range p.record.requests { // in the order of their answers
		about, is := strings.CutSuffix(strings.TrimPrefix(a.path, "/conversations/"), "/claim")
		if !is || a.method != http.MethodPost || a.status != http.StatusOK {
			continue
		}
		first, claimed := won[about]
		won[about] = a
		if !claimed || first.user == a.user || p.released(f, about, first.user, first.began, a.at) {
			continue
		}
		p.record.violate("claim", a.life, "%s claimed conversation %s at %s, and %s did at %s, when nobody had given it back", p.names[first.user], about, first.at.UTC().Format("02 15:04:05.000"), p.names[a.user], a.at.UTC().Format("02 15:04:05.000"))
	}
}

// released reports whether something happened between two moments that may have taken a conversation from somebody: it was handed
// on, closed or opened again, they left its channel or were absent, or hours passed in which nobody answered.
func (p *play) released(f *facts, conversation, user string, from, until time.Time) bool {
	within := func(at time.Time) bool { return !at.Before(from) && !at.After(until) }
	return f.reopened(conversation, from, until) ||
		slices.ContainsFunc(p.record.leaps, func(l leap) bool { return within(l.from) }) ||
		slices.ContainsFunc(p.record.departures, func(d departed) bool { return d.user == user && !d.at.After(until) }) ||
		slices.ContainsFunc(p.record.requests, func(a asked) bool {
			parts := strings.Split(strings.Trim(a.path, "/"), "/")
			moves := len(parts) == 3 && parts[1] == conversation && slices.Contains([]string{"transfer", "close", "reopen"}, parts[2])
			moves = moves || a.method == http.MethodDelete && parts[0] == "queues"
			return moves && !a.at.Before(from) && !a.began.After(until)
		})
}
