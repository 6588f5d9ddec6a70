package service_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// weekdays are hours from 8 to 18 on the days of the week.
func weekdays() domain.Hours {
	hours := domain.Hours{}
	for _, day := range domain.Weekdays()[:5] {
		hours[day] = []domain.Span{{"08:00", "12:00"}, {"13:00", "18:00"}}
	}
	return hours
}

// clockAt sets the clock to a moment in a time zone.
func (b *serviceFixture) clockAt(zone, text string) int64 {
	b.t.Helper()
	location, err := time.LoadLocation(zone)
	require.NoError(b.t, err)
	at, err := time.ParseInLocation("2006-01-02 15:04", text, location)
	require.NoError(b.t, err)
	b.now = at.UnixMilli()
	return b.now
}

func (b *serviceFixture) changeQueue(change func(*domain.Queue)) {
	b.t.Helper()
	queue, err := b.store.Queue(context.Background(), b.queue.ID)
	require.NoError(b.t, err)
	change(queue)
	require.NoError(b.t, b.store.UpdateQueue(context.Background(), queue, b.now))
}

func TestTemplatesGoWithinTheirHours(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	b.changeQueue(func(q *domain.Queue) {
		q.TemplateHours, q.TimeZone, q.Holidays = weekdays(), "America/Manaus", domain.Days{"2026-12-25"}
	})
	request := b.request(phone)
	for _, c := range []struct{ at, next string }{
		{"2026-12-21 07:59", "2026-12-21 08:00"}, {"2026-12-21 12:00", "2026-12-21 13:00"}, {"2026-12-24 18:00", "2026-12-28 08:00"}, {"2026-12-25 09:00", "2026-12-28 08:00"},
	} {
		next := b.clockAt("America/Manaus", c.next)
		b.clockAt("America/Manaus", c.at)
		check, err := b.do.Check(ctx, request)
		require.NoError(t, err)
		require.Equal(t, domain.CodeQuietHours, check.Refusal.Code, c.at)
		_, err = b.do.Start(ctx, request)
		require.Equal(t, domain.CodeQuietHours, refusal(t, err).Code, c.at)
		require.Equal(t, next, refusal(t, err).NextAt, c.at)
	}
	b.clockAt("America/Manaus", "2026-12-21 08:00")
	started, err := b.do.Start(ctx, request)
	require.NoError(t, err)

	b.clockAt("America/Manaus", "2026-12-23 20:00")
	again := domain.TemplateRequest{ActorID: request.ActorID, ConversationID: started.Conversation.ID, Template: request.Template, Variables: request.Variables, Confirm: true, Reason: "urgente"}
	_, err = b.do.SendTemplate(ctx, again)
	require.Equal(t, domain.CodeQuietHours, refusal(t, err).Code, "an agent overrides nothing")
	require.False(t, refusal(t, err).Agree)
}

func TestASupervisorSendsOutsideOfTheHours(t *testing.T) {
	s := newPipelineFixture(t)
	ctx := context.Background()
	s.meta = func(context.Context) error { return nil }
	s.changeQueue(func(q *domain.Queue) { q.TemplateHours, q.TimeZone = weekdays(), "America/Sao_Paulo" })
	s.clockAt("America/Sao_Paulo", "2026-12-21 20:00")
	request := s.request(phone)
	request.ActorID = "ana"
	_, err := s.do.Start(ctx, request)
	require.Equal(t, []any{domain.CodeQuietHours, true, true}, []any{refusal(t, err).Code, refusal(t, err).Agree, refusal(t, err).NeedsReason})
	request.Confirm = true
	_, err = s.do.Start(ctx, request)
	require.Contains(t, refusal(t, err).Fields, "reason")
	request.Reason = "pediu que enviássemos agora"
	started, err := s.do.Start(ctx, request)
	require.NoError(t, err, "the lock lets it go too")
	require.Equal(t, domain.Sent, started.Status)
	var audited int
	require.NoError(t, s.db.QueryRow("SELECT count(*) FROM waa_audit WHERE action = 'quiet_hours_override' AND details ->> 'reason' <> ''").Scan(&audited))
	require.Equal(t, 1, audited)
}

func TestWhatWaitsStaysWhenTheHoursEnd(t *testing.T) {
	s := newPipelineFixture(t)
	ctx := context.Background()
	s.settings.CooldownHours = 0
	s.meta = func(context.Context) error { return nil }
	s.changeQueue(func(q *domain.Queue) { q.TemplateHours, q.TimeZone = weekdays(), "America/Sao_Paulo" })
	s.clockAt("America/Sao_Paulo", "2026-12-21 17:59")
	started, err := s.do.Start(ctx, s.request(phone))
	require.NoError(t, err)
	s.do.SendNow = func(context.Context, string) (domain.Delivery, error) {
		return domain.Delivery{Status: domain.Pending}, nil
	}
	_, err = s.do.SendTemplate(ctx, s.again(started.Conversation.ID))
	require.NoError(t, err)
	s.clockAt("America/Sao_Paulo", "2026-12-21 18:00")
	s.workersGoOn()
	var status string
	var reason int
	require.NoError(t, s.db.QueryRow("SELECT status, reason_code FROM waa_messages WHERE direction = 'out' ORDER BY created_at DESC, sent_at LIMIT 1").Scan(&status, &reason))
	require.Equal(t, []any{"not_sent", domain.ReasonQuietHours}, []any{status, reason})
}

// TestAWaitCountsOpenHours lets a customer write on Friday evening: the hour that the queue allows is over on Monday at nine.
func TestAWaitCountsOpenHours(t *testing.T) {
	b, c, look := idle(t)
	b.changeQueue(func(q *domain.Queue) {
		q.Hours, q.TimeZone, q.Holidays = weekdays(), "America/Sao_Paulo", domain.Days{"2026-12-28"}
	})
	b.clockAt("America/Sao_Paulo", "2026-12-25 19:00")
	b.answered(c)
	reminded := func() (n int) {
		require.NoError(t, b.db.QueryRow("SELECT count(*) FROM waa_notices WHERE key LIKE 'idle:%'").Scan(&n))
		return n
	}
	for _, at := range []string{"2026-12-25 20:30", "2026-12-28 09:30", "2026-12-29 08:59"} {
		b.clockAt("America/Sao_Paulo", at)
		look()
		require.Zero(t, reminded(), at)
	}
	b.clockAt("America/Sao_Paulo", "2026-12-28 12:00")
	due, err := b.store.IdleDue(context.Background(), b.now, 60, 10)
	require.NoError(t, err)
	require.Empty(t, due, "it is not looked at again before it is due")
	b.clockAt("America/Sao_Paulo", "2026-12-29 09:00")
	look()
	require.Equal(t, 1, reminded())
}

// TestWhoWritesOutsideOfTheHoursIsTold counts what customers get: one message in each closed period and window, whoever writes how often, and
// the customer goes on waiting for a person.
func TestWhoWritesOutsideOfTheHoursIsTold(t *testing.T) {
	s := newPipelineFixture(t)
	ctx := context.Background()
	s.settings.CooldownHours = 0
	s.settings.ConsentWords = domain.ConsentWords{OptOut: []string{"sair"}}
	s.meta = func(context.Context) error { return nil }
	var got []string
	s.out.Send = func(_ context.Context, _ *domain.Account, m whatsapp.Outgoing) (whatsapp.Sent, error) {
		if m.Text != nil && m.Text.Body != "" { // the template of this fixture has none
			got = append(got, m.Text.Body)
		}
		return whatsapp.Sent{MessageID: fmt.Sprint("wamid.out.", len(got), m.Type)}, nil
	}
	s.changeQueue(func(q *domain.Queue) {
		q.Hours, q.TimeZone, q.AwayMessage = weekdays(), "America/Sao_Paulo", "Voltamos às 8h."
	})
	s.clockAt("America/Sao_Paulo", "2026-12-21 09:00")
	started, err := s.do.Start(ctx, s.request(phone))
	require.NoError(t, err)
	said := 0
	for _, step := range []struct {
		at, text string
		want     int
	}{
		{"2026-12-21 17:59", "Olá", 0},
		{"2026-12-21 18:00", "Tem alguém?", 1},   // the window is open, and the period new
		{"2026-12-21 18:01", "Oi", 1},            // the same period and window
		{"2026-12-22 07:59", "Bom dia", 1},       // still the same
		{"2026-12-22 09:00", "Agora sim", 1},     // open
		{"2026-12-22 12:30", "Almoço?", 2},       // another closed period
		{"2026-12-22 12:31", "SAIR", 2},          // asks for no message
		{"2026-12-24 19:00", "Voltei", 3},        // a new window
		{"2026-12-26 19:01", "Ainda fechado", 4}, // the same period, a new window
		{"2026-12-26 19:02", "?", 4},
	} {
		s.clockAt("America/Sao_Paulo", step.at)
		said++
		s.writes(phone, fmt.Sprint("wamid.in.", said), step.text)
		s.writes(phone, fmt.Sprint("wamid.in.", said), step.text) // delivered twice
		s.workersGoOn()
		require.Len(t, got, step.want, "%s %s: %q", step.at, step.text, got)
	}
	require.Equal(t, "Voltamos às 8h.", got[0])
	view, err := s.do.View(ctx, "bruno", started.Conversation.ID)
	require.NoError(t, err)
	require.NotZero(t, view.WaitsSince, "it is no answer")
	require.NoError(t, s.do.ChannelSync.SyncNow(ctx, started.Conversation.ID))
	unshown, err := s.store.UnshownTemplates(ctx, started.Conversation.ID)
	require.NoError(t, err)
	require.Empty(t, unshown, "each stands in the channel")
}

// TestTheListCountsOpenHours has two customers who write at the same moment in queues of different zones.
func TestTheListCountsOpenHours(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	b.changeQueue(func(q *domain.Queue) {
		q.Hours, q.TimeZone, q.Holidays = weekdays(), "America/Sao_Paulo", domain.Days{"2026-12-25"}
		q.Hours["sun"] = []domain.Span{{"22:00", "24:00"}}
		q.Hours["mon"] = append(q.Hours["mon"], domain.Span{"00:00", "02:00"})
	})
	b.other.Hours, b.other.TimeZone = weekdays(), "America/New_York"
	require.NoError(t, b.store.UpdateQueue(ctx, b.other, b.now))
	here, there := b.start("11987654321"), b.start("11987654322")
	b.exec("UPDATE waa_conversations SET queue_id = '" + b.other.ID + "' WHERE id = '" + there.ID + "'")

	for _, test := range []struct {
		name, zone, wrote, now string
		here, there            int64 // minutes
	}{
		{"lunch", "America/Sao_Paulo", "2026-12-21 11:30", "2026-12-21 13:30", 60, 120},
		{"a night", "America/Sao_Paulo", "2026-12-21 17:00", "2026-12-22 08:30", 90, 60 * 3},
		{"a holiday here", "America/Sao_Paulo", "2026-12-24 17:00", "2026-12-28 01:00", 60 + 180, 60*3 + 60*9},
		{"midnight", "America/Sao_Paulo", "2026-12-20 23:00", "2026-12-21 01:00", 120, 0},
		{"the clocks there go back", "America/New_York", "2026-10-30 17:00", "2026-11-02 09:00", 420, 120},
		{"the clocks there spring forward", "America/New_York", "2027-03-12 17:00", "2027-03-15 08:30", 330, 90},
	} {
		t.Run(test.name, func(t *testing.T) {
			b.exec("DELETE FROM waa_messages")
			b.clockAt(test.zone, test.wrote)
			b.answered(here)
			b.answered(there)
			b.clockAt(test.zone, test.now)
			waits := func(least time.Duration) map[string]int64 {
				views, _, err := b.do.List(ctx, "root", domain.Filter{Waiting: &least, PerPage: 10})
				require.NoError(t, err)
				found := map[string]int64{}
				for _, view := range views {
					found[view.ID] = view.Waits / minute
				}
				return found
			}
			want := map[string]int64{here.ID: test.here, there.ID: test.there}
			require.Equal(t, want, waits(0))
			for id, minutes := range want {
				require.Equal(t, minutes, waits(time.Duration(minutes) * time.Minute)[id])
				require.NotContains(t, waits(time.Duration(minutes+1)*time.Minute), id)
				view, err := b.do.View(ctx, "root", id)
				require.NoError(t, err)
				require.Equal(t, minutes*minute, view.Waits)
			}
			now, err := b.do.ResultsNow(ctx, "root", "")
			require.NoError(t, err)
			require.Equal(t, []any{2, max(test.here, test.there) * minute}, []any{now.WaitingForUs, now.LongestWait})
		})
	}
}

// TestWhyNoTemplateMayGo: what a customer's page says is what a template meets.
func TestWhyNoTemplateMayGo(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	b.changeQueue(func(q *domain.Queue) { q.TemplateHours, q.TimeZone = weekdays(), "America/Sao_Paulo" })
	b.clockAt("America/Sao_Paulo", "2026-12-21 14:00")
	c := b.start(phone)
	next := func() *domain.Refusal {
		view, err := b.do.View(ctx, "bruno", c.ID)
		require.NoError(t, err)
		return view.NextTemplate
	}
	require.Equal(t, domain.CodeCooldown, next().Code)
	require.Equal(t, b.clockAt("America/Sao_Paulo", "2026-12-22 08:00"), func() int64 {
		b.clockAt("America/Sao_Paulo", "2026-12-21 14:30")
		return next().NextAt
	}(), "the cooldown ends in the evening")
	b.clockAt("America/Sao_Paulo", "2026-12-22 12:30")
	require.Equal(t, domain.CodeQuietHours, next().Code)
	b.clockAt("America/Sao_Paulo", "2026-12-22 13:00")
	require.Nil(t, next())
	b.settings.RequireConsent = true
	require.Equal(t, domain.CodeConsentRequired, next().Code)
	_, err := b.do.SetConsent(ctx, "bruno", c.ContactID, domain.ConsentRevoked, domain.ConsentGiven{})
	require.NoError(t, err)
	require.Equal(t, domain.CodeOptedOut, next().Code)
}
