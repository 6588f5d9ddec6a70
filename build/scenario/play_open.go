//go:build unix

package scenario

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// open lists the steps from the customer's answer to the end of the window.
func (p *play) open() []Step {
	return []Step{
		{Name: "O cliente responde: toca num botão e escreve", English: "the customer answers by button and text", Vital: true, Do: p.customerAnswers},
		{Name: "A janela abre até o horário da Meta + 24 h", English: "window until Meta's timestamp + 24 h", Vital: true, Do: p.windowOpens},
		{Name: "O responsável é avisado", English: "the owner is told", Do: func(ctx context.Context) error { return p.ownerTold(ctx, 1) }},
		{Name: "O agente escreve e o telefone mostra", English: "the agent writes, the phone shows it", Vital: true, Do: p.agentWrites},
		{Name: "Confirmações: sent, delivered, read, e nunca para trás", English: "ticks sent, delivered, read", Do: p.ticks},
		{Name: "Outra mensagem, confirmada pelo caminho normal", English: "another message, ticks by themselves", Do: func(ctx context.Context) error {
			return p.write(ctx, "Leve um documento com foto, por favor.")
		}},
	}
}

func (p *play) customerAnswers(ctx context.Context) error {
	tapped, err := p.phone.Tap(0)
	if err != nil {
		return errors.Wrap(err, "the customer cannot tap")
	}
	written, err := p.phone.Reply("Pode ser depois das 10h?")
	if err != nil {
		return errors.Wrap(err, "the customer cannot write")
	}
	p.answers = append(p.answers, tapped, written)
	return p.inbound(ctx, firstButtons()[0], "Pode ser depois das 10h?")
}

// inbound waits until the channel has one post for each of the customer's messages, of which the last ones have these texts.
func (p *play) inbound(ctx context.Context, texts ...string) error {
	posts, err := p.w.WaitPosts(ctx, p.conv.ChannelID, len(p.answers), "the customer's messages", FromCustomer)
	if err != nil {
		return err
	}
	for i, post := range posts {
		if err := errorUnless(post.GetProp(PropWAMID) == p.answers[i] && post.UserId == p.speaker.Id, "post %d is %q of %s", i+1, post.GetProp(PropWAMID), post.UserId); err != nil {
			return err
		}
		name, shown, hook := post.GetProp("waa_name"), post.GetProp("override_username"), post.GetProp("from_webhook")
		if err := errorUnless(name == p.customer.Name && shown == name && hook == "true", "post %d is said by %v, shown as %v (from_webhook %v)", i+1, name, shown, hook); err != nil {
			return err
		}
	}
	for i, post := range posts[len(posts)-len(texts):] {
		if err := errorUnless(strings.Contains(Shown(post), texts[i]), "the customer's %q reads %q", texts[i], post.Message); err != nil {
			return err
		}
	}
	return nil
}

// lastAnswer returns when the customer wrote last, by Meta's timestamp, in milliseconds since epoch.
func (p *play) lastAnswer() (int64, error) {
	m, ok := p.w.Sim.Message(p.answers[len(p.answers)-1])
	if !ok {
		return 0, errors.New("the simulator does not know the answer")
	}
	var raw struct {
		Timestamp string `json:"timestamp"`
	}
	if err := json.Unmarshal(m.Raw, &raw); err != nil {
		return 0, errors.Wrap(err, "cannot read the answer's webhook")
	}
	seconds, err := strconv.ParseInt(raw.Timestamp, 10, 64)
	return seconds * 1000, errors.Wrap(err, "cannot read Meta's timestamp")
}

func (p *play) windowOpens(ctx context.Context) error {
	last, err := p.lastAnswer()
	if err != nil {
		return err
	}
	until := last + windowLength.Milliseconds()
	if err := wait(ctx, "the window to open", func() error {
		if err := p.read(ctx); err != nil {
			return err
		}
		return errorUnless(p.conv.State == "open" && p.conv.WindowUntil == until, "state %q, window until %d instead of %d", p.conv.State, p.conv.WindowUntil, until)
	}); err != nil {
		return err
	}
	return firstError(p.headerHas(ctx, "Janela aberta até"), p.headerHas(ctx, time.UnixMilli(until).In(p.zone).Format("15:04")))
}

// ownerTold requires one line that mentions the owner for each time that the window opened.
func (p *play) ownerTold(ctx context.Context, times int) error {
	owner := p.w.User(p.agent)
	if _, err := p.w.WaitPosts(ctx, p.conv.ChannelID, times, "the line that tells the owner", func(post *model.Post) bool {
		return post.Type == TypeEvent && strings.Contains(post.Message, "@"+owner.Username) && strings.Contains(post.Message, "A janela está aberta")
	}); err != nil {
		return err
	}
	return wait(ctx, "the mention to count", func() error {
		member, _, err := p.w.Admin().GetChannelMember(ctx, p.conv.ChannelID, owner.ID, "")
		if err != nil {
			return errors.Wrap(err, "cannot read the owner's membership")
		}
		return errorUnless(member.MentionCount > 0, "the owner has no mention")
	})
}

const firstText = "Combinado, Marina: depois das 10h."

func (p *play) agentWrites(ctx context.Context) error {
	p.w.Sim.Configure(func(s *cloudapi.Settings) { s.AutomaticStatuses = false })
	return p.say(ctx, firstText)
}

// say posts as the agent and waits until the phone has exactly this text.
func (p *play) say(ctx context.Context, text string) error {
	before := len(p.phone.Messages())
	if _, err := p.w.PostAs(ctx, p.agent, p.conv.ChannelID, text); err != nil {
		return errors.Wrap(err, "the agent's post was refused")
	}
	m, err := p.arrived(ctx, before+1)
	if err != nil {
		return err
	}
	p.said = append(p.said, m.ID)
	return firstError(
		errorUnless(m.Type == "text" && m.Text == text, "the phone shows %s %q instead of %q", m.Type, m.Text, text),
		errorUnless(m.CallbackData != "", "the send carries no biz_opaque_callback_data"))
}

// lastPost returns the agent's newest post.
func (p *play) lastPost(ctx context.Context) (*model.Post, error) {
	posts, err := p.w.Posts(ctx, p.conv.ChannelID)
	if err != nil {
		return nil, err
	}
	mine := Matching(posts, func(post *model.Post) bool { return post.UserId == p.w.User(p.agent).ID && !post.IsSystemMessage() })
	if len(mine) == 0 {
		return nil, errors.New("the agent's post is not there")
	}
	return mine[len(mine)-1], nil
}

func (p *play) ticks(ctx context.Context) error {
	defer p.w.Sim.Configure(func(s *cloudapi.Settings) { s.AutomaticStatuses = true })
	post, err := p.lastPost(ctx)
	if err != nil {
		return err
	}
	if err := errorUnless(post.Message == firstText, "the agent's last post is %q", post.Message); err != nil {
		return err
	}
	// No webhook has reported a status yet. The mark appears on the post a moment after it was created.
	if err := wait(ctx, "the post to be marked", func() error {
		shown, err := p.w.Tick(ctx, post.Id)
		return firstError(err, errorUnless(slices.Contains([]string{"pending", "sent"}, shown), "before any status the post shows %q", shown))
	}); err != nil {
		return err
	}
	wamid := p.said[0]
	for _, status := range []string{"sent", "delivered", "read"} {
		if err := p.w.Sim.SendStatus(wamid, status); err != nil {
			return errors.Wrap(err, "the simulator cannot tell the status")
		}
		if err := p.w.WaitTick(ctx, post.Id, status); err != nil {
			return err
		}
	}
	// Statuses that come late or repeatedly must change nothing. The customer's next message is handled after them, so its arrival shows
	// that they were handled.
	for _, status := range []string{"delivered", "sent"} {
		if err := p.w.Sim.SendStatus(wamid, status); err != nil {
			return errors.Wrap(err, "the simulator cannot tell the status")
		}
	}
	if err := p.w.Sim.Settle(ctx); err != nil {
		return errors.Wrap(err, "the webhooks were not taken")
	}
	written, err := p.phone.Reply("Perfeito")
	if err != nil {
		return errors.Wrap(err, "the customer cannot write")
	}
	p.answers = append(p.answers, written)
	if err := p.inbound(ctx, "Perfeito"); err != nil {
		return err
	}
	return p.w.WaitTick(ctx, post.Id, "read")
}

// write calls say and waits until the post shows that it was delivered.
func (p *play) write(ctx context.Context, text string) error {
	if err := p.say(ctx, text); err != nil {
		return err
	}
	post, err := p.lastPost(ctx)
	if err != nil {
		return err
	}
	return p.w.WaitTick(ctx, post.Id, "delivered")
}
