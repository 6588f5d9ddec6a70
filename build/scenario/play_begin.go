//go:build unix

package scenario

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// These texts are the positional template as the customer of a play sees it.
const (
	firstHeader = "Visita técnica 7305"
	firstBody   = "Olá, Marina!\nNossa equipe passa aí no dia 12/11, entre 9h e 12h. Está bom para você?"
	firstFooter = "Responda por aqui mesmo"
)

func firstButtons() []string { return []string{"Pode vir", "Outro dia, por favor"} }

// begin lists the steps from the command to the channel.
func (p *play) begin() []Step {
	return []Step{
		{Name: "Quem não está em fila nenhuma recebe um texto e nenhum diálogo", English: "no dialog for who is in no queue", Do: p.noDialog},
		{Name: "/whatsapp novo abre o diálogo; passo 1: escolher o modelo", English: "dialog step 1, the template", Vital: true, Do: p.firstStep},
		{Name: "Passo 2: texto do modelo, suas variáveis e o cliente", English: "dialog step 2, text and variables", Vital: true, Do: p.secondStep},
		{Name: "CPF errado, número errado e variável vazia são recusados nos seus campos", English: "wrong values refused at their fields", Do: p.wrongValues},
		{Name: "Confirmado: o diálogo fecha e o atendimento existe", English: "confirmed", Vital: true, Do: p.confirm},
		{Name: "O telefone do cliente recebeu exatamente o texto", English: "the phone got exactly the text", Do: p.phoneGotTemplate},
		{Name: "Canal privado wa-<id>; o agente é membro e responsável", English: "private channel, agent is member and owner", Do: p.channelExists},
		{Name: "Primeiro post: o modelo como o cliente o vê", English: "first post is the template", Do: p.firstPost},
		{Name: "Cabeçalho: Aguardando resposta", English: "header says waiting", Do: func(ctx context.Context) error { return p.headerHas(ctx, "Aguardando resposta") }},
	}
}

func (p *play) noDialog(ctx context.Context) error {
	lobby, _, err := p.w.Admin().GetChannelByName(ctx, model.DefaultChannelName, p.w.Env.Team.ID, "")
	if err != nil {
		return errors.Wrap(err, "cannot find the team's lobby")
	}
	_, err = p.w.OpenDialog(ctx, p.w.Outsider(), lobby.Id, "/whatsapp novo")
	var told *NoDialog
	if !errors.As(err, &told) {
		return errors.Errorf("there is a dialog for somebody in no queue (%v)", err)
	}
	return errorUnless(strings.Contains(told.Text, "fila"), "the text is %q", told.Text)
}

func (p *play) firstStep(ctx context.Context) error {
	d, err := p.w.OpenDialog(ctx, p.agent, p.w.Queue.ChannelID, "/whatsapp novo")
	if err != nil {
		return err
	}
	p.dialog = d
	if err := errorUnless(slices.Equal(d.Elements(), []string{"template"}), "with one queue the elements are %q", d.Elements()); err != nil {
		return err
	}
	var offered []string
	for _, option := range d.Element("template").Options {
		offered = append(offered, option.Value)
		for _, t := range []Template{p.w.Positional, p.w.Named} {
			if option.Value == t.ID && (!strings.HasPrefix(option.Text, t.Name) || !strings.Contains(option.Text, t.Language)) {
				return errors.Errorf("the option of %s (%s) reads %q", t.Name, t.Language, option.Text)
			}
		}
	}
	slices.Sort(offered)
	approved := []string{p.w.Positional.ID, p.w.Named.ID}
	slices.Sort(approved)
	return errorUnless(slices.Equal(offered, approved), "the approved templates are %q, offered are %q", approved, offered)
}

func (p *play) secondStep(ctx context.Context) error {
	if err := p.dialog.Next(ctx, map[string]any{"template": p.w.Positional.ID}); err != nil {
		return err
	}
	shown := p.dialog.Form.IntroductionText
	for _, part := range slices.Concat([]string{
		"Visita técnica {{1}}", "Olá, {{1}}!", "Nossa equipe passa aí no dia {{2}}, entre {{3}}. Está bom para você?", firstFooter,
	}, firstButtons()) {
		if !strings.Contains(shown, part) {
			return errors.Errorf("the template's %q is not in %q", part, shown)
		}
	}
	elements := []string{"header_1", "body_1", "body_2", "body_3", "customer", "customer_name", "cpf", "phone", "send_at"}
	return errorUnless(slices.Equal(p.dialog.Elements(), elements), "the elements are %q instead of %q", p.dialog.Elements(), elements)
}

func (p *play) wrongValues(ctx context.Context) error {
	values := p.values("11 1234")
	values["cpf"], values["body_2"] = "111.111.111-11", ""
	answer, err := p.dialog.Submit(ctx, values)
	if err != nil {
		return err
	}
	wrong := slices.Sorted(maps.Keys(answer.Errors))
	if err := errorUnless(slices.Equal(wrong, []string{"body_2", "cpf", "phone"}) && answer.Error == "", "the answer is %s", describe(answer)); err != nil {
		return err
	}
	there, err := p.w.Conversations(ctx, p.w.Agent(p.agent), "")
	return firstError(err,
		errorUnless(len(there) == 0, "there is a conversation"),
		errorUnless(len(p.phone.Messages()) == 0, "something was sent"))
}

func (p *play) confirm(ctx context.Context) error {
	if err := p.dialog.Finish(ctx, p.values(p.national(true))); err != nil {
		return err
	}
	mine, err := p.w.Conversations(ctx, p.w.Agent(p.agent), "mine=1")
	if err != nil {
		return err
	}
	if err := errorUnless(len(mine) == 1 && mine[0].ChannelID != "", "the agent's conversations are %+v", mine); err != nil {
		return err
	}
	p.conv = mine[0]
	c := p.conv
	masked := fmt.Sprintf("***.%s.%s-**", p.customer.CPF[3:6], p.customer.CPF[6:9])
	return firstError(
		errorUnless(c.State == "waiting" && c.WindowUntil == 0 && c.CooldownUntil > p.w.Now(), "state, window and cooldown are %+v", c),
		errorUnless(c.QueueID == p.w.Queue.ID && c.AccountID == p.w.Account.ID, "queue and account are %+v", c),
		errorUnless(c.Contact.Name == p.customer.Name && c.Contact.Phone == p.customer.Phone && c.Contact.CPFMasked == masked, "the customer is %+v", c.Contact))
}

func (p *play) phoneGotTemplate(ctx context.Context) error {
	m, err := p.arrived(ctx, 1)
	if err != nil {
		return err
	}
	return firstError(
		errorUnless(m.Type == "template" && m.Header == firstHeader && m.Text == firstBody && m.Footer == firstFooter && slices.Equal(labels(m), firstButtons()),
			"the phone shows %q, %q, %q, %q", m.Header, m.Text, m.Footer, labels(m)),
		errorUnless(m.CallbackData != "", "the send carries no biz_opaque_callback_data"))
}

// labels returns the labels of a message's buttons.
func labels(m cloudapi.Message) []string {
	var texts []string
	for _, b := range m.Buttons {
		texts = append(texts, b.Text)
	}
	return texts
}

func (p *play) channelExists(ctx context.Context) error {
	channel, err := p.w.ChannelOf(ctx, p.conv)
	if err != nil {
		return err
	}
	if p.bot, _, err = p.w.Admin().GetUserByUsername(ctx, "whatsapp", ""); err != nil {
		return errors.Wrap(err, "cannot find the bot")
	}
	if p.speaker, _, err = p.w.Admin().GetUserByUsername(ctx, "whatsapp-cliente", ""); err != nil {
		return errors.Wrap(err, "cannot find the customers' bot")
	}
	members, _, err := p.w.Admin().GetChannelMembers(ctx, channel.Id, 0, 100, "")
	if err != nil {
		return errors.Wrap(err, "cannot read the channel's members")
	}
	agent := p.w.User(p.agent).ID
	people := []string{}
	for _, m := range members {
		people = append(people, m.UserId)
	}
	slices.Sort(people)
	expected := []string{agent, p.bot.Id, p.speaker.Id}
	slices.Sort(expected)
	return firstError(
		errorUnless(channel.Type == model.ChannelTypePrivate && channel.TeamId == p.w.Env.Team.ID, "the channel's type is %q in team %s", channel.Type, channel.TeamId),
		errorUnless(channel.Name == "wa-"+strings.ToLower(p.conv.ID), "the channel's name is %q", channel.Name),
		errorUnless(channel.DisplayName == p.customer.Name, "the channel is shown as %q", channel.DisplayName),
		errorUnless(p.conv.OwnerID == agent && p.conv.AttendantID == agent, "owner and attendant are %q and %q", p.conv.OwnerID, p.conv.AttendantID),
		errorUnless(slices.Equal(people, expected), "the members are %q instead of agent and bot", people))
}

func (p *play) firstPost(ctx context.Context) error {
	posts, err := p.w.Posts(ctx, p.conv.ChannelID)
	if err != nil {
		return err
	}
	posts = Matching(posts, func(post *model.Post) bool { return !post.IsSystemMessage() })
	if len(posts) == 0 {
		return errors.New("the channel has no post")
	}
	first := posts[0]
	for _, part := range slices.Concat([]string{firstHeader, firstFooter}, strings.Split(firstBody, "\n"), firstButtons()) {
		if !strings.Contains(Shown(first), part) {
			return errors.Errorf("%q is not in the first post %q", part, first.Message)
		}
	}
	return errorUnless(first.UserId == p.bot.Id, "the first post is not the bot's")
}
