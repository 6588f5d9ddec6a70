package service_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
)

// ruled are rows that decide about a template, and a store, a transaction and people that know no others.
type ruled struct {
	account    domain.Account
	queue      domain.Queue
	template   domain.Template
	contact    domain.Contact
	within     *domain.Conversation // nil = the template begins a conversation
	plan       *domain.Plan
	spent      domain.Money
	last       int64 // when the last template went; 0 = none did
	now        int64
	supervisor bool
	stored     *domain.Message
}

func (r *ruled) Now() int64 { return r.now }
func (r *ruled) Account(context.Context, string) (*domain.Account, error) {
	account := r.account
	return &account, nil
}
func (r *ruled) Queue(context.Context, string) (*domain.Queue, error) {
	queue := r.queue
	return &queue, nil
}
func (r *ruled) Template(context.Context, string) (*domain.Template, error) {
	template := r.template
	return &template, nil
}
func (r *ruled) Budget(context.Context, string, int64) (*domain.Plan, domain.Money, error) {
	if r.plan == nil {
		return nil, 0, domain.ErrNotFound
	}
	return r.plan, r.spent, nil
}
func (r *ruled) ContactOfPhone(context.Context, string, string) (*domain.Contact, error) {
	contact := r.contact
	return &contact, nil
}
func (r *ruled) Conversation(context.Context, string) (*domain.Conversation, error) {
	if r.within == nil {
		return &domain.Conversation{Contact: r.contact}, nil
	}
	conv := *r.within
	return &conv, nil
}

// ruledStore tells the store's method from the transaction's of the same name.
type ruledStore struct {
	*ruled
	noStore
}

// noStore, noTx and noPeople have the methods that nothing asks for.
type (
	noStore  struct{ service.Store }
	noTx     struct{ domain.Tx }
	noPeople struct{ service.People }
)

func (s ruledStore) OpenConversation(context.Context, string, string) (*domain.Conversation, error) {
	return nil, domain.ErrNotFound
}
func (s ruledStore) InTx(_ context.Context, fn func(domain.Tx) error) error {
	return fn(ruledTx{ruled: s.ruled})
}
func (s ruledStore) Audit(context.Context, string, string, string, map[string]string) error {
	return nil
}

type ruledTx struct {
	*ruled
	noTx
}

func (t ruledTx) LockContact(*domain.Account, domain.ContactWanted) (*domain.Contact, error) {
	contact := t.contact
	return &contact, nil
}
func (t ruledTx) OpenConversation(string, string) (*domain.Conversation, error) {
	return nil, domain.ErrNotFound
}
func (t ruledTx) LockConversation(string) (*domain.Conversation, error) {
	return t.Conversation(context.Background(), "")
}
func (t ruledTx) LockQueue(string) error { return nil }
func (t ruledTx) LockPlan(string, int64) (*domain.Plan, domain.Money, error) {
	return t.Budget(context.Background(), "", 0)
}
func (t ruledTx) LastTemplate(string) (*domain.Message, error) {
	if t.last == 0 {
		return nil, domain.ErrNotFound
	}
	return &domain.Message{CreatedAt: t.last}, nil
}
func (t ruledTx) InsertScheduled(*domain.Scheduled) error               { return nil }
func (t ruledTx) LinkScheduled(string, string, string) error            { return nil }
func (t ruledTx) TemplateName(string) (string, error)                   { return "visita", nil }
func (t ruledTx) InsertConversation(*domain.Conversation) error         { return nil }
func (t ruledTx) UpdateConversation(*domain.Conversation) error         { return nil }
func (t ruledTx) UpdateContact(*domain.Contact) error                   { return nil }
func (t ruledTx) InsertMessage(m *domain.Message) error                 { t.stored = m; return nil }
func (t ruledTx) Enqueue(*domain.Message, []byte, int64) error          { return nil }
func (t ruledTx) InsertCharge(*domain.Charge) error                     { return nil }
func (t ruledTx) Audit(string, string, string, map[string]string) error { return nil }
func (t ruledTx) StoreWantedContact(string, string, string, domain.ContactWanted, map[string]string, int64) error {
	return nil
}

// ruledPeople tells the people's method from others of the same name.
type ruledPeople struct {
	*ruled
	noPeople
}

func (p ruledPeople) InQueue(context.Context, string, *domain.Queue) (bool, error) { return true, nil }
func (p ruledPeople) Supervises(context.Context, string, *domain.Queue) (bool, error) {
	return p.supervisor, nil
}
func (p ruledPeople) SystemAdmin(context.Context, string) (bool, error) { return false, nil }
func (p ruledPeople) Username(context.Context, string) (string, error)  { return "ana", nil }
func (p ruledPeople) QueuesOf(context.Context, string) ([]*domain.Queue, error) {
	return []*domain.Queue{&p.queue}, nil
}
func (p ruledPeople) Membership(context.Context, string, *domain.Conversation, *domain.Queue) (domain.Membership, error) {
	return domain.Membership{Username: "bruno", InTeam: true, InChannel: true, InQueueRoom: true}, nil
}

// randomRows makes rows in which most of what can be in the way is so now and then.
func randomRows(random *rand.Rand, zones []string) (*ruled, domain.Settings) {
	sometimes := func(one int) bool { return random.IntN(one) == 0 }
	const hour = int64(3_600_000)
	now := int64(1_790_000_000_000) + random.Int64N(400*24)*hour + random.Int64N(hour)
	around := func() int64 { return now + (random.Int64N(97)-48)*hour }
	r := &ruled{
		now: now, supervisor: sometimes(2), account: domain.Account{ID: "a", Enabled: !sometimes(15)},
		queue:    domain.Queue{ID: "q", AccountID: "a", TimeZone: zones[random.IntN(len(zones))]},
		template: domain.Template{ID: "t", AccountID: "a", Name: "visita", Category: []string{"MARKETING", "UTILITY"}[random.IntN(2)], Status: domain.StatusApproved, Approved: !sometimes(15), QueueIDs: []string{"q"}},
		contact:  domain.Contact{ID: "p", Phone: phone, Name: "Marina", ConsentStatus: []domain.ConsentStatus{"", "granted", "granted", "revoked"}[random.IntN(4)], ConsentAt: now - hour, CreatedAt: 1},
		plan:     &domain.Plan{MonthlyLimit: 100, Currency: "BRL", Prices: domain.Prices{Marketing: 10, Utility: 10}},
	}
	if sometimes(3) {
		r.queue.TemplateHours = domain.Hours{}
		for _, day := range domain.Weekdays() {
			if !sometimes(4) {
				from := random.IntN(20)
				r.queue.TemplateHours[day] = []domain.Span{{fmt.Sprintf("%02d:00", from), fmt.Sprintf("%02d:00", from+1+random.IntN(24-from))}}
			}
		}
		r.queue.Holidays = domain.Days{time.UnixMilli(around()).UTC().Format(time.DateOnly)}
	}
	if sometimes(8) {
		r.template.Status = "PAUSED"
	}
	if sometimes(5) {
		r.contact.MarketingStopAt = now - hour
	}
	if sometimes(5) {
		r.contact.BlockedUntil = around()
	}
	if sometimes(10) {
		r.plan = nil
	} else if sometimes(8) {
		r.spent = 95
	}
	if sometimes(3) {
		r.last = now - random.Int64N(10)*hour
		r.contact.LastTemplateAt = r.last
	}
	if sometimes(2) {
		r.within = &domain.Conversation{ID: "c", AccountID: "a", QueueID: "q", ContactID: "p", ChannelID: "channel", OwnerID: "bruno", LastTemplateAt: now - 30*hour, Contact: r.contact}
		if sometimes(2) {
			r.within.WindowUntil = around()
		}
		if sometimes(8) {
			r.within.ClosedAt = now - hour
		}
	}
	return r, domain.Settings{DefaultRegion: "BR", CooldownHours: 6, RequireConsent: sometimes(3), TimeZone: time.UTC}
}

// TestStartPopupScheduleAndLockRuleAlike compares, for 10,000 random rows and clocks, what the popup says before, what the start or the template in a
// conversation comes to, what it would have come to had somebody scheduled it for this moment, and what the lock says when it is about to leave. What the lock does not ask again, cooldown and plan, was asked when the
// template was stored.
func TestStartPopupScheduleAndLockRuleAlike(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	codes := map[string]int{}
	for n := range 10_000 {
		r, settings := randomRows(random, []string{"America/Sao_Paulo", "America/Manaus", "Europe/Lisbon", ""})
		do := service.NewService(service.Ports{
			Store: ruledStore{ruled: r}, People: ruledPeople{ruled: r}, ChannelSync: fakeNoChannels{}, Encrypter: fake.Encrypter{}, Clock: r, NewID: func() string { return "id" },
			Settings: func() domain.Settings { return settings },
			Compose: func(context.Context, string, *domain.Template, map[string]string, domain.Reading) (domain.Composed, error) {
				return domain.Composed{}, nil
			},
			SendNow: func(context.Context, string) (domain.Delivery, error) {
				return domain.Delivery{Status: domain.Sent}, nil
			},
		})
		confirm, reason := random.IntN(2) == 0, []string{"", "pediu"}[random.IntN(2)]
		consent := domain.ConsentGiven{Origin: []string{"", "site"}[random.IntN(2)]}
		ref := domain.TemplateRef{ID: "t"}
		code := ""
		var err error
		if r.within == nil {
			request := domain.StartRequest{ActorID: "bruno", QueueID: "q", Template: ref, Customer: domain.Customer{Name: "Marina", Phone: phone}, Confirm: confirm, Reason: reason, Consent: consent}
			check, checkErr := do.Check(context.Background(), request)
			require.NoError(t, checkErr)
			planned, due := request, r.now
			planned.SendAt = due
			r.now -= time.Minute.Milliseconds() + random.Int64N(domain.MaxScheduleAhead.Milliseconds()-time.Minute.Milliseconds())
			_, planErr := do.Schedule(context.Background(), planned)
			plannedCheck, checkErr := do.Check(context.Background(), planned)
			require.NoError(t, checkErr)
			r.now = due - random.Int64N(2)*3_600_000 // the clock of the process that sends it may be behind
			planned.Scheduled = "scheduled"
			_, dueErr := do.Start(context.Background(), planned)
			r.now, r.stored = due, nil
			_, err = do.Start(context.Background(), request)
			if code = codeOf(err); check.Refusal != nil {
				require.Equal(t, check.Refusal.Code, code, "%d: the popup", n)
				require.Equal(t, check.Refusal.NextAt, refusalOf(err).NextAt)
			} else {
				require.Empty(t, code, "%d: the popup", n)
			}
			require.Equal(t, []string{code, code}, []string{codeOf(planErr), codeOf(dueErr)}, "%d: scheduled for this moment, and then due", n)
			require.Equal(t, check.Refusal == nil, plannedCheck.Refusal == nil, "%d: the popup, before it is scheduled", n)
		} else {
			consent = domain.ConsentGiven{}
			_, err = do.SendTemplate(context.Background(), domain.TemplateRequest{ActorID: "bruno", ConversationID: "c", Template: ref, Confirm: confirm, Reason: reason})
			code = codeOf(err)
		}
		codes[code]++
		send := domain.Send{Account: r.account, Contact: r.contact, Template: r.template, Queue: r.queue, Message: domain.Message{Kind: domain.KindTemplate, CreatedAt: r.now}}
		if r.within != nil {
			send.Conversation = *r.within
		}
		if consent.Origin != "" && send.Contact.ConsentStatus == domain.ConsentNone { // it was stored with the message
			send.Contact.ConsentStatus = domain.ConsentGranted
		}
		send.Message.OverHours = r.supervisor && confirm && reason != ""
		if r.stored != nil {
			send.Message.OverHours = r.stored.OverHours
			require.Equal(t, !r.queue.TemplateOpening(settings).OpenAt(r.now), r.stored.OverHours, "%d: the message keeps what a supervisor overruled, and nothing else", n)
		}
		lock := send.Check(settings).Refusal(r.now, "")
		// of several obstacles a form names the one that it can see before it knows the customer
		early := (&domain.SendCheck{Account: &r.account, Template: &r.template, QueueID: "q"}).Refusal(r.now, "")
		switch {
		case code == "":
			require.Nil(t, lock, "%d: what was started leaves", n)
		case early != nil:
			require.NotNil(t, lock, "%d: the lock refuses too", n)
			require.Equal(t, early.Code, code, "%d", n)
		case lock != nil:
			require.Equal(t, lock.Code, code, "%d: the lock says the same", n)
		default:
			require.Contains(t, []string{domain.CodeCooldown, domain.CodeNoPlan, domain.CodeBudgetSpent, domain.CodeInvalidField}, code, "%d: only what is asked once", n)
		}
	}
	for _, code := range []string{"", domain.CodeOptedOut, domain.CodeConsentRequired, domain.CodeQuietHours, domain.CodeCooldown, domain.CodeTemplateNotAllowed, domain.CodeConversationClosed, domain.CodeNoPlan, domain.CodeBudgetSpent, domain.CodeUnavailable} {
		require.Greater(t, codes[code], 20, "%q is among the cases: %v", code, codes)
	}
}

func codeOf(err error) string {
	if r := refusalOf(err); r != nil {
		return r.Code
	}
	return ""
}

func refusalOf(err error) *domain.Refusal {
	r, _ := domain.AsRefusal(err)
	return r
}

// fakeNoChannels shows nothing anywhere.
type fakeNoChannels struct{ service.ChannelSync }

func (fakeNoChannels) SyncNow(context.Context, string) error { return nil }
