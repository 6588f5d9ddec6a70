package service_test

import (
	"context"
	"encoding/json"
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
