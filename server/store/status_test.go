package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func change(m *domain.Message, status domain.Status) domain.StatusChange {
	return domain.StatusChange{MessageID: m.ID, WAMID: "wamid." + m.ID, Status: status, At: now + int64(status.Rank()), Billable: true}
}

func pricedAs(c domain.StatusChange, category, kind string) domain.StatusChange {
	c.Priced, c.Category, c.PricingType = true, category, kind
	return c
}

// outcome is what a charge came to.
type outcome struct {
	Category, State, Currency string
	Amount                    domain.Money
}

func outcomeOf(c *domain.Charge) outcome {
	return outcome{c.Category, c.State, c.Currency, c.Amount}
}

func TestOneChargeInWhateverOrderStatusesCome(t *testing.T) {
	sent, delivered, read := domain.Sent, domain.Delivered, domain.Read
	for name, c := range map[string]struct {
		template string // category; "" = free text
		statuses func(*domain.Message) []domain.StatusChange
		quota    int
		want     outcome
	}{
		"a template": {"marketing", func(m *domain.Message) []domain.StatusChange {
			return []domain.StatusChange{pricedAs(change(m, sent), "marketing", "regular"), pricedAs(change(m, delivered), "marketing", "regular"), pricedAs(change(m, read), "marketing", "regular")}
		}, 0, outcome{"marketing", domain.ChargeBilled, "USD", money(5)}},
		"Meta has another category": {"utility", func(m *domain.Message) []domain.StatusChange {
			return []domain.StatusChange{pricedAs(change(m, sent), "MARKETING", "regular"), change(m, delivered), change(m, read)}
		}, 0, outcome{"marketing", domain.ChargeBilled, "USD", money(5)}},
		"only the read status has a pricing": {"utility", func(m *domain.Message) []domain.StatusChange {
			return []domain.StatusChange{change(m, sent), change(m, delivered), pricedAs(change(m, read), "marketing", "regular")}
		}, 0, outcome{"marketing", domain.ChargeBilled, "USD", money(5)}},
		"no pricing may be billed": {"utility", func(m *domain.Message) []domain.StatusChange {
			return []domain.StatusChange{change(m, sent), change(m, delivered), change(m, read)}
		}, 0, outcome{"utility", domain.ChargeBilled, "USD", money(2)}},
		"a type nobody knows may be billed": {"utility", func(m *domain.Message) []domain.StatusChange {
			return []domain.StatusChange{change(m, sent), pricedAs(change(m, delivered), "utility", "half_price"), change(m, read)}
		}, 0, outcome{"utility", domain.ChargeBilled, "USD", money(2)}},
		"a free entry point": {"marketing", func(m *domain.Message) []domain.StatusChange {
			return []domain.StatusChange{pricedAs(change(m, sent), "marketing", "free_entry_point"), change(m, delivered), change(m, read)}
		}, 0, outcome{"marketing", domain.ChargeFree, "USD", 0}},
		"not billable": {"marketing", func(m *domain.Message) []domain.StatusChange {
			free := pricedAs(change(m, delivered), "marketing", "regular")
			free.Billable = false
			return []domain.StatusChange{change(m, sent), free, change(m, read)}
		}, 0, outcome{"marketing", domain.ChargeFree, "USD", 0}},
		"never delivered stays reserved": {"marketing", func(m *domain.Message) []domain.StatusChange {
			return []domain.StatusChange{pricedAs(change(m, sent), "marketing", "regular"), change(m, sent), change(m, "")}
		}, 0, outcome{"marketing", domain.ChargeReserved, "USD", money(5)}},
		"free text": {"", func(m *domain.Message) []domain.StatusChange {
			return []domain.StatusChange{change(m, sent), pricedAs(change(m, delivered), "service", "regular"), change(m, read)}
		}, 0, outcome{"service", domain.ChargeBilled, "USD", money(1)}},
		"free text of the customer service": {"", func(m *domain.Message) []domain.StatusChange {
			return []domain.StatusChange{change(m, sent), change(m, delivered), pricedAs(change(m, read), "service", "free_customer_service")}
		}, 0, outcome{"service", domain.ChargeFree, "USD", 0}},
		"free text within the quota": {"", func(m *domain.Message) []domain.StatusChange {
			return []domain.StatusChange{change(m, sent), change(m, delivered), pricedAs(change(m, read), "service", "regular")}
		}, 1, outcome{"service", domain.ChargeFree, "USD", 0}},
	} {
		t.Run(name, func(t *testing.T) {
			f := direct(t)
			n := 0
			permutations([]int{0, 1, 2}, func(order []int) {
				n++
				_, err := f.db.Exec("DELETE FROM waa_charges")
				require.NoError(t, err)
				conv := f.conversation(t, f.contact(t, fmt.Sprintf("+551198765%04d", n), "Ana").ID, nil)
				m := f.outbound(t, conv, nil)
				if c.template != "" {
					m = f.template(t, conv, c.template)
				}
				statuses := c.statuses(m)
				best := domain.Pending
				for _, i := range append(order, order...) { // all of them twice
					statuses[i].ServiceQuota = c.quota
					got, advanced, err := f.ApplyStatus(ctx(), f.account.ID, statuses[i])
					require.NoError(t, err)
					require.Equal(t, best.Advances(statuses[i].Status), advanced)
					if advanced {
						best = statuses[i].Status
					}
					require.Equal(t, best, got.Status)
				}
				charges := f.charges(t)
				require.Len(t, charges, 1, order)
				require.Equal(t, c.want, outcomeOf(charges[0]), order)
				require.Equal(t, m.ID, charges[0].MessageID)
			})
		})
	}
}

func permutations(items []int, fn func([]int)) {
	var permute func(int)
	permute = func(k int) {
		if k == len(items) {
			fn(append([]int{}, items...))
			return
		}
		for i := k; i < len(items); i++ {
			items[k], items[i] = items[i], items[k]
			permute(k + 1)
			items[k], items[i] = items[i], items[k]
		}
	}
	permute(0)
}

func TestStatusesInParallelSettleOnce(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		m := f.template(t, conv, "marketing")
		var all sync.WaitGroup
		advances := make(chan domain.Status, 100)
		for range 10 {
			for _, status := range []domain.Status{domain.Sent, domain.Delivered, domain.Read} {
				all.Go(func() {
					_, advanced, err := f.ApplyStatus(ctx(), f.account.ID, pricedAs(change(m, status), "marketing", "regular"))
					if err != nil {
						t.Error(err)
					}
					if advanced {
						advances <- status
					}
				})
			}
		}
		all.Go(func() {
			if err := f.accepted(m.ID, "wamid."+m.ID, person("+5511987654321"), now); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
		close(advances)
		seen := map[domain.Status]int{}
		for s := range advances {
			seen[s]++
			require.Equal(t, 1, seen[s], "nobody advances twice to %s", s)
		}
		charges := f.charges(t)
		require.Len(t, charges, 1)
		require.Equal(t, outcome{"marketing", domain.ChargeBilled, "USD", money(5)}, outcomeOf(charges[0]))
	})
}

func TestAStatusFindsItsMessageAndPerson(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.ChannelID = "" })
		m := f.template(t, conv, "marketing")
		_, err := f.db.Exec("UPDATE waa_conversations SET refresh_at = 0")
		require.NoError(t, err)
		byID := domain.StatusChange{MessageID: m.ID, WAMID: "wamid.1", Status: domain.Sent, At: now, Person: domain.WhatsAppIdentity{WAID: "551187654321", PhoneKey: "5511987654321", UserID: "BR.1"}}
		got, advanced, err := f.ApplyStatus(ctx(), f.account.ID, byID)
		require.NoError(t, err)
		require.True(t, advanced)
		require.Equal(t, "wamid.1", got.WAMID)
		require.Equal(t, now, got.SentAt)
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_conversations WHERE refresh_at > 0 AND last_outbound_at = $1", now), "its channel is due")
		found, err := f.Find(ctx(), f.account.ID, "", domain.WhatsAppIdentity{UserID: "BR.1"})
		require.NoError(t, err)
		require.Equal(t, conv.ID, found.ID)
		require.Equal(t, "551187654321", found.Contact.WAID)

		got, _, err = f.ApplyStatus(ctx(), f.account.ID, domain.StatusChange{WAMID: "wamid.1", Status: domain.Delivered})
		require.NoError(t, err)
		require.Equal(t, m.ID, got.ID)
		require.NotZero(t, got.StatusAt, "Meta's timestamp may be missing")
		got, _, err = f.ApplyStatus(ctx(), f.account.ID, domain.StatusChange{MessageID: "not ours", WAMID: "wamid.1", Status: domain.Read, At: now})
		require.NoError(t, err)
		require.Equal(t, m.ID, got.ID)

		other := &domain.Account{Name: "Outro", PhoneNumberID: "101", WABAID: "200"}
		require.NoError(t, f.CreateAccount(ctx(), other, now))
		_, _, _, err = f.SaveInbound(ctx(), inbound(conv, "wamid.in", now), person("+5511987654321"), true, now)
		require.NoError(t, err)
		for name, c := range map[string]struct {
			account string
			change  domain.StatusChange
		}{
			"nothing":            {f.account.ID, domain.StatusChange{Status: domain.Read}},
			"unknown":            {f.account.ID, domain.StatusChange{MessageID: "no", WAMID: "no", Status: domain.Read}},
			"another account's":  {other.ID, domain.StatusChange{MessageID: m.ID, WAMID: "wamid.1", Status: domain.Read}},
			"a customer's wamid": {f.account.ID, domain.StatusChange{WAMID: "wamid.in", Status: domain.Read}},
		} {
			t.Run(name, func(t *testing.T) {
				_, _, err := f.ApplyStatus(ctx(), c.account, c.change)
				require.ErrorIs(t, err, domain.ErrNotFound)
			})
		}
	})
}
