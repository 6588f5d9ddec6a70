//go:build unix

package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// field describes one field of a request and the values that it must refuse.
type field struct {
	path  string // inner fields are separated by a dot
	kind  string // text, flag, number, list or object
	named string // the field's name in errors; "" if it is the same as path
	// longest is the limit of a text in characters; 0 means that the text has a format of its own. must says that the text may not be
	// empty, line that it must be a single line.
	longest int
	must    bool
	line    bool
	wrong   []any // more values of the right type that must be refused
}

// call is a request with a body that would be accepted.
type call struct {
	method, path string
	agent        bool // sent by an agent; otherwise by an administrator
	body         map[string]any
	fields       []field
	optional     bool // the body may be missing
}

// calls lists every request of the REST API that takes a body.
func (s *stage) calls(k *openConversation) map[string]call {
	noID := []any{"x", nobodysID, strings.ToUpper(s.Queue.ID), s.Queue.ID + "'", strings.Repeat("a", 5000), "../../x"}
	prices := map[string]any{"marketing": 0.5, "utility": 0.1, "authentication": 0.1, "service": 0.1}
	account := []field{
		{path: "name", kind: "text", longest: 128, must: true, line: true},
		{path: "phone_number_id", kind: "text", longest: 64, must: true, line: true, wrong: []any{"a b", "1/2", "é"}},
		{path: "waba_id", kind: "text", longest: 64, must: true, line: true, wrong: []any{"a b", "1/2"}},
		{path: "display_phone", kind: "text", line: true, wrong: []any{"telefone", "1", strings.Repeat("9", 40)}},
		{path: "access_token", kind: "text", longest: 4096, line: true, wrong: []any{"a b", secretToken + "\r\nX: y", "é"}},
		{path: "app_secret", kind: "text", longest: 256, line: true, wrong: []any{secretApp + " b"}},
		{path: "verify_token", kind: "text", longest: 256, line: true, wrong: []any{"a b"}},
		{path: "default_queue_id", kind: "text", wrong: noID},
		{path: "enabled", kind: "flag"},
	}
	queue := []field{
		{path: "name", kind: "text", longest: 128, must: true, line: true},
		{path: "team_id", kind: "text", must: true, wrong: []any{"x", "../../x"}},
		{path: "channel_id", kind: "text", must: true, wrong: noID},
		{path: "account_id", kind: "text", must: true, wrong: noID},
		{path: "inactivity_minutes", kind: "number", wrong: []any{-1, 1e9}},
	}
	plan := []field{
		{path: "queue_id", kind: "text", must: true, wrong: noID},
		{path: "monthly_limit", kind: "number", wrong: []any{-1, 1e30}},
		{path: "currency", kind: "text", must: true, line: true, wrong: []any{"real", "br", "R$", strings.Repeat("B", 500)}},
		{path: "prices", kind: "object"},
		{path: "prices.marketing", kind: "number", named: "prices", wrong: []any{-0.1, 1e30}},
		{path: "prices.service", kind: "number", named: "prices", wrong: []any{-0.1, 1e30}},
	}
	template := []field{
		{path: "template", kind: "object"},
		{path: "template.name", kind: "text", named: "template", must: true, wrong: []any{"com espaço", "não_há", "nenhum", strings.Repeat("a", 5000)}},
		{path: "template.language", kind: "text", named: "template", must: true, wrong: []any{"xx_YY_zz_toolong", "não", strings.Repeat("p", 500), "../pt"}},
		{path: "variables", kind: "object"},
		{path: "variables.body_1", kind: "text", must: true, longest: 4096, wrong: []any{"uma\nlinha", "a\tb", "muitos     espaços", strings.Repeat("a", 1100)}},
		{path: "variables.header_1", kind: "text", must: true, longest: 4096},
		{path: "confirm", kind: "flag"},
		{path: "reason", kind: "text", longest: 1000},
	}
	start := slices.Concat(template, []field{
		{path: "account_id", kind: "text", wrong: noID},
		{path: "queue_id", kind: "text", named: "queue", must: true, wrong: noID},
		{path: "customer", kind: "object"},
		{path: "customer.name", kind: "text", named: "customer_name", longest: 64, must: true},
		{path: "customer.cpf", kind: "text", named: "cpf", must: true, longest: 256, wrong: []any{"111.111.111-11", "123", secretCustomer().CPF[:10] + "x", "texto"}},
		{path: "customer.phone", kind: "text", named: "phone", must: true, longest: 256, wrong: []any{"11 1234", "+999999", "telefone", "+5511" + strings.Repeat("9", 30)}},
	})
	of := "/conversations/" + k.ID
	return map[string]call{
		"new account": {http.MethodPost, "/accounts", false, map[string]any{
			"name": "Outra", "phone_number_id": "77", "waba_id": "78", "display_phone": "+55 11 4000-0000", "access_token": secretToken, "app_secret": secretApp, "verify_token": "v",
		}, account, false},
		"account":      {http.MethodPatch, "/accounts/" + s.Account.ID, false, map[string]any{"access_token": secretToken}, account, false},
		"new queue":    {http.MethodPost, "/queues", false, map[string]any{"name": "Outra", "team_id": s.Env.Team.ID, "channel_id": s.Env.QueueChannel.ID, "account_id": s.Account.ID}, queue, false},
		"queue":        {http.MethodPatch, "/queues/" + s.Queue.ID, false, map[string]any{}, queue, false},
		"new plan":     {http.MethodPost, "/plans", false, map[string]any{"queue_id": s.Queue.ID, "monthly_limit": 10, "currency": "BRL", "prices": prices}, plan, false},
		"plan":         {http.MethodPatch, "/plans/" + s.Plan.ID, false, map[string]any{"prices": prices}, plan, false},
		"sync":         {http.MethodPost, "/templates/sync", false, map[string]any{}, []field{{path: "account_id", kind: "text", must: true, wrong: noID}}, false},
		"template":     {http.MethodPatch, "/templates/" + s.Marketing.ID, false, map[string]any{}, []field{{path: "approved", kind: "flag"}, {path: "queue_ids", kind: "list", wrong: []any{[]any{"x"}, []any{nobodysID}, []any{nil}, []any{[]any{}}}}}, false},
		"start":        {http.MethodPost, "/conversations", true, s.startOf(secretCustomer()), start, false},
		"new template": {http.MethodPost, of + "/template", true, map[string]any{"template": map[string]any{"name": s.Positional.Name, "language": s.Positional.Language}, "variables": scenario.Variables()}, template, false},
		"note":         {http.MethodPost, of + "/note", true, map[string]any{"text": secretText}, []field{{path: "text", kind: "text", longest: 16383, must: true}}, false},
		"transfer":     {http.MethodPost, of + "/transfer", true, map[string]any{"queue_id": s.Queue.ID}, []field{{path: "user_id", kind: "text", wrong: noID}, {path: "queue_id", kind: "text", wrong: noID}}, false},
		"close":        {http.MethodPost, of + "/close", true, map[string]any{"reason": secretText}, []field{{path: "reason", kind: "text", longest: 1000}}, true},
	}
}

func (f *field) name() string {
	if f.named != "" {
		return f.named
	}
	return f.path[strings.LastIndexByte(f.path, '.')+1:]
}

// badValues returns values that have the right type but must be refused, by description.
func (f *field) badValues() map[string]any {
	values := map[string]any{}
	for i, value := range f.wrong {
		content, _ := json.Marshal(value) //nolint:errchkjson // plain values
		values[string(rune('a'+i))+" "+string(content[:min(len(content), 40)])] = value
	}
	if f.kind != "text" {
		return values
	}
	if f.longest > 0 {
		values["too long"] = strings.Repeat("x", f.longest+1)
		values["far too long"] = strings.Repeat("ção ", 50_000)
	}
	if f.must {
		values["empty"], values["blank"] = "", "   "
	}
	for what, text := range hostile() {
		if f.line || what == "NUL" || what == "an escape" {
			values[what] = text
		}
	}
	return values
}

// badBodies returns bodies that are not a JSON object, or that are one but not in a form that the API accepts.
func badBodies() map[string]string {
	return map[string]string{
		"an empty body": "", "null": "null", "a list": "[]", "a text": `"a"`, "a number": "1", "half an object": `{"name": "`,
		"two objects": "{} {}", "bytes of no letters": "\xff\xfe", "deep lists": `{"name": ` + strings.Repeat("[", 100_000),
		"two MiB": `{"name": "` + strings.Repeat("x", 2<<20) + `"}`,
	}
}
