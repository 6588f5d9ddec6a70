package simulation

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing/synctest"
	"time"
)

// scheduler holds every call through a port until it is its turn.
type scheduler struct {
	rand  *rand.Rand // decides about faults and turns; only the scheduler and one task at a time use it
	trace *Trace
	out   *outside

	mu      sync.Mutex
	faults  FaultRates
	waiting []*call
	stuck   []*stuckCall // in the database, behind somebody's lock
	no      uint64
	late    []*lateHook
	held    []*heldCall

	arrived   chan struct{} // a call came while the scheduler let time pass
	made      atomic.Int64  // steps
	acts      atomic.Int64
	losePosts atomic.Int64           // how many of the next posts are made and their maker is not told
	loseHooks atomic.Int64           // how many of the next posts' hooks never come
	strides   atomic.Bool            // time passes in long strides where nobody waits for anything else
	passing   chan struct{}          // closed when the hours that pass are over; nil while none do
	hurry     chan struct{}          // closed when what takes long must come to its end
	drops     func(*process, string) // ends a process
	locks     *database
}

// call is one call that waits for its turn.
type call struct {
	process *process // nil: of nobody who could be dropped, and it cannot go wrong
	what    string
	no      uint64
	changes bool        // it changes something
	held    bool        // it was held once
	over    atomic.Bool // nobody waits for its turn any more
	turn    chan verdict
}

// verdict is what becomes of a call.
type verdict int

const (
	proceed    verdict = iota
	failBefore         // without its effect
	failAfter          // with its effect
	hang               // until its caller gives up
	gone               // its process is
	expired            // its context has ended while it waited
)

// lateHook is a hook that comes later.
type lateHook struct {
	no   uint64
	run  func()
	what string
}

func newScheduler(seed uint64, faults FaultRates, trace *Trace, out *outside) *scheduler {
	return &scheduler{rand: rand.New(rand.NewPCG(seed, 1)), faults: faults, trace: trace, out: out, arrived: make(chan struct{}, 1), hurry: make(chan struct{})} //nolint:gosec // to be repeatable
}

// pass waits until the call has its turn and returns what becomes of it. changes says whether it changes something. Whose ctx ends meanwhile
// calls whileTimePasses before giving up.
func (s *scheduler) pass(ctx context.Context, p *process, what string, changes bool) verdict {
	c := &call{process: p, what: what, changes: changes, turn: make(chan verdict, 1)}
	var died <-chan struct{}
	if p != nil {
		if p.dead.Load() {
			return gone
		}
		died = p.died
	}
	s.mu.Lock()
	s.no++
	c.no = s.no
	s.waiting = append(s.waiting, c)
	s.mu.Unlock()
	s.tell()
	select {
	case v := <-c.turn:
		return v
	case <-died:
		s.withdraw(c)
		return gone
	case <-ctx.Done():
		s.withdraw(c)
		return expired
	}
}

// tell ends the passing of time: somebody waits for a turn.
func (s *scheduler) tell() {
	select {
	case s.arrived <- struct{}{}:
	default:
	}
}

// whileTimePasses holds who gives up until the hours that pass are over. Otherwise the background loops
// would try again and again, and fail, as often as hours have seconds. Who holds a transaction must not wait here: who rolls it back waits
// for them at a lock, which the bubble does not take for waiting, and no time would pass any more.
func (s *scheduler) whileTimePasses() {
	s.mu.Lock()
	passing := s.passing
	s.mu.Unlock()
	if passing != nil {
		<-passing
	}
}

// leap lets d pass at once; nobody has a turn in it.
func (s *scheduler) leap(d time.Duration) {
	s.mu.Lock()
	s.passing = make(chan struct{})
	s.mu.Unlock()
	time.Sleep(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.passing)
	s.passing = nil
}

func (s *scheduler) withdraw(c *call) {
	c.over.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.waiting, c); i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
	}
}

// chance is true with a probability. It is only asked while one goroutine runs.
func (s *scheduler) chance(p float64) bool {
	if p <= 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rand.Float64() < p
}

func (s *scheduler) rates() FaultRates {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// tick is how often a little time passes though somebody waits.
const tick = 0.04

// step makes one step; it returns false if nobody waited, so that time passed.
func (s *scheduler) step() bool {
	s.made.Add(1)
	for {
		synctest.Wait()
		if s.unstick() || s.endHolds(false) {
			continue
		}
		s.mu.Lock()
		none, stuck := len(s.waiting) == 0, len(s.stuck) > 0
		s.mu.Unlock()
		switch {
		case none && stuck:
			if s.endHolds(true) || s.giveTime() {
				continue
			}
			s.await(time.Second)
			return false
		case none:
			s.idle()
			return false
		case s.chance(tick):
			time.Sleep(s.someTime(20 * time.Millisecond))
			return true
		}
		s.turn()
		synctest.Wait()
		return true
	}
}

// turn lets one of those who wait go on.
func (s *scheduler) turn() {
	s.mu.Lock()
	slices.SortFunc(s.waiting, func(a, b *call) int {
		if byName := strings.Compare(a.what, b.what); byName != 0 {
			return byName
		}
		return int(a.no) - int(b.no)
	})
	i := s.rand.IntN(len(s.waiting))
	c := s.waiting[i]
	s.waiting = slices.Delete(s.waiting, i, i+1)
	v, drop := proceed, ""
	if c.changes && !c.held && s.faults.Hold > 0 && s.rand.Float64() < s.faults.Hold {
		s.hold(c)
		s.mu.Unlock()
		return
	}
	if c.process != nil {
		v, drop = s.fault(c.what)
	}
	s.mu.Unlock()
	if drop != "" {
		s.trace.add("%s · %s, the last thing it does, %s its effect", c.process, c.what, drop)
		if drop == "before" {
			s.drops(c.process, c.what)
			return
		}
		c.process.dropAfter.Store(true)
		v = failAfter
	}
	s.trace.call(c, v)
	c.turn <- v
}

// fault decides whether a call goes wrong. The lock is held.
func (s *scheduler) fault(what string) (v verdict, drop string) {
	f := s.faults
	if strings.Contains(what, " api: CreatePost") {
		if s.losePosts.Load() > 0 {
			s.losePosts.Add(-1)
			return failAfter, ""
		}
		f.After += f.LostPost
	}
	if f.Before+f.After+f.Hang+f.Drop == 0 {
		return proceed, ""
	}
	x := s.rand.Float64()
	for _, of := range []struct {
		rate float64
		v    verdict
		drop string
	}{{f.Before, failBefore, ""}, {f.After, failAfter, ""}, {f.Hang, hang, ""}, {f.Drop / 2, failBefore, "before"}, {f.Drop / 2, failAfter, "after"}} {
		if x < of.rate {
			return of.v, of.drop
		}
		x -= of.rate
	}
	return proceed, ""
}

// losesHook reports whether the hook of a person's post never comes because an act says so.
func (s *scheduler) losesHook() bool {
	if s.loseHooks.Load() == 0 {
		return false
	}
	s.loseHooks.Add(-1)
	return true
}

func (s *scheduler) someTime(most time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(1+s.rand.Int64N(most.Milliseconds())) * time.Millisecond
}

// idle lets time pass until somebody calls, or a second.
func (s *scheduler) idle() {
	s.mu.Lock()
	if n := len(s.late); n > 0 { // a late hook comes now
		i := s.rand.IntN(n)
		h := s.late[i]
		s.late = slices.Delete(s.late, i, i+1)
		s.mu.Unlock()
		s.trace.add("late: %s", h.what)
		go h.run()
		return
	}
	s.mu.Unlock()
	s.await(time.Second)
	if more := s.coarse(); more > 0 {
		time.Sleep(more)
	}
}

// await lets time pass until somebody calls, at most d.
func (s *scheduler) await(d time.Duration) {
	select {
	case <-s.arrived:
	default:
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-s.arrived:
	case <-timer.C:
	}
}

// coarse is how much more time passes where nobody waits for anything: what comes within that
// time comes together, which saves rounds of the background loops.
func (s *scheduler) coarse() time.Duration {
	switch {
	case s.strides.Load():
		return 5*time.Second + s.someTime(20*time.Second)
	case s.acts.Load() == 0:
		return s.someTime(4 * time.Second)
	case s.chance(0.5):
		return s.someTime(300 * time.Millisecond)
	}
	return 0
}

// holdHook keeps a hook for later.
func (s *scheduler) holdHook(what string, run func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.no++
	s.late = append(s.late, &lateHook{no: s.no, run: run, what: what})
}
