//go:build unix

package scenario

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// windowLength is how long free text may be sent after the customer's last message, by Meta's rules.
const windowLength = 24 * time.Hour

// play is one whole conversation while it is played.
type play struct {
	w        *World
	zone     *time.Location
	agent    int // not a supervisor, so that what only supervisors may do is refused
	customer Customer
	phone    *cloudapi.Phone
	dialog   *Dialog
	bot      *model.User
	speaker  *model.User // the bot that speaks for the customers
	conv     Conversation
	answers  []string // wamids of the customer's messages
	said     []string // wamids of the agent's free texts, in order
}

// WholeConversation plays one conversation from its first step to its costs, with the customer of a number (see NewCustomer).
func (w *World) WholeConversation(customer int) ([]Step, error) {
	zone, err := Zone()
	if err != nil {
		return nil, err
	}
	p := &play{w: w, zone: zone, agent: 1, customer: NewCustomer(customer)}
	p.customer.Name = "Marina Lopes"
	p.phone = w.Sim.AddCustomer(cloudapi.Customer{
		Number: p.customer.Phone, Name: "marina ✨", DropNinthDigit: true, // WhatsApp stores many Brazilian numbers this way
	})
	return slices.Concat(p.begin(), p.locked(), p.open(), p.again(), p.costs()), nil
}

// digits returns the customer's number without Brazil's country code: area code, ninth digit, number.
func (p *play) digits() string { return strings.TrimPrefix(p.customer.Phone, "+55") }

// national returns the number as people in Brazil write it, with the ninth digit or without it.
func (p *play) national(ninth bool) string {
	d := p.digits()
	if ninth {
		return fmt.Sprintf("(%s) %s-%s", d[:2], d[2:7], d[7:])
	}
	return fmt.Sprintf("%s %s-%s", d[:2], d[3:7], d[7:])
}

// document returns the CPF as people write it.
func (p *play) document() string {
	d := p.customer.CPF
	return fmt.Sprintf("%s.%s.%s-%s", d[:3], d[3:6], d[6:9], d[9:])
}

// values returns correct values for the second step, with the phone as given.
func (p *play) values(phone string) map[string]any {
	values := map[string]any{"customer_name": p.customer.Name, "cpf": p.document(), "phone": phone}
	for element, text := range Variables() {
		values[element] = text
	}
	return values
}

// read fetches the conversation again, as its agent sees it.
func (p *play) read(ctx context.Context) error {
	c, err := p.w.Conversation(ctx, p.w.Agent(p.agent), p.conv.ID)
	if err == nil {
		p.conv = c
	}
	return err
}

// headerHas waits until the channel's header contains a text.
func (p *play) headerHas(ctx context.Context, text string) error {
	return wait(ctx, "the channel's header", func() error {
		channel, err := p.w.ChannelOf(ctx, p.conv)
		if err != nil {
			return err
		}
		return errorUnless(strings.Contains(channel.Header, text), "the header is %q instead of %q", channel.Header, text)
	})
}

// arrived waits until exactly count messages have reached the phone, and returns the last one.
func (p *play) arrived(ctx context.Context, count int) (cloudapi.Message, error) {
	err := wait(ctx, "the phone to get the message", func() error {
		got := len(p.phone.Messages())
		return errorUnless(got == count, "it has %d messages instead of %d", got, count)
	})
	last, _ := p.phone.Last()
	return last, err
}

// refusedPost posts as the agent and requires a refusal: 400 with the reason, one ephemeral post with it, and nothing in the channel or on
// the phone.
func (p *play) refusedPost(ctx context.Context, reason string) error {
	const text = "Isto não pode sair."
	before := len(p.phone.Messages())
	whispers, err := p.whispers(ctx, func() error {
		_, err := p.w.PostAs(ctx, p.agent, p.conv.ChannelID, text)
		return refusedWith(err, reason)
	})
	if err != nil {
		return err
	}
	posts, err := p.w.Posts(ctx, p.conv.ChannelID)
	posted := Matching(posts, func(post *model.Post) bool { return post.Message == text })
	return firstError(err,
		errorUnless(len(whispers) == 1 && strings.Contains(whispers[0], reason), "the ephemeral posts are %q instead of one with the reason", whispers),
		errorUnless(len(posted) == 0, "the channel has the post"),
		errorUnless(len(p.phone.Messages()) == before, "the phone got something"))
}

// refusedWith checks that the server refused a post for this reason.
func refusedWith(err error, reason string) error {
	var refusal *model.AppError
	if !errors.As(err, &refusal) {
		return errors.Errorf("the post was not refused: %v", err)
	}
	return firstError(
		errorUnless(refusal.StatusCode == 400, "the post was refused with status %d instead of 400", refusal.StatusCode),
		errorUnless(strings.Contains(refusal.Message, reason), "the post was refused with %q, which does not say %q", refusal.Message, reason))
}

// whispers calls act and returns the ephemeral posts that the agent received because of it.
func (p *play) whispers(ctx context.Context, act func() error) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // closes the web socket
	events, err := p.w.Env.Listen(ctx, 0, p.w.Agent(p.agent))
	if err != nil {
		return nil, err
	}
	if err := act(); err != nil {
		return nil, err
	}
	// Events arrive in order, so when this post arrives, everything that act caused has arrived before.
	end, err := p.w.PostAs(ctx, p.agent, p.w.Queue.ChannelID, "até aqui")
	if err != nil {
		return nil, err
	}
	var texts []string
	for event := range events {
		content, _ := event.GetData()["post"].(string)
		switch event.EventType() {
		case model.WebsocketEventEphemeralMessage:
			texts = append(texts, content)
		case model.WebsocketEventPosted:
			if strings.Contains(content, end.Id) {
				return texts, nil
			}
		}
	}
	return nil, errors.New("the web socket ended")
}
