//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// The tests of bad input send these secrets, this document and these texts wherever they can. None of them may ever appear in a log.
const (
	secretToken = "EAAsentinel0token0never0in0a0log"
	secretApp   = "sentinel0app0secret0never0in0a0log"
	secretText  = "texto-sentinela-que-nenhum-log-tem"
)

// secretCustomer returns a customer whose document no other customer of the tests has.
func secretCustomer() scenario.Customer {
	c := scenario.NewCustomer(7_654_321)
	c.Name = "Cliente " + secretText
	return c
}

// tables lists all of the plugin's database tables.
func (s *stage) tables() []string {
	s.t.Helper()
	rows, err := s.Env.DB().QueryContext(s.ctx(oneMinute), `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'waa\_%' ORDER BY tablename`)
	require.NoError(s.t, err)
	defer func() { _ = rows.Close() }()
	var names []string
	for rows.Next() {
		var name string
		require.NoError(s.t, rows.Scan(&name))
		names = append(names, name)
	}
	require.NoError(s.t, rows.Err())
	require.Greater(s.t, len(names), 8)
	return names
}

// stored returns the number of rows of each of the plugin's tables, and the contents of the tables that administrators fill.
func (s *stage) stored() map[string]string {
	s.t.Helper()
	picture := map[string]string{}
	for _, table := range s.tables() {
		if table == "waa_facts" || table == "waa_account_health" {
			continue // the plugin writes to these by itself
		}
		columns := ""
		switch table {
		case "waa_queues", "waa_templates", "waa_plans":
			columns = " || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY id)), '')"
		case "waa_accounts":
			columns = " || ' ' || coalesce(string_agg(name || phone_number_id || waba_id || display_phone || access_token || app_secret || verify_token || default_queue_id || enabled, ',' ORDER BY id), '')"
		}
		var content string
		which := ""
		if table == "waa_audit" { // a request is recorded there whatever its result was
			which = " WHERE action NOT IN ('admin', 'admin_result')"
		}
		require.NoError(s.t, s.Env.DB().QueryRowContext(s.ctx(oneMinute), "SELECT count(*)::text"+columns+" FROM "+table+" t"+which).Scan(&content))
		picture[table] = content
	}
	return picture
}

// unchanged checks that nothing was stored since before was taken.
func (s *stage) unchanged(before map[string]string, what string) {
	s.t.Helper()
	after := s.stored()
	for _, table := range slices.Sorted(maps.Keys(before)) {
		require.Equal(s.t, before[table], after[table], "%s left something in %s", what, table)
	}
}

// discreet checks that no log contains one of the texts that must not be in a log.
func (s *stage) discreet() {
	s.t.Helper()
	log, err := s.Env.ServerLog(0)
	require.NoError(s.t, err)
	require.Contains(s.t, log, "whatsapp-ativo", "the log is the one that the plugin writes to")
	document := secretCustomer().CPF
	dotted := fmt.Sprintf("%s.%s.%s-%s", document[:3], document[3:6], document[6:9], document[9:])
	for name, secret := range map[string]string{
		"a token": secretToken, "an app secret": secretApp, "a text": secretText, "a CPF": document, "a dotted CPF": dotted,
		"the account's token": s.Number.Token, "the account's app secret": s.Number.AppSecret,
	} {
		if at := strings.Index(log, secret); at >= 0 {
			require.Fail(s.t, name+" is in the log", log[max(0, at-300):min(len(log), at+100)])
		}
	}
}

// hostile returns texts that a field for one line of text must refuse.
func hostile() map[string]string {
	return map[string]string{
		"NUL": "a\x00b", "a line end": "a\nb", "an escape": "a\x1b[31mb", "a turned direction": "a\u202eb", "nothing visible": "\u200b\u200b",
	}
}

// wrongTypes returns values of every type except the wanted one, which is text, flag, number, list or object. null is not among them,
// because it counts as a missing field.
func wrongTypes(wanted string) map[string]any {
	values := map[string]any{
		"text": "texto", "flag": true, "number": 7, "list": []any{1}, "object": map[string]any{"a": 1},
	}
	delete(values, wanted)
	return values
}

// with returns a copy of a body in which the field at a path has another value.
func with(t *testing.T, body map[string]any, path string, value any) map[string]any {
	t.Helper()
	content, err := json.Marshal(body)
	require.NoError(t, err)
	var other map[string]any
	require.NoError(t, json.Unmarshal(content, &other))
	at := other
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		inner, ok := at[name].(map[string]any)
		require.True(t, ok, path)
		at = inner
	}
	at[names[len(names)-1]] = value
	return other
}
