//go:build unix

package e2e

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"
)

// TestContractAdministration reads and changes every object that administrators manage, in the documented ways and in ways that people are
// likely to try.
func TestContractAdministration(t *testing.T) {
	o := newOutsider(t)
	for _, part := range []struct {
		name string
		try  func(o *outsider)
	}{
		{"accounts", contractAccounts}, {"queues", contractQueues}, {"templates", contractTemplates}, {"plans", contractPlans},
		{"lists", contractLists}, {"who may", contractWhoMay},
	} {
		t.Run(part.name, func(t *testing.T) { part.try(o.in(t)) })
	}
}

func contractAccounts(o *outsider) {
	admin := o.Admin()
	made := o.asks(admin, http.MethodPost, "/accounts", map[string]any{
		"verify_token": "v", "waba_id": "9001", "unknown": map[string]any{"a": 1}, "phone_number_id": "9002", "name": "Filial", "id": "mine", "created_at": 1,
	}).is(201).has("name", "Filial", "enabled", true, "default_queue_id", "", "has_access_token", false, "has_app_secret", false, "webhook_at", nil, "display_phone", "")
	path := "/accounts/" + made.field("id")
	require.True(o.t, strings.HasSuffix(made.field("webhook_url"), "/plugins/whatsapp-ativo/webhook/"+made.field("id")), made.text)
	o.asks(admin, http.MethodPatch, path, map[string]any{"access_token": "um token", "app_secret": "s"}).is(422, "invalid_field")
	o.asks(admin, http.MethodPatch, path, map[string]any{"access_token": "umtoken", "app_secret": "s"}).is(200).has("has_access_token", true, "has_app_secret", true, "name", "Filial")
	o.asks(admin, http.MethodPatch, path, map[string]any{"name": "Filial 2"}).is(200).has("has_access_token", true, "name", "Filial 2", "waba_id", "9001", "enabled", true)
	o.asks(admin, http.MethodPatch, path, map[string]any{"enabled": false}).is(200).has("enabled", false, "name", "Filial 2")
	o.asks(admin, http.MethodPatch, path, map[string]any{}).is(200).has("enabled", false)
	o.asks(admin, http.MethodPatch, path, map[string]any{"default_queue_id": o.Queue.ID}).is(200).has("default_queue_id", o.Queue.ID)
	o.asks(admin, http.MethodPatch, path, map[string]any{"default_queue_id": ""}).is(200).has("default_queue_id", "")
	for _, body := range []any{map[string]any{"enabled": "true"}, map[string]any{"name": 5}, "[]", "", "{", `"x"`} {
		o.asks(admin, http.MethodPatch, path, body).is(400, "bad_request")
	}
	before := o.asks(admin, http.MethodGet, path, nil).is(200)
	got := o.asks(admin, http.MethodPatch, path, map[string]any{"enabled": nil, "name": nil}).is(200) // null counts as a missing field
	require.Equal(o.t, before.object["enabled"], got.object["enabled"])
	require.Equal(o.t, before.object["name"], got.object["name"])
	got = o.asks(admin, http.MethodGet, path, nil).is(200)
	for _, secret := range []string{"umtoken", `"access_token"`, `"app_secret"`, `"verify_token"`} {
		require.NotContains(o.t, got.text, secret)
	}
	require.Contains(o.t, o.asks(admin, http.MethodPost, path+"/test", nil).is(502, "meta_refused").problem(), "meta_code")
	o.asks(admin, http.MethodDelete, path, nil).is(200).has("id", made.field("id"))
	for _, method := range []string{http.MethodDelete, http.MethodGet} {
		o.asks(admin, method, path, nil).is(404, "not_found")
	}
	o.asks(admin, http.MethodPatch, path, map[string]any{"name": "x"}).is(404, "not_found")
	o.asks(admin, http.MethodPost, path+"/test", nil).is(404, "not_found")
	o.asks(admin, http.MethodPost, "/accounts/"+o.Account.ID+"/test", "").is(200).has("id", o.Account.ID)
	o.asks(admin, http.MethodPost, "/accounts/"+o.Account.ID+"/test", "{}").is(200)
	require.Contains(o.t, []int{409, 422}, o.asks(admin, http.MethodDelete, "/accounts/"+o.Account.ID, nil).status, "it is in use")
}

func contractQueues(o *outsider) {
	admin := o.Admin()
	channel, _, err := admin.CreateChannel(o.ctx(oneMinute), &model.Channel{TeamId: o.Env.Team.ID, Type: model.ChannelTypePrivate, Name: "contrato-fila", DisplayName: "Contrato"})
	require.NoError(o.t, err)
	body := map[string]any{"channel_id": channel.Id, "name": "Contrato", "account_id": o.Account.ID, "team_id": o.Env.Team.ID}
	made := o.asks(admin, http.MethodPost, "/queues", body).is(201).has("name", "Contrato", "inactivity_minutes", 0, "channel_id", channel.Id)
	path := "/queues/" + made.field("id")
	o.asks(admin, http.MethodPatch, path, map[string]any{"inactivity_minutes": 30}).is(200).has("inactivity_minutes", 30, "name", "Contrato")
	o.asks(admin, http.MethodPatch, path, map[string]any{"inactivity_minutes": "30"}).is(400, "bad_request")
	o.asks(admin, http.MethodPatch, path, map[string]any{"inactivity_minutes": 1.5}).is(400, "bad_request")
	o.asks(admin, http.MethodPatch, path, map[string]any{"name": ""}).is(422, "invalid_field")
	o.asks(admin, http.MethodGet, path, nil).is(200).has("inactivity_minutes", 30, "name", "Contrato", "account_id", o.Account.ID, "team_id", o.Env.Team.ID)
	o.asks(admin, http.MethodPost, "/queues", body).is(422, "invalid_field") // another queue has the channel already
	o.asks(admin, http.MethodDelete, path, nil).is(200).has("id", made.field("id"))
	o.asks(admin, http.MethodDelete, path, nil).is(404, "not_found")
	o.asks(admin, http.MethodGet, path, nil).is(404, "not_found")
}

func contractTemplates(o *outsider) {
	admin := o.Admin()
	path := "/templates/" + o.Marketing.ID
	counted := o.asks(admin, http.MethodPost, "/templates/sync", map[string]any{"account_id": o.Account.ID}).is(200)
	for _, name := range []string{"added", "updated", "gone", "total"} {
		require.Contains(o.t, counted.object, name)
	}
	o.asks(admin, http.MethodPost, "/templates/sync", "").is(400, "bad_request")
	o.asks(admin, http.MethodPost, "/templates/sync", map[string]any{}).is(422, "invalid_field")
	o.asks(admin, http.MethodPatch, path, map[string]any{"approved": true}).is(200).has("approved", true, "queue_ids", []any{})
	o.refuses("/conversations", o.startWith(o.Marketing.Name, map[string]string{"body_1": "A"}), 409, "template_not_allowed")
	o.asks(admin, http.MethodPatch, path, map[string]any{"approved": false, "queue_ids": []string{o.Queue.ID}}).is(200).has("approved", false, "queue_ids", []any{o.Queue.ID})
	o.refuses("/conversations", o.startWith(o.Marketing.Name, map[string]string{"body_1": "A"}), 409, "template_not_allowed")
	o.asks(admin, http.MethodPatch, path, map[string]any{"queue_ids": []string{}}).is(200).has("approved", false, "queue_ids", []any{})
	o.asks(admin, http.MethodPatch, path, map[string]any{"queue_ids": o.Queue.ID}).is(400, "bad_request")
	o.asks(admin, http.MethodPatch, path, map[string]any{"queue_ids": nil}).is(200).has("queue_ids", []any{}) // null counts as a missing field
	o.asks(admin, http.MethodGet, path, nil).is(200).has("account_id", o.Account.ID, "name", o.Marketing.Name, "language", "pt_BR", "category", "MARKETING", "status", "APPROVED")
	all := o.asks(admin, http.MethodGet, "/templates?account_id="+o.Account.ID, nil).is(200)
	require.Len(o.t, all.items(), len(o.Sim.Templates(o.Number.WABAID)))
	require.Empty(o.t, o.asks(admin, http.MethodGet, "/templates?account_id="+nobodysID, nil).is(200).items())
	o.asks(admin, http.MethodDelete, path, nil).is(404)
}

// startWith returns the body of a start for a new customer with another template.
func (o *outsider) startWith(template string, variables map[string]string) map[string]any {
	body := o.startOf(newCustomer())
	body["template"], body["variables"] = map[string]any{"language": "pt_BR", "name": template}, variables
	return body
}

func contractPlans(o *outsider) {
	admin := o.Admin()
	channel, _, err := admin.CreateChannel(o.ctx(oneMinute), &model.Channel{TeamId: o.Env.Team.ID, Type: model.ChannelTypePrivate, Name: "contrato-plano", DisplayName: "Plano"})
	require.NoError(o.t, err)
	queue := o.asks(admin, http.MethodPost, "/queues", map[string]any{"name": "Plano", "account_id": o.Account.ID, "team_id": o.Env.Team.ID, "channel_id": channel.Id}).is(201).field("id")
	prices := map[string]any{"service": 0, "utility": 0.0355, "marketing": 0.3125, "authentication": 0.0001}
	made := o.asks(admin, http.MethodPost, "/plans", map[string]any{"prices": prices, "currency": "BRL", "queue_id": queue, "monthly_limit": 1234.5678}).is(201).has(
		"status", "draft", "approved_by", "", "approved_at", nil, "monthly_limit", 1234.5678, "currency", "BRL", "queue_id", queue)
	require.Equal(o.t, map[string]any{"service": 0.0, "utility": 0.0355, "marketing": 0.3125, "authentication": 0.0001}, made.object["prices"])
	path := "/plans/" + made.field("id")
	approved := o.asks(admin, http.MethodPost, path+"/approve", nil).is(200).has("status", "approved", "approved_by", o.Env.Admin.ID)
	require.NotNil(o.t, approved.object["approved_at"])
	o.asks(admin, http.MethodPost, path+"/approve", "{}").is(200).has("status", "approved")
	o.asks(admin, http.MethodPatch, path, map[string]any{"monthly_limit": 10}).is(200).has("monthly_limit", 10, "currency", "BRL", "status", "draft", "approved_by", "", "approved_at", nil)
	one := o.asks(admin, http.MethodPatch, path, map[string]any{"prices": map[string]any{"utility": 0.04}}).is(200)
	require.Equal(o.t, map[string]any{"service": 0.0, "utility": 0.04, "marketing": 0.3125, "authentication": 0.0001}, one.object["prices"])
	for _, body := range []map[string]any{{"monthly_limit": "10"}, {"prices": []any{}}, {"prices": map[string]any{"utility": "0.1"}}, {"currency": 5}} {
		o.asks(admin, http.MethodPatch, path, body).is(400, "bad_request")
	}
	o.asks(admin, http.MethodPatch, path, map[string]any{"monthly_limit": nil}).is(200).has("monthly_limit", 10) // null counts as a missing field
	o.asks(admin, http.MethodPatch, path, map[string]any{"monthly_limit": -1}).is(422, "invalid_field")
	o.asks(admin, http.MethodPost, "/plans/"+nobodysID+"/approve", nil).is(404, "not_found")
	o.asks(admin, http.MethodDelete, path, nil).is(200).has("id", made.field("id"))
	o.asks(admin, http.MethodDelete, path, nil).is(404, "not_found")
	o.asks(admin, http.MethodPost, path+"/approve", nil).is(404, "not_found")
	o.asks(admin, http.MethodDelete, "/queues/"+queue, nil).is(200)
}

// contractLists checks the envelope of lists, its default values, and how it treats pages and sizes out of range.
func contractLists(o *outsider) {
	k := o.open(0)
	for _, path := range []string{"/accounts", "/queues", "/templates", "/plans", "/dead-letters", "/ledger", "/conversations", "/conversations/" + k.ID + "/messages"} {
		o.asks(o.Admin(), http.MethodGet, path, nil).is(200).has("page", 0, "per_page", 60).items()
		o.asks(o.Admin(), http.MethodGet, path+"?page=&per_page=", nil).is(200).has("page", 0, "per_page", 60)
		o.asks(o.Admin(), http.MethodGet, path+"?per_page=201", nil).is(200).has("per_page", 200)
		o.asks(o.Admin(), http.MethodGet, path+"?per_page=200", nil).is(200).has("per_page", 200)
		past := o.asks(o.Admin(), http.MethodGet, path+"?page=2000&per_page=1", nil).is(200).has("page", 2000, "per_page", 1)
		require.Empty(o.t, past.items())
		require.EqualValues(o.t, o.asks(o.Admin(), http.MethodGet, path, nil).object["total"], past.object["total"])
		o.asks(o.Admin(), http.MethodGet, path+"?per_page=-1", nil).is(422, "invalid_field")
		o.asks(o.Admin(), http.MethodGet, path+"?page=-1", nil).is(422, "invalid_field")
		o.asks(o.Admin(), http.MethodGet, path+"?page=x", nil).is(400, "bad_request")
		o.asks(o.Admin(), http.MethodGet, path+"?nobody=knows&this=1", nil).is(200)
		one := o.asks(o.Admin(), http.MethodGet, path+"?per_page=1", nil).is(200)
		total, _ := one.object["total"].(float64)
		require.Len(o.t, one.items(), min(1, int(total)))
	}
	everything := o.asks(o.Admin(), http.MethodGet, "/ledger?from=0&per_page=200&queue_id="+o.Queue.ID, nil).is(200).items()
	require.NotEmpty(o.t, everything)
	sheet := o.asks(o.Admin(), http.MethodGet, "/ledger?from=0&queue_id="+o.Queue.ID, nil, "Accept", "text/csv").is(200)
	require.Contains(o.t, sheet.header.Get("Content-Type"), "text/csv")
	rows, err := csv.NewReader(strings.NewReader(sheet.text)).ReadAll()
	require.NoError(o.t, err)
	require.GreaterOrEqual(o.t, len(rows), len(everything)+1, "a line of names, then all of the range")
	require.Contains(o.t, rows[0], "amount")
	for _, row := range rows[1:] {
		for i, name := range rows[0] {
			if name == "amount" {
				_, err := strconv.ParseFloat(row[i], 64)
				require.NoError(o.t, err, "money is a decimal number")
			}
		}
	}
	require.Empty(o.t, o.asks(o.Admin(), http.MethodGet, "/ledger?from=1&to=2", nil).is(200).items())
	rows, err = csv.NewReader(strings.NewReader(o.asks(o.Admin(), http.MethodGet, "/ledger?from=1&to=2", nil, "Accept", "text/csv").is(200).text)).ReadAll()
	require.NoError(o.t, err)
	require.Len(o.t, rows, 1)
	o.asks(o.Admin(), http.MethodGet, "/doctor", nil).is(200).items()
	o.asks(o.Admin(), http.MethodPost, "/guards/release", nil).is(200)
	o.asks(o.Admin(), http.MethodPost, "/guards/release", "{}").is(200)
	for _, state := range []string{"waiting", "open", "expired", "closed"} {
		for _, item := range o.asks(o.Admin(), http.MethodGet, "/conversations?state="+state, nil).is(200).items() {
			require.Equal(o.t, state, item["state"])
		}
	}
	o.asks(o.Admin(), http.MethodGet, "/conversations?state=OPEN", nil).is(422, "invalid_field")
	found := o.asks(o.Agent(0), http.MethodGet, "/conversations?mine=1&state=open&queue_id="+o.Queue.ID+"&q="+strings.ReplaceAll(k.customer.Name, " ", "%20"), nil).is(200).items()
	require.NotEmpty(o.t, found)
	digits := strings.TrimPrefix(k.customer.Phone, "+55")
	for _, q := range []string{digits, "%2B55" + digits, "(11)%20" + digits[2:], digits[:2] + digits[3:], k.customer.CPF} {
		items := o.asks(o.Agent(0), http.MethodGet, "/conversations?q="+q, nil).is(200).items()
		require.Len(o.t, items, 1, "q=%s", q)
		require.Equal(o.t, k.ID, items[0]["id"])
	}
	for _, item := range o.asks(o.Agent(1), http.MethodGet, "/conversations?mine=1", nil).is(200).items() {
		require.Contains(o.t, []any{item["owner_id"], item["attendant_id"]}, o.User(1).ID)
	}
}

// contractWhoMay checks the refusals: 401 at every address for requests without a session, 403 where only administrators may act, 404 for
// conversations of others.
func contractWhoMay(o *outsider) {
	k := o.open(0)
	stranger := model.NewAPIv4Client(o.Env.Nodes[0].URL)
	outsider := o.Agent(o.Outsider())
	admins := [][2]string{
		{"GET", "/accounts"}, {"POST", "/accounts"}, {"GET", "/accounts/" + o.Account.ID}, {"PATCH", "/accounts/" + o.Account.ID}, {"DELETE", "/accounts/" + o.Account.ID}, {"POST", "/accounts/" + o.Account.ID + "/test"},
		{"GET", "/queues"}, {"POST", "/queues"}, {"GET", "/queues/" + o.Queue.ID}, {"PATCH", "/queues/" + o.Queue.ID}, {"DELETE", "/queues/" + o.Queue.ID},
		{"GET", "/templates"}, {"POST", "/templates/sync"}, {"GET", "/templates/" + o.Positional.ID}, {"PATCH", "/templates/" + o.Positional.ID},
		{"GET", "/plans"}, {"POST", "/plans"}, {"GET", "/plans/" + o.Plan.ID}, {"PATCH", "/plans/" + o.Plan.ID}, {"DELETE", "/plans/" + o.Plan.ID}, {"POST", "/plans/" + o.Plan.ID + "/approve"},
		{"GET", "/dead-letters"}, {"POST", "/dead-letters/1/replay"}, {"GET", "/doctor"}, {"GET", "/ledger"}, {"GET", "/contacts/" + k.Contact.ID + "/export"}, {"DELETE", "/contacts/" + k.Contact.ID}, {"POST", "/guards/release"},
	}
	for _, to := range admins {
		o.asks(stranger, to[0], to[1], nil).is(401, "unauthorized")
		o.asks(o.Agent(0), to[0], to[1], nil).is(403, "forbidden")
		o.asks(outsider, to[0], to[1], "{").is(403, "forbidden")
	}
	of := "/conversations/" + k.ID
	for _, to := range [][2]string{
		{"GET", of}, {"GET", of + "/messages"}, {"POST", of + "/template"}, {"POST", of + "/note"}, {"POST", of + "/transfer"}, {"POST", of + "/claim"}, {"POST", of + "/close"}, {"POST", of + "/reopen"},
	} {
		o.asks(stranger, to[0], to[1], nil).is(401, "unauthorized")
		body := map[string]any{"text": "x", "user_id": o.User(0).ID, "template": map[string]any{"name": o.Positional.Name, "language": "pt_BR"}}
		o.asks(outsider, to[0], to[1], body).is(404, "not_found")
		o.asks(o.Agent(0), to[0], strings.Replace(to[1], k.ID, nobodysID, 1), body).is(404, "not_found")
		o.asks(o.Agent(0), to[0], strings.Replace(to[1], k.ID, "1", 1), body).is(404, "not_found")
	}
	o.asks(stranger, http.MethodGet, "/conversations", nil).is(401, "unauthorized")
	o.asks(stranger, http.MethodPost, "/conversations", nil).is(401, "unauthorized")
	require.Empty(o.t, o.asks(outsider, http.MethodGet, "/conversations", nil).is(200).items())
	o.asks(outsider, http.MethodPost, "/conversations", o.startOf(newCustomer())).is(403, "forbidden")
	o.asks(o.Admin(), http.MethodGet, of, nil).is(200).has("id", k.ID)
	o.asks(o.Agent(2), http.MethodGet, of, nil).is(200).has("id", k.ID) // an agent of the same queue
	o.asks(o.Agent(0), http.MethodPost, "/conversations", nil).is(400, "bad_request")
	for _, path := range []string{of + "/note", of + "/transfer", of + "/template"} {
		o.asks(o.Agent(0), http.MethodPost, path, nil).is(400, "bad_request")
		o.asks(o.Agent(0), http.MethodPost, path, map[string]any{"else": 1}).is(422, "invalid_field")
	}
	o.asks(o.Agent(0), http.MethodGet, of, nil).is(200).has("state", "open")
}
