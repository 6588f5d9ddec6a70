package simulation

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// Properties and types of posts, as the contract names them.
const (
	propStatus = "waa_status"
	propWAMID  = "waa_wamid"
	propEvent  = "waa_event"
	typeEvent  = "custom_waa_event"
	typeNote   = "custom_waa_note"
)

// forCustomer reports whether a post is an agent's word to the customer of the life it names.
func (f *facts) forCustomer(s *seenPost) (token string, life int, ok bool) {
	if f.byChannel[s.ChannelID] == nil || f.bots[s.UserID] || s.Type != "" {
		return "", 0, false
	}
	if root := f.byID[s.RootID]; root != nil && (root.Type == typeNote || root.Type == typeEvent) {
		return "", 0, false
	}
	return tokenOf(s.Message, "a")
}

// sendsOf lists what Meta took with a token.
func (f *facts) sendsOf(token string) []cloudapi.Message {
	var found []cloudapi.Message
	for _, m := range f.sends {
		if strings.Contains(m.Text+" "+m.Header, token) {
			found = append(found, m)
		}
	}
	return found
}

// checkAgentsPosts: what an agent posted for the customer has reached Meta, or its mark and
// a line in its thread say why not; nothing is pending any more.
func (p *play) checkAgentsPosts(f *facts) {
	for i := range f.posts {
		s := &f.posts[i]
		token, life, ok := f.forCustomer(s)
		if !ok || s.DeleteAt != 0 || p.record.wasErased(life) {
			continue
		}
		sends, shown := f.sendsOf(token), s.prop(propStatus)
		switch shown {
		case "":
			p.record.violate("lost", life, "post %s %q of %s has no mark; Meta has it %d times", s.ID, s.Message, ms(s.CreateAt), len(sends))
		case "pending":
			p.record.violate("stuck", life, "post %s %q is pending for ever; Meta has it %d times", s.ID, s.Message, len(sends))
		case "sent", "delivered", "read":
			if len(sends) == 0 {
				p.record.violate("lost", life, "post %s %q shows %s, and Meta does not have it", s.ID, s.Message, shown)
			}
		case "failed", "unknown", "not_sent":
			if shown == "not_sent" && len(sends) > 0 {
				p.record.violate("lost", life, "post %s %q shows not_sent, and Meta has it", s.ID, s.Message)
			}
			if !slices.ContainsFunc(f.thread(s), func(r *seenPost) bool { return r.Type == typeEvent && f.bots[r.UserID] && r.DeleteAt == 0 }) {
				p.record.violate("lost", life, "post %s %q shows %s, and no line in its thread says why", s.ID, s.Message, shown)
			}
		}
	}
}

// thread lists the posts of the thread that a post is in.
func (f *facts) thread(s *seenPost) []*seenPost {
	if s.RootID != "" {
		return f.threads[s.RootID]
	}
	return f.threads[s.ID]
}

// shown reports whether a message of the customer's has a post of its own.
func hasPost(m *cloudapi.Message) bool {
	switch m.Type {
	case "reaction", "edit", "revoke", "system":
		return false
	}
	return true
}

// checkCustomersMessages: each message of a customer has its post, in the channel of a
// conversation with that person.
func (p *play) checkCustomersMessages(f *facts) {
	shown := map[string][]*seenPost{}
	for i := range f.posts {
		if wamid := f.posts[i].prop(propWAMID); wamid != "" && f.posts[i].DeleteAt == 0 {
			shown[wamid] = append(shown[wamid], &f.posts[i])
		}
	}
	for _, l := range p.lives {
		erased := p.record.wasErased(l.n)
		for _, m := range l.phone.Sent() {
			if !hasPost(&m) {
				continue
			}
			posts := shown[m.ID]
			switch {
			case len(posts) > 0 && !erased && !slices.ContainsFunc(posts, func(s *seenPost) bool { return f.byChannel[s.ChannelID] != nil }):
				p.record.violate("lost", l.n, "the customer's message %s %q of %s stands only where no conversation is: %s", m.ID, m.Text, m.AcceptedAt.Format(time.TimeOnly), ids(posts))
			case len(posts) == 0 && !erased:
				p.record.violate("lost", l.n, "the customer's message %s %q of %s has no post; it was stored at %s", m.ID, m.Text, m.AcceptedAt.Format(time.TimeOnly), f.stored[m.ID].Format(time.TimeOnly))
			case len(posts) > 1:
				p.record.violate("twice", l.n, "the customer's message %s %q stands %d times: %s; %s", m.ID, m.Text, len(posts), ids(posts), p.rowsOf(m.ID))
			}
			for _, s := range posts {
				p.checkWhose(f, l, &m, s)
			}
		}
	}
}

func (p *play) checkWhose(f *facts, l *life, m *cloudapi.Message, s *seenPost) {
	c := f.byChannel[s.ChannelID]
	if c == nil || c.Contact.Phone == "" {
		return
	}
	if whose, known := p.record.numbers.of(strings.TrimPrefix(c.Contact.Phone, "+")); known && !p.record.samePerson(whose, l.n) {
		p.record.violate("whom", l.n, "the customer's message %s %q stands in a conversation with life %d", m.ID, m.Text, whose)
	}
}

func ids(posts []*seenPost) string {
	var list []string
	for _, s := range posts {
		list = append(list, s.ID+" of "+ms(s.CreateAt))
	}
	return strings.Join(list, ", ")
}

// ms writes a time in milliseconds since epoch as a time of the day.
func ms(t int64) string { return time.UnixMilli(t).UTC().Format("02 15:04:05.000") }

// checkTwice: nothing stands or was taken twice.
func (p *play) checkTwice(f *facts) {
	count, callbacks := map[string]int{}, map[string]int{}
	for _, m := range f.sends {
		if m.CallbackData == "" {
			p.record.violate("twice", everybodys, "Meta took %s without biz_opaque_callback_data", m.ID)
			continue
		}
		if callbacks[m.CallbackData]++; callbacks[m.CallbackData] == 2 {
			p.record.violate("twice", p.lifeOf(m.Text), "Meta took the message %s twice: %q", m.CallbackData, m.Text)
		}
		for _, who := range []string{"a", "t"} {
			if token, life, ok := tokenOf(m.Header+" "+m.Text, who); ok && m.Media == nil {
				if count[token]++; count[token] == 2 {
					p.record.violate("twice", life, "Meta took %s twice: %q", token, m.Text)
				}
			}
		}
	}
	events, newest := map[string]*seenPost{}, map[string]string{}
	for i := range f.posts {
		s := &f.posts[i]
		event := s.prop(propEvent)
		if event == "" || s.DeleteAt != 0 {
			continue
		}
		// what was true before may be so again, after something else was
		if other := events[s.ChannelID+" "+event]; other != nil && newest[s.ChannelID] == event && !p.newOccasion(f, event, other, s) {
			p.record.violate("twice", f.lifeOfChannel(p, s.ChannelID), "the bot's line %q (%s) stands twice in %s: %s; the channel showed %s", s.Message, event, s.ChannelID, ids([]*seenPost{other, s}), p.showings(s.ChannelID))
		}
		events[s.ChannelID+" "+event], newest[s.ChannelID] = s, event
	}
}

// newOccasion reports whether a line stands once more because of something new. That the window is open is said again
// when the conversation was opened again in it, or when the customer wrote after Meta had said that it is closed. A conversation's card in its queue's channel stands once more when it
// came back to the queue: somebody did something with it between the two, or it was opened again. The first one's
// number is free again where its maker was not told of it and nobody needed it any more.
func (p *play) newOccasion(f *facts, event string, before, after *seenPost) bool {
	parts := strings.Split(event, ":")
	from, until := time.UnixMilli(before.CreateAt), time.UnixMilli(after.CreateAt)
	if c := f.byChannel[before.ChannelID]; parts[0] == "open" && c != nil {
		return f.reopened(c.ID, from, until) || slices.ContainsFunc(f.saidClosed, func(at time.Time) bool { return at.After(from) && at.Before(until) })
	}
	if parts[0] != "card" || len(parts) != 3 {
		return false
	}
	return f.reopened(parts[1], from, until) || slices.ContainsFunc(p.record.requests, func(a asked) bool {
		return a.method != http.MethodGet && strings.Contains(a.path, parts[1]) && a.began.After(from) && a.began.Before(until)
	})
}

// lifeOfChannel returns the life whose conversation has a channel.
func (f *facts) lifeOfChannel(p *play, channel string) int {
	if c := f.byChannel[channel]; c != nil {
		return p.lifeOfPhone(c)
	}
	return everybodys
}

// lifeOf returns the life that a text belongs to.
func (p *play) lifeOf(text string) int {
	for _, who := range []string{"a", "t", "c", "n"} {
		if _, life, ok := tokenOf(text, who); ok {
			return life
		}
	}
	return everybodys
}

// checkOrderOut: what one channel's agents wrote came to Meta in the order of (CreateAt,
// Id). A later post may only come first if the earlier one did not stand yet.
func (p *play) checkOrderOut(f *facts) {
	type left struct {
		s     *seenPost
		taken int // place among what Meta took
		wamid string
	}
	byChannel := map[string][]left{}
	for i := range f.posts { // they are in the order of (CreateAt, Id)
		s := &f.posts[i]
		token, _, ok := f.forCustomer(s)
		if !ok {
			continue
		}
		at := slices.IndexFunc(f.sends, func(m cloudapi.Message) bool { return strings.Contains(m.Text, token) })
		if at < 0 || s.prop(propStatus) == "unknown" {
			continue
		}
		for _, earlier := range byChannel[s.ChannelID] {
			if earlier.taken < at {
				continue
			}
			stood, known := p.record.posted[earlier.s.ID]
			if came := f.arrived[f.sends[at].ID]; known && stood.Add(orderGrace).Before(came) && f.slow(earlier.wamid, came) {
				p.record.violate("order", p.lifeOf(s.Message), "post %s %q of %s was overtaken by %q of %s, which came to Meta at %s, %s before it", earlier.s.ID, earlier.s.Message, ms(earlier.s.CreateAt), s.Message, ms(s.CreateAt),
					came.UTC().Format("15:04:05.000"), f.arrived[earlier.wamid].Sub(came))
			}
		}
		byChannel[s.ChannelID] = append(byChannel[s.ChannelID], left{s: s, taken: at, wamid: f.sends[at].ID})
	}
}

// orderGrace is how long a post may have stood before it counts as one that a later one
// must not overtake: the clocks of the nodes that made the two may be apart.
const orderGrace = 200 * time.Millisecond

// slow reports whether the earlier one's request had not reached Meta when the later one's came.
func (f *facts) slow(wamid string, came time.Time) bool { return f.arrived[wamid].After(came) }

// checkOrderIn: the posts of a customer's messages to a number stand in the order of Meta's
// timestamps. A later message may only come first if the earlier one was not stored yet, neither when the later one may have
// been nor when its post was made: the answer to a first delivery may have been lost.
func (p *play) checkOrderIn(f *facts) {
	first := map[string]*seenPost{}
	for i := range f.posts {
		if wamid := f.posts[i].prop(propWAMID); wamid != "" && first[wamid] == nil {
			first[wamid] = &f.posts[i]
		}
	}
	grace := time.Second
	if p.script.Faults { // the later one's post may hang
		grace = time.Minute
	}
	for _, l := range p.lives {
		sent := l.phone.Sent()
		if p.record.numbers.count(l.n) > 1 {
			continue // what came from the old number and what from the new one is known to be one person's only afterwards
		}
		if p.record.wasErased(l.n) {
			continue // what was stored is forgotten with the person, and Meta may bring it once more
		}
		for i := range sent {
			for j := range i { // j was sent before i
				a, b := &sent[j], &sent[i]
				pa, pb := first[a.ID], first[b.ID]
				if a.PhoneNumberID != b.PhoneNumberID || !hasPost(a) || !hasPost(b) || pa == nil || pb == nil || pa.CreateAt <= pb.CreateAt {
					continue
				}
				if a.AcceptedAt.Unix() < b.AcceptedAt.Unix() && f.stored[a.ID].Add(grace).Before(f.offered[b.ID]) && f.stored[a.ID].Add(grace).Before(time.UnixMilli(pb.CreateAt)) && pa.ChannelID == pb.ChannelID {
					p.record.violate("order", l.n, "the customer's %q of %s stands at %s, after %q of %s at %s, though it was stored at %s; %s", a.Text, a.AcceptedAt.Format(time.TimeOnly), ms(pa.CreateAt), b.Text, b.AcceptedAt.Format(time.TimeOnly), ms(pb.CreateAt),
						f.stored[a.ID].UTC().Format("02 15:04:05.000"), p.rowsOf(a.ID))
				}
			}
		}
	}
}

// rowsOf tells what the plugin keeps of a customer's message, for the story of a violation. No rule looks at it.
func (p *play) rowsOf(wamid string) (kept string) {
	err := p.world.DB.QueryRowContext(p.ctx, `SELECT coalesce(string_agg(kept, '; '), 'nothing is kept of it') FROM (
		SELECT 'message ' || row_to_json(m)::text AS kept FROM waa_messages m WHERE m.wamid = $1
		UNION ALL SELECT 'job ' || (row_to_json(i)::jsonb - 'payload')::text FROM waa_inbox i WHERE i.dedupe_key = 'm:' || encode(sha256($1::bytea), 'hex')) rows`, wamid).Scan(&kept)
	if err != nil {
		return err.Error()
	}
	return kept
}

// showings tells which states a conversation's channel has shown, for the story of a violation. No rule looks at it.
func (p *play) showings(channelID string) (told string) {
	err := p.world.DB.QueryRowContext(p.ctx, "SELECT coalesce(string_agg(to_char(at, 'DD HH24:MI:SS.MS ') || shown || ' instead of ' || instead_of || ' (' || row || ')', ', ' ORDER BY at), 'none') FROM "+
		clockSchema+".showings WHERE channel_id = $1", channelID).Scan(&told)
	if err != nil {
		return err.Error()
	}
	return told
}
