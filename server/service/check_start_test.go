package service_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// rows counts everything that a start stores.
func (b *serviceFixture) rows() (n int) {
	for _, table := range []string{"waa_contacts", "waa_conversations", "waa_messages", "waa_charges", "waa_outbox", "waa_audit", "waa_wanted"} {
		var more int
		require.NoError(b.t, b.db.QueryRow("SELECT count(*) FROM "+table).Scan(&more))
		n += more
	}
	return n
}

func TestACheckSaysWhatAStartWouldSayAndStoresNothing(t *testing.T) {
	for name, c := range map[string]struct {
		before  func(b *serviceFixture)
		change  func(*domain.StartRequest)
		code    string // of the refusal; "" = none
		fields  []string
		exists  bool
		noPrice bool
	}{
		"a start that goes through": {},
		"nothing filled in": {
			change: func(r *domain.StartRequest) { r.Variables, r.Customer = nil, domain.Customer{} }, fields: []string{"body_1", "cpf", "customer_name", "phone"},
		},
		"no template yet":     {change: func(r *domain.StartRequest) { r.Template = domain.TemplateRef{} }, fields: []string{"template"}, noPrice: true},
		"an unknown queue":    {change: func(r *domain.StartRequest) { r.QueueID = "x" }, fields: []string{"queue"}, noPrice: true},
		"a template in pause": {change: func(r *domain.StartRequest) { r.Template.Name = "parado" }, code: domain.CodeTemplateNotAllowed, noPrice: true},
		"a plan with too little": {before: func(b *serviceFixture) {
			b.exec("UPDATE waa_plans SET monthly_limit = 999999")
		}, code: domain.CodeBudgetSpent},
		"no plan": {before: func(b *serviceFixture) { b.exec("UPDATE waa_plans SET approved = false") }, code: domain.CodeNoPlan, noPrice: true},
		"an open conversation": {
			before: func(b *serviceFixture) { b.start(phone) }, code: domain.CodeConversationExists, exists: true,
		},
		"an open conversation, confirmed": {
			before: func(b *serviceFixture) { b.start(phone) }, change: func(r *domain.StartRequest) { r.Confirm = true }, code: domain.CodeCooldown, exists: true,
		},
		"a template a moment ago": {before: func(b *serviceFixture) {
			c := b.start(phone)
			_, err := b.do.Close(context.Background(), "bruno", c.ID, domain.Closing{Note: "fim"})
			require.NoError(b.t, err)
		}, code: domain.CodeCooldown},
	} {
		t.Run(name, func(t *testing.T) {
			b := newServiceFixture(t)
			if c.before != nil {
				c.before(b)
			}
			request := b.request(phone)
			if c.change != nil {
				c.change(&request)
			}
			before, sent := b.rows(), len(b.sent)
			check, err := b.do.Check(context.Background(), request)
			require.NoError(t, err)
			require.ElementsMatch(t, c.fields, slices.Collect(maps.Keys(check.Fields)))
			code := ""
			if check.Refusal != nil {
				code = check.Refusal.Code
			}
			require.Equal(t, c.code, code)
			require.Equal(t, c.exists, check.Existing != nil)
			require.Equal(t, c.noPrice, check.Currency == "")
			if !c.noPrice {
				require.EqualValues(t, 1_000_000, check.Price)
			}
			require.Equal(t, before, b.rows())
			require.Len(t, b.sent, sent)
			if c.code == "" && len(c.fields) == 0 {
				b.start(phone) // and so it does
			}
		})
	}
	b := newServiceFixture(t)
	request := b.request(phone)
	request.ActorID = "davi"
	_, err := b.do.Check(context.Background(), request)
	require.Equal(t, domain.CodeForbidden, refusal(t, err).Code)
}

func TestWhatThereIsToStartWith(t *testing.T) {
	b := newServiceFixture(t)
	options, err := b.do.StartOptions(context.Background(), "bruno", "")
	require.NoError(t, err)
	require.Equal(t, b.queue.ID, options.QueueID)
	require.EqualValues(t, 10_000_000, options.Left)
	why := map[string]string{}
	for _, template := range options.Templates {
		why[template.Name] = template.Why.Key
	}
	require.Equal(t, map[string]string{"visita": "", "promo": "", "parado": "admin.template_is_paused"}, why, "what another queue may use is not listed")

	b.exec("UPDATE waa_plans SET monthly_limit = 1500000")
	options, err = b.do.StartOptions(context.Background(), "bruno", b.queue.ID)
	require.NoError(t, err)
	for _, template := range options.Templates {
		require.Equal(t, template.Name == "visita", template.Why.Key == "", template.Name)
	}
	_, err = b.do.StartOptions(context.Background(), "bruno", b.other.ID)
	require.Contains(t, refusal(t, err).Fields, "queue_id")
	options, err = b.do.StartOptions(context.Background(), "davi", "")
	require.NoError(t, err)
	require.Empty(t, options.Queues)
}

func TestOnlyCustomersWhomTheReaderMaySeeAreFound(t *testing.T) {
	b := newServiceFixture(t)
	first := b.start(phone)
	b.now += 7 * time.Hour.Milliseconds()
	_, err := b.do.Close(context.Background(), "bruno", first.ID, domain.Closing{Note: "fim"})
	require.NoError(t, err)
	second := b.start(phone)
	for reader, found := range map[string]bool{"bruno": true, "ana": true, "root": true, "davi": false} {
		for _, query := range []string{"mari", "98765", "11 8765-4321", "529.982.247-25"} {
			known, err := b.do.Customers(context.Background(), reader, query)
			require.NoError(t, err)
			require.Equal(t, found, len(known) == 1, "%s: %s", reader, query)
			if found {
				require.Equal(t, second.ID, known[0].Last.ID, "the latest")
			}
		}
	}
	for _, query := range []string{"", "m", "zé", "529.982.247-26"} {
		known, err := b.do.Customers(context.Background(), "root", query)
		require.NoError(t, err)
		require.Empty(t, known, query)
	}
}

// exec changes the database behind the service's back.
func (b *serviceFixture) exec(query string) {
	b.t.Helper()
	_, err := b.db.Exec(query)
	require.NoError(b.t, err)
}
