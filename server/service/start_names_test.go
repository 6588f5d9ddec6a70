package service_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const anotherCPF = "111.444.777-35" // ***.444.777-**

// known is all that is stored of the people there are.
func (b *serviceFixture) known() string {
	var all string
	require.NoError(b.t, b.db.QueryRow(`SELECT coalesce((SELECT string_agg(concat_ws('|', id, name, phone, wa_id, user_id, cpf_masked, cpf_cipher, cpf_hash, last_template_at), ';' ORDER BY id) FROM waa_contacts), '')
		|| '#' || coalesce((SELECT string_agg(concat_ws('|', account_id, kind, value, contact_id), ';' ORDER BY value) FROM waa_identities), '')
		|| '#' || (SELECT count(*) FROM waa_wanted)`).Scan(&all))
	return all
}

func (b *serviceFixture) audits(action string) (n int) {
	require.NoError(b.t, b.db.QueryRow("SELECT count(*) FROM waa_audit WHERE action = $1", action).Scan(&n))
	return n
}

// renamed is a start for a known number with another name and document.
func (b *serviceFixture) renamed() domain.StartRequest {
	r := b.request(phone)
	r.Customer.Name, r.Customer.CPF = "Outro Nome", anotherCPF
	return r
}

// TestARefusedStartWritesNothingOfItsCustomer: whatever the reason, the person is as before.
func TestARefusedStartWritesNothingOfItsCustomer(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(b *serviceFixture)
		change func(r *domain.StartRequest)
		closed bool
		code   string
	}{
		"an open conversation":                {code: domain.CodeConversationExists},
		"an open one, confirmed, too soon":    {change: func(r *domain.StartRequest) { r.Confirm = true }, code: domain.CodeCooldown},
		"an open one of a queue out of sight": {spoil: func(b *serviceFixture) { b.hide() }, code: domain.CodeConversationExists},
		"too soon":                            {closed: true, code: domain.CodeCooldown},
		"no plan": {closed: true, spoil: func(b *serviceFixture) {
			b.settings.CooldownHours = 0
			_, err := b.db.Exec("UPDATE waa_plans SET approved = false")
			require.NoError(b.t, err)
		}, code: domain.CodeNoPlan},
		"the plan is spent": {closed: true, spoil: func(b *serviceFixture) {
			b.settings.CooldownHours = 0
			_, err := b.db.Exec("UPDATE waa_plans SET monthly_limit = 0")
			require.NoError(b.t, err)
		}, code: domain.CodeBudgetSpent},
		"a template not allowed": {closed: true, change: func(r *domain.StartRequest) { r.Template.Name = "novo" }, code: domain.CodeTemplateNotAllowed},
		"a wrong field":          {closed: true, change: func(r *domain.StartRequest) { r.Variables = nil }, code: domain.CodeInvalidField},
		"Meta refuses": {closed: true, spoil: func(b *serviceFixture) {
			b.settings.CooldownHours = 0
			b.outcome = domain.Delivery{Status: domain.Failed, MetaCode: 131026, Words: fakeMeta{}}
		}, code: domain.CodeMetaRefused},
		"Meta refuses in the open one": {spoil: func(b *serviceFixture) {
			b.settings.CooldownHours = 0
			b.outcome = domain.Delivery{Status: domain.Failed, MetaCode: 131026, Words: fakeMeta{}}
		}, change: func(r *domain.StartRequest) { r.Confirm = true }, code: domain.CodeMetaRefused},
	} {
		t.Run(name, func(t *testing.T) {
			b := newServiceFixture(t)
			ctx := context.Background()
			conv := b.start(phone)
			if c.closed {
				_, err := b.do.Close(ctx, "bruno", conv.ID, domain.Closing{})
				require.NoError(t, err)
			}
			if c.spoil != nil {
				c.spoil(b)
			}
			r := b.renamed()
			if c.change != nil {
				c.change(&r)
			}
			before := b.known()
			_, err := b.do.Start(ctx, r)
			require.Equal(t, c.code, refusal(t, err).Code)
			require.Equal(t, before, b.known())
			require.Zero(t, b.audits("contact_changed"))
		})
	}
}

type fakeMeta struct{}

func (fakeMeta) Text() domain.Text { return domain.T("meta.undeliverable") }

// hide puts all conversations into a queue that none of the agents sees.
func (b *serviceFixture) hide() {
	_, err := b.db.Exec("UPDATE waa_conversations SET queue_id = $1, owner_id = 'zoe', attendant_id = 'zoe'", b.other.ID)
	require.NoError(b.t, err)
}

// TestAStartThatSucceedsRenamesWhomItsAgentSees: with an audit row that holds hashes of what was.
func TestAStartThatSucceedsRenamesWhomItsAgentSees(t *testing.T) {
	for name, c := range map[string]struct {
		spoil   func(b *serviceFixture)
		outcome domain.Status
		renames bool
	}{
		"their own customer":           {outcome: domain.Sent, renames: true},
		"of a queue out of sight":      {spoil: func(b *serviceFixture) { b.hide() }, outcome: domain.Sent},
		"nobody ever talked with them": {spoil: func(b *serviceFixture) { _, _ = b.db.Exec("UPDATE waa_conversations SET aborted_at = 1") }, outcome: domain.Sent, renames: true},
		"nobody knows what came of it": {outcome: domain.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			b := newServiceFixture(t)
			ctx := context.Background()
			first := b.start(phone)
			_, err := b.do.Close(ctx, "bruno", first.ID, domain.Closing{})
			require.NoError(t, err)
			if c.spoil != nil {
				c.spoil(b)
			}
			b.settings.CooldownHours, b.outcome.Status = 0, c.outcome
			started, err := b.do.Start(ctx, b.renamed())
			require.NoError(t, err)
			got := started.Conversation.Contact
			require.Equal(t, first.ContactID, got.ID)
			if !c.renames {
				require.Equal(t, []string{"Marina", "***.982.247-**"}, []string{got.Name, got.CPFMasked})
				require.Zero(t, b.audits("contact_changed"))
				return
			}
			require.Equal(t, []string{"Outro Nome", "***.444.777-**"}, []string{got.Name, got.CPFMasked})
			var details, actor string
			require.NoError(t, b.db.QueryRow("SELECT details::text, actor_id FROM waa_audit WHERE action = 'contact_changed' AND object_id = $1", got.ID).Scan(&details, &actor))
			require.JSONEq(t, `{"name_was": "hash:Marina", "cpf_was": "hash:52998224725"}`, details)
			require.Equal(t, "bruno", actor)
			require.Contains(t, b.known(), "#0", "nothing is left to hold")
		})
	}
}

// A status tells at last that the template went: then what the start said holds.
func TestAStatusLetsHoldWhatAStartSaid(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	first := b.start(phone)
	_, err := b.do.Close(ctx, "bruno", first.ID, domain.Closing{})
	require.NoError(t, err)
	b.settings.CooldownHours, b.outcome.Status = 0, domain.Unknown
	started, err := b.do.Start(ctx, b.renamed())
	require.NoError(t, err)
	require.Equal(t, "Marina", started.Conversation.Contact.Name)
	for range 2 {
		require.NoError(t, b.store.Adopt(ctx, b.sent[len(b.sent)-1], b.now))
	}
	conv, err := b.store.Conversation(ctx, started.Conversation.ID)
	require.NoError(t, err)
	require.Equal(t, "Outro Nome", conv.Contact.Name)
	require.Equal(t, 1, b.audits("contact_changed"))
}
