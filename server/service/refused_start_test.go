package service_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/channelsync"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/inbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/outbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// pipelineFixture is a service fixture with real workers on both sides; Meta and Mattermost are fakes.
type pipelineFixture struct {
	*serviceFixture
	out    *outbound.Worker
	in     *inbound.Handler
	syncer *channelsync.Syncer
	server *fakeServer
	meta   func(ctx context.Context) error // what happens while Meta is asked, and its answer
	told   []string                        // who got a direct message of a failed start
	kill   bool                            // the process dies before the conversation is aborted
}

// fakeServer is Mattermost: channels by name, archived or not, and posts by what tells them apart.
type fakeServer struct {
	channelsync.Mattermost
	channels map[string]bool // by id; true = archived
	posts    []posting.Post
}

func (s *fakeServer) EnsureChannel(_ context.Context, c posting.Channel) (id string, found bool, err error) {
	if _, found = s.channels[c.Name]; !found {
		s.channels[c.Name] = false
	}
	return c.Name, found, nil
}
func (s *fakeServer) Archive(_ context.Context, id string) error { s.channels[id] = true; return nil }
func (s *fakeServer) CreatePost(_ context.Context, p posting.Post) (string, error) {
	if s.channels[p.ChannelID] {
		return "", errors.New("the channel is archived")
	}
	s.posts = append(s.posts, p)
	return fmt.Sprint("post", len(s.posts)), nil
}
func (s *fakeServer) FindPost(_ context.Context, channelID string, _ int64, prop, value string) (string, error) {
	for i, p := range s.posts {
		if p.ChannelID == channelID && p.Props[prop] == value {
			return fmt.Sprint("post", i+1), nil
		}
	}
	return "", domain.ErrNotFound
}
func (s *fakeServer) AgreeOnPost(_ context.Context, _, id string) (string, error) { return id, nil }
func (s *fakeServer) RootOf(_ context.Context, postID string) (root, channel string, err error) {
	return postID, "", nil
}
func (s *fakeServer) Join(context.Context, string, string) error      { return nil }
func (s *fakeServer) SetHeader(context.Context, string, string) error { return nil }
func (s *fakeServer) Discard(_ context.Context, c posting.Channel) error {
	if _, there := s.channels[c.Name]; there {
		s.channels[c.Name] = true
	}
	return nil
}
func (s *fakeServer) PutRight(context.Context, string, posting.Channel) (int64, error) { return 0, nil }
func (s *fakeServer) Guard(context.Context, string) error                              { return nil }
func (s *fakeServer) AddMember(context.Context, string, string, string) error          { return nil }
func (s *fakeServer) NotifyAll(context.Context, string, string) error                  { return nil }
func (s *fakeServer) React(context.Context, string, string) (bool, error)              { return true, nil }
func (s *fakeServer) EditPost(context.Context, string, string, map[string]any) error   { return nil }
func (s *fakeServer) messages(channelID string) (texts []string) {
	for _, p := range s.posts {
		if p.ChannelID == channelID {
			texts = append(texts, p.Message)
		}
	}
	return texts
}

// fakeDyingStore is a store of a process that may die before it aborts a conversation.
type fakeDyingStore struct {
	*store.Store
	scene *pipelineFixture
}

var errKilled = errors.New("killed")

func (m fakeDyingStore) Abort(ctx context.Context, id string, now int64) (bool, error) {
	if m.scene.kill {
		m.scene.kill = false
		return false, errKilled
	}
	return m.Store.Abort(ctx, id, now)
}

func newPipelineFixture(t *testing.T) *pipelineFixture {
	s := &pipelineFixture{serviceFixture: newServiceFixture(t), server: &fakeServer{channels: map[string]bool{}}}
	account := *s.account
	account.DefaultQueueID = s.other.ID
	require.NoError(t, s.store.UpdateAccount(context.Background(), &account, s.now))
	nothing := func() {}
	speaker := posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}
	effects := &outbound.FailureEffects{Store: s.store, Clock: s, WakeChannels: nothing, OnTemplatesStale: func(string) {}, OnAccountBlocked: func(context.Context, string, int) {}}
	s.syncer = &channelsync.Syncer{
		Store: s.store, Posts: s.server, Channels: posting.NewChannels(nil), Localizer: speaker, Clock: s, Log: fake.Log{}, Username: s.Username,
		Link: func(context.Context, *domain.Conversation) string { return "" }, Settings: func() domain.Settings { return s.settings },
	}
	s.out = &outbound.Worker{
		Settings: func() domain.Settings { return s.settings },
		Store:    fakeDyingStore{s.store, s}, Owner: "me", Rates: outbound.NewRateLimiter(), InFlight: outbound.NewInFlightLimiter(), Effects: effects, Clock: s, WakeStatusSync: nothing, WakeChannels: nothing,
		Send: func(ctx context.Context, _ *domain.Account, _ whatsapp.Outgoing) (whatsapp.Sent, error) {
			return whatsapp.Sent{MessageID: "wamid.template"}, s.meta(ctx)
		},
		OnStartFailed: func(_ context.Context, send *domain.Send, _ whatsapp.Verdict) {
			s.told = append(s.told, send.Message.AuthorID)
		},
	}
	s.in = &inbound.Handler{
		Store: s.store, Posts: s.server, Localizer: speaker, Clock: s, NewID: model.NewId, WakeChannels: nothing, WakeMedia: nothing, WakeOutbox: nothing,
		Settings: func() domain.Settings { return s.settings },
	}
	s.do.ChannelSync = s.syncer
	s.do.SendNow = (&outbound.SyncSender{Worker: s.out, Queue: s.store.Outbox(), WakeOutbox: nothing}).SendNow
	return s
}

// write is one try of the customer's message; done once it stands in a channel.
func (s *pipelineFixture) write(attempt int) (done bool) {
	payload, err := json.Marshal(whatsapp.Item{
		Kind: whatsapp.KindMessage, PhoneNumberID: s.account.PhoneNumberID, Contact: whatsapp.Contact{WaID: phone[1:]},
		Data: json.RawMessage(`{"id":"wamid.inbound","from":"` + phone[1:] + `","type":"text","text":{"body":"Olá, alguém?"}}`),
	})
	require.NoError(s.t, err)
	outcome, err := s.in.Handle(context.Background(), jobqueue.Job{ID: 7, Order: s.now, Attempts: attempt, Payload: payload})
	require.NoError(s.t, err)
	if finish := outcome.Finish(); finish != nil {
		_, err = finish(context.Background(), "me", time.Minute)
		require.ErrorIs(s.t, err, jobqueue.ErrLost, "there is no such job in the inbox")
	}
	return !outcome.IsRetry()
}

// workersGoOn is what the workers do after a process died: every lease is over.
func (s *pipelineFixture) workersGoOn() {
	_, err := s.db.Exec("UPDATE waa_outbox SET lease_until = 0, due_at = 0, left_at = greatest(0, left_at - 61000); UPDATE waa_conversations SET refresh_lease = least(refresh_lease, 1)")
	require.NoError(s.t, err)
	jobs, err := s.store.Outbox().Claim(context.Background(), "me", time.Minute, 10, jobqueue.ClaimLimit{})
	require.NoError(s.t, err)
	for _, job := range jobs {
		outcome, err := s.out.Handle(context.Background(), job)
		require.NoError(s.t, err)
		if outcome.IsRetry() {
			require.NoError(s.t, s.store.Outbox().Retry(context.Background(), "me", job.ID, 0, ""))
			continue
		}
		if finish := outcome.Finish(); finish != nil {
			_, err = finish(context.Background(), "me", time.Minute)
		} else {
			_, err = s.store.Outbox().Finish(context.Background(), "me", job.ID, time.Minute)
		}
		require.NoError(s.t, err)
	}
	s.now += 4000 // what is due is due
	_, err = s.syncer.Run(context.Background())
	require.NoError(s.t, err)
}

// TestARefusedStartSwallowsNothing plays what may happen while Meta is asked, in each order, with each
// answer of Meta's, and with a kill before the conversation is aborted.
func TestARefusedStartSwallowsNothing(t *testing.T) {
	refused := &whatsapp.APIError{HTTPStatus: http.StatusBadRequest, Code: 132001}
	answers := map[string]error{"refused": refused, "unknown": &whatsapp.TransportError{Err: errors.New("cut"), Left: true}, "taken": nil}
	orders := [][]string{nil, {"write"}, {"channel"}, {"write", "channel"}, {"channel", "write"}, {"write", "round"}, {"found"}, {"channel made, not recorded"}}
	for answer, err := range answers {
		for _, order := range orders {
			for _, kill := range []bool{false, true} {
				if kill && answer != "refused" {
					continue
				}
				t.Run(fmt.Sprint(answer, order, kill), func(t *testing.T) {
					s := newPipelineFixture(t)
					s.play(answer, err, order, kill)
				})
			}
		}
	}
}

func (s *pipelineFixture) play(answer string, err error, order []string, kill bool) {
	t, ctx := s.t, context.Background()
	s.kill = kill
	wrote, attempts := false, 0
	var found *domain.InboundTarget
	who := domain.WhatsAppIdentity{PhoneKey: phone[1:], WAID: phone[1:]}
	s.meta = func(ctx context.Context) error {
		var id string
		require.NoError(t, s.db.QueryRow("SELECT id FROM waa_conversations").Scan(&id))
		for _, step := range order {
			switch step {
			case "write":
				wrote, attempts = true, attempts+1
				s.write(attempts)
			case "channel":
				require.NoError(t, s.syncer.SyncNow(ctx, id))
			case "round":
				_, err := s.syncer.Run(ctx)
				require.NoError(t, err)
			case "found": // the message knows its conversation and is not stored yet
				found, _ = s.store.ResolveTarget(ctx, s.account.ID, "wamid.inbound", "", who)
				require.Equal(t, id, found.Conversation.ID)
			case "channel made, not recorded": // another node's synchronisation dies between the two
				claimed, err := s.store.ClaimRefresh(ctx, id, s.now, time.Minute, 1)
				require.NoError(t, err)
				require.Len(t, claimed, 1)
				_, _, err = s.server.EnsureChannel(ctx, posting.Channel{Name: "wa-" + id})
				require.NoError(t, err)
				_, err = s.db.Exec("UPDATE waa_conversations SET refresh_lease = 1")
				require.NoError(t, err)
			}
		}
		return err
	}
	_, startErr := s.do.Start(ctx, s.request(phone))
	if kill && startErr != nil {
		if _, refused := domain.AsRefusal(startErr); !refused {
			require.ErrorIs(t, startErr, errKilled)
		}
	}
	if found != nil {
		_, _, _, err := s.store.SaveInbound(ctx, &domain.Message{
			ID: model.NewId(), ConversationID: found.Conversation.ID, AccountID: s.account.ID, Kind: "text", WAMID: "wamid.inbound", CreatedAt: s.now,
		}, who, true, s.now)
		if answer == "refused" && !kill {
			require.ErrorIs(t, err, domain.ErrNotFound, "an aborted conversation takes no message")
		}
		wrote = true
	}
	s.workersGoOn()
	if wrote {
		for done := false; !done; s.workersGoOn() {
			attempts++
			require.Less(t, attempts, 10, "the message waits for ever")
			done = s.write(attempts)
		}
	}
	s.workersGoOn()
	s.checkEnd(answer, wrote, kill, startErr)
}

// checkEnd: the message stands in the channel of a conversation that is alive, and whatever is dead left nothing.
func (s *pipelineFixture) checkEnd(answer string, wrote, kill bool, startErr error) {
	t, ctx := s.t, context.Background()
	live, _, err := s.do.List(ctx, "root", domain.Filter{PerPage: 60})
	require.NoError(t, err)
	shown := map[string]bool{}
	for _, view := range live {
		require.NotEmpty(t, view.ChannelID, "a conversation without a channel")
		archived, made := s.server.channels[view.ChannelID]
		require.True(t, made)
		require.False(t, archived)
		shown[view.ChannelID] = true
	}
	for id, archived := range s.server.channels {
		require.Equal(t, !shown[id], archived, "a channel that belongs to nobody")
	}
	var channel, body string
	if wrote {
		require.NoError(t, s.db.QueryRow(`SELECT c.channel_id, m.post_id FROM waa_messages m JOIN waa_conversations c ON c.id = m.conversation_id
			WHERE m.wamid = 'wamid.inbound' AND c.aborted_at = 0 AND c.closed_at = 0`).Scan(&channel, &body))
		require.Contains(t, s.server.messages(channel), "Olá, alguém?")
	}
	_, refused := domain.AsRefusal(startErr)
	if answer != "refused" {
		require.NoError(t, startErr)
		require.Len(t, live, 1)
		return
	}
	require.True(t, refused || kill)
	if len(live) == 0 {
		require.False(t, wrote)
		if kill {
			require.Equal(t, []string{"bruno"}, s.told, "nobody waited for the answer any more")
		}
		_, err := s.do.Start(ctx, s.request(phone))
		require.Equal(t, domain.CodeMetaRefused, refusal(t, err).Code, "the customer can be started with again")
	}
}
