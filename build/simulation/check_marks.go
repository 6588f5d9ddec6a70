package simulation

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// ranks orders what a mark may show: it never goes down.
var ranks = map[string]int{"": 0, "pending": 1, "unknown": 2, "sent": 3, "delivered": 4, "read": 5, "failed": 9, "not_sent": 9}

// watch looks at all marks after each act: none may go backwards.
func (p *play) watch() {
	since := p.record.watched
	p.record.watched = p.world.Now().UnixMilli()
	rows, err := p.world.DB.QueryContext(p.ctx, `SELECT id, message, props ->> 'waa_status' FROM posts WHERE updateat >= $1 AND coalesce(originalid, '') = '' AND props ->> 'waa_status' IS NOT NULL`, since)
	if err != nil {
		p.record.violate("checker", everybodys, "cannot look at the marks: %v", err)
		return
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, message, now string
		if err := rows.Scan(&id, &message, &now); err != nil {
			p.record.violate("checker", everybodys, "cannot look at the marks: %v", err)
			return
		}
		before := p.record.ticks[id]
		p.record.ticks[id] = now
		backwards := ranks[now] < ranks[before] || ranks[before] == 9 && now != before || now == "failed" && (before == "delivered" || before == "read")
		if backwards {
			p.record.violate("ticks", p.lifeOf(message), "the mark of post %s %q went from %s to %s", id, message, before, now)
		}
	}
}

// messageOf tells what the plugin keeps of the message of a post, for the story of a violation. No rule looks at it.
func (p *play) messageOf(postID string) (kept string) {
	if err := p.world.DB.QueryRowContext(p.ctx, "SELECT coalesce(string_agg(row_to_json(m)::text, '; '), 'nothing is kept of it') FROM waa_messages m WHERE m.post_id = $1", postID).Scan(&kept); err != nil {
		return err.Error()
	}
	return kept
}

// checkTicks: what Meta told of a message is what its post shows.
func (p *play) checkTicks(f *facts) {
	for i := range f.posts {
		s := &f.posts[i]
		token, life, ok := f.forCustomer(s)
		if !ok || s.DeleteAt != 0 || len(s.Props) == 0 || p.record.wasErased(life) {
			continue
		}
		sends, shown := f.sendsOf(token), s.prop(propStatus)
		if len(sends) != 1 || shown == "" || shown == "pending" {
			continue // other rules say so
		}
		told, failed := toldOf(&sends[0])
		switch {
		case failed && (told == "delivered" || told == "read"): // whichever came first stands
		case failed && shown != "failed":
			p.record.violate("ticks", life, "post %s %q shows %s, and Meta said that it failed; %s", s.ID, s.Message, shown, p.messageOf(s.ID))
		case !failed && shown != told && told != "":
			p.record.violate("ticks", life, "post %s %q shows %s, and Meta said %s; %s", s.ID, s.Message, shown, told, p.messageOf(s.ID))
		}
	}
}

// toldOf returns the furthest that Meta told of a message, and whether it said that it failed.
func toldOf(m *cloudapi.Message) (told string, failed bool) {
	for _, step := range m.Statuses {
		switch status := step.Status; {
		case status == cloudapi.StatusFailed:
			failed = true
		case status == cloudapi.StatusPlayed:
			told = "read"
		case ranks[status] > ranks[told]:
			told = status
		}
	}
	return told, failed
}

// charge is a line of the ledger.
type charge struct {
	WAMID  string  `json:"wamid"`
	State  string  `json:"state"`
	Amount float64 `json:"amount"`
}

// checkMoney: the ledger says of each message that was delivered what Meta's bill says, and
// nothing of others.
func (p *play) checkMoney(*facts) {
	charges, err := readAll[charge](p, "/ledger?from=0")
	if err != nil {
		p.record.violate("checker", everybodys, "cannot read the ledger: %v", err)
		return
	}
	ledger := map[string]charge{}
	for _, c := range charges {
		if c.WAMID == "" {
			continue // of somebody who was erased, or never sent
		}
		if _, twice := ledger[c.WAMID]; twice {
			p.record.violate("money", everybodys, "%s is in the ledger twice", c.WAMID)
		}
		ledger[c.WAMID] = c
	}
	billed := map[string]bool{}
	for _, line := range p.world.Meta.Bill().Lines {
		billed[line.ID] = true
		life := everybodys
		if whose, ok := p.record.numbers.of(line.Customer); ok {
			life = whose
		}
		c, known := ledger[line.ID]
		switch {
		case !known && p.record.wasErased(life):
		case !known && line.Amount > 0:
			m, _ := p.world.Meta.Message(line.ID)
			p.record.violate("money", life, "%s %q (%s, %s, taken at %s) is billed %v, and is not among the %d of the ledger", line.ID, m.Text, line.Category, m.CallbackData, m.AcceptedAt.UTC().Format("02 15:04:05"), line.Amount, len(charges))
		case known && fmt.Sprintf("%.6f", c.Amount) != fmt.Sprintf("%.6f", line.Amount):
			p.record.violate("money", life, "%s (%s) is billed %v, and the ledger has %v %s", line.ID, line.Category, line.Amount, c.Amount, c.State)
		}
	}
	for wamid, c := range ledger {
		if m, ok := p.world.Meta.Message(wamid); ok && !billed[wamid] && c.State == "billed" {
			p.record.violate("money", p.lifeOf(m.Text), "%s is in the ledger as billed, and Meta did not bill it", wamid)
		}
	}
}

// checkAudit: each act that was answered as done has its row.
func (p *play) checkAudit(*facts) {
	type key struct{ actor, object string }
	rows, err := p.world.DB.QueryContext(p.ctx, `SELECT actor_id, object_id, count(*) FROM waa_audit GROUP BY 1, 2`)
	if err != nil {
		p.record.violate("checker", everybodys, "cannot read the audit: %v", err)
		return
	}
	defer func() { _ = rows.Close() }()
	written := map[key]int{}
	for rows.Next() {
		var k key
		var n int
		if err := rows.Scan(&k.actor, &k.object, &n); err != nil {
			p.record.violate("checker", everybodys, "cannot read the audit: %v", err)
			return
		}
		written[k] = n
	}
	done, example := map[key]int{}, map[key]asked{}
	for _, a := range p.record.requests {
		parts := strings.Split(strings.Trim(a.path, "/"), "/")
		if a.method == http.MethodGet || a.status != http.StatusOK || len(parts) < 2 {
			continue
		}
		switch parts[len(parts)-1] {
		case "note", "reopen", "claim", "transfer", "consent": // a note is a post; the others may find that nothing is to change
			continue
		}
		if parts[0] == "scheduled" { // the same; checkLater asks for those that were cancelled
			continue
		}
		k := key{a.user, parts[1]}
		done[k]++
		example[k] = a
	}
	for k, n := range done {
		if written[k] < n {
			p.record.violate("audit", example[k].life, "%s did %d things with %s, %s %s among them, and the audit has %d", p.names[k.actor], n, k.object, example[k].method, example[k].path, written[k])
		}
	}
}

// checkErased: of a person who was erased and did nothing since, no table of ours has the
// number, the name, the document or a message's id.
func (p *play) checkErased(f *facts) {
	for life, at := range p.record.erasures {
		l := p.lives[life]
		if !p.record.erasedWell(life) || slices.ContainsFunc(l.phone.Sent(), func(m cloudapi.Message) bool { // what came afterwards is a new person's, whenever it was written
			return m.AcceptedAt.After(at.Add(-leaveGrace)) || !f.stored[m.ID].Before(at.Add(-leaveGrace))
		}) {
			continue
		}
		if slices.ContainsFunc(p.record.starts, func(s started) bool { return s.life == life && s.at.After(at) }) || len(p.record.mergesOf(life)) > 0 {
			continue
		}
		words := []string{l.phone.Customer().Number, l.phone.Customer().WaID(), l.phone.Customer().BSUID, l.phone.Customer().Name}
		for _, s := range p.record.starts {
			if s.life == life {
				words = append(words, s.name, s.cpf)
			}
		}
		for _, table := range p.tables() {
			p.checkTable(life, table, words)
		}
	}
}

// tables lists all tables of the plugin's, and those of Mattermost's that hold texts.
func (p *play) tables() []string {
	var tables []string
	if err := p.world.DB.QueryRowContext(p.ctx, `SELECT coalesce(array_agg(tablename::text), '{}') FROM pg_tables WHERE tablename LIKE 'waa\_%' OR tablename IN ('posts', 'channels')`).Scan(pq.Array(&tables)); err != nil {
		p.record.violate("checker", everybodys, "cannot list the tables: %v", err)
	}
	return tables
}

var wamidsIn = regexp.MustCompile(`wamid\.([A-Za-z0-9+/]+=*)`)

func (p *play) checkTable(life int, table string, words []string) {
	rows, err := p.world.DB.QueryContext(p.ctx, `SELECT to_jsonb(t)::text FROM `+pq.QuoteIdentifier(table)+` t`) //nolint:gosec // a quoted name from the catalogue
	if err != nil {
		p.record.violate("checker", everybodys, "cannot read %s: %v", table, err)
		return
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var row string
		if rows.Scan(&row) != nil {
			continue
		}
		if table == "posts" || table == "channels" {
			var stored struct{ DeleteAt int64 }
			if json.Unmarshal([]byte(row), &stored) == nil && stored.DeleteAt != 0 {
				continue // hidden, where the server's settings keep it
			}
		}
		for _, id := range wamidsIn.FindAllStringSubmatch(row, -1) { // an id of Meta's holds the number
			if plain, err := base64.StdEncoding.DecodeString(id[1]); err == nil {
				row += string(plain)
			}
		}
		for _, word := range words {
			if word != "" && strings.Contains(row, word) {
				p.record.violate("erased", life, "%s still has %q of somebody who was erased: %.300s", table, word, row)
				return
			}
		}
	}
}
