package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// play is a script while it is played.
type play struct {
	ctx    context.Context
	world  *World
	script Script
	story  *Story
	record record
	lives  []*life
	spent  string
	stage
}

// life is one customer and what the people around it know: with whom they speak, and where.
type life struct {
	n      int
	phone  *cloudapi.Phone
	number int // which of the business numbers the customer writes to

	mu            sync.Mutex
	said          int      // how many texts and names were made up so far
	conversations []string // ids, the newest last
	channels      map[string]string
	contact       string // its id, as it was read last
	queue         string // a queue of its own, while there is one
	putOff        string // the id of the last start that was put off
	erased        bool
	hidesNumber   bool // webhooks name the customer by a BSUID only
}

// stage is what every world has before the lives begin.
type stage struct {
	admin   string   // user id
	agents  []string // user ids; the first supervises all queues
	names   map[string]string
	team    string
	numbers []number
	held    bool // webhooks are held back
	told    bool // other software is told of everything
}

// number is a business number with what belongs to it.
type number struct {
	meta      cloudapi.Number
	account   string
	token     string
	queues    []string
	channels  []string
	utility   string // template ids
	marketing string
	plan      string
}

// run plays a script in the world and returns what the checker found.
func (p *play) run(s Script) []Violation {
	p.script = s
	woke := p.world.Steps()
	if err := p.set(); err != nil {
		return []Violation{{Rule: "setup", Life: everybodys, Text: err.Error()}}
	}
	ready := p.world.Steps()
	p.world.Trace.Note("the lives begin")
	for i := range s.Lives {
		p.lives = append(p.lives, p.born(i))
	}
	if s.Faults {
		rates := Ordinary()
		rates.Hold = p.script.Hold
		p.world.Fail(rates)
	}
	for _, act := range s.Acts {
		p.steps(act.Steps)
		do := repertoire[act.Do]
		l := &life{n: everybodys}
		if act.Life >= 0 && act.Life < len(p.lives) {
			l = p.lives[act.Life]
		}
		if do != nil {
			do(p, l, newRand(act.Seed))
		}
		p.watch()
	}
	p.steps(200)
	p.world.Trace.Note("the lives end")
	lived := p.world.Steps()
	p.makeWhole()
	if err := p.world.Calm(p.ctx); err != nil {
		p.record.violate("stuck", everybodys, "the world does not calm down: %v", err)
	}
	p.watch()
	calmed := p.world.Steps()
	p.check()
	p.spent = fmt.Sprintf("%d until all nodes were up, %d to set the world up, %d of the lives, %d until it was calm, %d of the checker", woke, ready-woke, lived-ready, calmed-lived, p.world.Steps()-calmed)
	return p.record.violations
}

func (p *play) steps(n int) {
	for range n {
		if !p.world.Step() {
			return
		}
	}
}

// born makes the customer of a life. Some have a number without its ninth digit at Meta,
// some hide their BSUID, and a few their number.
func (p *play) born(n int) *life {
	r := newRand(p.script.Seed + uint64(n))
	l := &life{n: n, number: r.IntN(len(p.numbers)), channels: map[string]string{}}
	l.phone = p.world.Meta.AddCustomer(cloudapi.Customer{
		Number: fmt.Sprintf("55119%08d", 60_000_000+1000*n), Name: fmt.Sprintf("perfil %s", letters(n)), DropNinthDigit: r.IntN(3) == 0, HideBSUID: r.IntN(4) == 0,
	})
	if r.IntN(8) == 0 { // known by a user name only, until the number is shared
		l.hidesNumber = true
		l.phone.Configure(func(c *cloudapi.Customer) { c.HideNumber, c.HideBSUID = true, false })
	}
	p.record.numbers.add(n, l.phone.Customer())
	return l
}

// letters writes a number in letters, for names in which a digit would be taken for a phone's.
func letters(n int) string {
	text := ""
	for n += 26; n > 0; n /= 26 {
		text = string(rune('a'+n%26)) + text
	}
	return text
}

// token makes up words by which a text of a life's is found again.
func (l *life) token(who string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said++
	return fmt.Sprintf("%s%dx%dx", who, l.n, l.said)
}

// learn remembers a conversation of the life's.
func (l *life) learn(c scenario.Conversation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.channels[c.ID]; !known {
		l.conversations = append(l.conversations, c.ID)
	}
	if c.ChannelID != "" || l.channels[c.ID] == "" {
		l.channels[c.ID] = c.ChannelID
	}
	if c.Contact.ID != "" {
		l.contact = c.Contact.ID
	}
}

// node is some node of the world's.
func (p *play) node(r *rand.Rand) *Node { return p.world.Nodes[r.IntN(len(p.world.Nodes))] }

// ask makes a request as a task of the world's and calls then with what is answered.
func (p *play) ask(l *life, r *rand.Rand, userID, what, method, path string, body any, then func(status int, answer []byte)) {
	n := p.node(r)
	p.story.Note(l.n, "%s on node %s: %s", p.names[userID], n.Name, what)
	p.world.Go(what, n, func(ctx context.Context) {
		began := p.world.Now()
		status, answer := n.Request(ctx, userID, method, "/api/v1"+path, body)
		p.story.Note(l.n, "  %s, asked at %s: %d %s", what, began.Format("15:04:05.000"), status, outcome(status, answer))
		p.record.asked(asked{life: l.n, user: userID, method: method, path: path, began: began, at: p.world.Now(), status: status})
		if then != nil {
			then(status, answer)
		}
	})
}

// outcome is what matters of an answer, for the story.
func outcome(status int, answer []byte) string {
	var said struct {
		ID    string `json:"id"`
		State string `json:"state"`
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	_ = json.Unmarshal(answer, &said)
	if status >= http.StatusBadRequest {
		return said.Error.Code
	}
	return said.ID + " " + said.State
}

// settleFor lets everything that was begun go on for a while of simulated time.
func (p *play) settleFor(d time.Duration) {
	if err := p.world.Settle(p.ctx, d); err != nil {
		p.story.Note(everybodys, "not all has settled: %v", err)
	}
}
