package store_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// now is the tests' domain time: 15 November 2026, 12:00 UTC.
const (
	now  = int64(1794744000000)
	hour = int64(3600 * 1000)
	day  = 24 * hour
)

// fakeEncrypter encrypts by marking, so that a test sees what is at rest: with which
// key, for which place. It opens what the keys of its ring sealed.
type fakeEncrypter struct {
	key string
	old []string
}

func (r *fakeEncrypter) Encrypt(place, plain string) (string, error) {
	return r.key + ":" + place + ":" + plain, nil
}

func (r *fakeEncrypter) Decrypt(place, sealed string) (string, error) {
	for _, key := range append([]string{r.key}, r.old...) {
		if plain, ok := strings.CutPrefix(sealed, key+":"+place+":"); ok {
			return plain, nil
		}
	}
	return "", errors.New("another key, or another place")
}

func (r *fakeEncrypter) Prefix() string { return r.key + ":" }

func (r *fakeEncrypter) Hash(plain string) string { return r.key + "#" + plain }

func (r *fakeEncrypter) HideName(lane string) (string, error) { return "hidden " + lane, nil }

func (r *fakeEncrypter) Hashes(plain string) []string {
	hashes := []string{r.Hash(plain)}
	for _, key := range r.old {
		hashes = append(hashes, key+"#"+plain)
	}
	return hashes
}

func newID() string { return strings.ToLower(rand.Text())[:26] }

// fixture is a store with one account, one queue and its approved plan.
type fixture struct {
	*store.Store
	db      *sql.DB // lib/pq, for looking
	calls   func() int
	account *domain.Account
	queue   *domain.Queue
	plan    *domain.Plan
	sealer  *fakeEncrypter
}

func ctx() context.Context { return context.Background() }

// both runs a test over lib/pq and over Mattermost's plugin driver.
func both(t *testing.T, fn func(t *testing.T, f *fixture)) {
	t.Helper()
	t.Run("lib pq", func(t *testing.T) { fn(t, direct(t)) })
	t.Run("plugin driver", func(t *testing.T) {
		db := storetest.DB(t)
		viaPlugin, calls := storetest.PluginDB(t, db)
		fn(t, newFixture(t, db, viaPlugin, calls))
	})
}

func direct(t testing.TB) *fixture {
	t.Helper()
	db := storetest.DB(t)
	return newFixture(t, db, db, func() int { return 0 })
}

func newFixture(t testing.TB, db, used *sql.DB, calls func() int) *fixture {
	t.Helper()
	sealer := &fakeEncrypter{key: "sealed"}
	f := &fixture{Store: store.New(used, sealer, newID), db: db, calls: calls, sealer: sealer}
	f.account = &domain.Account{Name: "Vendas", PhoneNumberID: "100", WABAID: "200", AccessToken: "token", AppSecret: "secret", VerifyToken: "verify", Enabled: true}
	require.NoError(t, f.CreateAccount(ctx(), f.account, now))
	f.queue = f.newQueue(t, "Vendas")
	f.plan = &domain.Plan{
		QueueID: f.queue.ID, MonthlyLimit: money(100), Currency: "USD",
		Prices: domain.Prices{Marketing: money(5), Utility: money(2), Authentication: money(3), Service: money(1)},
	}
	require.NoError(t, f.CreatePlan(ctx(), f.plan, now))
	_, err := f.ApprovePlan(ctx(), f.plan.ID, "admin", now)
	require.NoError(t, err)
	return f
}

// accepted records that Meta accepted a message, without a job that ends with it.
func (f *fixture) accepted(messageID, wamid string, who domain.WhatsAppIdentity, at int64) error {
	_, err := f.CompleteSent(ctx(), "nobody", 0, time.Minute, domain.Acceptance{MessageID: messageID, WAMID: wamid, Recipient: who, LeftAt: at, At: at})
	if errors.Is(err, jobqueue.ErrLost) {
		return nil
	}
	return err
}

func money(units int64) domain.Money { return domain.Money(units * 1_000_000) }

func (f *fixture) newQueue(t testing.TB, name string) *domain.Queue {
	t.Helper()
	q := &domain.Queue{Name: name, TeamID: newID(), ChannelID: newID(), AccountID: f.account.ID}
	require.NoError(t, f.CreateQueue(ctx(), q, now))
	return q
}

// contact is the person behind a number, made if need be.
func (f *fixture) contact(t testing.TB, phone, name string) *domain.Contact {
	t.Helper()
	var c *domain.Contact
	require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) (err error) {
		c, err = tx.LockContact(f.account, domain.ContactWanted{Name: name, Phone: phone})
		return err
	}))
	return c
}

// conversation stores one, as change makes it.
func (f *fixture) conversation(t testing.TB, contactID string, change func(*domain.Conversation)) *domain.Conversation {
	t.Helper()
	c := &domain.Conversation{
		ID: newID(), AccountID: f.account.ID, ContactID: contactID, QueueID: f.queue.ID, TeamID: f.queue.TeamID,
		OwnerID: "owner", AttendantID: "attendant", ChannelID: newID(), LastTemplateAt: now, CreatedAt: now, UpdatedAt: now,
	}
	if change != nil {
		change(c)
	}
	require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.InsertConversation(c) }))
	return c
}

// abort ends a conversation as the refusal of its start does.
func (f *fixture) abort(t testing.TB, id string) {
	t.Helper()
	_, err := f.db.Exec("UPDATE waa_conversations SET channel_id = '' WHERE id = $1", id)
	require.NoError(t, err)
	aborted, err := f.Abort(ctx(), id, now)
	require.NoError(t, err)
	require.True(t, aborted)
}

// refused stores a template that Meta refused.
func (f *fixture) refused(t testing.TB, c *domain.Conversation) {
	t.Helper()
	require.NoError(t, f.RecordEnd(ctx(), f.template(t, c, "marketing").ID, domain.Failed, 132001, now))
}

// inbound stores a customer's message.
func (f *fixture) inbound(t testing.TB, c *domain.Conversation, wamid string) *domain.Message {
	t.Helper()
	saved, _, _, err := f.SaveInbound(ctx(), &domain.Message{
		ID: newID(), ConversationID: c.ID, AccountID: c.AccountID, Kind: "text", WAMID: wamid, CreatedAt: now,
	}, domain.WhatsAppIdentity{}, true, now)
	require.NoError(t, err)
	return saved
}

// newDigits are eight digits of a number nobody has yet.
func newDigits() string { return fmt.Sprintf("%08d", 70000000+numbers.Add(1)) }

var numbers atomic.Int64

// outbound stores a message to the customer, sent or still pending, as change makes it.
func (f *fixture) outbound(t testing.TB, c *domain.Conversation, change func(*domain.Message)) *domain.Message {
	t.Helper()
	m := &domain.Message{
		ID: newID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID, Direction: domain.Outbound,
		Kind: "text", AuthorID: "attendant", PostID: newID(), Status: domain.Pending, CreatedAt: now,
	}
	if change != nil {
		change(m)
	}
	require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.InsertMessage(m) }))
	return m
}

// template stores a template message with its reserved charge.
func (f *fixture) template(t testing.TB, c *domain.Conversation, category string) *domain.Message {
	t.Helper()
	m := f.outbound(t, c, func(m *domain.Message) { m.Kind, m.Category, m.PostID, m.Text = "template", category, "", "Olá" })
	require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error {
		return tx.InsertCharge(&domain.Charge{
			MessageID: m.ID, ConversationID: c.ID, AccountID: c.AccountID, QueueID: c.QueueID, AgentID: "owner",
			Category: category, Amount: f.plan.Prices.Of(category), Currency: "USD", State: domain.ChargeReserved, At: now,
		})
	}))
	return m
}

// charges reads the whole ledger.
func (f *fixture) charges(t testing.TB) []*domain.Charge {
	t.Helper()
	charges, _, err := f.Ledger(ctx(), domain.LedgerFilter{}, 0, 1000)
	require.NoError(t, err)
	return charges
}

// Find answers the conversation a new message would belong to.
func (f *fixture) Find(ctx context.Context, accountID, contextWAMID string, who domain.WhatsAppIdentity) (*domain.Conversation, error) {
	a, err := f.ResolveTarget(ctx, accountID, "", contextWAMID, who)
	if err != nil {
		return nil, err
	}
	return &a.Conversation, nil
}

// writer is somebody who writes at now to the fixture's number; what is closed stays closed.
func (f *fixture) writer(who domain.WhatsAppIdentity) domain.NewSender {
	return domain.NewSender{
		AccountID: f.account.ID, DefaultQueueID: f.queue.ID, Who: who, Now: now,
		Reopens: func(*domain.Conversation) bool { return false },
	}
}

// written finds or makes the open conversation of a writer.
func (f *fixture) written(who domain.WhatsAppIdentity) (c *domain.Conversation, created bool, err error) {
	c, how, err := f.OpenForInbound(ctx(), f.writer(who))
	return c, how == domain.Created, err
}

// number counts rows.
func (f *fixture) number(t testing.TB, query string, args ...any) (n int64) {
	t.Helper()
	require.NoError(t, f.db.QueryRow(query, args...).Scan(&n))
	return n
}

func person(phone string) domain.WhatsAppIdentity {
	return domain.WhatsAppIdentity{PhoneKey: domain.PhoneKey(phone), WAID: strings.TrimPrefix(phone, "+"), Name: "Perfil"}
}
