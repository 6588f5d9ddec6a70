package simulation

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// Violation is a rule of the contract's that did not hold.
type Violation struct {
	Rule string // lost, twice, order, lock, closed, whom, one, ticks, money, stuck, audit, erased, name, queue, early, closing, claim, panic, events
	Life int    // everybodys if it concerns none in particular
	Text string
}

func (v Violation) String() string { return fmt.Sprintf("%s (life %d): %s", v.Rule, v.Life, v.Text) }

// record is what the lives saw with their own eyes and no table tells afterwards.
type record struct {
	mu         sync.Mutex
	violations []Violation
	numbers    knownNumbers
	spans      map[string][]span    // when something must not leave, by what it is about
	allowed    map[string]time.Time // when that was ended last
	requests   []asked              // what was asked of the plugin
	starts     []started            // each start and what came of it
	posted     map[string]time.Time // when a post stood in Mattermost, by its id
	ticks      map[string]string    // what posts showed last
	watched    int64                // when that was looked at last, milliseconds since epoch
	opened     map[string][]time.Time
	erasures   map[int]time.Time // when lives were erased
	merges     [][2]int          // lives that may have become one person
	later      []*putOff         // starts that were put off
	consents   []wordOnConsent   // in the order in which they were said
	leaps      []leap            // of time, in their order
	reasons    []*closingReason  // for which conversations may be closed
	closings   []closedFor       // closes with such a reason
	laterTexts []laterText       // texts that were put off
	replies    []string          // tokens of the quick replies that were not refused
	departures []departed        // in their order
}

// asked is one request over REST.
type asked struct {
	life         int
	user         string
	method, path string
	began, at    time.Time
	status       int
}

// started is a start of a conversation, or another template.
type started struct {
	life      int
	token     string // in the template's text
	name, cpf string // what it said of its customer
	marketing bool
	status    int // of the answer; 0 = there was none
	code      string
	began, at time.Time
}

// span is a time in which something must not leave: from when the act that forbids it was answered.
type span struct{ asked, from, until time.Time }

func newRecord() record {
	return record{spans: map[string][]span{}, allowed: map[string]time.Time{}, posted: map[string]time.Time{}, ticks: map[string]string{}, opened: map[string][]time.Time{}, erasures: map[int]time.Time{}}
}

func (r *record) violate(rule string, life int, format string, values ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v := Violation{Rule: rule, Life: life, Text: fmt.Sprintf(format, values...)}
	if !slices.Contains(r.violations, v) {
		r.violations = append(r.violations, v)
	}
}

func (r *record) asked(a asked) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, a)
}

func (r *record) start(s started) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.starts = append(r.starts, s)
}

// forbid begins a span, unless one is under way, or something that was asked for meanwhile may
// have ended it. asked is when the act began that forbids.
func (r *record) forbid(what string, asked, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	spans := r.spans[what]
	if len(spans) > 0 && spans[len(spans)-1].until.IsZero() || !r.allowed[what].Before(asked) {
		return
	}
	r.spans[what] = append(spans, span{asked: asked, from: now})
}

// allow ends the span that is under way.
func (r *record) allow(what string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.allowed[what] = now
	if spans := r.spans[what]; len(spans) > 0 && spans[len(spans)-1].until.IsZero() {
		spans[len(spans)-1].until = now
	}
}

// forbidden returns the span that a moment lies in, and not only just.
func (r *record) forbidden(what string, at time.Time, grace time.Duration) (s span, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.spans[what] {
		if at.After(s.from.Add(grace)) && (s.until.IsZero() || at.Before(s.until)) {
			return s, true
		}
	}
	return span{}, false
}

func (r *record) stood(postID string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.posted[postID] = at
}

// opens notes that a customer wrote to a number, which opens Meta's window.
func (r *record) opens(numberID, customer string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := numberID + " " + canonical(customer)
	r.opened[key] = append(r.opened[key], at)
}

// open reports whether Meta's window between a number and a customer was open at a moment.
func (r *record) open(numberID, customer string, at time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, opened := range r.opened[numberID+" "+canonical(customer)] {
		if !opened.After(at) && at.Sub(opened) < 24*time.Hour+clockSlack {
			return true
		}
	}
	return false
}

// clockSlack is how wrong the clock of a node may be.
const clockSlack = 2 * time.Minute

// knownNumbers are the numbers and BSUIDs by which Meta knows or knew the customers.
type knownNumbers struct {
	mu    sync.Mutex
	lives map[string]int    // by canonical number or BSUID
	phone map[string]string // number by BSUID
}

func (k *knownNumbers) add(life int, c cloudapi.Customer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.lives == nil {
		k.lives, k.phone = map[string]int{}, map[string]string{}
	}
	k.lives[canonical(c.Number)], k.lives[c.BSUID] = life, life
	k.phone[c.BSUID] = canonical(c.Number)
}

// of returns whose number or BSUID something is.
func (k *knownNumbers) of(address string) (life int, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	life, ok = k.lives[address]
	if !ok {
		life, ok = k.lives[canonical(address)]
	}
	return life, ok
}

// count returns how many numbers a life had.
func (k *knownNumbers) count(life int) int { return len(k.all(life)) }

// all returns the numbers that a life had.
func (k *knownNumbers) all(life int) (numbers []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, number := range k.phone {
		if k.lives[number] == life {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// number returns the number behind a number or a BSUID.
func (k *knownNumbers) number(address string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if number, ok := k.phone[address]; ok {
		return number
	}
	return canonical(address)
}

// canonical is a number in the one form that stands for the person: digits, with Brazil's ninth.
func canonical(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	if len(digits) == 12 && strings.HasPrefix(digits, "55") {
		return digits[:4] + "9" + digits[4:]
	}
	return digits
}

func (r *record) merge(a, b int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.merges = append(r.merges, [2]int{a, b})
}

// samePerson reports whether two lives may have become one person.
func (r *record) samePerson(a, b int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	same := map[int]bool{a: true}
	for range r.merges { // each merge may reach one further
		for _, m := range r.merges {
			if same[m[0]] || same[m[1]] {
				same[m[0]], same[m[1]] = true, true
			}
		}
	}
	return same[b]
}

func (r *record) erased(life int, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.erasures[life] = at
}

// wasErased reports whether the person of a life, or one that it was merged with, was erased.
func (r *record) wasErased(life int) bool {
	r.mu.Lock()
	erased := make([]int, 0, len(r.erasures))
	for other := range r.erasures {
		erased = append(erased, other)
	}
	r.mu.Unlock()
	for _, other := range erased {
		if r.samePerson(life, other) {
			return true
		}
	}
	return false
}

// mergesOf lists the merges that a life was named in.
func (r *record) mergesOf(life int) [][2]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found [][2]int
	for _, m := range r.merges {
		if m[0] == life || m[1] == life {
			found = append(found, m)
		}
	}
	return found
}

// erasedWell reports whether an erasure of a life was answered as done.
func (r *record) erasedWell(life int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.requests {
		if a.life == life && a.method == "DELETE" && a.status == 200 && len(a.path) > 10 && a.path[:10] == "/contacts/" {
			return true
		}
	}
	return false
}
