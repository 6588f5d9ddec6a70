package simulation

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

const (
	utilityTemplate   = `{"name": "confirmar_visita", "language": "pt_BR", "category": "UTILITY", "parameter_format": "POSITIONAL", "components": [{"type": "BODY", "text": "Olá, {{1}}! Podemos confirmar?", "example": {"body_text": [["Marina"]]}}, {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Pode vir"}, {"type": "QUICK_REPLY", "text": "Outro dia"}]}]}`
	marketingTemplate = `{"name": "ofertas", "language": "pt_BR", "category": "MARKETING", "parameter_format": "POSITIONAL", "components": [{"type": "BODY", "text": "Olá, {{1}}! Temos novidades para você.", "example": {"body_text": [["Marina"]]}}]}`
)

// set makes what every life needs, before anything fails: two numbers, each with two
// queues, a template of each category and a plan.
func (p *play) set() error {
	w, h := p.world, p.world.Host
	p.names = map[string]string{}
	p.team = h.AddTeam(p.ctx, "loja")
	add := func(name string, roles ...string) string {
		id := h.AddUser(p.ctx, name, roles...)
		h.AddToTeam(p.ctx, p.team, id)
		p.names[id] = name
		return id
	}
	p.admin = add("admin", "system_admin")
	for _, name := range []string{"ana", "bruno", "carla", "davi"} {
		p.agents = append(p.agents, add(name))
	}
	for i := range 2 {
		if err := p.setNumber(i); err != nil {
			return err
		}
	}
	if p.told = p.script.Seed/2%2 == 0; p.told {
		if err := p.must(http.MethodPost, "/event-subscriptions", map[string]any{"url": receiverURL, "secret": "secret-of-the-receiver", "events": []string{}}, nil); err != nil {
			return err
		}
	}
	w.Meta.Configure(func(s *cloudapi.Settings) {
		s.SentDelay, s.DeliveredDelay = 500*time.Millisecond, 2*time.Second
		s.RetryFor = 365 * 24 * time.Hour // days pass in which nobody takes a webhook, and it is not to be lost for that
	})
	return nil
}

func (p *play) setNumber(i int) error {
	n := number{meta: p.world.Meta.AddAccount(fmt.Sprintf("55115555%04d", 100+i))}
	var made struct{ ID string }
	n.token = n.meta.Token
	if err := p.must(http.MethodPost, "/accounts", map[string]any{
		"name": fmt.Sprintf("Loja %d", i), "phone_number_id": n.meta.ID, "waba_id": n.meta.WABAID, "display_phone": n.meta.Display,
		"access_token": n.token, "app_secret": n.meta.AppSecret, "verify_token": "verificar",
	}, &made); err != nil {
		return err
	}
	n.account = made.ID
	for q := range 2 {
		name := fmt.Sprintf("fila-%d-%d", i, q)
		channel := p.world.Host.AddChannel(p.ctx, p.team, name, model.ChannelTypePrivate, p.agents...)
		if err := p.must(http.MethodPost, "/queues", map[string]any{"name": name, "team_id": p.team, "channel_id": channel, "account_id": n.account}, &made); err != nil {
			return err
		}
		n.queues, n.channels = append(n.queues, made.ID), append(n.channels, channel)
		if err := p.setPlan(made.ID, &n.plan); err != nil {
			return err
		}
	}
	if err := p.must(http.MethodPatch, "/accounts/"+n.account, map[string]any{"default_queue_id": n.queues[0]}, nil); err != nil {
		return err
	}
	if i == 0 {
		for _, template := range []string{utilityTemplate, marketingTemplate} {
			if _, err := p.world.Meta.AddTemplate(n.meta.WABAID, template); err != nil {
				return errors.Wrap(err, "cannot add a template")
			}
		}
	}
	if err := p.must(http.MethodPost, "/templates/sync", map[string]any{"account_id": n.account}, nil); err != nil {
		return err
	}
	var list struct {
		Items []struct{ ID, Name string }
	}
	if err := p.must(http.MethodGet, "/templates?account_id="+n.account, nil, &list); err != nil {
		return err
	}
	for _, t := range list.Items {
		switch t.Name {
		case "confirmar_visita":
			n.utility = t.ID
		case "ofertas":
			n.marketing = t.ID
		}
		if err := p.must(http.MethodPatch, "/templates/"+t.ID, map[string]any{"approved": true, "queue_ids": n.queues}, nil); err != nil {
			return err
		}
	}
	p.numbers = append(p.numbers, n)
	return nil
}

// prices are those of the simulator's bill, so that ledger and bill can be compared.
func (p *play) prices() map[string]float64 { return p.world.Meta.Settings().Prices }

func (p *play) setPlan(queue string, plan *string) error {
	var made struct{ ID string }
	if err := p.must(http.MethodPost, "/plans", map[string]any{"queue_id": queue, "monthly_limit": 1000, "currency": "USD", "prices": p.prices()}, &made); err != nil {
		return err
	}
	*plan = made.ID
	return p.must(http.MethodPost, "/plans/"+made.ID+"/approve", nil, nil)
}

// must makes an administrator's request that has to succeed, and reads its answer into into, unless that is nil.
func (p *play) must(method, path string, body, into any) error {
	status, answer := p.tell(p.admin, method, path, body)
	if status != http.StatusOK && status != http.StatusCreated {
		return errors.Errorf("%s %s: %d %s", method, path, status, answer)
	}
	if into == nil {
		return nil
	}
	return errors.Wrap(json.Unmarshal(answer, into), path)
}
