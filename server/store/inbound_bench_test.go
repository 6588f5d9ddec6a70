package store_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postgres"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

const benchCustomers = 200

// BenchmarkInbound is what this process and the database spend on a customer's message besides its post, in microseconds
// of CPU, which hold on a busy machine where rates do not: to accept it, and for all that comes after. go test -bench
// Inbound -benchtime 4000x
func BenchmarkInbound(b *testing.B) {
	for _, conversations := range []int{benchCustomers, 100_000} {
		b.Run(fmt.Sprintf("%d conversations", conversations), func(b *testing.B) {
			f := withOwnConnections(b)
			f.loadConversations(b, conversations)
			f.deliver(b, benchCustomers)
			f.mirror(b, benchCustomers)
			before := f.cpuTimes(b)
			b.ResetTimer()
			f.deliver(b, b.N)
			b.StopTimer()
			before = f.report(b, "accept", before)
			b.StartTimer()
			f.mirror(b, b.N)
			b.StopTimer()
			f.report(b, "mirror", before)
		})
	}
}

// TestInboundOverOwnConnections is the way of a message with prepared calls, which the other tests' connections do not have.
func TestInboundOverOwnConnections(t *testing.T) {
	const messages = 40
	f := withOwnConnections(t)
	f.loadConversations(t, benchCustomers)
	f.deliver(t, messages)
	f.mirror(t, messages)
	var stored, left int
	require.NoError(t, f.db.QueryRow("SELECT count(*) FROM waa_messages WHERE wamid LIKE 'm:%'").Scan(&stored))
	require.NoError(t, f.db.QueryRow("SELECT count(*) FROM waa_inbox WHERE finished_at = 0").Scan(&left))
	require.Equal(t, messages, stored)
	require.Zero(t, left)
}

// withOwnConnections is a store over connections as the plugin has them.
func withOwnConnections(b testing.TB) *fixture {
	b.Helper()
	db := storetest.DB(b)
	var schema string
	require.NoError(b, db.QueryRow("SELECT current_schema()").Scan(&schema))
	source := storetest.Source(b)
	values := source.Query()
	values.Set("search_path", schema)
	values.Set("binary_parameters", "yes") // as Mattermost's installations have it
	source.RawQuery = values.Encode()
	own, err := postgres.Open(source.String(), &postgres.Primary{}, postgres.Size{Conns: 16})
	require.NoError(b, err)
	b.Cleanup(func() { _ = own.Close() })
	return newFixture(b, db, own, func() int { return 0 })
}

func benchPhone(n int) string { return strconv.Itoa(5511900000000 + n) }

// loadConversations stores open conversations, each with ten messages that were handled long ago.
func (f *fixture) loadConversations(b testing.TB, n int) {
	b.Helper()
	words := strings.NewReplacer("{account}", "'"+f.account.ID+"'", "{queue}", "'"+f.queue.ID+"'", "{now}", strconv.FormatInt(now, 10)+"::bigint",
		"{n}", "generate_series(0, "+strconv.Itoa(n-1)+") n", "{phone}", "(5511900000000 + n)::text", "{id}", "lpad(n::text, 26, '0')")
	for _, query := range []string{
		`INSERT INTO waa_contacts (id, name, phone, wa_id, created_at, updated_at) SELECT {id}, 'Cliente', '+' || {phone}, {phone}, {now}, {now} FROM {n}`,
		`INSERT INTO waa_identities (account_id, kind, value, contact_id) SELECT {account}, 'phone', {phone}, {id} FROM {n}`,
		`INSERT INTO waa_conversations (id, account_id, contact_id, queue_id, team_id, channel_id, window_from, window_until, last_inbound_at, created_at, updated_at, shown_state)
			SELECT {id}, {account}, {id}, {queue}, 't', {id}, {now}, {now} + 86400000, {now}, {now}, {now}, 'open' FROM {n}`,
		`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, post_id, wamid, created_at)
			SELECT left(md5('m' || n || '.' || k), 26), {id}, {account}, {id}, 'in', 'text', left(md5('p' || n || '.' || k), 26), 'wamid.' || n || '.' || k, {now} + k
			FROM {n}, generate_series(1, 10) k`,
		`INSERT INTO waa_inbox (lane, ord, dedupe_key, account_id, payload, created_at, finished_at)
			SELECT md5(n::text), {now}, 'm:' || md5(n || '.' || k), {account}, '', {now}, {now} FROM {n}, generate_series(1, 5) k`,
	} {
		_, err := f.db.Exec(words.Replace(query))
		require.NoError(b, err)
	}
	_, err := f.db.Exec("VACUUM ANALYZE waa_contacts, waa_identities, waa_conversations, waa_messages, waa_inbox")
	require.NoError(b, err)
}

// deliver stores n deliveries of one message each, eight at a time.
func (f *fixture) deliver(b testing.TB, n int) {
	b.Helper()
	payload := []byte(strings.Repeat("x", 400))
	var next atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				customer := benchPhone(i % benchCustomers)
				row := domain.InboxRow{Lane: "lane" + customer, Order: now + int64(i), Key: "m:" + newID(), AccountID: f.account.ID, Payload: payload}
				if err := f.Deliver(ctx(), []domain.InboxRow{row}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// mirror handles n stored messages as package inbound does, without a post.
func (f *fixture) mirror(b testing.TB, n int) {
	b.Helper()
	done := make(chan struct{}, n)
	worker := jobqueue.NewWorker(jobqueue.Options{
		Name: "inbox", Owner: newID(), Store: f.Inbox(), Concurrency: 20, Lease: time.Minute, Poll: time.Second, MaxAttempts: 1, Log: quiet{},
		Handle: func(ctx context.Context, job jobqueue.Job) (jobqueue.Outcome, error) {
			who := domain.WhatsAppIdentity{WAID: strings.TrimPrefix(job.Lane, "lane")}
			who.PhoneKey, who.Name = who.WAID, "Cliente"
			target, err := f.ResolveTarget(ctx, f.account.ID, job.Key, "", who)
			if err != nil {
				return jobqueue.Outcome{}, err
			}
			c := &target.Conversation
			m := &domain.Message{
				ID: newID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID, Direction: domain.Inbound,
				Kind: "text", WAMID: job.Key, PostID: newID(), CreatedAt: job.Order,
			}
			return jobqueue.DoneBy(func(ctx context.Context, owner string, lease time.Duration) (*jobqueue.Job, error) {
				return f.CompleteInbound(ctx, owner, job.ID, target, m, who, true, now, lease)
			}), nil
		},
		Observe: func(string, time.Duration) { done <- struct{}{} },
	})
	worker.Start()
	defer worker.Stop()
	for range n {
		<-done
	}
}

type quiet struct{}

func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

// cpuTimes is the CPU time of this process and of its connections' ends at PostgreSQL.
func (f *fixture) cpuTimes(b *testing.B) (times [2]time.Duration) {
	b.Helper()
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	times[0] = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	rows, err := f.db.Query("SELECT pid FROM pg_stat_activity WHERE application_name = 'whatsapp-ativo'")
	require.NoError(b, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var pid int
		require.NoError(b, rows.Scan(&pid))
		content, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
		if err != nil {
			b.Skip("this system does not tell the CPU time of processes in /proc")
		}
		nanoseconds, err := strconv.ParseInt(strings.Fields(string(content))[0], 10, 64)
		require.NoError(b, err)
		times[1] += time.Duration(nanoseconds)
	}
	require.NoError(b, rows.Err())
	return times
}

func (f *fixture) report(b *testing.B, what string, before [2]time.Duration) [2]time.Duration {
	b.Helper()
	after := f.cpuTimes(b)
	b.ReportMetric(float64((after[0]-before[0]).Microseconds())/float64(b.N), what+"-plugin-µs")
	b.ReportMetric(float64((after[1]-before[1]).Microseconds())/float64(b.N), what+"-db-µs")
	return after
}
