//go:build unix

package scenario

import (
	"context"
	"net/http"
	"strings"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

// Setup lists what an administrator does before the first conversation, as steps. Each step fills its part of the World.
func (w *World) Setup() []Step {
	return []Step{
		{Name: "Servidor Mattermost no ar", English: "server up", Vital: true, Do: w.checkServer},
		{Name: "Plugin ativo", English: "plugin active", Vital: true, Do: w.checkPlugin},
		{Name: "Número cadastrado, segredos não voltam na resposta", English: "account created, its secrets stay inside", Vital: true, Do: w.createAccount},
		{Name: "Fila ligada ao canal ~fila-vendas", English: "queue created", Vital: true, Do: w.createQueue},
		{Name: "Webhook assinado com o verify token certo, recusado com o errado", English: "webhook subscribed", Vital: true, Do: w.subscribe},
		{Name: "Modelos sincronizados da Meta", English: "templates synced", Vital: true, Do: w.syncTemplates},
		{Name: "Dois modelos aprovados e liberados: variáveis posicionais e nomeadas", English: "two templates approved, positional and named", Vital: true, Do: w.approveTemplates},
		{Name: "Sem plano aprovado nada começa", English: "nothing starts without an approved plan", Do: w.refuseWithoutPlan},
		{Name: "Plano da fila criado e aprovado", English: "plan approved", Vital: true, Do: w.approvePlan},
	}
}

func (w *World) checkServer(ctx context.Context) error {
	status, _, err := w.Admin().GetPing(ctx)
	if err != nil {
		return errors.Wrap(err, "the server does not answer")
	}
	return errorUnless(status == model.StatusOk, "the server says %q", status)
}

func (w *World) checkPlugin(ctx context.Context) error {
	return wait(ctx, "the plugin to be active", func() error {
		statuses, _, err := w.Admin().GetPluginStatuses(ctx)
		if err != nil {
			return errors.Wrap(err, "the server does not tell")
		}
		for _, status := range statuses {
			if status.PluginId == w.Env.Plugin.ID {
				return errorUnless(status.State == model.PluginStateRunning, "its state is %d: %s", status.State, status.Error)
			}
		}
		return errors.New("the server does not know it")
	})
}

func (w *World) createAccount(ctx context.Context) error {
	body := map[string]any{
		"name": "Loja", "phone_number_id": w.Number.ID, "waba_id": w.Number.WABAID, "display_phone": w.Number.Display,
		"access_token": accessToken, "app_secret": appSecret, "verify_token": VerifyToken,
	}
	if _, err := w.AskRefused(ctx, w.Agent(0), http.MethodPost, "/accounts", body, http.StatusForbidden, "forbidden"); err != nil {
		return err
	}
	if err := w.Ask(ctx, w.Admin(), http.MethodPost, "/accounts", body, http.StatusCreated, &w.Account); err != nil {
		return err
	}
	_, answer, err := w.REST(ctx, w.Admin(), http.MethodGet, "/accounts/"+w.Account.ID, nil)
	if err != nil {
		return err
	}
	for _, secret := range []string{accessToken, appSecret, VerifyToken} {
		if strings.Contains(string(answer), secret) {
			return errors.New("a secret of the account can be read back")
		}
	}
	return firstError(
		errorUnless(w.Account.HasAccessToken && w.Account.HasAppSecret, "the account does not say that it has its secrets"),
		w.Ask(ctx, w.Admin(), http.MethodPost, "/accounts/"+w.Account.ID+"/test", nil, http.StatusOK, nil),
	)
}

func (w *World) createQueue(ctx context.Context) error {
	body := map[string]any{"name": "Vendas", "team_id": w.Env.Team.ID, "channel_id": w.Env.QueueChannel.ID, "account_id": w.Account.ID}
	if err := w.Ask(ctx, w.Admin(), http.MethodPost, "/queues", body, http.StatusCreated, &w.Queue); err != nil {
		return err
	}
	change := map[string]any{"default_queue_id": w.Queue.ID}
	return w.Ask(ctx, w.Admin(), http.MethodPatch, "/accounts/"+w.Account.ID, change, http.StatusOK, &w.Account)
}

// Webhook returns the address of the account's webhook on a server. Setup subscribes the one of the first server.
func (w *World) Webhook(node int) string {
	return w.Env.Nodes[node].URL + pluginPath + "/webhook/" + w.Account.ID
}

func (w *World) subscribe(context.Context) error {
	address := w.Webhook(0)
	if err := w.Sim.Subscribe(w.Number.WABAID, address, "another token"); err == nil {
		return errors.New("the webhook took a wrong verify token")
	}
	return firstError(
		errorUnless(w.Account.WebhookURL == address, "the webhook's address is %s instead of %s", w.Account.WebhookURL, address),
		errors.Wrap(w.Sim.Subscribe(w.Number.WABAID, address, VerifyToken), "the webhook refused the handshake"),
	)
}

func (w *World) syncTemplates(ctx context.Context) error {
	var counted struct{ Added, Total int }
	body := map[string]any{"account_id": w.Account.ID}
	if err := w.Ask(ctx, w.Admin(), http.MethodPost, "/templates/sync", body, http.StatusOK, &counted); err != nil {
		return err
	}
	found, err := listAll[Template](ctx, w, w.Admin(), "/templates?account_id="+w.Account.ID)
	if err != nil {
		return err
	}
	here := len(w.Sim.Templates(w.Number.WABAID))
	if err := errorUnless(counted.Added == here && counted.Total == here && len(found) == here,
		"Meta has %d templates; the sync added %d of %d, the list has %d", here, counted.Added, counted.Total, len(found)); err != nil {
		return err
	}
	for _, t := range found {
		switch t.Name {
		case "confirmar_visita":
			w.Positional = t
		case "continuar_assunto":
			w.Named = t
		case "ofertas_da_semana":
			w.Marketing = t
		}
		if err := errorUnless(!t.Approved && len(t.QueueIDs) == 0 && t.Status == "APPROVED", "a template just synced is %+v", t); err != nil {
			return err
		}
	}
	return errorUnless(w.Positional.ID != "" && w.Named.ID != "" && w.Marketing.ID != "", "not all templates were synced")
}

func (w *World) approveTemplates(ctx context.Context) error {
	return firstError(w.Allow(ctx, &w.Positional), w.Allow(ctx, &w.Named))
}

// Allow approves a template and allows it for the queue.
func (w *World) Allow(ctx context.Context, t *Template) error {
	change := map[string]any{"approved": true, "queue_ids": []string{w.Queue.ID}}
	if err := w.Ask(ctx, w.Admin(), http.MethodPatch, "/templates/"+t.ID, change, http.StatusOK, t); err != nil {
		return err
	}
	return errorUnless(t.Approved && len(t.QueueIDs) == 1, "the approved template %s is %+v", t.Name, *t)
}

func (w *World) refuseWithoutPlan(ctx context.Context) error {
	if _, err := w.AskRefused(ctx, w.Agent(0), http.MethodPost, "/conversations", w.StartRequest(NewCustomer(0)), http.StatusConflict, "no_plan"); err != nil {
		return err
	}
	return errorUnless(len(w.Sim.Sends()) == 0, "something was sent")
}

func (w *World) approvePlan(ctx context.Context) error {
	body := map[string]any{"queue_id": w.Queue.ID, "monthly_limit": MonthlyLimit, "currency": Currency, "prices": Prices()}
	if err := w.Ask(ctx, w.Admin(), http.MethodPost, "/plans", body, http.StatusCreated, &w.Plan); err != nil {
		return err
	}
	if err := errorUnless(w.Plan.Status == "draft", "a new plan is %q", w.Plan.Status); err != nil {
		return err
	}
	if err := w.Ask(ctx, w.Admin(), http.MethodPost, "/plans/"+w.Plan.ID+"/approve", nil, http.StatusOK, &w.Plan); err != nil {
		return err
	}
	return errorUnless(w.Plan.Status == "approved" && w.Plan.ApprovedBy == w.Env.Admin.ID && w.Plan.ApprovedAt > 0, "the approved plan is %+v", w.Plan)
}
