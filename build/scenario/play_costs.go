//go:build unix

package scenario

import (
	"context"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// costs lists what is checked after the conversation.
func (p *play) costs() []Step {
	return []Step{
		{Name: "O livro-razão: dois modelos e as mensagens livres, cada um cobrado uma vez pela tabela", English: "the ledger charges each once by the price table", Do: p.ledger},
		{Name: "Avisos de entrega repetidos não cobram outra vez", English: "repeated statuses charge nothing more", Do: p.repeated},
		{Name: "Nada saiu duas vezes e tudo está em ordem", English: "nothing twice, all in order", Do: p.nothingTwice},
		{Name: "Nenhum segredo, CPF ou texto no log; nenhum erro do plugin", English: "no secret in the log, no error of the plugin", Do: p.cleanLog},
	}
}

// ledger compares the plugin's ledger with the simulator's bill, which stands for Meta's.
func (p *play) ledger(ctx context.Context) error {
	return wait(ctx, "the ledger to be settled", func() error { return p.checkLedger(ctx) })
}

func (p *play) checkLedger(ctx context.Context) error {
	charges, err := p.w.Ledger(ctx)
	if err != nil {
		return err
	}
	bill := map[string]cloudapi.BillLine{}
	for _, line := range p.w.Sim.Bill().Lines {
		bill[line.ID] = line
	}
	prices := Prices()
	templates := 0
	for _, c := range charges {
		line, known := bill[c.WAMID]
		if !known {
			return errors.Errorf("a charge is of no delivered message: %+v", c)
		}
		delete(bill, c.WAMID)
		state := "free"
		if line.Billable {
			state = "billed"
		}
		if c.TemplateID != "" {
			templates++
		}
		// The month's first free text costs nothing, the second one does.
		switch c.WAMID {
		case p.said[0]:
			state, line.Amount = "free", 0
		case p.said[1]:
			state, line.Amount = "billed", prices[cloudapi.CategoryService]
		}
		if err := errorUnless(c.State == state && same(c.Amount, line.Amount) && c.Category == line.Category && c.Currency == Currency,
			"Meta's bill has %+v, the ledger %+v", line, c); err != nil {
			return err
		}
		if err := errorUnless(c.ConversationID == p.conv.ID && c.QueueID == p.w.Queue.ID && c.AgentID == p.w.User(p.agent).ID, "the charge is somebody else's: %+v", c); err != nil {
			return err
		}
		if err := errorUnless(c.TemplateID == "" || same(c.Amount, prices[cloudapi.CategoryUtility]), "a template costs %v", c.Amount); err != nil {
			return err
		}
	}
	return firstError(
		errorUnless(len(bill) == 0, "the ledger lacks %+v", bill),
		errorUnless(templates == 2 && len(charges) == 2+len(p.said), "the ledger has %d templates among %d charges", templates, len(charges)))
}

func same(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func (p *play) repeated(ctx context.Context) error {
	for _, m := range p.phone.Messages() {
		for _, status := range []string{"delivered", "read", "read"} {
			if err := p.w.Sim.SendStatus(m.ID, status); err != nil {
				return errors.Wrap(err, "the simulator cannot tell the status")
			}
		}
	}
	if err := p.w.Sim.Settle(ctx); err != nil {
		return errors.Wrap(err, "the webhooks were not taken")
	}
	post, err := p.lastPost(ctx)
	if err != nil {
		return err
	}
	if err := p.w.WaitTick(ctx, post.Id, "read"); err != nil { // when it shows "read", the last status was handled
		return err
	}
	return p.checkLedger(ctx)
}

// nothingTwice compares what the phone shows with what the channel shows.
func (p *play) nothingTwice(ctx context.Context) error {
	posts, err := p.w.Posts(ctx, p.conv.ChannelID)
	if err != nil {
		return err
	}
	messages, err := p.w.Messages(ctx, p.w.Agent(p.agent), p.conv.ID)
	if err != nil {
		return err
	}
	wamidOf := map[string]string{}
	for _, m := range messages {
		wamidOf[m.PostID] = m.WAMID
	}
	var inChannel, onPhone []string
	for _, post := range posts {
		if wamid := wamidOf[post.Id]; wamid != "" {
			inChannel = append(inChannel, wamid)
		}
	}
	for _, m := range p.phone.Chat() {
		onPhone = append(onPhone, m.ID)
	}
	twice := p.w.Sim.Duplicates()
	return firstError(
		errorUnless(len(twice) == 0, "sent twice: %v", twice),
		errorUnless(slices.Equal(inChannel, onPhone), "the channel has %q, the phone %q", inChannel, onPhone),
		errorUnless(len(messages) == len(onPhone), "the plugin knows %d messages, the phone %d", len(messages), len(onPhone)))
}

// pluginError matches a line of the server's log in which the plugin logs an error.
var pluginError = regexp.MustCompile(`(?m)^.*"level":"error".*whatsapp-ativo.*$`)

func (p *play) cleanLog(context.Context) error {
	log := ""
	for node := range p.w.Env.Nodes {
		more, err := p.w.Env.ServerLog(node)
		if err != nil {
			return err
		}
		log += more
	}
	secrets := []string{accessToken, appSecret, p.customer.CPF, p.document(), firstText, "Pode ser depois das 10h?", "passa aí no dia 12/11"}
	for i, secret := range secrets {
		if strings.Contains(log, secret) {
			return errors.Errorf("secret %d of %d is in the server's log", i+1, len(secrets))
		}
	}
	return errorUnless(!pluginError.MatchString(log), "the plugin complains: %s", shorten([]byte(pluginError.FindString(log))))
}
