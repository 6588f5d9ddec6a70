package service_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// writes lets the person behind a number write a text.
func (s *pipelineFixture) writes(number, wamid, text string) {
	s.t.Helper()
	body, err := json.Marshal(map[string]any{"id": wamid, "from": number[1:], "type": "text", "text": map[string]string{"body": text}})
	require.NoError(s.t, err)
	payload, err := json.Marshal(whatsapp.Item{Kind: whatsapp.KindMessage, PhoneNumberID: s.account.PhoneNumberID, Contact: whatsapp.Contact{WaID: number[1:]}, Data: body})
	require.NoError(s.t, err)
	outcome, err := s.in.Handle(context.Background(), jobqueue.Job{ID: 7, Order: s.now, Attempts: 1, Payload: payload})
	require.NoError(s.t, err)
	if finish := outcome.Finish(); finish != nil {
		_, err = finish(context.Background(), "me", time.Minute)
		require.ErrorIs(s.t, err, jobqueue.ErrLost, "there is no such job in the inbox")
	}
}

// TestNothingGoesToWhoOptedOut lets 200 customers write while a template waits in the outbox for each of them. Those whose whole text was a
// word that opts out get nothing more: not what waits, not by a start, not by a template in their conversation. All others get everything.
func TestNothingGoesToWhoOptedOut(t *testing.T) {
	variations := map[string]bool{
		"SAIR": true, "Sair.": true, " sair ": true, "sair!": true, "Sáir": true, "Parar!!": true, "parar": true, "PARAR…": true, "STOP": true, "stop.": true, "Descadastrar": true,
		"\tSTOP?\n": true, "não quero sair": false, "pare de me ligar": false, "sair 👍": false, "👍": false, "ok": false, "quero sair": false, "sairr": false, "STOP IT": false,
		"parar? por quê?": false, "VOLTAR": false, "...": false, "!": false, "s a i r": false,
	}
	s := newPipelineFixture(t)
	ctx := context.Background()
	s.settings.CooldownHours = 0
	s.settings.ConsentWords = domain.ConsentWords{OptOut: []string{"sair", "parar", "stop", "descadastrar"}, OptIn: []string{"voltar", "start"}}
	_, err := s.db.Exec("UPDATE waa_plans SET monthly_limit = 1000000000000")
	require.NoError(t, err)
	got := map[string]int{}
	s.meta = func(context.Context) error { return nil }
	sends := 0
	s.out.Send = func(_ context.Context, _ *domain.Account, m whatsapp.Outgoing) (whatsapp.Sent, error) {
		got[m.To]++
		sends++
		return whatsapp.Sent{MessageID: fmt.Sprint("wamid.", sends)}, nil
	}
	sendNow := s.do.SendNow
	type customer struct {
		number, text string
		conversation string
	}
	var customers []customer
	for len(customers) < 200 {
		for text := range variations {
			n := len(customers)
			if n == 200 {
				break
			}
			c := customer{number: fmt.Sprintf("+55119870%05d", n), text: text}
			started, err := s.do.Start(ctx, s.request(c.number))
			require.NoError(t, err)
			c.conversation = started.Conversation.ID
			s.do.SendNow = func(context.Context, string) (domain.Delivery, error) {
				return domain.Delivery{Status: domain.Pending}, nil
			}
			_, err = s.do.SendTemplate(ctx, s.again(c.conversation))
			require.NoError(t, err)
			s.do.SendNow = sendNow
			customers = append(customers, c)
		}
	}
	for i, c := range customers {
		s.writes(c.number, fmt.Sprint("wamid.in.", i), c.text)
	}
	for range len(customers)/10 + 1 {
		s.workersGoOn()
	}
	for _, c := range customers {
		out := variations[c.text]
		request := s.request(c.number)
		request.Confirm = true
		check, err := s.do.Check(ctx, request)
		require.NoError(t, err)
		_, startErr := s.do.Start(ctx, request)
		_, templateErr := s.do.SendTemplate(ctx, s.again(c.conversation))
		if !out {
			require.Nil(t, check.Refusal, "%q", c.text)
			require.NoError(t, startErr, "%q", c.text)
			require.NoError(t, templateErr, "%q", c.text)
			require.Equal(t, 4, got[c.number], "%q: the start, what waited, and two more", c.text)
			continue
		}
		require.Equal(t, domain.CodeOptedOut, check.Refusal.Code, "%q", c.text)
		require.Equal(t, domain.CodeOptedOut, refusal(t, startErr).Code, "%q", c.text)
		require.Equal(t, domain.CodeOptedOut, refusal(t, templateErr).Code, "%q", c.text)
		require.Equal(t, 1, got[c.number], "%q: nothing but the start came before it", c.text)
	}
	out, total, err := s.do.Consents(ctx, "root", domain.ConsentRevoked, "", 0, 200)
	require.NoError(t, err)
	require.Len(t, out, total)
	for _, contact := range out {
		require.Equal(t, 1, got[contact.Phone])
	}
}

// again is another template in a conversation, confirmed.
func (s *pipelineFixture) again(conversationID string) domain.TemplateRequest {
	request := s.request(phone)
	return domain.TemplateRequest{ActorID: request.ActorID, ConversationID: conversationID, Template: request.Template, Variables: request.Variables, Confirm: true, Reason: "pediu"}
}

func TestAConsentIsAskedForAndRecorded(t *testing.T) {
	s := newServiceFixture(t)
	ctx := context.Background()
	s.settings.RequireConsent = true
	request := s.request(phone)
	check, err := s.do.Check(ctx, request)
	require.NoError(t, err)
	require.Equal(t, domain.CodeConsentRequired, check.Refusal.Code)
	_, err = s.do.Start(ctx, request)
	require.Equal(t, domain.CodeConsentRequired, refusal(t, err).Code)
	require.Contains(t, refusal(t, err).Fields, "consent_origin")

	for name, origin := range map[string]string{"of the customer's own": "customer", "too long": string(make([]rune, 65))} {
		t.Run(name, func(t *testing.T) {
			request.Consent.Origin = origin
			_, err := s.do.Start(ctx, request)
			require.Contains(t, refusal(t, err).Fields, "consent_origin")
		})
	}
	request.Consent = domain.ConsentGiven{Origin: "loja", Note: " balcão "}
	check, err = s.do.Check(ctx, request)
	require.NoError(t, err)
	require.Nil(t, check.Refusal)
	started, err := s.do.Start(ctx, request)
	require.NoError(t, err)
	contact := started.Conversation.Contact
	require.Equal(t, domain.Consent{Status: domain.ConsentGranted, Origin: "loja", Note: "balcão", At: s.now, By: request.ActorID}, contact.Consent())

	_, err = s.do.SetConsent(ctx, "stranger", contact.ID, domain.ConsentRevoked, domain.ConsentGiven{})
	require.Equal(t, domain.CodeNotFound, refusal(t, err).Code)
	_, err = s.do.SetConsent(ctx, request.ActorID, contact.ID, domain.ConsentGranted, domain.ConsentGiven{})
	require.Contains(t, refusal(t, err).Fields, "origin")
	_, err = s.do.SetConsent(ctx, request.ActorID, contact.ID, domain.ConsentRevoked, domain.ConsentGiven{Note: "pediu por telefone"})
	require.NoError(t, err)
	request.Confirm = true
	_, err = s.do.Start(ctx, request)
	require.Equal(t, domain.CodeOptedOut, refusal(t, err).Code, "what an agent says at a start takes no opt-out back")
	_, _, err = s.do.Consents(ctx, "stranger", domain.ConsentNone, "", 0, 10)
	require.Equal(t, domain.CodeForbidden, refusal(t, err).Code)
}
