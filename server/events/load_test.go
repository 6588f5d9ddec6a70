package events

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

func TestMain(m *testing.M) {
	if source := os.Getenv(loadSource); source != "" {
		deliver(source)
		return
	}
	os.Exit(storetest.Run(m))
}

// loadSource is the environment variable that has this program deliver the events of a database, instead of running tests.
const loadSource = "WAA_TEST_DELIVERS"

// loadEvents is how many events the load test tells; WAA_EVENTS says another number.
const loadEvents = 120

// Customers write by loadWriters at a time, each with a pause: 80 a second at the most, what a number may send.
const (
	loadWriters = 8
	loadPause   = 100 * time.Millisecond
)

// eventsPerConversation is how many events of the load test are about one conversation.
const eventsPerConversation = 20

// load is a database with conversations, receivers of different manners, and processes that deliver.
type load struct {
	*testing.T
	db        *sql.DB
	store     *store.Store
	receivers map[string]*loadReceiver
	processes []*loadProcess
	kills     int
}

// loadReceiver notes the events that it said 200 to, in their order.
type loadReceiver struct {
	id   string
	mu   sync.Mutex
	got  map[string]int   // how often, by the event's id
	seen map[string][]int // in each conversation, which message first came when
	late []time.Duration  // from the act to the receiver
	n    int
}

// loadProcess is one that delivers. It ends when it is killed, or when its input is closed, as it is at the end of the test.
type loadProcess struct {
	command *exec.Cmd
	input   io.Closer
}

// loadBody is what the load test sends of an event.
type loadBody struct {
	ID           string
	At           int64
	Conversation string
	Message      int
}

func newID() string { return strings.ToLower(rand.Text())[:26] }

// TestManyEventsToFiveReceivers tells many events to a fast receiver, a slow one, one that fails every third time, one that hangs and one that is
// not there, by two processes of which one is killed again and again. The good ones get every event, in the order of each conversation, and
// no other receiver holds them up. An event comes twice only where a process was killed between a receiver's 200 and its record. What a killed one
// was at is taken over though its lease lasts for longer than the test.
func TestManyEventsToFiveReceivers(t *testing.T) {
	n := loadEvents
	if text := os.Getenv("WAA_EVENTS"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	l := &load{T: t, db: storetest.DB(t), receivers: map[string]*loadReceiver{}}
	l.store = store.New(l.db, fake.Encrypter{}, newID)
	ended := make(chan struct{})
	defer close(ended)
	l.receiver("fast", func(int) int { return http.StatusOK })
	l.receiver("slow", func(int) int { time.Sleep(50 * time.Millisecond); return http.StatusOK })
	l.receiver("every third fails", func(n int) int {
		if n%3 == 0 {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	l.receiver("hangs", func(int) int { <-ended; return http.StatusOK })
	gone := httptest.NewServer(nil)
	gone.Close()
	l.subscribe("gone", gone.URL)
	for range 2 {
		l.processes = append(l.processes, l.process())
	}
	begin := time.Now()
	go func() {
		for {
			select {
			case <-ended:
				return
			case <-time.After(100 * time.Millisecond):
				l.passTime("every third fails")
			}
		}
	}()
	l.act(n)
	told := time.Since(begin)
	good := []string{"fast", "slow", "every third fails"}
	for !l.all(good, n) {
		require.Less(t, time.Since(begin), time.Hour, "%v", l.counts())
		time.Sleep(50 * time.Millisecond)
	}
	took := time.Since(begin)
	for _, p := range l.processes {
		p.end(t)
	}
	for _, name := range good {
		r := l.receivers[name]
		twice := 0
		for _, times := range r.got {
			twice += times - 1
		}
		require.LessOrEqual(t, twice, l.kills*PerSubscription, "%s: only what was on its way when a process was killed", name)
		for conversation, messages := range r.seen {
			require.True(t, slices.IsSorted(messages), "%s: %s in the order %v", name, conversation, messages)
		}
		slices.Sort(r.late)
		t.Logf("%s: %d events, %d of them twice; after %v (median), %v (99 of 100), %v (last)", name, len(r.got), twice, r.late[len(r.late)/2], r.late[len(r.late)*99/100], r.late[len(r.late)-1])
	}
	for _, name := range []string{"hangs", "gone"} {
		require.Equal(t, n, l.count("SELECT count(*) FROM waa_event_deliveries WHERE account_id = $1 AND finished_at = 0", l.receivers[name].id), "%s: nothing is lost", name)
	}
	t.Logf("%d events in %v, all good receivers have them after %v; %d kills", n, told.Round(time.Millisecond), took.Round(time.Millisecond), l.kills)
}

// receiver adds one that answers its nth request with a status.
func (l *load) receiver(name string, answer func(n int) int) {
	r := l.subscribe(name, "")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		var body loadBody
		if err := json.NewDecoder(request.Body).Decode(&body); err != nil {
			l.Error(err)
		}
		r.mu.Lock()
		r.n++
		n := r.n
		r.mu.Unlock()
		status := answer(n)
		w.WriteHeader(status)
		if status != http.StatusOK || request.Context().Err() != nil { // nobody hears it any more: the process was killed
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.got[body.ID]++; r.got[body.ID] == 1 {
			r.seen[body.Conversation] = append(r.seen[body.Conversation], body.Message)
			r.late = append(r.late, time.Since(time.UnixMilli(body.At)).Round(time.Millisecond))
		}
	}))
	l.Cleanup(func() { server.CloseClientConnections() })
	_, err := l.db.Exec("UPDATE waa_event_subscriptions SET url = $2 WHERE id = $1", r.id, server.URL)
	require.NoError(l, err)
}

func (l *load) subscribe(name, url string) *loadReceiver {
	sub := &domain.EventSubscription{URL: url, Secret: "secret", Events: []string{domain.EventMessageReceived}, Enabled: true}
	require.NoError(l, l.store.CreateEventSubscription(l.Context(), sub, 1))
	l.receivers[name] = &loadReceiver{id: sub.ID, got: map[string]int{}, seen: map[string][]int{}}
	return l.receivers[name]
}

// process starts one.
func (l *load) process() *loadProcess {
	var schema string
	require.NoError(l, l.db.QueryRow("SELECT current_schema()").Scan(&schema))
	source := storetest.Source(l)
	values := source.Query()
	values.Set("search_path", schema)
	source.RawQuery = values.Encode()
	program, err := os.Executable()
	require.NoError(l, err)
	command := exec.CommandContext(l.Context(), program)
	command.Env = append(os.Environ(), loadSource+"="+source.String())
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	input, err := command.StdinPipe()
	require.NoError(l, err)
	require.NoError(l, command.Start())
	return &loadProcess{command: command, input: input}
}

// end lets a process stop in order.
func (p *loadProcess) end(t testing.TB) {
	require.NoError(t, p.input.Close())
	require.NoError(t, p.command.Wait())
}

// deliver is what a process does, until its input ends.
func deliver(source string) {
	db, err := sql.Open("postgres", source)
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	s, owner, log, wake := store.New(db, fake.Encrypter{}, newID), newID(), &fake.KeptLog{}, jobqueue.Waker{}
	queue := s.EventQueue()
	guard := &Guard{Allowed: func() string { return "127.0.0.1" }, Lookup: func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}}
	sender := &Sender{Store: s, Queue: queue, Owner: owner, Post: NewPoster(guard, nil).Post, Clock: &fakeStore{}, Body: func(e *domain.Event) ([]byte, error) {
		message, err := strconv.Atoi(strings.TrimPrefix(e.Message.WAMID, "wamid."))
		if err != nil {
			return nil, err
		}
		return json.Marshal(loadBody{ID: e.ID, At: e.At, Conversation: e.Conversation.ID, Message: message})
	}}
	worker := jobqueue.NewWorker(jobqueue.Options{
		Name: "events", Owner: owner, Store: queue, Handle: sender.Handle, Concurrency: Concurrency, MaxPerAccount: PerSubscription, Ahead: Ahead, Lease: time.Hour,
		Poll: 300 * time.Millisecond, MaxAttempts: 1000, Log: log, Waker: &wake,
	})
	processes := store.NewProcesses(db, owner, func(ctx context.Context, ended string) error {
		defer wake.Wake()
		return queue.GiveBack(ctx, ended)
	})
	look := &jobqueue.Loop{Name: "processes", Pause: 250 * time.Millisecond, Run: processes.Look, Log: log}
	look.Start()
	worker.Start()
	_, _ = io.Copy(io.Discard, os.Stdin)
	worker.Stop()
	look.Stop()
}

// act lets customers write n messages. While they do, a process is killed now and then.
func (l *load) act(n int) {
	conversations := (n + eventsPerConversation - 1) / eventsPerConversation
	for _, query := range []string{
		`INSERT INTO waa_contacts (id, name, created_at, updated_at) SELECT lpad('c' || k, 26, '0'), 'Cliente', 1, 1 FROM generate_series(1, $1) k`,
		`INSERT INTO waa_conversations (id, account_id, contact_id, queue_id, team_id, channel_id, created_at, updated_at)
			SELECT lpad('v' || k, 26, '0'), 'account', lpad('c' || k, 26, '0'), 'queue', 'team', 'channel' || k, 1, 1 FROM generate_series(1, $1) k`,
	} {
		_, err := l.db.Exec(query, conversations)
		require.NoError(l, err)
	}
	var writers sync.WaitGroup
	var written atomic.Int64
	for writer := range loadWriters {
		writers.Go(func() {
			for i := range n {
				of := i % conversations
				if of%loadWriters != writer {
					continue
				}
				if _, err := l.db.Exec(`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, post_id, wamid, created_at)
					VALUES ($1, $2, 'account', '', 'in', 'text', $1, $3, $4)`, newID(), fmt.Sprintf("%026s", "v"+strconv.Itoa(of+1)), "wamid."+strconv.Itoa(i), i); err != nil {
					l.Error(err)
				}
				written.Add(1)
				time.Sleep(loadPause)
			}
		})
	}
	kills := max(3, n/1000)
	for kill := range kills {
		for written.Load() < int64(n*(2*kill+1)/(2*kills)) && !l.Failed() {
			time.Sleep(10 * time.Millisecond)
		}
		l.kill()
	}
	writers.Wait()
}

// kill kills a process. Another one takes its place.
func (l *load) kill() {
	killed := l.processes[0]
	require.NoError(l, killed.command.Process.Kill())
	_ = killed.command.Wait() // it was killed
	l.processes = append(l.processes[1:], l.process())
	l.kills++
}

// passTime makes due what waits to be tried again.
func (l *load) passTime(name string) {
	if _, err := l.db.Exec(`UPDATE waa_event_deliveries SET due_at = 0 WHERE id = ANY (ARRAY(
		SELECT id FROM waa_event_deliveries WHERE account_id = $1 AND finished_at = 0 AND due_at > 0 AND lease_owner = '' FOR UPDATE SKIP LOCKED))`, l.receivers[name].id); err != nil {
		l.Error(err)
	}
}

func (l *load) all(names []string, n int) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return l.counts()[name] < n })
}

func (l *load) counts() map[string]int {
	counts := map[string]int{}
	for name, r := range l.receivers {
		r.mu.Lock()
		counts[name] = len(r.got)
		r.mu.Unlock()
	}
	return counts
}

func (l *load) count(query string, args ...any) (n int) {
	require.NoError(l, l.db.QueryRow(query, args...).Scan(&n))
	return n
}
