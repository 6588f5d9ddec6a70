//go:build unix

package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// deliveryTimes records when Meta first tried to deliver the webhook of a customer's message, and when the plugin accepted it.
type deliveryTimes struct {
	first    time.Time // end of the first attempt
	accepted time.Time // end of the attempt that got a 200; zero if there was none
}

// deliveriesOf returns the delivery times of the messages, by wamid.
func deliveriesOf(deliveries []cloudapi.Delivery) map[string]deliveryTimes {
	all := map[string]deliveryTimes{}
	for _, d := range deliveries {
		for _, wamid := range messagesIn(d.Body) {
			way := all[wamid]
			for _, a := range d.Attempts {
				if way.first.IsZero() || a.At.Before(way.first) {
					way.first = a.At
				}
				if a.Status == 200 && (way.accepted.IsZero() || a.At.Before(way.accepted)) {
					way.accepted = a.At
				}
			}
			all[wamid] = way
		}
	}
	return all
}

// messagesIn lists the wamids of the messages in a webhook.
func messagesIn(body string) (wamids []string) {
	var envelope struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct{ ID string }
				}
			}
		}
	}
	if json.Unmarshal([]byte(body), &envelope) != nil {
		return nil
	}
	for _, entry := range envelope.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				wamids = append(wamids, m.ID)
			}
		}
	}
	return wamids
}

// postsOf returns the posts that show the customer's message with this wamid.
func postsOf(posts []*model.Post, wamid string) []*model.Post {
	return scenario.Matching(posts, func(p *model.Post) bool { return p.GetProp(scenario.PropWAMID) == wamid })
}

// inbound checks the customer's side of a conversation: every message must have exactly one post, in the order of Meta's timestamps. The
// one exception is a message that Meta itself delivered too late, after a younger one had already been accepted: it may come after that
// one. inbound returns how many pairs of messages it compared.
func (s *stage) inbound(k *openConversation, posts []*model.Post, ways map[string]deliveryTimes) (pairs int, err error) {
	sent := k.phone.Sent() // in Meta's order
	at := make([]int, len(sent))
	for i := range sent {
		found := postsOf(posts, sent[i].ID)
		if len(found) != 1 {
			return pairs, errors.Errorf("%q of the customer has %d posts", sent[i].Text, len(found))
		}
		if found[0].Message != sent[i].Text {
			return pairs, errors.Errorf("%q of the customer is shown as %q", sent[i].Text, found[0].Message)
		}
		at[i] = slices.Index(posts, found[0])
		for j := range i {
			if earlier, later := ways[sent[j].ID], ways[sent[i].ID]; !earlier.accepted.Before(later.first) {
				continue
			}
			pairs++
			if at[j] > at[i] {
				return pairs, errors.Errorf("%q of the customer stands before %q, which is older and was there first", sent[i].Text, sent[j].Text)
			}
		}
	}
	return pairs, nil
}

// outcome counts the agents' posts by what happened to them.
type outcome struct{ arrived, unknown int }

// outbound checks the agents' side of a conversation. Every post must be on the phone once, in order, and have its tick. A post whose
// outcome is unknown must say so in its thread and must not be on the phone. The one exception to the order: a server gives a post its time, and
// stores it after that, so one that is held up in between brings a post of before, which nobody could see when later ones left.
func (s *stage) outbound(ctx context.Context, k *openConversation, posts []*model.Post) (sum outcome, err error) {
	onPhone := map[string][]int{}
	for i, m := range k.phone.Messages() {
		onPhone[m.Text] = append(onPhone[m.Text], i)
	}
	var arrived []string
	for _, p := range fromAgents(posts) {
		places := onPhone[p.Message]
		status, _ := p.GetProp(scenario.PropStatus).(string)
		switch {
		case len(places) > 1:
			return sum, errors.Errorf("%q is %d times on the phone", p.Message, len(places))
		case len(places) == 1 && slices.Contains([]string{"sent", "delivered", "read"}, status):
			sum.arrived++
			for _, before := range arrived {
				request := k.requests[before]
				unseen := request.stalled() && k.requests[p.Message].begin.Before(request.end)
				if onPhone[before][0] > places[0] && !unseen {
					return sum, errors.Errorf("%q arrived before %q, which was posted before it", p.Message, before)
				}
			}
			arrived = append(arrived, p.Message)
		case len(places) == 0 && status == "unknown":
			sum.unknown++
			if text, err := s.notice(ctx, p.Id); err != nil || text == "" {
				return sum, cmp.Or(err, errors.Errorf("%q is unknown and its thread does not say so", p.Message))
			}
		default:
			return sum, errors.Errorf("%q is %d times on the phone and shows %q", p.Message, len(places), status)
		}
	}
	return sum, nil
}

// fromAgents returns the posts that agents wrote for the customer.
func fromAgents(posts []*model.Post) []*model.Post {
	return scenario.Matching(posts, func(p *model.Post) bool { return p.Type == "" && !scenario.FromCustomer(p) })
}
