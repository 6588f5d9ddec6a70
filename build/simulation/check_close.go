package simulation

import (
	"net/http"
	"slices"
	"strings"
)

// closingSaid is why a conversation was closed, as the REST API shows it.
type closingSaid struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Closing *struct {
		ReasonID string `json:"reason_id"`
		Label    string `json:"label"`
		Fields   struct {
			Amount int `json:"valor"`
		} `json:"fields"`
		Note string `json:"note"`
	} `json:"closing"`
}

// checkClosings: nobody closes for a reason that is retired, and a closed conversation says why it was closed, in the words of that moment.
func (p *play) checkClosings(f *facts) {
	if len(p.record.closings) == 0 {
		return
	}
	all, err := readAll[closingSaid](p, "/conversations?state=closed")
	if err != nil {
		p.record.violate("checker", everybodys, "cannot read the closed conversations: %v", err)
		return
	}
	now := map[string]*closingSaid{}
	for i := range all {
		now[all[i].ID] = &all[i]
	}
	for i := range p.record.closings {
		c := &p.record.closings[i]
		if c.gone {
			p.record.violate("closing", c.life, "conversation %s was closed for %s, which had been retired", c.about, c.reason.label)
		}
		is := now[c.about]
		if is == nil || p.closedAgain(c) || f.reopened(c.about, c.asked, p.world.Now()) || p.record.wasErased(c.life) {
			continue
		}
		if is.Closing == nil || is.Closing.ReasonID != c.reason.id || is.Closing.Label != c.reason.label || is.Closing.Fields.Amount != c.amount || is.Closing.Note != c.note {
			p.record.violate("closing", c.life, "conversation %s was closed for %s, %d, %q, and says %+v", c.about, c.reason.label, c.amount, c.note, is.Closing)
		}
	}
}

// closedAgain reports whether somebody else may have closed the conversation of a close after it.
func (p *play) closedAgain(c *closedFor) bool {
	return slices.ContainsFunc(p.record.requests, func(a asked) bool {
		return a.method == http.MethodPost && strings.HasSuffix(a.path, c.about+"/close") && a.at.After(c.at) || a.status == 0 && strings.HasSuffix(a.path, c.about+"/close")
	})
}
