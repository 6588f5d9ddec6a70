//go:build unix

package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// answerDelay is how long the simulator delays its answer at the moment (c). It is longer than a kill takes, and shorter than the plugin
// waits for a response.
const answerDelay = 18 * time.Second

// killPoint is a moment at which the plugin is killed, together with the way in which the test brings the plugin there.
type killPoint struct {
	moment string
	// reached returns nil once the plugin is at the moment and cannot go on.
	reached func(ctx context.Context) error
	// after is called when the plugin is dead. It releases everything that was held, and fails if the moment was missed after all.
	after func(ctx context.Context) error
}

// killer brings the plugin to each moment and kills it there.
type killer struct {
	*stage
	gates *gates
	dead  int // dead letters that other tests left
}

// webhookTaken is moment (a): the webhook got its 200, and the message has no post yet. In odd rounds the statement that was running when
// the plugin died is never executed; in even rounds it is executed after the plugin's death.
func (k *killer) webhookTaken(ctx context.Context, v *openConversation, round int) (*killPoint, error) {
	gate, err := k.gates.shut(ctx, gateInboundPosted, v.customer.Phone)
	if err != nil {
		return nil, err
	}
	wamid, err := v.phone.Reply(fmt.Sprintf("a%d: quando chega?", round))
	reached := func(ctx context.Context) error {
		if err := gate.reached(ctx); err != nil {
			return err
		}
		if !k.accepted(wamid) {
			return errors.New("the webhook has no 200 yet")
		}
		waits, err := k.number(ctx, "SELECT count(*) FROM waa_inbox WHERE dedupe_key = $1 AND finished_at = 0", storedKey("m:"+wamid))
		if err != nil {
			return err
		}
		return errorUnless(waits == 1, "%d rows wait in the inbox", waits)
	}
	after := func(ctx context.Context) error {
		posts, err := k.number(ctx, "SELECT count(*) FROM posts WHERE channelid = $1 AND props ->> 'waa_wamid' = $2", v.ChannelID, wamid)
		if err == nil {
			err = errorUnless(posts == 0, "the message has a post already")
		}
		return release(ctx, gate, round%2 == 1, err)
	}
	return &killPoint{"a", reached, after}, err
}

// stored is moment (b): the agent's post is in the outbox and was not sent. In even rounds a worker has taken it already.
func (k *killer) stored(ctx context.Context, v *openConversation, round int) (*killPoint, error) {
	name := gateLeft
	if round%2 == 1 {
		name = gateClaimed
	}
	gate, err := k.gates.shut(ctx, name, v.customer.Phone)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("b%d: já saiu", round)
	post, err := k.PostAs(ctx, v.agent, v.ChannelID, text)
	if err != nil {
		return nil, err
	}
	waits := func(ctx context.Context) error {
		n, err := k.number(ctx, `SELECT count(*) FROM waa_outbox o JOIN waa_messages m ON m.id = o.dedupe_key
			WHERE m.post_id = $1 AND o.finished_at = 0 AND o.left_at = 0`, post.Id)
		if err != nil {
			return err
		}
		if err := errorUnless(n == 1, "%d rows wait in the outbox", n); err != nil {
			return err
		}
		return errorUnless(v.arrived(text) == 0, "the message has left")
	}
	reached := func(ctx context.Context) error {
		if err := gate.reached(ctx); err != nil {
			return err
		}
		return waits(ctx)
	}
	after := func(ctx context.Context) error {
		return release(ctx, gate, round%4 < 2, waits(ctx))
	}
	return &killPoint{"b", reached, after}, nil
}

// unanswered is moment (c): the request was sent and has no response yet. The round decides what happened to the message: Meta accepted it
// and its status arrives (0), Meta accepted it and the plugin is stopped before it stores the status (1), or Meta never accepted it (2).
func (k *killer) unanswered(ctx context.Context, v *openConversation, round int) (*killPoint, error) {
	kind, variant := cloudapi.FaultLate, round%3
	if variant == 2 {
		kind = cloudapi.FaultDelay
	}
	var status *gate
	if variant == 1 {
		var err error
		if status, err = k.gates.shut(ctx, gateStatus, v.customer.Phone); err != nil {
			return nil, err
		}
	}
	k.Sim.Faults().Next(1, cloudapi.Fault{Match: cloudapi.Match{Edge: "messages", To: v.customer.Phone, Type: "text"}, Kind: kind, Delay: answerDelay})
	text, begin := fmt.Sprintf("c%d: segue o boleto", round), time.Now()
	post, err := k.PostAs(ctx, v.agent, v.ChannelID, text)
	if err != nil {
		return nil, err
	}
	reached := func(ctx context.Context) error {
		for _, f := range k.Sim.Faults().List() {
			if f.To == v.customer.Phone {
				return errors.New("the request has not come")
			}
		}
		if err := errorUnless(variant == 2 || v.arrived(text) == 1, "the message was not accepted"); err != nil || status == nil {
			return err
		}
		return status.reached(ctx)
	}
	after := func(ctx context.Context) error {
		left, err := k.number(ctx, "SELECT count(*) FROM waa_outbox o JOIN waa_messages m ON m.id = o.dedupe_key WHERE m.post_id = $1 AND o.left_at > 0", post.Id)
		if err == nil {
			err = errorUnless(left == 1 && time.Since(begin) < answerDelay, "the plugin may have had its answer")
		}
		if status == nil {
			return err
		}
		return release(ctx, status, true, err)
	}
	return &killPoint{"c", reached, after}, nil
}

// posted is moment (d): the customer's message has its post, but nothing records which post it is.
func (k *killer) posted(ctx context.Context, v *openConversation, round int) (*killPoint, error) {
	gate, err := k.gates.shut(ctx, gatePostRecorded, v.customer.Phone)
	if err != nil {
		return nil, err
	}
	wamid, err := v.phone.Reply(fmt.Sprintf("d%d: obrigada!", round))
	shown := func(ctx context.Context) error {
		posts, err := k.Posts(ctx, v.ChannelID)
		if err != nil {
			return err
		}
		return errorUnless(len(postsOf(posts, wamid)) == 1, "the message has no post")
	}
	reached := func(ctx context.Context) error {
		if err := gate.reached(ctx); err != nil {
			return err
		}
		return shown(ctx)
	}
	after := func(ctx context.Context) error {
		if err := release(ctx, gate, true, shown(ctx)); err != nil {
			return err
		}
		recorded, err := k.number(ctx, "SELECT count(*) FROM waa_messages WHERE wamid = $1 AND post_id <> ''", wamid)
		if err != nil {
			return err
		}
		return errorUnless(recorded == 0, "the post was recorded")
	}
	return &killPoint{"d", reached, after}, err
}

// accepted reports whether the delivery of a customer's message got a 200.
func (k *killer) accepted(wamid string) bool {
	inBody := strings.ReplaceAll(wamid, "/", `\/`) // Meta escapes slashes
	for _, d := range slices.Backward(k.Sim.Webhooks().List()) {
		if strings.Contains(d.Body, inBody) {
			return d.State == cloudapi.DeliveryDelivered
		}
	}
	return false
}

// release opens a gate. If lost is true, the statement that waits there is never executed. seen is the error of an earlier check and is
// kept.
func release(ctx context.Context, g *gate, lost bool, seen error) error {
	if lost {
		if err := g.turnBack(ctx); err != nil {
			return err
		}
	}
	if err := g.open(ctx); err != nil {
		return err
	}
	return seen
}

// behind writes in both directions while the plugin is dead. These messages must not overtake the one that the plugin was working on.
func (k *killer) behind(ctx context.Context, v *openConversation, moment string, round int) error {
	if _, err := v.phone.Reply(fmt.Sprintf("depois de %s%d", moment, round)); err != nil {
		return err
	}
	_, err := k.PostAs(ctx, v.agent, v.ChannelID, fmt.Sprintf("resposta depois de %s%d", moment, round))
	return err
}
