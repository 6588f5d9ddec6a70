//go:build unix

package e2e

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

const (
	// firstRetry is how soon the plugin tries again after a temporary refusal. slack is added because the machine may be busy with other
	// things.
	firstRetry = 15 * time.Second
	// unknownHolds is how long a message of unknown outcome delays the next one at most.
	unknownHolds = 60 * time.Second
	slack        = 10 * time.Second
)

// sendsOf returns the requests to send a text, including refused ones, in order.
func (s *stage) sendsOf(text string) (found []cloudapi.Request) {
	for _, r := range s.Sim.Requests() {
		if r.Edge == "messages" && strings.Contains(r.Body, text) {
			found = append(found, r)
		}
	}
	return found
}

func TestTemporaryTroubleIsTriedAgain(t *testing.T) {
	s := newStage(t)
	for name, fault := range map[string]cloudapi.Fault{
		"503":                    {Kind: cloudapi.FaultHTTP, Status: http.StatusServiceUnavailable},
		"500":                    {Kind: cloudapi.FaultHTTP, Status: http.StatusInternalServerError},
		"429, too many requests": {Kind: cloudapi.FaultRateLimit},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stage{World: s.World, t: t}
			k := s.open(0)
			fault.Match = cloudapi.Match{Edge: "messages", To: k.customer.Phone}
			s.Sim.Faults().Next(1, fault)
			first, second := s.post(k, "primeira de "+k.ID), s.post(k, "segunda de "+k.ID)
			s.ticks(firstRetry+slack, first.Id, "delivered")
			s.ticks(oneMinute, second.Id, "delivered")
			requests := s.sendsOf(first.Message)
			require.Len(t, requests, 2, "it was refused once and taken once")
			require.Less(t, requests[1].At.Sub(requests[0].At), firstRetry)
			require.Equal(t, []string{first.Message, second.Message}, texts(k.phone.Messages())[1:])
		})
	}
	require.Empty(t, s.Sim.Duplicates())
}

// TestAPageOfTheEdge has a server between us and Meta respond with an error page of its own after Meta has accepted the message. The
// message's status must then show what became of it, and nothing may be sent or billed twice.
func TestAPageOfTheEdge(t *testing.T) {
	s := newStage(t)
	for _, status := range []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusTooManyRequests} {
		customer := newCustomer()
		page := cloudapi.Fault{Match: cloudapi.Match{Edge: "messages", To: customer.Phone}, Kind: cloudapi.FaultHTTPAfter, Status: status, HTML: true}
		s.Sim.Faults().Next(1, page)
		answer, body := s.startOverREST(0, 0, customer)
		require.Equal(t, http.StatusAccepted, answer, body)
		s.within(unknownHolds, "the template's status", func(ctx context.Context) error {
			n, err := s.number(ctx, `SELECT count(*) FROM waa_messages m JOIN waa_contacts c ON c.id = m.contact_id
				WHERE c.phone = $1 AND m.kind = 'template' AND m.status = 'delivered'`, customer.Phone)
			return firstError(err, errorUnless(n == 1, "it is not delivered"))
		})
		arrived := s.Phone(customer.Phone).Messages()
		require.Len(t, arrived, 1, "one template")
		billed := 0
		for _, line := range s.Sim.Bill().Lines {
			if line.ID == arrived[0].ID {
				billed++
			}
		}
		require.Equal(t, 1, billed)

		k := s.open(1)
		page.To = k.customer.Phone
		s.Sim.Faults().Next(1, page)
		first, second := s.post(k, "a página se meteu"), s.post(k, "e a próxima sai")
		s.ticks(unknownHolds, first.Id, "delivered")
		s.ticks(unknownHolds, second.Id, "delivered")
		require.Equal(t, []string{first.Message, second.Message}, texts(k.phone.Messages())[1:])
	}
	require.Empty(t, s.Sim.Duplicates())
}

func TestNobodyAtMetas(t *testing.T) {
	s := newStage(t)
	k := s.open(1)
	nobody, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, nobody.Close())
	t.Cleanup(func() {
		require.NoError(t, s.Env.ConfigurePlugin(context.Background(), map[string]any{"GraphBaseURL": s.SimURL}))
	})
	require.NoError(t, s.Env.ConfigurePlugin(t.Context(), map[string]any{"GraphBaseURL": "http://" + nobody.Addr().String()}))
	post := s.post(k, "ninguém atende")
	attempts := func(ctx context.Context) (int, error) {
		return s.number(ctx, "SELECT coalesce(max(o.attempts), 0) FROM waa_outbox o JOIN waa_messages m ON m.id = o.dedupe_key WHERE m.post_id = $1 AND o.reason <> '' AND o.left_at = 0", post.Id)
	}
	before := 0
	s.within(oneMinute, "the first try", func(ctx context.Context) (err error) {
		before, err = attempts(ctx)
		return firstError(err, errorUnless(before > 0, "it was not tried"))
	})
	s.within(firstRetry+slack, "the next try", func(ctx context.Context) error {
		now, err := attempts(ctx)
		return firstError(err, errorUnless(now > before, "it was not tried again"))
	})
	shown, err := s.Tick(s.ctx(oneMinute), post.Id)
	require.NoError(t, err)
	require.NotEqual(t, "unknown", shown, "what certainly did not leave is no unknown")
	require.NoError(t, s.Env.ConfigurePlugin(t.Context(), map[string]any{"GraphBaseURL": s.SimURL}))
	s.ticks(oneMinute+slack, post.Id, "delivered")
	require.Equal(t, 1, k.arrived(post.Message))
}

// TestCutAfterAcceptance checks that a status settles the outcome of a message before the plugin gives up waiting for it.
func TestCutAfterAcceptance(t *testing.T) {
	s := newStage(t)
	k := s.open(0)
	s.Sim.Faults().Next(1, cloudapi.Fault{Match: cloudapi.Match{Edge: "messages", To: k.customer.Phone}, Kind: cloudapi.FaultCutAfter})
	first, second := s.post(k, "a resposta se perdeu"), s.post(k, "a próxima não espera")
	s.ticks(unknownHolds/2, first.Id, "delivered")
	s.ticks(unknownHolds/2, second.Id, "delivered")
	require.Equal(t, []string{first.Message, second.Message}, texts(k.phone.Messages())[1:])
	text, err := s.notice(s.ctx(oneMinute), first.Id)
	require.NoError(t, err)
	require.Empty(t, text, "it was never unknown")
}

// TestUnknownOutcome covers a message whose outcome nobody reports. It must delay the next message for a minute; then the agent is asked
// about it and the next message is sent.
func TestUnknownOutcome(t *testing.T) {
	s := newStage(t)
	talks := s.openMany(2)
	s.waitUntilIdle(oneMinute)
	s.Sim.Configure(func(settings *cloudapi.Settings) { settings.AutomaticStatuses = false })
	t.Cleanup(func() { s.Sim.Configure(func(settings *cloudapi.Settings) { settings.AutomaticStatuses = true }) })
	begin := time.Now()
	var posts [2][2]string
	for i, kind := range []cloudapi.FaultKind{cloudapi.FaultCutAfter, cloudapi.FaultCutBefore} {
		s.Sim.Faults().Next(1, cloudapi.Fault{Match: cloudapi.Match{Edge: "messages", To: talks[i].customer.Phone}, Kind: kind})
		posts[i] = [2]string{s.post(talks[i], "chegou?").Id, s.post(talks[i], "a próxima").Id}
	}
	for i, k := range talks {
		s.ticks(unknownHolds+slack, posts[i][0], "unknown")
		require.GreaterOrEqual(t, time.Since(begin), unknownHolds-slack, "a status may tell for a minute")
		require.NotEmpty(t, s.noticed(slack, posts[i][0]))
		s.ticks(slack, posts[i][1], "sent")
		require.Equal(t, 1, k.arrived("a próxima"))
	}
	require.Less(t, time.Since(begin), unknownHolds+3*slack)
	require.Equal(t, []string{"chegou?", "a próxima"}, texts(talks[0].phone.Messages())[1:], "it was accepted, and not sent again")
	require.Zero(t, talks[1].arrived("chegou?"), "it was not accepted, and not sent again")
	require.Empty(t, s.Sim.Duplicates())

	// A late status still settles the outcome.
	for _, m := range talks[0].phone.Messages()[1:] {
		require.NoError(t, s.Sim.SendStatus(m.ID, cloudapi.StatusDelivered))
	}
	for _, post := range posts[0] {
		s.ticks(oneMinute, post, "delivered")
	}
}

// TestMetaSaysThatTheWindowIsClosed covers a refusal because of a closed window while the plugin thinks that the window is open. The
// conversation must be locked, without any endless loop.
func TestMetaSaysThatTheWindowIsClosed(t *testing.T) {
	s := newStage(t)
	const windowClosed = 131047
	for name, refuse := range map[string]func(cloudapi.Match){
		"at once":     func(m cloudapi.Match) { s.Sim.FailNext(m, windowClosed, 1) },
		"by a status": func(m cloudapi.Match) { s.Sim.FailNextLater(m, windowClosed, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			s := &stage{World: s.World, t: t}
			k := s.open(0)
			refuse(cloudapi.Match{To: k.customer.Phone})
			post := s.post(k, "a janela de "+k.ID+" ainda está aberta?")
			s.ticks(oneMinute, post.Id, "failed")
			require.NotEmpty(t, s.noticed(oneMinute, post.Id))
			_, err := s.WaitState(s.ctx(oneMinute), k.agent, k.ID, "expired")
			require.NoError(t, err)
			_, err = s.PostAs(s.ctx(oneMinute), k.agent, k.ChannelID, "não passa")
			require.Error(t, err)
			require.Len(t, s.sendsOf(post.Message), 1, "it was tried once")
			_, err = k.phone.Reply("voltei")
			require.NoError(t, err)
			_, err = s.WaitState(s.ctx(oneMinute), k.agent, k.ID, "open")
			require.NoError(t, err)
		})
	}
}

// TestRevokedToken checks that nothing is sent and nothing is lost until an administrator enters another token.
func TestRevokedToken(t *testing.T) {
	s := newStage(t)
	talks := s.openMany(2)
	s.Sim.RevokeToken(s.Number.Token)
	var posts [][]string
	for i, k := range talks {
		posts = append(posts, nil)
		for _, text := range []string{"um", "dois", "três"} {
			posts[i] = append(posts[i], s.post(k, text).Id)
		}
	}
	s.within(oneMinute, "the account to say that it is stopped", func(ctx context.Context) error {
		code, err := s.number(ctx, "SELECT blocked_code FROM waa_accounts WHERE id = $1", s.Account.ID)
		return firstError(err, errorUnless(code == 190, "its code is %d", code))
	})
	newcomer := newCustomer()
	refused, err := s.AskRefused(s.ctx(oneMinute), s.Agent(0), http.MethodPost, "/conversations", s.startOf(newcomer), http.StatusBadGateway, "meta_refused")
	require.NoError(t, err)
	require.Equal(t, 190, refused.MetaCode)
	require.Zero(t, s.count("SELECT count(*) FROM waa_conversations c JOIN waa_contacts ct ON ct.id = c.contact_id WHERE ct.phone = $1 AND (c.channel_id <> '' OR c.aborted_at = 0)", newcomer.Phone))
	for i, k := range talks {
		require.Len(t, k.phone.Messages(), 1, "nothing left")
		for _, post := range posts[i] {
			require.Contains(t, []string{"", "pending"}, s.ticks(oneMinute, post, "", "pending"))
		}
	}
	renewed := s.Sim.AddToken(cloudapi.Token{Value: "EAAnew0token0that0must0never0be0logged", WABAs: []string{s.Number.WABAID}})
	require.NoError(t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodPatch, "/accounts/"+s.Account.ID, map[string]any{"access_token": renewed.Value}, http.StatusOK, nil))
	for i, k := range talks {
		for _, post := range posts[i] {
			s.ticks(oneMinute, post, "delivered")
		}
		require.Equal(t, []string{"um", "dois", "três"}, texts(k.phone.Messages())[1:])
	}
	_, err = s.Start(s.ctx(oneMinute), 0, newcomer)
	require.NoError(t, err)
	require.Empty(t, s.Sim.Duplicates())
}

// startOf returns the body of a start over REST.
func (s *stage) startOf(c scenario.Customer) map[string]any {
	return map[string]any{
		"account_id": s.Account.ID, "queue_id": s.Queue.ID, "variables": scenario.Variables(),
		"customer": map[string]any{"name": c.Name, "cpf": c.CPF, "phone": c.Phone},
		"template": map[string]any{"name": s.Positional.Name, "language": s.Positional.Language},
	}
}

// firstError returns the first error that is not nil.
func firstError(problems ...error) error {
	for _, err := range problems {
		if err != nil {
			return err
		}
	}
	return nil
}
