//go:build unix

package e2e

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// TestACustomerWritesWhileAStartIsRefused covers a template that WhatsApp refuses permanently, but only after some time. What the customer
// wrote in the meantime and writes later must appear in a channel in which both sides can continue.
func TestACustomerWritesWhileAStartIsRefused(t *testing.T) {
	s := newStage(t)
	customer := newCustomer()
	phone := s.Phone(customer.Phone)
	s.Sim.Faults().Next(1, cloudapi.Fault{Match: hereTo(customer.Phone), Kind: cloudapi.FaultDelay, Delay: 5 * time.Second})
	s.Sim.FailNext(hereTo(customer.Phone), 132001, 1)
	refused := make(chan error, 1)
	go func() {
		_, err := s.AskRefused(t.Context(), s.Agent(0), http.MethodPost, "/conversations", s.startOf(customer), http.StatusBadGateway, "meta_refused")
		refused <- err
	}()
	s.within(oneMinute, "the template on its way", func(ctx context.Context) error {
		left, err := s.number(ctx, `SELECT count(*) FROM waa_outbox o JOIN waa_messages m ON m.id = o.dedupe_key JOIN waa_contacts c ON c.id = m.contact_id
			WHERE c.phone = $1 AND o.left_at > 0`, customer.Phone)
		return firstError(err, errorUnless(left == 1, "it has not left"))
	})
	_, err := phone.Reply("Bom dia, vocês abrem hoje?")
	require.NoError(t, err)
	require.NoError(t, <-refused)

	ids := s.openOnes(customer.Phone)
	require.Len(t, ids, 1)
	var c scenario.Conversation
	s.within(oneMinute, "the channel", func(ctx context.Context) error {
		return firstError(s.Ask(ctx, s.Agent(0), http.MethodGet, "/conversations/"+ids[0], nil, http.StatusOK, &c), errorUnless(c.ChannelID != "", "there is none"))
	})
	require.Equal(t, "open", c.State)
	_, err = phone.Reply("Alguém?")
	require.NoError(t, err)
	for _, text := range []string{"Bom dia, vocês abrem hoje?", "Alguém?"} {
		_, err = s.WaitPosts(s.ctx(oneMinute), c.ChannelID, 1, "the customer's words", func(p *model.Post) bool { return p.Message == text })
		require.NoError(t, err)
	}
	s.within(oneMinute, "the agent to be told why", func(ctx context.Context) error { return s.toldOfRefusal(ctx, c.ChannelID) })
	k := &openConversation{Conversation: c, customer: customer, phone: phone}
	s.ticks(oneMinute, s.post(k, "Abrimos às nove.").Id, "delivered")
	s.waitUntilIdle(oneMinute)
}

// toldOfRefusal checks that the channel shows the template with its failure and the reason. If the refusal came before the channel, a line
// in the channel explains how the conversation came to be.
func (s *stage) toldOfRefusal(ctx context.Context, channelID string) error {
	posts, err := s.Posts(ctx, channelID)
	if err != nil {
		return err
	}
	templates := scenario.Matching(posts, func(p *model.Post) bool { return p.Type == typeTemplate })
	if len(templates) != 1 || templates[0].GetProp(scenario.PropStatus) != "failed" {
		return errors.Errorf("the channel shows %d templates, the last one not as failed", len(templates))
	}
	reason, err := s.notice(ctx, templates[0].Id)
	return firstError(err, errorUnless(reason != "", "its thread does not say why"))
}
