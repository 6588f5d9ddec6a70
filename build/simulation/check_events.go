package simulation

import "time"

// happened returns when each event that is still kept happened, by its id.
func (p *play) happened() (map[string]time.Time, error) {
	rows, err := p.world.DB.QueryContext(p.ctx, "SELECT id, at FROM waa_events")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	all := map[string]time.Time{}
	for rows.Next() {
		var id string
		var at int64
		if err := rows.Scan(&id, &at); err != nil {
			return nil, err
		}
		all[id] = time.UnixMilli(at)
	}
	return all, rows.Err()
}

// checkEvents: other software is told of everything that it asked for, of each conversation in the order in which it happened, and, where
// nothing fails, of nothing twice. When an event happened is read from the table: the node that tells it may have a clock that is wrong.
func (p *play) checkEvents(f *facts) {
	if !p.told {
		return
	}
	happened, err := p.happened()
	if err != nil {
		p.record.violate("checker", everybodys, "cannot read the events: %v", err)
		return
	}
	taken, newest := map[string]delivery{}, map[string]delivery{}
	told, statuses := map[string]bool{}, map[string]string{}
	for _, d := range p.world.receiver.all() {
		if !d.taken {
			continue
		}
		if before, twice := taken[d.ID]; twice {
			if before.heard && !p.script.Faults {
				p.record.violate("events", everybodys, "the event %s %s came again at %s, after it was taken at %s", d.Type, d.ID, d.cameAt.UTC().Format("02 15:04:05.000"), before.cameAt.UTC().Format("02 15:04:05.000"))
			}
			continue
		}
		taken[d.ID] = d
		if at, known := happened[d.ID]; known && d.Conversation != "" && d.Type != "message.status" && d.Type != "template.failed" { // what becomes of two messages may be written at the same moment
			if n := newest[d.Conversation]; at.Before(happened[n.ID]) {
				p.record.violate("events", everybodys, "of conversation %s the event %s %s of %s came after %s %s of %s", d.Conversation, d.Type, d.ID, at.UTC().Format("02 15:04:05.000"), n.Type, n.ID, happened[n.ID].UTC().Format("02 15:04:05.000"))
			}
			newest[d.Conversation] = d
		}
		switch d.Type {
		case "message.received":
			told[d.WAMID] = true
		case "message.status":
			if ranks[d.Status] < ranks[statuses[d.Message]] {
				p.record.violate("events", everybodys, "the status of message %s was told as %s after %s", d.Message, d.Status, statuses[d.Message])
			}
			statuses[d.Message] = d.Status
		}
	}
	p.checkTold(f, told)
}

// checkTold: what stands in a channel as the customer's was told.
func (p *play) checkTold(f *facts, told map[string]bool) {
	for i := range f.posts {
		s := &f.posts[i]
		wamid, life := s.prop(propWAMID), everybodys
		if c := f.byChannel[s.ChannelID]; c != nil {
			life = p.lifeOfPhone(c)
		}
		if s.prop("waa_kind") != "inbound" || wamid == "" || told[wamid] || s.DeleteAt != 0 || life == everybodys || p.record.wasErased(life) {
			continue
		}
		if said, given := p.deliveriesOf(wamid); !given {
			p.record.violate("events", life, "the receiver was not told of the customer's message %s %q: %s", wamid, s.Message, said)
		}
	}
}

// deliveriesOf says what the tables have of the deliveries of a customer's message, for who looks for the reason, and whether one was given
// up because a day had passed since it was made.
func (p *play) deliveriesOf(wamid string) (said string, givenUp bool) {
	if err := p.world.DB.QueryRowContext(p.ctx, `SELECT coalesce(string_agg(concat_ws(' ', 'stored', m.created_at, 'event', e.at, e.id, 'delivery', d.created_at, d.tries, d.status_code, d.error, d.delivered_at, d.finished_at), '; '), 'no message'),
			EXISTS (SELECT FROM `+clockSchema+`.untold u JOIN waa_messages m ON m.id = u.message_id WHERE m.wamid = $1)
		FROM waa_messages m LEFT JOIN waa_events e ON e.message_id = m.id AND e.type = 'message.received' LEFT JOIN waa_event_deliveries d ON d.event_id = e.id
		WHERE m.wamid = $1`, wamid).Scan(&said, &givenUp); err != nil {
		return err.Error(), false
	}
	return said, givenUp
}
