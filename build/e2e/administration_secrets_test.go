//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// These secrets belong to this test. A world has others of its own from the start.
const (
	newToken     = "EAAnew0access0token0that0must0never0be0seen"
	wrongToken   = "EAAwrong0access0token0that0must0never0be0seen"
	canaryApp    = "canary0app0secret0that0must0never0be0seen"
	canaryVerify = "canary0verify0token0that0must0never0be0seen"
)

func tryToken(t *testing.T, a *administration) {
	ctx := a.ctx(4 * time.Minute)
	conversation, err := a.Opened(ctx, 0, newCustomer())
	require.NoError(t, err)
	a.Sim.RevokeToken(a.token)
	begin := time.Now()
	a.within(time.Minute, "the number to say that its token is gone", func(context.Context) error {
		account := a.ask(http.MethodGet, "/accounts/"+a.Account.ID, nil)
		health, _ := account["health"].(map[string]any)
		return errorUnless(account["blocked_code"] == 190.0 && health["ok"] == false && health["error_code"] == 190.0 && health["error"] != "", "it is %v", account)
	})
	text := a.waitForNotice(time.Minute-time.Since(begin), a.Env.Admin.ID, "stopped:")
	t.Logf("told after %v, while nothing was sent: %s", time.Since(begin).Round(time.Second), text)
	unwell := map[any]bool{}
	for _, finding := range a.list("/doctor") {
		if finding["ok"] == false {
			require.NotEmpty(t, finding["fix"], finding)
			unwell[finding["check"]] = true
		}
	}
	require.True(t, unwell["token"] && unwell["blocked"], "the doctor finds %v", unwell)

	var posts []string
	for _, text := range []string{"uma", "duas", "três"} {
		post, err := a.PostAs(ctx, 0, conversation.ChannelID, text)
		require.NoError(t, err)
		posts = append(posts, post.Id)
	}
	status, _, err := a.REST(ctx, a.Admin(), http.MethodPatch, "/accounts/"+a.Account.ID, map[string]any{"access_token": wrongToken})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status)
	a.within(time.Minute, "the wrong token to stop the number", func(context.Context) error {
		account := a.ask(http.MethodGet, "/accounts/"+a.Account.ID, nil)
		return errorUnless(account["blocked_code"] == 190.0, "it is %v", account)
	})
	a.tryToSend(conversation.ID)
	for _, id := range posts {
		tick, err := a.Tick(ctx, id)
		require.NoError(t, err)
		require.Contains(t, []string{"", "pending"}, tick, "it waits")
	}
	require.Len(t, a.Phone(conversation.Contact.Phone).Messages(), 1, "only the template is on the phone")

	a.Sim.AddToken(cloudapi.Token{Value: newToken, WABAs: []string{a.Number.WABAID}})
	begin = time.Now()
	account := a.ask(http.MethodPatch, "/accounts/"+a.Account.ID, map[string]any{"access_token": newToken})
	require.Equal(t, 0.0, account["blocked_code"])
	for _, id := range posts {
		require.NoError(t, a.WaitTick(a.ctx(time.Minute), id, "delivered"))
	}
	t.Logf("all delivered %v after the token was replaced", time.Since(begin).Round(time.Second))
	var arrived []string
	for _, m := range a.Phone(conversation.Contact.Phone).Messages()[1:] {
		arrived = append(arrived, m.Text)
	}
	require.Equal(t, []string{"uma", "duas", "três"}, arrived, "each once and in order")
	a.within(time.Minute, "the number to be well", func(context.Context) error {
		health, _ := a.ask(http.MethodGet, "/accounts/"+a.Account.ID, nil)["health"].(map[string]any)
		return errorUnless(health["ok"] == true && health["error"] == "" && health["subscribed"] == true, "it is %v", health)
	})
	a.waitForNotice(30*time.Second, a.Env.Admin.ID, "goes_on:")
	stopped, err := a.noticesFor(ctx, a.Env.Admin.ID, "\"stopped:")
	require.NoError(t, err)
	require.Len(t, stopped, 2, "one for the revoked token, one for the wrong one")

	// The quality that Meta reports for the number is stored and shown to administrators.
	require.NoError(t, a.Sim.SendNumberQuality(a.Number.ID, "FLAGGED", "TIER_250"))
	require.NoError(t, a.Sim.SendAccountUpdate(a.Number.WABAID, "ACCOUNT_RESTRICTION", map[string]any{
		"restriction_info": []map[string]any{{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": time.Now().Add(time.Hour).Unix()}},
	}))
	a.waitForNotice(30*time.Second, a.Env.Admin.ID, "RESTRICTED_BIZ_INITIATED_MESSAGING")
	a.waitForNotice(30*time.Second, a.Env.Admin.ID, "FLAGGED")
	health, _ := a.ask(http.MethodGet, "/accounts/"+a.Account.ID, nil)["health"].(map[string]any)
	require.Contains(t, health["restriction"], "RESTRICTED_BIZ_INITIATED_MESSAGING")
}

// tryToSend makes the messages that wait in a conversation due now, and returns when an attempt to send them is over.
func (a *administration) tryToSend(conversationID string) {
	a.t.Helper()
	const attempts = "SELECT coalesce(sum(attempts), 0) FROM waa_outbox WHERE lane = $1 AND lease_owner = ''"
	before := a.number(attempts, conversationID)
	_, err := a.Env.DB().ExecContext(a.ctx(time.Minute), "UPDATE waa_outbox SET due_at = 0 WHERE lane = $1 AND finished_at = 0", conversationID)
	require.NoError(a.t, err)
	a.within(time.Minute, "an attempt to send what waits", func(context.Context) error {
		return errorUnless(a.number(attempts, conversationID) > before, "there was none")
	})
}

func trySecrets(t *testing.T, a *administration) {
	ctx := a.ctx(2 * time.Minute)
	a.ask(http.MethodPost, "/accounts", map[string]any{
		"name": "Segredos", "phone_number_id": "998877", "waba_id": a.Number.WABAID, "access_token": wrongToken, "app_secret": canaryApp, "verify_token": canaryVerify,
	})
	secrets := []string{newToken, wrongToken, canaryApp, canaryVerify, a.Number.Token, a.Number.AppSecret}

	document, err := openapi3.NewLoader().LoadFromFile(filepath.Join("..", "..", "docs", "openapi.yaml"))
	require.NoError(t, err)
	ids := map[string]string{"/accounts": a.Account.ID, "/queues": a.Queue.ID, "/templates": a.Positional.ID, "/plans": a.Plan.ID}
	routes, answers := 0, 0
	for _, path := range document.Paths.InMatchingOrder() {
		rest, isREST := strings.CutPrefix(path, "/api/v1")
		for method, operation := range document.Paths.Value(path).Operations() {
			if !isREST || len(operation.Tags) == 0 || operation.Tags[0] != "administration" {
				continue
			}
			routes++
			id := "aaaaaaaaaaaaaaaaaaaaaaaaaa"
			for prefix, known := range ids {
				if strings.HasPrefix(rest, prefix) {
					id = known
				}
			}
			call := strings.ReplaceAll(rest, "{id}", id)
			for _, agent := range []int{0, 1, a.Outsider()} { // a supervisor is not an administrator either
				status, answer, err := a.REST(ctx, a.Agent(agent), method, call, map[string]any{})
				require.NoError(t, err)
				require.Equal(t, http.StatusForbidden, status, "%s %s as agent %d: %s", method, call, agent, answer)
			}
			if method != http.MethodGet {
				continue
			}
			answers++
			_, answer, err := a.REST(ctx, a.Admin(), method, call, nil)
			require.NoError(t, err)
			for _, secret := range secrets {
				require.NotContains(t, string(answer), secret, "%s %s", method, call)
			}
		}
	}
	t.Logf("%d routes of administrators refused to others, %d answers without a secret", routes, answers)
	require.Greater(t, routes, 30)

	for node := range a.Env.Nodes {
		log, err := a.Env.ServerLog(node)
		require.NoError(t, err)
		for _, secret := range secrets {
			require.NotContains(t, log, secret, "the log of server %d", node+1)
		}
	}
	if a.Env.MakesSupportPackets() {
		a.checkSupportPacket(ctx, secrets)
	} else {
		a.t.Log("the support packet was not looked at: a release makes one only with a license")
	}
	tables, err := a.holding(ctx, secrets)
	require.NoError(t, err)
	require.Empty(t, tables, "these tables hold a secret")
}

// checkSupportPacket reads the support packets of both servers: they must contain the plugin's part and nothing about a customer.
func (a *administration) checkSupportPacket(ctx context.Context, secrets []string) {
	a.t.Helper()
	customer := newCustomer()
	conversation, err := a.Opened(ctx, 0, customer)
	require.NoError(a.t, err)
	const typed = "texto0que0ninguem0mais0le"
	post, err := a.PostAs(ctx, 0, conversation.ChannelID, typed)
	require.NoError(a.t, err)
	require.NoError(a.t, a.WaitTick(ctx, post.Id, "delivered"))
	_, err = a.Phone(customer.Phone).Reply("resposta0que0ninguem0mais0le")
	require.NoError(a.t, err)
	_, err = a.WaitPosts(ctx, conversation.ChannelID, 2, "the answer's post", scenario.FromCustomer)
	require.NoError(a.t, err)

	private := append([]string{customer.CPF, formattedCPF(customer.CPF), strings.TrimPrefix(customer.Phone, "+"), typed, "resposta0que0ninguem0mais0le", "Nossa equipe passa"}, secrets...)
	for node := range a.Env.Nodes {
		files, err := a.Env.SupportPacket(ctx, node)
		require.NoError(a.t, err)
		require.Greater(a.t, len(files), 5, "the server's own files are there")
		var ours struct{ Findings []struct{ Check string } }
		require.NoError(a.t, json.Unmarshal([]byte(files["whatsapp-ativo.json"]), &ours), files["whatsapp-ativo.json"])
		checks := map[string]bool{}
		for _, finding := range ours.Findings {
			checks[finding.Check] = true
		}
		for _, check := range []string{"token", "webhook", "templates", "plan", "inbox", "outbox", "dead_letters"} {
			require.True(a.t, checks[check], "%s is not in %v", check, checks)
		}
		for name, content := range files {
			for _, text := range private {
				require.NotContains(a.t, content, text, "%s of server %d", name, node+1)
			}
		}
		a.t.Logf("the support packet of server %d: %d files, %d findings of ours, nothing private", node+1, len(files), len(ours.Findings))
	}
}

// formattedCPF writes a CPF with the punctuation that people use.
func formattedCPF(cpf string) string {
	return cpf[:3] + "." + cpf[3:6] + "." + cpf[6:9] + "-" + cpf[9:]
}

// holding lists the tables of the database in which any column contains one of the texts, as a dump would show it.
func (a *administration) holding(ctx context.Context, texts []string) (tables []string, err error) {
	rows, err := a.Env.DB().QueryContext(ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'")
	if err != nil {
		return nil, errors.Wrap(err, "cannot list the tables")
	}
	var all []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, errors.Wrap(err, "cannot read a table's name")
		}
		all = append(all, name)
	}
	if err := errors.Wrap(rows.Err(), "cannot list the tables"); err != nil {
		return nil, err
	}
	_ = rows.Close()
	if len(all) < 30 {
		return nil, errors.Errorf("the database has only %d tables", len(all))
	}
	for _, table := range all {
		for _, text := range texts {
			var found bool
			if err := a.Env.DB().QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM "`+table+`" t WHERE position($1 in t::text) > 0)`, text).Scan(&found); err != nil {
				return nil, errors.Wrap(err, "cannot search "+table)
			}
			if found {
				tables = append(tables, table)
			}
		}
	}
	return tables, nil
}
