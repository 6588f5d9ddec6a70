//go:build unix

package scenario

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
)

// locked lists the steps while the customer has not answered.
func (p *play) locked() []Step {
	return []Step{
		{Name: "O post do agente é recusado, com o motivo e um aviso efêmero", English: "the agent's post is refused with the reason", Do: func(ctx context.Context) error {
			return p.refusedPost(ctx, "ainda não respondeu")
		}},
		{Name: "Segundo /whatsapp novo para o mesmo número encontra o primeiro atendimento", English: "a second start finds the first, with the ninth digit", Do: func(ctx context.Context) error {
			return p.secondStart(ctx, true)
		}},
		{Name: "O mesmo sem o nono dígito", English: "and without the ninth digit", Do: func(ctx context.Context) error {
			return p.secondStart(ctx, false)
		}},
	}
}

// secondStart tries to start again with the same customer: in the dialog, as a client that sends the values of earlier steps again and as
// one that does not, and over REST.
func (p *play) secondStart(ctx context.Context, ninth bool) error {
	d, err := p.w.OpenDialog(ctx, p.agent, p.w.Queue.ChannelID, "/whatsapp new")
	if err != nil {
		return err
	}
	d.Resend = ninth
	typed := p.national(ninth)
	if err := firstError(d.Next(ctx, map[string]any{"template": p.w.Positional.ID}), d.Next(ctx, p.values(typed))); err != nil {
		return err
	}
	owner := p.w.User(p.agent).Username
	named := strings.Contains(d.Form.IntroductionText, p.customer.Name) && strings.Contains(d.Form.IntroductionText, owner)
	if err := firstError(
		errorUnless(slices.Equal(d.Elements(), []string{"confirm"}), "the third step of an agent who is no supervisor has %q", d.Elements()),
		errorUnless(named, "the third step does not name the conversation: %q", d.Form.IntroductionText)); err != nil {
		return err
	}
	answer, err := d.Submit(ctx, map[string]any{"confirm": true})
	if err != nil {
		return err
	}
	// A template was just sent, so the cooldown forbids another one, and this agent may not override it.
	if err := errorUnless(answer.Error != "" && answer.Type != string(model.SubmitDialogResponseTypeForm), "confirmed, the answer is %s", describe(answer)); err != nil {
		return err
	}
	again := p.customer
	again.Phone = typed
	_, err = p.w.AskRefused(ctx, p.w.Agent(p.agent), http.MethodPost, "/conversations", p.w.StartRequest(again), http.StatusConflict, "conversation_exists")
	if err != nil {
		return err
	}
	mine, err := p.w.Conversations(ctx, p.w.Agent(p.agent), "mine=1")
	return firstError(err,
		errorUnless(len(mine) == 1, "there are %d conversations", len(mine)),
		errorUnless(len(p.w.Sim.Sends()) == 1, "%d messages were sent", len(p.w.Sim.Sends())))
}
