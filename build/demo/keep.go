//go:build unix

package main

import (
	"context"
	"io"
	"text/template"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// manual is what a person needs to know.
const manual = `
Mattermost        {{.World.Env.Team.Name | printf "%s/%s/channels/fila-vendas" (index .World.Env.Nodes 0).URL}}{{if not .Client}}
                  (without the web client; make run MM_RELEASE=11.8.2 fetches a release that has it, MM_SERVER_DIR names one that you have){{end}}
Telefones/phones  {{.World.SimURL}}/   (English: {{.World.SimURL}}/?lang=en)
Webhook           {{.World.Account.WebhookURL}}
REST API          {{(index .World.Env.Nodes 0).URL}}/plugins/whatsapp-ativo/api/v1
Server's log      {{(index .World.Env.Nodes 0).LogFile}}
Database          {{.World.Env.DatabaseURL}}

Usuário/user      Senha/password
{{range .Users}}{{printf "%-17s %-22s" .Username .Password}} {{.Role}}
{{end}}
Experimente / what to try:
  1. Entre como bruno e digite /whatsapp novo no canal da fila. CPF {{.Customer.CPF}}, telefone {{.Customer.Phone}}.
     (Log in as bruno and type /whatsapp novo in the queue's channel, with this CPF and this phone.)
  2. O canal nasce trancado: escrever nele é recusado, com o motivo. (The new channel is locked: it refuses your post and says why.)
  3. Responda na página dos telefones: a janela abre. (Answer on the phones' page: the window opens.)
  4. Escreva em Mattermost e veja os tiques; use +24 h na página dos telefones: a janela expira; /whatsapp modelo a reabre.
     (Write in Mattermost and watch the ticks; +24 h on the phones' page expires the window; /whatsapp modelo opens it again.)
  5. /whatsapp ajuda mostra o resto; a página dos telefones também liga falhas da Meta. (/whatsapp help shows the rest; the phones' page
     also switches faults of Meta on.)

Ctrl-C encerra e limpa tudo. (Ctrl-C ends and removes everything.)
`

// user is who may log in.
type user struct{ Username, Password, Role string }

// stay sets the world up, says how to get in, and waits for the end.
func stay(ctx context.Context, world *scenario.World, out io.Writer) error {
	steps := append(world.Setup(), scenario.Step{
		Name: "Modelo de marketing aprovado também", English: "marketing template approved too",
		Do: func(ctx context.Context) error { return world.Allow(ctx, &world.Marketing) },
	})
	sum := scenario.Play(ctx, steps, func(r scenario.Result) { tell(out, r) })
	if sum.Failed > 0 {
		return errFailed
	}
	customer := scenario.NewCustomer(1)
	world.Phone(customer.Phone) // so that the page has one
	if err := explain(world, customer, out); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case <-world.Env.Exited():
		return errors.New("the Mattermost server ended by itself")
	}
}

func explain(world *scenario.World, customer scenario.Customer, out io.Writer) error {
	text, err := template.New("manual").Parse(manual)
	if err != nil {
		return errors.Wrap(err, "cannot read the manual")
	}
	users := []user{{world.Env.Admin.Username, world.Env.Admin.Password, "administrador do sistema / system admin"}}
	for i, agent := range world.Env.Agents {
		role := "agente / agent"
		switch {
		case i == 0:
			role = "supervisora da fila / the queue's supervisor"
		case !agent.InQueue:
			role = "em nenhuma fila / in no queue"
		}
		users = append(users, user{agent.Username, agent.Password, role})
	}
	return errors.Wrap(text.Execute(out, map[string]any{
		"World": world, "Users": users, "Customer": customer, "Client": testenv.WebClient(),
	}), "cannot print the manual")
}
