//go:build unix

package e2e

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// typeTemplate is the type of the post that shows a template.
const typeTemplate = "custom_waa_template"

// killedStart is a start by template during which the plugin is killed.
type killedStart struct {
	customer scenario.Customer
	agent    int
	moment   string
	gate     string // the gate that stops the plugin; "" if the simulator delays its answer instead
}

// startMoments returns the moments between an agent's confirmation and the finished channel.
func startMoments() []killedStart {
	return []killedStart{
		{moment: "half written", gate: gateInTransaction},
		{moment: "stored, not sent", gate: gateLeft},
		{moment: "sent, not answered"},
		{moment: "answered, not recorded", gate: gateAnswer},
		{moment: "channel made, not recorded", gate: gateChannel},
		{moment: "template posted, not recorded", gate: gatePostRecorded},
	}
}

// startKiller brings the plugin into the middle of a start, to kill it there.
type startKiller struct {
	*killer
	begun []*killedStart
	asked sync.WaitGroup // agents who still wait for a response
	// unknown counts the starts of unknown outcome that finished has found.
	unknown int
}

// next begins the start of a round. Its agent waits for the response in the background, as a person does.
func (s *startKiller) next(ctx context.Context, round int) (*killPoint, error) {
	moments := startMoments()
	h := moments[round%len(moments)]
	h.customer, h.agent = newCustomer(), round%3
	s.begun = append(s.begun, &h)
	var stop *gate
	if h.gate == "" {
		s.Sim.Faults().Next(1, cloudapi.Fault{Match: cloudapi.Match{Edge: "messages", To: h.customer.Phone}, Kind: cloudapi.FaultLate, Delay: answerDelay})
	} else {
		var err error
		if stop, err = s.gates.shut(ctx, h.gate, h.customer.Phone); err != nil {
			return nil, err
		}
	}
	s.asked.Add(1)
	go func() {
		defer s.asked.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
		defer cancel()
		_, _ = s.Start(ctx, h.agent, h.customer) // the result does not matter, because the plugin is killed during the request
	}()
	reached := func(ctx context.Context) error {
		if stop == nil {
			return errorUnless(len(s.Phone(h.customer.Phone).Messages()) == 1, "the template has not arrived")
		}
		return stop.reached(ctx)
	}
	after := func(ctx context.Context) error {
		if stop == nil {
			return nil
		}
		return release(ctx, stop, round/len(moments)%2 == 0, nil)
	}
	return &killPoint{"start: " + h.moment, reached, after}, nil
}

// finished checks what happened to a start. Either one template is on the phone and one channel shows it, or nothing happened at all and
// the agent can start again.
func (s *startKiller) finished(ctx context.Context, h *killedStart) error {
	rows, err := s.Env.DB().QueryContext(ctx, `SELECT c.id, c.channel_id FROM waa_conversations c JOIN waa_contacts ct ON ct.id = c.contact_id
		WHERE ct.phone = $1 AND c.aborted_at = 0`, h.customer.Phone)
	if err != nil {
		return errors.Wrap(err, "cannot read the conversations")
	}
	defer func() { _ = rows.Close() }()
	var channels []string
	for rows.Next() {
		var id, channel string
		if err := rows.Scan(&id, &channel); err != nil {
			return errors.Wrap(err, "cannot read a conversation")
		}
		channels = append(channels, channel)
	}
	if err := rows.Err(); err != nil {
		return errors.Wrap(err, "cannot read the conversations")
	}
	arrived := s.Phone(h.customer.Phone).Messages()
	if len(channels) == 0 && h.gate == gateInTransaction && len(arrived) == 0 {
		// Nothing was confirmed to the agent, so the agent starts again.
		if _, err := s.Start(ctx, h.agent, h.customer); err != nil {
			return errors.Wrap(err, "cannot begin again")
		}
		return errorUnless(len(s.Phone(h.customer.Phone).Messages()) == 1, "begun again, the phone has %d templates", len(s.Phone(h.customer.Phone).Messages()))
	}
	if len(arrived) > 1 || len(channels) != 1 || channels[0] == "" {
		return fmt.Errorf("%d templates on the phone, conversations in the channels %q", len(arrived), channels)
	}
	return s.shown(ctx, h, channels[0], len(arrived))
}

// shown checks the channel of a start. It must show the template with its tick or, if the phone has no template, as unknown with the
// reason.
func (s *startKiller) shown(ctx context.Context, h *killedStart, channelID string, arrived int) error {
	posts, err := s.Posts(ctx, channelID)
	if err != nil {
		return err
	}
	templates := scenario.Matching(posts, func(p *model.Post) bool { return p.Type == typeTemplate })
	if len(templates) != 1 {
		return fmt.Errorf("the channel shows %d templates", len(templates))
	}
	status, _ := templates[0].GetProp(scenario.PropStatus).(string)
	if arrived == 1 {
		err = errorUnless(status == "delivered" || status == "sent", "the template arrived and shows %q", status)
	} else {
		s.unknown++
		reason, noticeErr := s.notice(ctx, templates[0].Id)
		err = cmp.Or(noticeErr, errorUnless(status == "unknown" && reason != "", "the template did not arrive and shows %q with the reason %q", status, reason))
	}
	if err != nil {
		return err
	}
	_, _, err = s.Admin().GetChannelMember(ctx, channelID, s.User(h.agent).ID, "")
	return errors.Wrap(err, "the agent is not in the channel")
}
