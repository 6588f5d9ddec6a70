package outbound

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// outbox is one message's rows.
type fakeOutbox struct {
	Store
	send    domain.Send
	leftAt  int64
	blocked int
	about   int64 // the moment that blocked is about
	aborted bool
	closed  bool
	// while happens when the message waited for its turn and is about to leave
	while func(*domain.Send)
}

func (o *fakeOutbox) LoadSend(context.Context, string) (*domain.Send, error) {
	s := o.send
	return &s, nil
}
func (o *fakeOutbox) MarkLeft(_ context.Context, _ string, _, now, seen int64) (bool, error) {
	if o.while != nil {
		change := o.while
		o.while = nil
		change(&o.send)
		o.send.Seen++
	}
	if seen != o.send.Seen {
		return false, nil
	}
	o.leftAt = now
	return true, nil
}
func (o *fakeOutbox) ClearLeft(context.Context, string, int64) error { o.leftAt = 0; return nil }
func (o *fakeOutbox) CompleteSent(_ context.Context, _ string, _ int64, _ time.Duration, a domain.Acceptance) (*jobqueue.Job, error) {
	if o.send.Message.Status.Advances(domain.Sent) {
		o.send.Message.Status = domain.Sent
	}
	o.send.Message.WAMID, o.send.Account.WellAt = a.WAMID, a.LeftAt
	return nil, nil
}
func (o *fakeOutbox) RecordEnd(_ context.Context, _ string, s domain.Status, reason int, _ int64) error {
	if o.send.Message.Status.Advances(s) {
		o.send.Message.Status, o.send.Message.ReasonCode = s, reason
	}
	return nil
}
func (o *fakeOutbox) Adopt(context.Context, string, int64) error { return nil }
func (o *fakeOutbox) CloseWindow(_ context.Context, _ string, now int64) error {
	o.send.Conversation.WindowUntil, o.closed = now, true
	return nil
}
func (o *fakeOutbox) BlockContact(context.Context, string, int64, bool, int64) error { return nil }
func (o *fakeOutbox) BlockAccount(_ context.Context, _ string, code int, at int64) (bool, error) {
	o.about = at
	changed := o.blocked != code
	o.blocked = code
	o.send.Account.BlockedCode = code
	return changed, nil
}
func (o *fakeOutbox) Abort(context.Context, string, int64) (bool, error) {
	o.aborted = true
	return true, nil
}

// meta answers what it is told and counts what reached it.
type fakeMeta struct {
	errs []error
	got  int
}

func (m *fakeMeta) Send(context.Context, *domain.Account, whatsapp.Outgoing) (whatsapp.Sent, error) {
	var err error
	if len(m.errs) > 0 {
		err, m.errs = m.errs[0], m.errs[1:]
	}
	var transport *whatsapp.TransportError
	if err == nil || errors.As(err, &transport) && transport.Left {
		m.got++
	}
	return whatsapp.Sent{MessageID: "wamid.1"}, err
}

func newOutbound(o *fakeOutbox, m *fakeMeta, now int64) *Worker {
	nothing := func() {}
	clock := fake.Clock(now)
	return &Worker{
		Settings: func() domain.Settings { return domain.Settings{} },
		Store:    o, Owner: "me", Send: m.Send, Rates: NewRateLimiter(), InFlight: NewInFlightLimiter(), Clock: clock, WakeStatusSync: nothing, WakeChannels: nothing,
		Effects:       &FailureEffects{Store: o, Clock: clock, WakeChannels: nothing, OnTemplatesStale: func(string) {}, OnAccountBlocked: func(context.Context, string, int) {}},
		OnStartFailed: func(context.Context, *domain.Send, whatsapp.Verdict) {}, ReconcileChannel: func(context.Context, string, int64) {},
	}
}

func textTo(c *domain.Conversation) *fakeOutbox {
	conv := *c
	conv.ChannelID = "channel"
	return &fakeOutbox{send: domain.Send{
		Message:      domain.Message{ID: "m", Kind: "text", Status: domain.Pending},
		Conversation: conv, Account: domain.Account{Enabled: true, ID: "a"}, Contact: domain.Contact{ID: "c", Phone: "+5511987654321"},
	}}
}

// run is one attempt, and the end of its job.
func run(t require.TestingT, out *Worker, o *fakeOutbox, attempts int) *attempt {
	a, err := out.send(context.Background(), jobqueue.Job{ID: 1, Key: "m", Payload: []byte(`{"text":"oi"}`), Attempts: attempts, LeftAt: o.leftAt})
	require.NoError(t, err)
	finish(t, a)
	return a
}

// finish ends the job of an attempt as jobqueue.Worker does.
func finish(t require.TestingT, a *attempt) {
	if finish := a.outcome.Finish(); finish != nil {
		_, err := finish(context.Background(), "me", time.Minute)
		require.NoError(t, err)
	}
}

// The lock is in the relay: whatever the hook let through, only an open conversation sends free text.
func TestNothingLeavesALockedConversation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		moment := rapid.Int64Range(0, 5*fake.Day)
		conv := &domain.Conversation{
			LastTemplateAt: moment.Draw(rt, "template"), WindowUntil: moment.Draw(rt, "window"), ClosedAt: rapid.SampledFrom([]int64{0, 0, 7}).Draw(rt, "closed"),
		}
		now := moment.Draw(rt, "now")
		o, m := textTo(conv), &fakeMeta{}
		a := run(rt, newOutbound(o, m, now), o, 1)
		if conv.StateAt(now) == domain.Open {
			require.Equal(rt, 1, m.got)
			require.Equal(rt, domain.Sent, o.send.Message.Status)
		} else {
			require.Zero(rt, m.got)
			require.False(rt, a.retry)
			require.Equal(rt, domain.NotSent, o.send.Message.Status)
		}
	})
}

// allowed is a template that queue q may use.
var allowed = domain.Template{Name: "oi", Category: "MARKETING", Status: domain.StatusApproved, Approved: true, QueueIDs: []string{"q"}}

// What changes while a message waits for its turn is obeyed: nothing reaches Meta, and the reason is kept.
func TestWhatChangesBeforeItLeavesIsObeyed(t *testing.T) {
	for name, c := range map[string]struct {
		template bool
		while    func(*domain.Send)
		reason   int
	}{
		"closed":                  {false, func(s *domain.Send) { s.Conversation.ClosedAt = 9 }, domain.ReasonClosed},
		"closed, a template":      {true, func(s *domain.Send) { s.Conversation.ClosedAt = 9 }, domain.ReasonClosed},
		"the window ended":        {false, func(s *domain.Send) { s.Conversation.WindowUntil = 9 }, domain.ReasonLocked},
		"the post was deleted":    {false, func(s *domain.Send) { s.PostDeleted = true }, domain.ReasonDeleted},
		"the person is erased":    {true, func(s *domain.Send) { s.Contact = domain.Contact{} }, domain.ReasonNoAddress},
		"the person wants no ads": {true, func(s *domain.Send) { s.Contact.MarketingStopAt = 9 }, domain.ReasonStopped},
		"Meta asked to wait":      {true, func(s *domain.Send) { s.Contact.BlockedUntil = 11 }, domain.ReasonBlocked},
		"approval taken off":      {true, func(s *domain.Send) { s.Template.Approved = false }, domain.ReasonTemplate},
		"taken from the queue":    {true, func(s *domain.Send) { s.Template.QueueIDs = nil }, domain.ReasonTemplate},
		"paused at Meta":          {true, func(s *domain.Send) { s.Template.Status = "PAUSED" }, domain.ReasonTemplate},
		"gone at Meta":            {true, func(s *domain.Send) { s.Template.GoneAt = 9 }, domain.ReasonTemplate},
		"a day passed":            {true, func(s *domain.Send) { s.Message.CreatedAt = -fake.Day }, domain.ReasonTooOld},
	} {
		o, m := textTo(fake.OpenConv), &fakeMeta{}
		if c.template {
			o.send.Message.Kind, o.send.Message.CreatedAt, o.send.Template, o.send.Queue.ID = "template", 5, allowed, "q"
		}
		o.while = c.while
		a := run(t, newOutbound(o, m, 10), o, 1)
		require.Zero(t, m.got, name)
		require.False(t, a.retry, name)
		require.Equal(t, domain.NotSent, o.send.Message.Status, name)
		require.Equal(t, c.reason, o.send.Message.ReasonCode, name)
	}

	// what is only put off leaves later, and what changed for the better at once
	for name, while := range map[string]func(*domain.Send){
		"the number was disabled":   func(s *domain.Send) { s.Account.Enabled = false },
		"an earlier one came in":    func(s *domain.Send) { s.EarlierWaits = true },
		"an earlier one is missing": func(s *domain.Send) { s.EarlierMissing = true },
	} {
		o, m := textTo(fake.OpenConv), &fakeMeta{}
		o.while = while
		a := run(t, newOutbound(o, m, 10), o, 1)
		require.Zero(t, m.got, name)
		require.True(t, a.retry, name)
		require.Zero(t, o.leftAt, name)
		require.Equal(t, domain.Pending, o.send.Message.Status, name)
	}
	o, m := textTo(fake.OpenConv), &fakeMeta{}
	o.while = func(s *domain.Send) { s.Conversation.WindowUntil += fake.Day }
	require.Equal(t, domain.Sent, run(t, newOutbound(o, m, 10), o, 1).status)
	require.Equal(t, 1, m.got)
}

// fakeTickingClock is a clock that moves on each time it is read.
type fakeTickingClock struct{ now, step int64 }

func (c *fakeTickingClock) Now() int64 { c.now += c.step; return c.now }

// The window may end while the database is asked.
func TestAMessageWhoseTimeRunsOutWhileItLeavesStays(t *testing.T) {
	o, m := textTo(&domain.Conversation{WindowFrom: 1, WindowUntil: 12}), &fakeMeta{}
	out := newOutbound(o, m, 0)
	out.Clock = &fakeTickingClock{now: 5, step: 4}
	require.Equal(t, domain.NotSent, run(t, out, o, 1).status)
	require.Zero(t, m.got)
	require.Zero(t, o.leftAt)
}

func TestAPostThatIsMissingIsTakenInAtOnce(t *testing.T) {
	o, m := textTo(fake.OpenConv), &fakeMeta{}
	o.send.EarlierMissing, o.send.Message.CreatedAt = true, 7
	out := newOutbound(o, m, 10)
	var asked []any
	out.ReconcileChannel = func(_ context.Context, channelID string, until int64) { asked = append(asked, channelID, until) }
	a := run(t, out, o, 1)
	require.True(t, a.retry)
	require.Zero(t, m.got, "however long it takes")
	require.Equal(t, []any{"channel", int64(7)}, asked)
}

func apiError(code int) error {
	return &whatsapp.APIError{HTTPStatus: http.StatusBadRequest, Code: code}
}

var (
	notLeft = &whatsapp.TransportError{Err: errors.New("refused")}
	left    = &whatsapp.TransportError{Err: errors.New("cut"), Left: true}
)

// A send whose outcome is unknown is never repeated by itself, in whatever
// order refusals, dead connections and crashes come.
func TestAnUnknownOutcomeIsNeverRepeated(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := textTo(fake.OpenConv)
		m := &fakeMeta{errs: rapid.SliceOfN(rapid.SampledFrom([]error{nil, notLeft, left, apiError(131016), apiError(130429), apiError(131056)}), 0, 6).Draw(rt, "answers")}
		for tries := 1; tries < 12; tries++ {
			out := newOutbound(o, m, 10) // a new process each time
			if !run(rt, out, o, tries).retry {
				break
			}
		}
		require.LessOrEqual(rt, m.got, 1, "sent twice")
	})
}

func TestWhatAnswersMean(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status domain.Status
		retry  bool
		left   bool
		closed bool
		block  int
	}{
		"accepted":          {nil, domain.Sent, false, true, false, 0},
		"never left":        {notLeft, domain.Pending, true, false, false, 0},
		"cut after it left": {left, domain.Pending, true, true, false, 0},
		"temporary":         {apiError(131016), domain.Pending, true, false, false, 0},
		"pair rate":         {apiError(131056), domain.Pending, true, false, false, 0},
		"window closed":     {apiError(131047), domain.Failed, false, true, true, 0},
		"not on WhatsApp":   {apiError(131026), domain.Failed, false, true, false, 0},
		"dead token":        {apiError(190), domain.Pending, true, false, false, 190},
		"test number":       {apiError(131030), domain.Failed, false, true, false, 0},
	} {
		o := textTo(fake.OpenConv)
		a := run(t, newOutbound(o, &fakeMeta{errs: []error{c.err}}, 10), o, 1)
		require.Equal(t, c.status, o.send.Message.Status, name)
		require.Equal(t, c.retry, a.retry, name)
		require.Equal(t, c.left, o.leftAt != 0, name)
		require.Equal(t, c.closed, o.closed, name)
		require.Equal(t, c.block, o.blocked, name)
		if c.retry {
			require.LessOrEqual(t, a.delay, 15*time.Second, "the first retry comes within 15 seconds: %s", name)
		}
	}
}

func TestAnUnknownOutcomeHoldsTheNextAMinuteAtMost(t *testing.T) {
	o := textTo(fake.OpenConv)
	o.leftAt = time.Now().Add(-unknownTimeout + 5*time.Second).UnixMilli()
	a := run(t, newOutbound(o, &fakeMeta{}, 10), o, 2)
	require.True(t, a.retry)
	require.True(t, a.unknown)
	o.leftAt = time.Now().Add(-unknownTimeout).UnixMilli()
	a = run(t, newOutbound(o, &fakeMeta{}, 10), o, 3)
	require.False(t, a.retry)
	require.Equal(t, domain.Unknown, o.send.Message.Status)
}

func TestAStatusThatWasFasterEndsTheJob(t *testing.T) {
	o, m := textTo(fake.OpenConv), &fakeMeta{}
	o.leftAt, o.send.Message.Status = 5, domain.Delivered
	require.False(t, run(t, newOutbound(o, m, 10), o, 2).retry)
	require.Zero(t, m.got)
}

func TestAStartThatFailsLeavesNoConversation(t *testing.T) {
	o := textTo(fake.WaitingConv)
	o.send.Message.Kind, o.send.Conversation.ChannelID = "template", ""
	o.send.Template, o.send.Queue.ID = allowed, "q"
	a := run(t, newOutbound(o, &fakeMeta{errs: []error{apiError(132001)}}, 10), o, 1)
	require.True(t, a.aborted)
	require.True(t, o.aborted)
	require.Equal(t, 132001, o.send.Message.ReasonCode)
}

func TestPacerKeepsMetasPairRate(t *testing.T) {
	p := NewRateLimiter()
	for range pairBurst {
		require.Zero(t, p.Delay("a", "c"))
	}
	require.Greater(t, p.Delay("a", "c"), 5*time.Second)
	require.Zero(t, p.Delay("a", "other"), "nobody waits for another's burst")
	require.True(t, p.Probe("a"))
	require.False(t, p.Probe("a"), "a stopped number is tried now and then, not by each of its messages")
}
