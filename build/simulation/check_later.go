package simulation

import (
	"slices"
	"strings"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// scheduledStart is a start that was put off, as the REST API shows it.
type scheduledStart struct {
	ID             string `json:"id"`
	OwnerID        string `json:"owner_id"`
	Status         string `json:"status"`
	Reason         string `json:"reason"`
	ConversationID string `json:"conversation_id"`
}

// checkLater: a start that was put off leaves once or fails and its owner is told, never before it is due, and not at all after
// its cancelling was answered.
func (p *play) checkLater(f *facts) {
	if len(p.record.later) == 0 {
		return
	}
	all, err := readAll[scheduledStart](p, "/scheduled")
	if err != nil {
		p.record.violate("checker", everybodys, "cannot read what is scheduled: %v", err)
		return
	}
	now := map[string]*scheduledStart{}
	for i := range all {
		now[all[i].ID] = &all[i]
	}
	for _, s := range p.record.later {
		sends, is := f.sendsOf(s.token), now[s.id]
		taken := slices.ContainsFunc(sends, func(m cloudapi.Message) bool { return m.Status != cloudapi.StatusFailed })
		for i := range sends {
			if at := f.leftAt(&sends[i]); at.Before(s.due.Add(-clockSlack)) {
				p.record.violate("early", s.life, "the start %s, put off to %s, left at %s", s.token, s.due.UTC().Format("02 15:04:05"), at.UTC().Format("02 15:04:05"))
			}
		}
		if s.cancelled && len(sends) > 0 {
			p.record.violate("lock", s.life, "the start %s was cancelled, and Meta has it", s.token)
		}
		if n := p.audited(s.id); s.cancelled && n < 2 { // that it was put off is the other one
			p.record.violate("audit", s.life, "the start %s was cancelled, and the audit has %d rows of it", s.token, n)
		}
		switch {
		case is == nil:
			if !p.record.wasErased(s.life) && p.world.Now().Before(s.due.Add(13*24*time.Hour)) {
				p.record.violate("lost", s.life, "the start %s, put off to %s, is nowhere", s.token, s.due.UTC().Format("02 15:04:05"))
			}
		case (is.Status == "scheduled" || is.Status == "sending") && s.due.Add(clockSlack).Before(p.world.Now()):
			p.record.violate("stuck", s.life, "the start %s, put off to %s, is %s; Meta has it %d times", s.token, s.due.UTC().Format("02 15:04:05"), is.Status, len(sends))
		case is.Status == "cancelled" && len(sends) > 0:
			p.record.violate("lock", s.life, "the start %s is cancelled, and Meta has it", s.token)
		case is.Status == "failed" && taken:
			p.record.violate("lock", s.life, "the start %s failed (%s), and Meta has it as good", s.token, is.Reason)
		case is.Status == "failed" && !f.toldOf(is.OwnerID, is.ID) && !p.record.wasErased(s.life):
			p.record.violate("lost", s.life, "the start %s failed (%s), and its owner was not told", s.token, is.Reason)
		}
	}
}

// audited counts the audit's rows about something.
func (p *play) audited(id string) (n int) {
	if err := p.world.DB.QueryRowContext(p.ctx, `SELECT count(*) FROM waa_audit WHERE object_id = $1`, id).Scan(&n); err != nil {
		p.record.violate("checker", everybodys, "cannot read the audit: %v", err)
	}
	return n
}

// toldOf reports whether somebody got a direct message about something.
func (f *facts) toldOf(userID, id string) bool {
	return slices.ContainsFunc(f.posts, func(post seenPost) bool {
		return f.channels[post.ChannelID].Type == "D" && strings.Contains(f.channels[post.ChannelID].Name, userID) && strings.Contains(post.prop(propEvent), id) && f.bots[post.UserID]
	})
}

// checkConsent: no template leaves for somebody who has opted out.
func (p *play) checkConsent(f *facts) {
	for id, at := range f.optedOut {
		p.record.violate("lock", p.lifeOf(f.textOf(id)), "the template %s %q was let go at %s, when its person had opted out", id, f.textOf(id), at.UTC().Format("02 15:04:05.000"))
	}
	for i := range f.sends {
		m := &f.sends[i]
		life, at := p.lifeOf(m.Text), f.leftAt(m)
		if m.Type != "template" || life == everybodys || p.hidesNumber(life) || p.record.numbers.count(life) > 1 || len(p.record.mergesOf(life)) > 0 {
			continue // it may be another person's word, or another person by now
		}
		if word, ok := p.optedOut(f, life, at); ok {
			p.record.violate("lock", life, "the template %q left at %s, and the customer had opted out at %s (%s)", m.Text, at.UTC().Format("02 15:04:05"), word.at.UTC().Format("02 15:04:05"), word.wamid)
		}
	}
}

// optedOut returns the word by which a life had opted out at a moment, if nobody has said otherwise since.
func (p *play) optedOut(f *facts, life int, at time.Time) (word wordOnConsent, ok bool) {
	for _, w := range p.record.consents { // in the order in which they were said
		stored, known := f.stored[w.wamid]
		switch {
		case w.life != life || w.at.After(at):
		case !w.revokes:
			ok = false
		case known && p.knownAt(stored).Before(at):
			word, ok = w, true
		}
	}
	return word, ok
}

// textOf is what Meta got of a message of ours.
func (f *facts) textOf(messageID string) string {
	for i := range f.sends {
		if f.sends[i].CallbackData == messageID {
			return f.sends[i].Text
		}
	}
	return ""
}
