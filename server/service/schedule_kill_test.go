package service_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobs"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/outbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// fleet is Meta, the people who are told, and the processes that come and go.
type fleet struct {
	*serviceFixture
	mu      sync.Mutex
	dueAt   map[string]int64 // by phone
	reached map[string]int   // how often Meta took one, by phone
	early   []string
	late    map[string]int64 // how late it was, milliseconds, by phone
	told    map[string]int   // how many direct messages an owner got, by what they are about
	revoked atomic.Bool
}

// node is one process: connections, a clock and loops of its own.
type node struct {
	db    *sql.DB
	owner string
	jump  atomic.Int64 // how far its clock is off, milliseconds
	stop  context.CancelFunc
	done  sync.WaitGroup
}

func (n *node) Now() int64 { return time.Now().UnixMilli() + n.jump.Load() }

func (f *fleet) send(ctx context.Context, m whatsapp.Outgoing) (whatsapp.Sent, error) {
	time.Sleep(time.Duration(rand.Int64N(int64(5 * time.Millisecond))))
	if f.revoked.Load() {
		return whatsapp.Sent{}, &whatsapp.APIError{HTTPStatus: 401, Code: 190}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reached[m.To]++
	f.late[m.To] = time.Now().UnixMilli() - f.dueAt[m.To]
	if f.late[m.To] < 0 {
		f.early = append(f.early, m.To)
	}
	if err := ctx.Err(); err != nil { // the process died before it could read the answer
		return whatsapp.Sent{}, &whatsapp.TransportError{Left: true, Err: err}
	}
	return whatsapp.Sent{MessageID: "wamid." + m.To}, nil
}

// fakeDirect is where the bot writes to people.
type fakeDirect struct {
	jobs.Mattermost
	*fleet
}

func (d fakeDirect) DirectChannel(_ context.Context, userID string) (string, error) {
	return userID, nil
}
func (d fakeDirect) AgreeOnPost(_ context.Context, _, id string) (string, error) { return id, nil }
func (d fakeDirect) FindPost(_ context.Context, _ string, _ int64, prop, value string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.told[value] > 0 {
		return "post", nil
	}
	return "", domain.ErrNotFound
}
func (d fakeDirect) CreatePost(_ context.Context, p posting.Post) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told[p.Props[posting.PropEvent].(string)]++
	return "post", nil
}

const shortLease = 2 * time.Second

// begin starts a process.
func (f *fleet) begin(t *testing.T) *node {
	n := &node{db: storetest.Again(t, f.db), owner: model.NewId()}
	s := store.New(n.db, fake.Encrypter{}, model.NewId)
	nothing := func() {}
	out := &outbound.Worker{
		Settings: func() domain.Settings { return f.settings }, Store: s, Owner: n.owner, Rates: outbound.NewRateLimiter(), InFlight: outbound.NewInFlightLimiter(), Clock: n,
		Effects: &outbound.FailureEffects{Store: s, Clock: n, WakeChannels: nothing, OnTemplatesStale: func(string) {}, OnAccountBlocked: func(context.Context, string, int) {}},
		Send: func(ctx context.Context, _ *domain.Account, m whatsapp.Outgoing) (whatsapp.Sent, error) {
			return f.send(ctx, m)
		},
		WakeStatusSync: nothing, WakeChannels: nothing, OnStartFailed: func(context.Context, *domain.Send, whatsapp.Verdict) {},
	}
	do := service.NewService(service.Ports{
		Store: s, SendNow: (&outbound.SyncSender{Worker: out, Queue: s.Outbox(), WakeOutbox: nothing}).SendNow, ChannelSync: fakeNoChannels{}, People: f.serviceFixture,
		Encrypter: fake.Encrypter{}, Compose: f.Compose, Clock: n, NewID: model.NewId, Settings: func() domain.Settings { return f.settings },
		Words: func(code int) domain.Explainer { return whatsapp.ClassifyCode(code) },
	})
	starts := &jobs.ScheduledStarts{
		Store: s, Send: do.SendScheduled, Ahead: func() int64 { return 0 }, Lease: shortLease, Posts: fakeDirect{fleet: f}, Queue: s.Queue, Clock: n, Log: fake.Log{},
		Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, UserLocale: func(context.Context, string) string { return "en" }},
	}
	ctx, cancel := context.WithCancel(context.Background())
	n.stop = cancel
	n.loop(ctx, func() { _, _ = starts.Run(ctx) })
	n.loop(ctx, func() { f.outbox(ctx, s, out) })
	return n
}

func (n *node) loop(ctx context.Context, round func()) {
	n.done.Go(func() {
		for ctx.Err() == nil {
			round()
			time.Sleep(20 * time.Millisecond)
		}
	})
}

// outbox is the worker of the outbox, which goes on with what killed processes left.
func (f *fleet) outbox(ctx context.Context, s *store.Store, out *outbound.Worker) {
	claimed, err := s.Outbox().Claim(ctx, out.Owner, shortLease, 10, jobqueue.ClaimLimit{})
	if err != nil {
		return
	}
	for _, job := range claimed {
		outcome, err := out.Handle(ctx, job)
		switch finish := outcome.Finish(); {
		case err != nil:
		case outcome.IsRetry():
			_ = s.Outbox().Retry(ctx, out.Owner, job.ID, 50*time.Millisecond, fmt.Sprintf("%+v", outcome)) // the reason, for who looks for it
		case finish != nil:
			_, _ = finish(ctx, out.Owner, shortLease)
		default:
			_, _ = s.Outbox().Finish(ctx, out.Owner, job.ID, shortLease)
		}
	}
}

// kill ends a process at whatever point it is: its connections break. What it left under a lease is free
// once that is over, which takes no time here.
func (f *fleet) kill(n *node) {
	_ = n.db.Close()
	n.stop()
	n.done.Wait()
	f.exec("UPDATE waa_outbox SET lease_until = least(lease_until, 1), left_at = greatest(0, left_at - 61000) WHERE lease_owner = '" + n.owner + "'")
	f.exec("UPDATE waa_outbox SET due_at = 0 WHERE finished_at = 0 AND lease_owner = ''")
}

// TestFiveHundredScheduledStartsOverKills plays 500 starts that come due within a few seconds, on two processes that are killed again
// and again and whose clocks jump by an hour, while a token is revoked for a time, and the plan is spent before the end. Each leaves once and not
// before it is due, or is failed with its reason and one message to its owner.
func TestFiveHundredScheduledStartsOverKills(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	const all, beforeCalm, affordable = 500, 400, 450
	f := &fleet{serviceFixture: newServiceFixture(t), dueAt: map[string]int64{}, reached: map[string]int{}, late: map[string]int64{}, told: map[string]int{}}
	f.settings.CooldownHours = 0
	f.exec(fmt.Sprintf("UPDATE waa_plans SET monthly_limit = %d", affordable*1_000_000))
	f.schedule(0, beforeCalm)
	nodes := []*node{f.begin(t), f.begin(t)}
	ended := func() int {
		return f.count("SELECT count(*) FROM waa_scheduled WHERE status IN ('sent', 'failed') AND (status = 'sent' OR told_at > 0)")
	}
	calm := int64(0) // since when nothing is killed or revoked any more
	for round := 0; ended() < all; round++ {
		time.Sleep(150 * time.Millisecond)
		f.revoked.Store(round >= 6 && round < 9)
		for _, n := range nodes {
			n.jump.Store([]int64{0, 3_600_000, -3_600_000}[rand.IntN(3)])
		}
		if round < 14 {
			f.kill(nodes[round%2])
			nodes[round%2] = f.begin(t)
		}
		if round == 14 {
			calm = time.Now().UnixMilli()
			f.schedule(beforeCalm, all)
		}
		if round == 600 { // longer than the minute that a message waits whose request a killed process had just marked as left
			var left string
			require.NoError(t, f.db.QueryRow(`SELECT coalesce(string_agg(concat_ws(' ', s.status, s.reason_code, m.status, o.attempts, o.reason, 'left ' || (o.left_at > 0), 'finished ' || (o.finished_at > 0)), '; '), '')
				FROM waa_scheduled s LEFT JOIN waa_messages m ON m.id = s.message_id LEFT JOIN waa_outbox o ON o.dedupe_key = s.message_id
				WHERE s.status NOT IN ('sent', 'failed') OR s.status = 'failed' AND s.told_at = 0`).Scan(&left))
			require.Fail(t, "not all ended", "%d of %d; the others: %s", ended(), all, left)
		}
	}
	for _, n := range nodes {
		n.stop()
		n.done.Wait()
	}
	f.checkFleet(all)
	f.checkLateness(calm)
}

// maxLate is how late one may be while everything runs. It is a rule of the product and no measure of this machine.
const maxLate = int64(time.Minute / time.Millisecond)

// checkLateness looks at those that were due after a moment, from which on everything ran.
func (f *fleet) checkLateness(calm int64) {
	var latest, latestCalm int64
	seen := 0
	for phone, late := range f.late {
		latest = max(latest, late)
		if f.dueAt[phone] >= calm {
			latestCalm, seen = max(latestCalm, late), seen+1
		}
	}
	require.NotZero(f.t, seen, "some were due while everything ran")
	require.LessOrEqual(f.t, latestCalm, maxLate)
	f.t.Logf("the latest of %d that left came %d ms after it was due; of the %d due while everything ran, %d ms", len(f.late), latest, seen, latestCalm)
}

// schedule puts starts off, those with numbers from one to below another, to moments that follow each other from half a second from now.
func (f *fleet) schedule(from, to int) {
	template, err := f.store.TemplateByName(context.Background(), f.account.ID, "visita", "pt_BR")
	require.NoError(f.t, err)
	begin := time.Now().UnixMilli() + 500
	for i := from; i < to; i++ {
		s := &domain.Scheduled{
			ID: model.NewId(), OwnerID: "bruno", QueueID: f.queue.ID, AccountID: f.account.ID, TemplateID: template.ID, TemplateName: template.Name, TemplateLanguage: template.Language,
			Name: "Marina", Phone: fmt.Sprintf("+5511987%06d", i), SendAt: begin + int64(i-from)*8, CreatedAt: begin,
			Asked: domain.ScheduledAsked{Variables: map[string]string{"body_1": "oi"}, CPF: "52998224725"},
		}
		f.mu.Lock()
		f.dueAt[s.Phone] = s.SendAt
		f.mu.Unlock()
		require.NoError(f.t, f.store.InTx(context.Background(), func(tx domain.Tx) error { return tx.InsertScheduled(s) }))
	}
}

func (f *fleet) checkFleet(all int) {
	t := f.t
	require.Empty(t, f.early, "before it was due")
	rows, err := f.db.Query(`SELECT s.id, s.phone, s.status, s.reason_code, coalesce(m.status, '') FROM waa_scheduled s LEFT JOIN waa_messages m ON m.id = s.message_id`)
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	ends, seen := map[string]int{}, 0
	for ; rows.Next(); seen++ {
		var id, phone, status, reason, message string
		require.NoError(t, rows.Scan(&id, &phone, &status, &reason, &message))
		ends[status+" "+reason+" "+message]++
		require.LessOrEqual(t, f.reached[phone], 1, "nobody gets it twice")
		if status == "failed" {
			require.Zero(t, f.reached[phone], "it was sent and failed")
			require.NotEmpty(t, reason)
			require.Equal(t, 1, f.told["scheduled:"+id], "its owner is told once")
			continue
		}
		require.Zero(t, f.told["scheduled:"+id])
		if message != "unknown" { // the process died while the request was on its way: the conversation says so
			require.Equal(t, 1, f.reached[phone], "it left")
		}
	}
	require.NoError(t, rows.Err())
	require.Equal(t, all, seen)
	require.Equal(t, f.count("SELECT count(*) FROM waa_messages"), f.count("SELECT count(DISTINCT contact_id) FROM waa_messages"), "one message each, whatever was killed")
	t.Log(ends)
}
