//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

const manyTemplates = 1200

// graph sends a request from the test itself to the simulated Graph API.
func (a *administration) graph(method, address string) []byte {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.ctx(time.Minute), method, address, nil)
	require.NoError(a.t, err)
	request.Header.Set("Authorization", "Bearer "+a.token)
	response, err := http.DefaultClient.Do(request)
	require.NoError(a.t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(a.t, err)
	require.Equal(a.t, http.StatusOK, response.StatusCode, string(body))
	return body
}

// simulatorsTime measures how long the simulator takes to list all its templates.
func (a *administration) simulatorsTime() time.Duration {
	a.t.Helper()
	begin := time.Now()
	next := a.SimURL + "/v25.0/" + a.Number.WABAID + "/message_templates?limit=250"
	for next != "" {
		var page struct{ Paging struct{ Next string } }
		require.NoError(a.t, json.Unmarshal(a.graph(http.MethodGet, next), &page))
		next = page.Paging.Next
	}
	return time.Since(begin)
}

func (a *administration) sync() (took time.Duration, counts map[string]any) {
	a.t.Helper()
	begin := time.Now()
	counts = a.ask(http.MethodPost, "/templates/sync", map[string]any{"account_id": a.Account.ID})
	return time.Since(begin), counts
}

func trySync(t *testing.T, a *administration) {
	here := len(a.Sim.Templates(a.Number.WABAID))
	var many []string
	for i := here; i < manyTemplates; i++ {
		many = append(many, fmt.Sprintf(`{"name": "aviso_%04d", "language": "pt_BR", "category": "UTILITY", "parameter_format": "POSITIONAL",
			"components": [{"type": "BODY", "text": "Olá, {{1}}! O pedido %d saiu para entrega.", "example": {"body_text": [["Marina"]]}}]}`, i, i))
	}
	_, err := a.Sim.AddTemplates(a.Number.WABAID, "["+strings.Join(many, ",")+"]")
	require.NoError(t, err)

	own := a.simulatorsTime()
	took, counts := a.sync()
	t.Logf("sync of %d templates: %v, of which the simulator's own %v", manyTemplates, took, own)
	require.Equal(t, map[string]any{"added": float64(manyTemplates - here), "updated": 0.0, "gone": 0.0, "total": float64(manyTemplates)}, counts)
	require.Less(t, took, own+3*time.Second)
	took, counts = a.sync()
	t.Logf("a second sync: %v", took)
	require.Equal(t, map[string]any{"added": 0.0, "updated": 0.0, "gone": 0.0, "total": float64(manyTemplates)}, counts)
	all := a.list("/templates?account_id=" + a.Account.ID)
	names := map[any]bool{}
	for _, template := range all {
		names[template["name"]] = true
	}
	require.Len(t, all, manyTemplates)
	require.Len(t, names, manyTemplates, "none is there twice")

	// Meta deletes a template that is in use: agents no longer see it, the console still does.
	gone := all[0]
	id, _ := gone["id"].(string)
	a.ask(http.MethodPatch, "/templates/"+id, map[string]any{"approved": true, "queue_ids": []string{a.Queue.ID}})
	name, _ := gone["name"].(string)
	a.graph(http.MethodDelete, a.SimURL+"/v25.0/"+a.Number.WABAID+"/message_templates?name="+name)
	_, counts = a.sync()
	require.Equal(t, []any{1.0, float64(manyTemplates - 1)}, []any{counts["gone"], counts["total"]})
	kept := a.ask(http.MethodGet, "/templates/"+id, nil)
	require.NotNil(t, kept["gone_at"])
	require.NotEmpty(t, kept["unusable_reason"])
	require.Len(t, a.list("/templates?status=GONE"), 1)
	status, code, err := a.start(a.ctx(time.Minute), a.Agent(0), scenario.Template{Name: name, Language: "pt_BR"}, newCustomer())
	require.NoError(t, err)
	require.Equal(t, []any{http.StatusConflict, "template_not_allowed"}, []any{status, code})
	a.waitForNotice(20*time.Second, a.Env.Admin.ID, name)
}

func tryCategory(t *testing.T, a *administration) {
	used := a.Positional
	customer := newCustomer()
	_, err := a.Start(a.ctx(time.Minute), 0, customer)
	require.NoError(t, err)

	require.NoError(t, a.Sim.SetTemplateCategory(a.Number.WABAID, used.Name, used.Language, "MARKETING"))
	text := a.waitForNotice(20*time.Second, a.Env.Admin.ID, used.Name)
	require.Contains(t, text, "UTILITY")
	require.Contains(t, text, "MARKETING")
	template := a.ask(http.MethodGet, "/templates/"+used.ID, nil)
	require.Equal(t, []any{"MARKETING", false}, []any{template["category"], template["approved"]})
	require.NotEmpty(t, template["unusable_reason"])
	status, code, err := a.start(a.ctx(time.Minute), a.Agent(0), used, newCustomer())
	require.NoError(t, err)
	require.Equal(t, []any{http.StatusConflict, "template_not_allowed"}, []any{status, code}, "until it is approved again")

	require.NoError(t, a.Allow(a.ctx(time.Minute), &used))
	conversation, err := a.Start(a.ctx(time.Minute), 0, newCustomer())
	require.NoError(t, err)
	a.within(30*time.Second, "the charge", func(ctx context.Context) error {
		charges, err := a.Ledger(ctx)
		if err != nil {
			return err
		}
		for _, c := range charges {
			if c.ConversationID == conversation.ID {
				return errorUnless(c.State == "billed" && c.Category == "marketing" && c.Amount == scenario.Prices()["marketing"], "it is %+v", c)
			}
		}
		return errors.New("there is none")
	})

	// When the wording changes, the approval must be withdrawn: the customer would get a text that nobody has approved.
	words := func(text string) {
		require.NoError(t, a.Sim.SetTemplateBody(a.Number.WABAID, used.Name, used.Language, text))
		a.within(time.Minute, "the template to lose its approval", func(context.Context) error {
			template := a.ask(http.MethodGet, "/templates/"+used.ID, nil)
			return errorUnless(template["text"] == text && template["approved"] == false && template["unusable_reason"] != "", "it is %v", template)
		})
	}
	approved, _ := template["text"].(string)
	words(approved + " Até lá!")
	a.waitForNotice(20*time.Second, a.Env.Admin.ID, "**"+used.Name+"** ("+used.Language+"): message_template_components_update")
	status, code, err = a.start(a.ctx(time.Minute), a.Agent(0), used, newCustomer())
	require.NoError(t, err)
	require.Equal(t, []any{http.StatusConflict, "template_not_allowed"}, []any{status, code}, "until it is approved again")
	require.NoError(t, a.Allow(a.ctx(time.Minute), &used))
	words(approved)
	require.NoError(t, a.Allow(a.ctx(time.Minute), &used))

	// A paused template disappears for agents at once, and has to be approved again when Meta resumes it.
	require.NoError(t, a.Sim.SetTemplateStatus(a.Number.WABAID, used.Name, used.Language, "PAUSED", ""))
	a.waitForNotice(20*time.Second, a.Env.Admin.ID, "PAUSED")
	require.NoError(t, a.Sim.SetTemplateStatus(a.Number.WABAID, used.Name, used.Language, "APPROVED", ""))
	require.NoError(t, a.Sim.SetTemplateCategory(a.Number.WABAID, used.Name, used.Language, "UTILITY"))
	a.within(20*time.Second, "the template to be back", func(context.Context) error {
		template := a.ask(http.MethodGet, "/templates/"+used.ID, nil)
		return errorUnless(template["status"] == "APPROVED" && template["category"] == "UTILITY" && template["approved"] == false, "it is %v", template)
	})
	require.NoError(t, a.Allow(a.ctx(time.Minute), &used))
	found, err := a.noticesFor(a.ctx(time.Minute), a.Env.Admin.ID, "PAUSED")
	require.NoError(t, err)
	require.Len(t, found, 2, "once when it paused and once when it came back, on two servers")
}
