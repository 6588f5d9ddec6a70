package service_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// A form that is submitted twice, by a second click or by the phone app after a time-out, schedules once.
func TestAFormThatIsSubmittedTwiceSchedulesOnce(t *testing.T) {
	b := newScheduleFixture(t)
	ctx := context.Background()
	changed := map[string]int{}
	var mu sync.Mutex
	b.do.Changed = func(userID string) {
		mu.Lock()
		defer mu.Unlock()
		changed[userID]++
	}
	request := b.request(phone)
	request.Since, request.SendAt = b.now, b.now+10*minute
	ids := make([]string, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			if s, err := b.do.Schedule(ctx, request); err == nil {
				ids[i] = s.ID
			}
		})
	}
	all.Wait()
	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}
	require.NotEmpty(t, ids[0])
	require.Equal(t, 1, b.count("SELECT count(*) FROM waa_scheduled"))
	require.Equal(t, 1, b.audits("template_scheduled"))
	require.NotZero(t, changed["bruno"])

	for name, change := range map[string]func(r *domain.StartRequest){
		"another moment": func(r *domain.StartRequest) { r.SendAt += minute },
		"another text":   func(r *domain.StartRequest) { r.Variables = map[string]string{"body_1": "olá"} },
	} {
		t.Run(name+" in the same form is refused: the customer would get both", func(t *testing.T) {
			again := request
			change(&again)
			_, err := b.do.Schedule(ctx, again)
			require.Equal(t, "scheduled.already", refusal(t, err).Text.Key)
		})
	}
	for name, change := range map[string]func(r *domain.StartRequest){
		"another customer": func(r *domain.StartRequest) { r.Customer.Phone = "+5511987650000" },
		"a form that was opened later": func(r *domain.StartRequest) {
			b.now += 1000
			r.Since, r.SendAt = b.now, r.SendAt+minute
		},
		"a request without a form":                    func(r *domain.StartRequest) { r.Since = 0 },
		"the same form, once the first was cancelled": func(*domain.StartRequest) { b.exec("UPDATE waa_scheduled SET status = 'cancelled', ended_at = 1") },
	} {
		t.Run(name+" schedules", func(t *testing.T) {
			before := b.count("SELECT count(*) FROM waa_scheduled")
			another := request
			change(&another)
			_, err := b.do.Schedule(ctx, another)
			require.NoError(t, err)
			require.Equal(t, before+1, b.count("SELECT count(*) FROM waa_scheduled"))
		})
	}
}

// Whoever starts by hand what failed gets what was typed, without the document; the server puts that in.
func TestWhatFailedFillsInItsStart(t *testing.T) {
	b := newScheduleFixture(t)
	ctx := context.Background()
	s := b.scheduled(minute)
	_, err := b.do.ScheduledToStart(ctx, "bruno", s.ID)
	require.ErrorIs(t, err, domain.ErrNotFound, "it has not failed")
	b.now += 2 * minute
	b.exec("UPDATE waa_templates SET approved = false")
	require.Equal(t, domain.ScheduledFailed, b.due(s.ID).Status)
	b.exec("UPDATE waa_templates SET approved = true")

	_, err = b.do.ScheduledToStart(ctx, "ana", s.ID)
	require.ErrorIs(t, err, domain.ErrNotFound, "it is not hers")
	failed, err := b.do.ScheduledToStart(ctx, "bruno", s.ID)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"body_1": "oi"}, failed.Asked.Variables)

	request := b.request("")
	request.Customer = domain.Customer{ID: s.ID}
	request.ActorID = "ana"
	_, err = b.do.Start(ctx, request)
	require.Equal(t, "refusal.unknown_customer", refusal(t, err).Fields["customer"].Key)
	request.ActorID = "bruno"
	started, err := b.do.Start(ctx, request)
	require.NoError(t, err)
	require.Equal(t, []string{"Marina", phone, "***.982.247-**"}, []string{started.Conversation.Contact.Name, started.Conversation.Contact.Phone, started.Conversation.Contact.CPFMasked})

	cancelled, err := b.do.CancelScheduled(ctx, "bruno", s.ID)
	require.NoError(t, err)
	require.Equal(t, domain.ScheduledCancelled, cancelled.Status, "it is off the list")
	_, err = b.do.StartScheduled(ctx, "bruno", s.ID)
	require.Equal(t, domain.CodeAlreadySent, refusal(t, err).Code)
	require.Len(t, b.sent, 1)
}

// What is to go to a person is shown to those who may see the person's conversations in its queue, and may not be cancelled by them.
func TestWhatIsScheduledForOnePerson(t *testing.T) {
	b := newScheduleFixture(t)
	ctx := context.Background()
	conv := b.start(phone)
	b.settings.CooldownHours = 0
	request := b.request("+5511987650000")
	request.SendAt = b.now + minute
	_, err := b.do.Schedule(ctx, request)
	require.NoError(t, err)
	request.Customer.Phone, request.ActorID, request.Confirm, request.Reason = phone, "ana", true, "pediu"
	hers, err := b.do.Schedule(ctx, request)
	require.NoError(t, err)
	for who, sees := range map[string]bool{"ana": true, "bruno": true, "root": true, "davi": false} {
		list, total, err := b.do.ListScheduled(ctx, who, domain.ScheduledFilter{ContactID: conv.ContactID, PerPage: 10})
		require.NoError(t, err)
		require.Equal(t, sees, total == 1 && list[0].ID == hers.ID, who)
	}
	_, err = b.do.CancelScheduled(ctx, "bruno", hers.ID)
	require.Equal(t, domain.CodeNotFound, refusal(t, err).Code)
}

// Free text costs nothing while its number has free ones left, and what the plan says after that.
func TestWhatTheNextTextCosts(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	b.settings.FreeServiceMessages = 2
	b.exec(`UPDATE waa_plans SET prices = prices || '{"service": 40000}'`)
	conv := b.start(phone)
	price := func() domain.Money {
		t.Helper()
		view, err := b.do.View(ctx, "bruno", conv.ID)
		require.NoError(t, err)
		return view.NextText
	}
	charge := func(id string) {
		b.exec(`INSERT INTO waa_charges (message_id, conversation_id, account_id, queue_id, agent_id, template_id, category, amount, currency, state, at)
			SELECT '` + id + `', c.id, c.account_id, c.queue_id, '', '', 'service', 0, 'BRL', 'free', c.created_at FROM waa_conversations c`)
	}
	charge("a")
	charge("b")
	require.Zero(t, price(), "no text can be sent")
	b.answered(conv)
	require.EqualValues(t, 40_000, price())
	b.settings.FreeServiceMessages = 3
	require.Zero(t, price())
	b.settings.FreeServiceMessages = 0
	require.EqualValues(t, 40_000, price())
	b.exec("UPDATE waa_plans SET approved = false")
	require.Zero(t, price(), "it is not known")
}
