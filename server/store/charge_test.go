package store_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestTheQuotaCountsEveryServiceMessageOfTheMonth(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		var all sync.WaitGroup
		for range 12 {
			m := f.outbound(t, conv, nil)
			all.Go(func() {
				delivered := change(m, domain.Delivered)
				delivered.ServiceQuota = 5
				if _, _, err := f.ApplyStatus(ctx(), f.account.ID, delivered); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 5, f.number(t, "SELECT count(*) FROM waa_charges WHERE state = 'free' AND amount = 0"))
		require.EqualValues(t, 7, f.number(t, "SELECT count(*) FROM waa_charges WHERE state = 'billed' AND amount = 1000000"))

		next := change(f.outbound(t, conv, nil), domain.Delivered)
		next.ServiceQuota, next.At = 5, now+20*day
		_, _, err := f.ApplyStatus(ctx(), f.account.ID, next)
		require.NoError(t, err)
		require.EqualValues(t, 6, f.number(t, "SELECT count(*) FROM waa_charges WHERE state = 'free'"), "a new month")
	})
}

func TestWithoutAPlanAChargeIsKnownButNotItsAmount(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		text, template := f.outbound(t, conv, nil), f.template(t, conv, "utility")
		require.NoError(t, f.DeletePlan(ctx(), f.plan.ID, "boss", now))
		for _, m := range []*domain.Message{text, template} {
			_, _, err := f.ApplyStatus(ctx(), f.account.ID, pricedAs(change(m, domain.Delivered), "", "regular"))
			require.NoError(t, err)
		}
		got := map[string]outcome{}
		for _, c := range f.charges(t) {
			got[c.MessageID] = outcomeOf(c)
		}
		require.Equal(t, map[string]outcome{
			text.ID:     {"service", domain.ChargeBilled, "", 0},
			template.ID: {"utility", domain.ChargeBilled, "USD", money(2)},
		}, got)
	})
}

func TestAFailureReleasesTheCharge(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.LastTemplateAt = 0 })
		earlier := f.template(t, conv, "utility")
		require.NoError(t, f.accepted(earlier.ID, "w0", person("+5511987654321"), now))
		m := f.template(t, conv, "marketing")
		require.NoError(t, f.accepted(m.ID, "wamid."+m.ID, person("+5511987654321"), now+hour))
		before, err := f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		require.Equal(t, now+hour, before.LastTemplateAt)
		require.Equal(t, now+hour, before.Contact.LastTemplateAt)

		failed := change(m, domain.Failed)
		failed.Reason = 131026
		got, advanced, err := f.ApplyStatus(ctx(), f.account.ID, failed)
		require.NoError(t, err)
		require.True(t, advanced)
		require.Equal(t, domain.Failed, got.Status)
		require.Equal(t, 131026, got.ReasonCode)
		stored, err := f.Message(ctx(), m.ID)
		require.NoError(t, err)
		require.Equal(t, stored, got)
		after, err := f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		require.Equal(t, now, after.LastTemplateAt, "what failed was never sent")
		require.Equal(t, now, after.Contact.LastTemplateAt)
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_charges WHERE message_id = $1 AND state = 'released' AND amount = 0", m.ID))

		for _, late := range []domain.Status{domain.Failed, domain.Delivered, domain.Sent} {
			got, advanced, err = f.ApplyStatus(ctx(), f.account.ID, pricedAs(change(m, late), "marketing", "regular"))
			require.NoError(t, err)
			require.False(t, advanced)
			require.Equal(t, domain.Failed, got.Status)
		}
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_charges WHERE message_id = $1 AND state = 'released'", m.ID))

		// what was delivered cannot fail any more
		_, _, err = f.ApplyStatus(ctx(), f.account.ID, change(earlier, domain.Delivered))
		require.NoError(t, err)
		_, advanced, err = f.ApplyStatus(ctx(), f.account.ID, change(earlier, domain.Failed))
		require.NoError(t, err)
		require.False(t, advanced)
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_charges WHERE message_id = $1 AND state = 'billed'", earlier.ID))
	})
}

// Whatever statuses come: one charge at the most, its state fits the message's.
func TestChargesFitTheirMessages(t *testing.T) {
	f := direct(t)
	contact := f.contact(t, "+5511987654321", "Ana")
	conv := f.conversation(t, contact.ID, nil)
	statuses := []domain.Status{"", domain.Sent, domain.Delivered, domain.Read, domain.Failed}
	rapid.Check(t, func(rt *rapid.T) {
		m := f.outbound(t, conv, nil)
		isTemplate := rapid.Bool().Draw(rt, "template")
		if isTemplate {
			m = f.template(t, conv, "utility")
		}
		for _, status := range rapid.SliceOfN(rapid.SampledFrom(statuses), 0, 8).Draw(rt, "statuses") {
			c := change(m, status)
			if rapid.Bool().Draw(rt, "priced") {
				c = pricedAs(c, rapid.SampledFrom([]string{"utility", "marketing", "service", ""}).Draw(rt, "category"), rapid.SampledFrom([]string{"regular", "free_entry_point", ""}).Draw(rt, "type"))
			}
			_, _, err := f.ApplyStatus(ctx(), f.account.ID, c)
			require.NoError(rt, err)
		}
		got, err := f.Message(ctx(), m.ID)
		require.NoError(rt, err)
		states := []string{}
		for _, c := range f.charges(t) {
			if c.MessageID == m.ID {
				states = append(states, c.State)
				require.Equal(rt, c.State == domain.ChargeBilled || c.State == domain.ChargeReserved, c.Amount > 0)
			}
		}
		switch got.Status {
		case domain.Delivered, domain.Read:
			require.Len(rt, states, 1)
			require.Contains(rt, []string{domain.ChargeBilled, domain.ChargeFree}, states[0])
		case domain.Failed:
			require.Subset(rt, []string{domain.ChargeReleased}, states)
		default:
			require.Subset(rt, []string{domain.ChargeReserved}, states)
		}
		require.False(rt, isTemplate && len(states) != 1)
		_, err = f.db.Exec("DELETE FROM waa_charges")
		require.NoError(rt, err)
	})
}
