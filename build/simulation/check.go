package simulation

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// The checker knows the contract and the design, and nothing of the code. It reads what
// an outsider can read: Mattermost's tables, the answers of the REST API, and Meta's log.

// facts is what there is to see when a world has calmed down.
type facts struct {
	posts         []seenPost
	byID          map[string]*seenPost
	threads       map[string][]*seenPost // by root
	byToken       map[string][]*seenPost // what agents posted in the channels of conversations, by its token
	channels      map[string]seenChannel
	conversations []scenario.Conversation
	byChannel     map[string]*scenario.Conversation
	sends         []cloudapi.Message
	arrived       map[string]time.Time    // when a send's request came to Meta, by wamid
	saidClosed    []time.Time             // when Meta said that a window is closed
	left          map[string]time.Time    // when it left its process, by wamid
	reopenings    map[string][]time.Time  // when conversations were opened again
	tooLate       map[string]time.Time    // when messages were let go whose conversation was closed, by their ids
	optedOut      map[string]time.Time    // when templates were let go whose person had opted out, by their messages' ids
	stored        map[string]time.Time    // when the first delivery with a customer's message was answered 200, by wamid
	offered       map[string]time.Time    // when the first delivery with a customer's message was tried, by wamid: it may be stored since then
	preferences   map[string][]preference // what customers said about marketing, by number
	bots          map[string]bool
}

// seenPost is a row of Mattermost's posts.
type seenPost struct {
	ID, ChannelID, UserID, RootID, Message, Type string
	CreateAt, EditAt, DeleteAt                   int64
	Props                                        map[string]any
}

func (s *seenPost) prop(name string) string { text, _ := s.Props[name].(string); return text }

// seenChannel is a row of Mattermost's channels.
type seenChannel struct {
	Name, Type string
	DeleteAt   int64
}

// tokens are the words by which texts of lives are found: who, life, number.
var tokens = regexp.MustCompile(`\b([acetn])(\d+)x(\d+)x`)

// tokenOf finds the first token of a kind in a text.
func tokenOf(text, who string) (token string, life int, ok bool) {
	for _, found := range tokens.FindAllStringSubmatch(text, -1) {
		if found[1] == who {
			life, err := strconv.Atoi(found[2])
			return found[0], life, err == nil
		}
	}
	return "", 0, false
}

// check looks for everything that the contract forbids.
func (p *play) check() {
	f, err := p.look()
	if err != nil {
		p.record.violate("checker", everybodys, "cannot look: %v", err)
		return
	}
	for _, rule := range []func(*facts){
		p.checkAgentsPosts, p.checkCustomersMessages, p.checkTwice, p.checkOrderOut, p.checkOrderIn, p.checkLock, p.checkWhom, p.checkTemplates,
		p.checkTicks, p.checkOpen, p.checkNames, p.checkMoney, p.checkAudit, p.checkErased, p.checkLater, p.checkConsent, p.checkEvents,
		p.checkPostedOnce, p.checkLaterTexts, p.checkClosings, p.checkClaims,
	} {
		rule(f)
	}
	for _, what := range p.world.Panics() {
		p.record.violate("panic", everybodys, "%s", what)
	}
}

// windowClosed is the code by which Meta says that the 24 hours are over, whatever we think.
const windowClosed = 131047

// look reads all facts.
func (p *play) look() (*facts, error) {
	f := &facts{byID: map[string]*seenPost{}, threads: map[string][]*seenPost{}, byToken: map[string][]*seenPost{}, channels: map[string]seenChannel{}, byChannel: map[string]*scenario.Conversation{}, arrived: map[string]time.Time{}, left: p.world.Meta.left(), reopenings: map[string][]time.Time{}, tooLate: map[string]time.Time{}, optedOut: map[string]time.Time{}, stored: map[string]time.Time{}, offered: map[string]time.Time{}, preferences: map[string][]preference{}, bots: map[string]bool{}}
	rows, err := p.world.DB.QueryContext(p.ctx, `SELECT id, channelid, userid, coalesce(rootid, ''), message, type, createat, editat, deleteat, coalesce(props, '{}')::text
		FROM posts WHERE coalesce(originalid, '') = '' ORDER BY createat, id COLLATE "C"`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s seenPost
		var props string
		if err := rows.Scan(&s.ID, &s.ChannelID, &s.UserID, &s.RootID, &s.Message, &s.Type, &s.CreateAt, &s.EditAt, &s.DeleteAt, &props); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(props), &s.Props); err != nil {
			return nil, err
		}
		f.posts = append(f.posts, s)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range f.posts {
		s := &f.posts[i]
		f.byID[s.ID] = s
		if s.RootID != "" {
			f.threads[s.RootID] = append(f.threads[s.RootID], s)
		}
	}
	if err := p.lookAtChannels(f); err != nil {
		return nil, err
	}
	if f.conversations, err = readAll[scenario.Conversation](p, "/conversations"); err != nil {
		return nil, err
	}
	for i := range f.conversations {
		if c := &f.conversations[i]; c.ChannelID != "" {
			f.byChannel[c.ChannelID] = c
		}
	}
	for i := range f.posts {
		s := &f.posts[i]
		if token, _, ok := tokenOf(s.Message, "a"); ok && f.byChannel[s.ChannelID] != nil && !f.bots[s.UserID] {
			f.byToken[token] = append(f.byToken[token], s)
		}
	}
	p.lookAtMeta(f)
	return f, p.lookAtWitness(f)
}

// lookAtWitness reads what was noted in the database while it happened.
func (p *play) lookAtWitness(f *facts) error {
	rows, err := p.world.DB.QueryContext(p.ctx, "SELECT 'reopened', conversation_id, at FROM "+clockSchema+".reopenings UNION ALL SELECT 'closed', message_id, at FROM "+clockSchema+".departures WHERE closed UNION ALL SELECT 'opted out', message_id, at FROM "+clockSchema+".departures WHERE opted_out ORDER BY at")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var what, id string
		var at time.Time
		if err := rows.Scan(&what, &id, &at); err != nil {
			return err
		}
		switch what {
		case "reopened":
			f.reopenings[id] = append(f.reopenings[id], at)
		case "closed":
			f.tooLate[id] = at
		default:
			f.optedOut[id] = at
		}
	}
	return rows.Err()
}

func (p *play) lookAtChannels(f *facts) error {
	rows, err := p.world.DB.QueryContext(p.ctx, `SELECT id, name, type::text, deleteat FROM channels`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		var c seenChannel
		if err := rows.Scan(&id, &c.Name, &c.Type, &c.DeleteAt); err != nil {
			return err
		}
		f.channels[id] = c
	}
	var bots []string
	if err := p.world.DB.QueryRowContext(p.ctx, `SELECT coalesce(array_agg(userid), '{}') FROM bots`).Scan(pq.Array(&bots)); err != nil {
		return err
	}
	for _, id := range bots {
		f.bots[id] = true
	}
	return rows.Err()
}

// lookAtMeta reads what Meta sent and got.
func (p *play) lookAtMeta(f *facts) {
	f.sends = p.world.Meta.Sends()
	for _, r := range p.world.Meta.Requests() {
		if r.MessageID != "" {
			f.arrived[r.MessageID] = r.At
		}
		if r.ErrorCode == windowClosed {
			f.saidClosed = append(f.saidClosed, r.At)
		}
	}
	for i := range f.sends {
		if m := &f.sends[i]; m.ErrorCode == windowClosed {
			f.saidClosed = append(f.saidClosed, m.AcceptedAt)
		}
	}
	for _, d := range p.world.Meta.Webhooks().List() {
		if len(d.Attempts) > 0 {
			p.lookAtDelivery(f, &d)
		}
	}
}

// lookAtDelivery reads what a delivery brings of customers: their messages, and that they stop marketing or resume. A message that is only
// named, as by a reaction to it, is not brought.
func (p *play) lookAtDelivery(f *facts, d *cloudapi.Delivery) {
	offered, stored := d.Attempts[0].At, time.Time{}
	if i := slices.IndexFunc(d.Attempts, func(a cloudapi.Attempt) bool { return a.Status == http.StatusOK }); i >= 0 {
		stored = d.Attempts[i].At
	}
	var delivery struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						ID string `json:"id"`
					} `json:"messages"`
					Preferences []struct {
						WaID      string `json:"wa_id"`
						UserID    string `json:"user_id"`
						Value     string `json:"value"`
						Timestamp int64  `json:"timestamp"`
					} `json:"user_preferences"`
				} `json:"value"`
			} `json:"changes"`
		} `json:"entry"`
	}
	if json.Unmarshal([]byte(d.Body), &delivery) != nil {
		return
	}
	earliest := func(all map[string]time.Time, id string, at time.Time) {
		if before, known := all[id]; !at.IsZero() && (!known || at.Before(before)) {
			all[id] = at
		}
	}
	for _, entry := range delivery.Entry {
		for _, change := range entry.Changes {
			for _, message := range change.Value.Messages {
				earliest(f.offered, message.ID, offered)
				earliest(f.stored, message.ID, stored)
			}
			if stored.IsZero() {
				continue
			}
			for _, said := range change.Value.Preferences {
				address := said.WaID
				if address == "" {
					address = said.UserID
				}
				number := p.record.numbers.number(address)
				f.preferences[number] = append(f.preferences[number], preference{stop: said.Value == "stop", said: time.Unix(said.Timestamp, 0), stored: stored})
			}
		}
	}
}

// readAll reads every page of a list of the REST API as the administrator.
func readAll[T any](p *play, path string) ([]T, error) {
	var all []T
	mark := "?"
	for _, c := range path {
		if c == '?' {
			mark = "&"
		}
	}
	for page := 0; ; page++ {
		var got struct {
			Items []T `json:"items"`
			Total int `json:"total"`
		}
		if err := p.must(http.MethodGet, fmt.Sprintf("%s%spage=%d&per_page=200", path, mark, page), nil, &got); err != nil {
			return nil, err
		}
		all = append(all, got.Items...)
		if len(got.Items) == 0 || len(all) >= got.Total {
			return all, nil
		}
	}
}
