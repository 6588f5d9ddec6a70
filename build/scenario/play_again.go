//go:build unix

package scenario

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

// secondBody is the named template as the customer of a play sees it.
const secondBody = "Oi, Marina. Aqui é Bruno. Ficou faltando resolvermos *o novo horário*. Quer continuar a conversa?"

// again lists the steps from the end of the window to the next window.
func (p *play) again() []Step {
	return []Step{
		{Name: "Passam 24 h: a janela expira e o cabeçalho o diz", English: "24 h later the window is expired", Vital: true, Do: p.windowEnds},
		{Name: "O canal está trancado de novo", English: "the channel is locked again", Do: func(ctx context.Context) error {
			return p.refusedPost(ctx, "24 horas terminou")
		}},
		{Name: "/whatsapp modelo envia outro modelo, com variáveis nomeadas; aguardando resposta", English: "another template is sent, waiting again", Vital: true, Do: p.sendTemplate},
		{Name: "O cliente responde e a janela abre outra vez", English: "the customer answers, open again", Vital: true, Do: p.opensAgain},
		{Name: "O agente escreve na nova janela", English: "the agent writes in the new window", Do: func(ctx context.Context) error {
			return p.write(ctx, "Que bom! Amanhã às 11h, então?")
		}},
	}
}

func (p *play) windowEnds(ctx context.Context) error {
	if err := p.w.Advance(ctx, windowLength+time.Minute); err != nil {
		return err
	}
	if err := p.read(ctx); err != nil {
		return err
	}
	return firstError(errorUnless(p.conv.State == "expired", "the state is %q", p.conv.State), p.headerHas(ctx, "Janela encerrada"))
}

func (p *play) sendTemplate(ctx context.Context) error {
	before := len(p.phone.Messages())
	d, err := p.w.OpenDialog(ctx, p.agent, p.conv.ChannelID, "/whatsapp modelo")
	if err != nil {
		return err
	}
	if err := d.Next(ctx, map[string]any{"template": p.w.Named.ID}); err != nil {
		return err
	}
	asked := d.Elements()
	slices.Sort(asked)
	elements := []string{"body_assunto", "body_atendente", "body_nome"}
	if err := errorUnless(slices.Equal(asked, elements), "the elements are %q instead of %q", asked, elements); err != nil {
		return err
	}
	if err := d.Finish(ctx, map[string]any{"body_nome": "Marina", "body_atendente": "Bruno", "body_assunto": "o novo horário"}); err != nil {
		return err
	}
	m, err := p.arrived(ctx, before+1)
	if err != nil {
		return err
	}
	if err := p.read(ctx); err != nil {
		return err
	}
	if err := firstError(
		errorUnless(m.Type == "template" && m.Text == secondBody, "the phone shows %s %q", m.Type, m.Text),
		errorUnless(p.conv.State == "waiting", "the state is %q", p.conv.State),
		p.headerHas(ctx, "Aguardando resposta")); err != nil {
		return err
	}
	plain := strings.ReplaceAll(secondBody, "*", "") // asterisks are WhatsApp's bold
	_, err = p.w.WaitPosts(ctx, p.conv.ChannelID, 1, "the template's post", func(post *model.Post) bool {
		return post.UserId == p.bot.Id && strings.Contains(Shown(post), plain)
	})
	return err
}

func (p *play) opensAgain(ctx context.Context) error {
	written, err := p.phone.Reply("Quero sim")
	if err != nil {
		return errors.Wrap(err, "the customer cannot write")
	}
	p.answers = append(p.answers, written)
	return firstError(p.inbound(ctx, "Quero sim"), p.windowOpens(ctx), p.ownerTold(ctx, 2))
}
