//go:build unix

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// limitChannels sets how many channels a team may have, on both servers.
func (s *stage) limitChannels(limit int) {
	s.t.Helper()
	for node := range s.Env.Nodes {
		n := int64(limit)
		_, _, err := s.Env.AdminClient(node).PatchConfig(s.ctx(oneMinute), &model.Config{TeamSettings: model.TeamSettings{MaxChannelsPerTeam: &n}})
		require.NoError(s.t, err)
	}
}

// manyChannels is a limit that no test reaches.
const manyChannels = 100_000

// channels counts the team's channels in the same way as the server does when it enforces the limit.
func (s *stage) channels() int {
	s.t.Helper()
	return s.count("SELECT count(*) FROM channels WHERE teamid = $1 AND deleteat = 0 AND type IN ('O', 'P')", s.Env.Team.ID)
}

// doctorOnChannels returns what the doctor of one server reports about the number of channels in the team.
func (s *stage) doctorOnChannels(node int) (ok bool, says string) {
	s.t.Helper()
	var answer struct {
		Items []struct {
			Check, Text, Fix string
			OK               bool
		}
		Findings []struct {
			Check, Text, Fix string
			OK               bool
		}
	}
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Env.AdminClient(node), http.MethodGet, "/doctor", nil, http.StatusOK, &answer))
	for _, f := range append(answer.Items, answer.Findings...) {
		if f.Check == "channels" {
			return f.OK, f.Text + " " + f.Fix
		}
	}
	s.t.Fatal("the doctor did not look at the channels")
	return false, ""
}

// startOverREST starts a conversation on one server and returns the status and the text of the answer.
func (s *stage) startOverREST(node, agent int, customer scenario.Customer) (status int, answer string) {
	status, body, err := s.REST(s.ctx(oneMinute), s.Env.Client(node, agent), http.MethodPost, "/conversations", map[string]any{
		"account_id": s.Account.ID, "queue_id": s.Queue.ID, "variables": scenario.Variables(), "customer": customer,
		"template": map[string]string{"name": s.Positional.Name, "language": s.Positional.Language},
	})
	if err != nil {
		return 0, err.Error()
	}
	return status, string(body)
}

func (s *stage) fullTeam() {
	defer s.limitChannels(manyChannels)
	ok, says := s.doctorOnChannels(1)
	require.True(s.t, ok, says)
	used := s.channels()
	s.limitChannels(used)
	for node := range s.Env.Nodes {
		ok, says := s.doctorOnChannels(node)
		require.False(s.t, ok)
		require.Contains(s.t, says, fmt.Sprintf("%d de %d canais", used, used))
		require.Contains(s.t, says, "ArchiveDays", "what to do")
	}
	sends, charges := len(s.Sim.Sends()), s.count("SELECT count(*) FROM waa_charges")
	conversations := s.count("SELECT count(*) FROM waa_conversations")
	for node := range s.Env.Nodes {
		status, answer := s.startOverREST(node, 1, newCustomer())
		require.Equal(s.t, http.StatusServiceUnavailable, status, answer)
		for _, part := range []string{`"unavailable"`, fmt.Sprintf("%d canais", used), "Nada foi enviado nem cobrado", "aumentar o limite"} {
			require.Contains(s.t, answer, part)
		}
	}
	require.Len(s.t, s.Sim.Sends(), sends, "nothing was sent")
	require.Equal(s.t, charges, s.count("SELECT count(*) FROM waa_charges"), "nothing is charged")
	require.Equal(s.t, conversations, s.count("SELECT count(*) FROM waa_conversations"))

	// One place is left. When several agents want it at the same moment, exactly one of them must get it.
	s.limitChannels(used + 1)
	statuses := make([]int, 6)
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() { statuses[i], _ = s.startOverREST(i%2, i%3, newCustomer()) })
	}
	all.Wait()
	created := 0
	for _, status := range statuses {
		if status == http.StatusCreated {
			created++
			continue
		}
		require.Equal(s.t, http.StatusServiceUnavailable, status)
	}
	require.Equal(s.t, 1, created)
	require.Len(s.t, s.Sim.Sends(), sends+1)
	require.Equal(s.t, used+1, s.channels())
}

func (s *stage) customerWithoutRoom() {
	defer s.limitChannels(manyChannels)
	used := s.channels()
	s.limitChannels(used)
	customer := newCustomer()
	wamids := s.writeManyAtOnce(customer.Phone, 3)
	s.within(oneMinute, "the doctor to say that somebody waits", func(context.Context) error {
		_, says := s.doctorOnChannels(0)
		return errorUnless(strings.Contains(says, "esperam por um canal: 1"), "it says %s", says)
	})
	require.Equal(s.t, 3, s.count("SELECT count(*) FROM waa_inbox WHERE finished_at = 0"), "the messages wait")
	require.Zero(s.t, s.deadLetters())
	s.within(oneMinute, "the administrator to be told", func(ctx context.Context) error {
		told, err := s.number(ctx, "SELECT count(*) FROM waa_notices WHERE text_key = 'admin.team_full' AND told_at > 0")
		return firstError(err, errorUnless(told == 1, "there are %d notices", told))
	})

	s.limitChannels(used + 1)
	s.within(2*oneMinute, "the channel", func(context.Context) error {
		ids := s.openOnes(customer.Phone)
		return errorUnless(len(ids) == 1 && s.read(1, ids[0]).ChannelID != "", "there is none")
	})
	s.arrivedIn(s.read(0, s.openOnes(customer.Phone)[0]).ChannelID, wamids)
	s.waitUntilIdle(oneMinute)
}

// zoned sets the queue's time zone and waits until a conversation's header shows the end of its window in that zone.
func (s *stage) zoned(k *openConversation, zone string) {
	s.t.Helper()
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Env.AdminClient(1), http.MethodPatch, "/queues/"+s.Queue.ID, map[string]any{"time_zone": zone}, http.StatusOK, nil))
	if zone == "" {
		zone = scenario.TimeZone
	}
	in, err := time.LoadLocation(zone)
	require.NoError(s.t, err)
	want := "Janela aberta até " + time.UnixMilli(s.read(0, k.ID).WindowUntil).In(in).Format("02/01 15:04")
	s.within(oneMinute, "the header to say "+want, func(ctx context.Context) error {
		var header string // a server may still have the old channel in its cache
		err := s.Env.DB().QueryRowContext(ctx, "SELECT header FROM channels WHERE id = $1", k.ChannelID).Scan(&header)
		return firstError(err, errorUnless(strings.Contains(header, want), "it is %q", header))
	})
}

func (s *stage) queueZone() {
	k := s.open(1)
	s.zoned(k, "America/Manaus")
	s.zoned(k, "Asia/Tokyo")
	_, err := s.AskRefused(s.ctx(oneMinute), s.Admin(), http.MethodPatch, "/queues/"+s.Queue.ID, map[string]any{"time_zone": "Manaus"}, http.StatusUnprocessableEntity, "invalid_field")
	require.NoError(s.t, err)
	s.zoned(k, "")
}

func (s *stage) reminder() {
	waits, answered, nobody := s.open(1), s.open(1), newCustomer()
	require.NoError(s.t, s.Advance(s.ctx(oneMinute), time.Minute)) // Meta's timestamps have whole seconds
	s.ticks(oneMinute, s.post(answered, "já respondi").Id, "sent", "delivered", "read")
	s.writeManyAtOnce(nobody.Phone, 2) // these wait in the queue, so there is nobody to remind
	s.waitUntilIdle(oneMinute)
	const says = "a última palavra é do cliente"
	require.NoError(s.t, s.Advance(s.ctx(oneMinute), 21*time.Hour))
	s.passed(waits)
	s.lines(waits.ChannelID, 0, says)
	require.NoError(s.t, s.Advance(s.ctx(oneMinute), 70*time.Minute))
	line := scenario.Shown(s.lines(waits.ChannelID, 1, says)[0])
	require.Contains(s.t, line, "@"+s.User(1).Username)
	in, err := scenario.Zone()
	require.NoError(s.t, err)
	require.Contains(s.t, line, time.UnixMilli(waits.WindowUntil).In(in).Format("15:04"))
	require.NoError(s.t, s.Advance(s.ctx(oneMinute), time.Hour))
	s.passed(waits)
	s.lines(waits.ChannelID, 1, says)
	s.lines(answered.ChannelID, 0, says)

	// The next window gets a reminder of its own.
	_, err = waits.phone.Reply("alguém?")
	require.NoError(s.t, err)
	s.waitUntilIdle(oneMinute)
	require.NoError(s.t, s.Advance(s.ctx(oneMinute), 23*time.Hour))
	s.lines(waits.ChannelID, 2, says)
}

// passed waits until the plugin has done everything in a conversation that is due by now.
func (s *stage) passed(k *openConversation) {
	s.t.Helper()
	s.within(oneMinute, "nothing to be due", func(ctx context.Context) error {
		due, err := s.number(ctx, "SELECT count(*) FROM waa_conversations WHERE refresh_at > 0 AND refresh_at <= $1", s.Now())
		return firstError(err, errorUnless(due == 0, "%d conversations are", due))
	})
}

func (s *stage) archived() {
	closed, erased, stays := s.open(1), s.open(1), s.open(1)
	s.Sim.Configure(func(settings *cloudapi.Settings) { settings.AutomaticStatuses = false })
	post := s.post(closed, "leia quando puder")
	s.ticks(oneMinute, post.Id, "sent")
	s.Sim.Configure(func(settings *cloudapi.Settings) { settings.AutomaticStatuses = true })
	s.waitUntilIdle(oneMinute)
	s.end(0, erased, "")
	s.end(1, closed, "pronto")
	s.lines(closed.ChannelID, 1, "Atendimento encerrado")
	require.NoError(s.t, s.Advance(s.ctx(oneMinute), 6*24*time.Hour))
	s.passed(closed)
	require.Zero(s.t, s.count("SELECT deleteat FROM channels WHERE id = $1", closed.ChannelID), "not yet")

	require.NoError(s.t, s.Advance(s.ctx(oneMinute), 25*time.Hour))
	s.within(oneMinute, "the channel to be archived", func(ctx context.Context) error {
		deleted, err := s.number(ctx, "SELECT count(*) FROM channels WHERE id = $1 AND deleteat > 0", closed.ChannelID)
		return firstError(err, errorUnless(deleted == 1, "it is not"))
	})
	require.Equal(s.t, 1, s.count("SELECT count(*) FROM channels WHERE id = $1 AND deleteat = 0", stays.ChannelID), "what is open stays")
	posts, err := s.Posts(s.ctx(oneMinute), closed.ChannelID)
	require.NoError(s.t, err)
	require.NotEmpty(s.t, posts, "it stays readable")

	refused, err := s.AskRefused(s.ctx(oneMinute), s.Env.Client(0, 1), http.MethodPost, "/conversations/"+closed.ID+"/reopen", nil, http.StatusConflict, "conversation_closed")
	require.NoError(s.t, err)
	require.Contains(s.t, refused.Message, "/whatsapp novo")

	// A status may arrive after the channel was archived. It must neither fail nor hold up what comes after it.
	sent := closed.phone.Messages()
	for _, status := range []string{"delivered", "read"} {
		require.NoError(s.t, s.Sim.SendStatus(sent[len(sent)-1].ID, status))
	}
	s.waitUntilIdle(oneMinute)
	require.Equal(s.t, 1, s.count("SELECT count(*) FROM waa_messages WHERE post_id = $1 AND status = 'read'", post.Id))
	wamids := s.writeManyAtOnce(closed.customer.Phone, 4)
	var ids []string
	s.within(oneMinute, "a new conversation", func(context.Context) error {
		ids = s.openOnes(closed.customer.Phone)
		return errorUnless(len(ids) == 1 && s.read(1, ids[0]).ChannelID != "", "there are %d", len(ids))
	})
	c := s.read(0, ids[0])
	s.arrivedIn(c.ChannelID, wamids)
	s.lines(c.ChannelID, 1, "O cliente já foi atendido antes")
	s.waitUntilIdle(oneMinute)

	// A person can also be erased when their channel is archived.
	s.within(oneMinute, "the other channel to be archived", func(ctx context.Context) error {
		deleted, err := s.number(ctx, "SELECT count(*) FROM channels WHERE id = $1 AND deleteat > 0", erased.ChannelID)
		return firstError(err, errorUnless(deleted == 1, "it is not"))
	})
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodDelete, "/contacts/"+erased.Contact.ID, nil, http.StatusOK, nil))
	require.Zero(s.t, s.count("SELECT count(*) FROM posts WHERE channelid = $1", erased.ChannelID))
	require.Zero(s.t, s.count("SELECT count(*) FROM channels WHERE id = $1", erased.ChannelID))

	status, answer := s.startOverREST(1, 1, closed.customer)
	require.Equal(s.t, http.StatusConflict, status, answer)
	require.Contains(s.t, answer, "conversation_exists")
}
