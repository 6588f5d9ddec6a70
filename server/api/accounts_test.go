package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
)

// wrong is a value that a field does not take.
type wrong struct {
	value  any
	status int // 400 for a wrong type, else 422
}

func badType(values ...any) []wrong { return wrongs(http.StatusBadRequest, values) }

func badValue(values ...any) []wrong { return wrongs(http.StatusUnprocessableEntity, values) }

func wrongs(status int, values []any) []wrong {
	var all []wrong
	for _, value := range values {
		all = append(all, wrong{value, status})
	}
	return all
}

// notText are values of every type but text.
func notText() []wrong { return badType(5, 1.5, true, []string{"a"}, map[string]any{"a": 1}) }

// hostileLines are texts that no line takes.
func hostileLines() []wrong {
	return badValue("a\x00b", "a\nb", "a\rb", "a\tb", "a\x1b[31m", "a\u202eb", "a\u2066b", "a\u2028b", "\u200b\u200b")
}

func long(n int) string { return strings.Repeat("a", n) }

// try sends body with each wrong value of each field, and checks that the field
// is named and that nothing was stored.
func (w *world) try(method, path string, good map[string]any, fields map[string][]wrong) {
	w.Helper()
	before := w.snapshot()
	for field, values := range fields {
		for _, wrong := range values {
			body := map[string]any{}
			for name, value := range good {
				body[name] = value
			}
			body[field] = wrong.value
			a := w.as(admin, method, path, body)
			require.Equal(w, wrong.status, a.Status, "%s = %#v: %s", field, wrong.value, a.Text)
			if wrong.status == http.StatusBadRequest {
				a.Is(wrong.status, "bad_request")
				require.Contains(w, a.Problem()["message"], field)
			} else {
				a.Is(wrong.status, "invalid_field")
				require.Equal(w, []string{field}, a.Fields(), "%#v", wrong.value)
			}
		}
	}
	require.Equal(w, before, w.snapshot(), "nothing was stored")
}

// snapshot is all that an administrator can change.
func (w *world) snapshot() map[string]any {
	shot := map[string]any{}
	for _, table := range []string{"waa_accounts", "waa_queues", "waa_templates", "waa_plans", "waa_closing_reasons"} {
		var rows string
		require.NoError(w, w.db.QueryRowContext(w.Context(), "SELECT coalesce(json_agg(t ORDER BY t.id), '[]')::text FROM "+table+" t").Scan(&rows))
		shot[table] = rows
	}
	return shot
}

// missing sends body without each of the fields.
func (w *world) missing(path string, good map[string]any, fields ...string) {
	w.Helper()
	for _, field := range fields {
		body := map[string]any{}
		for name, value := range good {
			if name != field {
				body[name] = value
			}
		}
		a := w.as(admin, http.MethodPost, path, body).Is(http.StatusUnprocessableEntity, "invalid_field")
		require.Equal(w, []string{field}, a.Fields())
	}
	a := w.as(admin, http.MethodPost, path, `{}`).Is(http.StatusUnprocessableEntity, "invalid_field")
	require.ElementsMatch(w, fields, a.Fields(), "all at once")
}

// noObjects sends what is no JSON object.
func (w *world) noObjects(user, method, path string) {
	w.Helper()
	for _, body := range []string{"", "null", "[]", `"x"`, "5", "{", `{} {}`, `{}x`, `{"name":}`, "\xff", `{'a':1}`, strings.Repeat("[", 20000)} {
		w.as(user, method, path, body).Is(http.StatusBadRequest, "bad_request")
	}
	w.as(user, method, path, `{"x":"`+long(maxBody)+`"}`).Is(http.StatusRequestEntityTooLarge, "bad_request")
}

func goodAccount() map[string]any {
	return map[string]any{
		"name": " Suporte ", "phone_number_id": "333", "waba_id": "w3", "display_phone": "(11) 98765-4322", "access_token": fake.SecretToken,
		"app_secret": fake.SecretApp, "verify_token": fake.SecretVerify, "default_queue_id": queue1, "enabled": false, "unknown": []int{1},
	}
}

func accountFields() map[string][]wrong {
	return map[string][]wrong{
		"name":             append(append(badValue("", "  ", long(129), strings.Repeat("é", 129)), hostileLines()...), notText()...),
		"phone_number_id":  append(badValue("", " ", "1 2", "../1", "1/2", "1%2f", "é", long(65), "111", "222"), notText()...),
		"waba_id":          append(badValue("", "1?x=y", "\x00", long(65)), notText()...),
		"display_phone":    append(badValue("telefone", "123", "+", long(33), "+1234567890123456", "11 9\x00"), notText()...),
		"access_token":     append(badValue("a b", "a\nb", "é", long(4097)), notText()...),
		"app_secret":       append(badValue("a b", "\x00", long(257)), notText()...),
		"verify_token":     append(badValue("a b", long(257)), notText()...),
		"default_queue_id": append(badValue("x", strings.ToUpper(queue1), nowhere, queue1+"0"), notText()...),
		"enabled":          badType("true", 1, []bool{true}),
	}
}

func TestCreateAccount(t *testing.T) {
	w := newWorld(t)
	a := w.as(admin, http.MethodPost, "/accounts", goodAccount()).Is(http.StatusCreated)
	require.Equal(t, map[string]any{
		"id": id("new2x"), "name": "Suporte", "phone_number_id": "333", "waba_id": "w3", "display_phone": "+5511987654322",
		"default_queue_id": queue1, "enabled": false, "has_access_token": true, "has_app_secret": true, "has_verify_token": true,
		"webhook_url": "https://chat.example.com/plugins/whatsapp-ativo/webhook/" + id("new2x"), "webhook_at": nil,
		"blocked_code": 0.0, "blocked_at": nil, "created_at": float64(now), "updated_at": float64(now),
		"health": map[string]any{
			"checked_at": nil, "ok": false, "error_code": 0.0, "error": "", "quality_rating": "", "messaging_limit": "", "number_status": "", "restriction": "",
			"subscribed": false, "token_expires_at": nil, "scopes": []any{}, "missing_scopes": []any{}, "clock_skew_ms": 0.0, "templates_synced_at": nil,
		},
	}, a.JSON)
	stored := w.account(id("new2x"))
	require.Equal(t, []string{fake.SecretToken, fake.SecretApp, fake.SecretVerify}, []string{stored.AccessToken, stored.AppSecret, stored.VerifyToken})

	a = w.as(admin, http.MethodPost, "/accounts", map[string]any{"name": "N", "phone_number_id": "4", "waba_id": "4"}).Is(http.StatusCreated)
	require.Equal(t, true, a.JSON["enabled"], "unless said otherwise")
	require.Equal(t, false, a.JSON["has_access_token"])
}

func TestCreateAccountRefuses(t *testing.T) {
	w := newWorld(t)
	w.try(http.MethodPost, "/accounts", goodAccount(), accountFields())
	w.missing("/accounts", goodAccount(), "name", "phone_number_id", "waba_id")
	w.noObjects(admin, http.MethodPost, "/accounts")
	w.down()
	w.as(admin, http.MethodPost, "/accounts", goodAccount()).Is(http.StatusServiceUnavailable, "unavailable")
}

func TestSeveralWrongFieldsAtOnce(t *testing.T) {
	w := newWorld(t)
	a := w.as(admin, http.MethodPost, "/accounts", map[string]any{"name": "", "waba_id": "a b", "access_token": "é"})
	require.ElementsMatch(t, []string{"name", "phone_number_id", "waba_id", "access_token"}, a.Is(http.StatusUnprocessableEntity).Fields())
}

func TestPatchAccount(t *testing.T) {
	w := newWorld(t)
	path := "/accounts/" + account1
	before := w.account(account1)

	a := w.as(admin, http.MethodPatch, path, `{}`).Is(http.StatusOK)
	require.Equal(t, "Vendas", a.JSON["name"])
	before.UpdatedAt = now
	require.Equal(t, before, w.account(account1), "nothing asked, nothing changed")

	a = w.as(admin, http.MethodPatch, path, map[string]any{
		"name": "Novo", "access_token": "", "app_secret": " ", "verify_token": "", "default_queue_id": "", "display_phone": "",
	}).Is(http.StatusOK)
	require.Equal(t, "Novo", a.JSON["name"])
	require.Equal(t, "", a.JSON["default_queue_id"])
	require.Equal(t, true, a.JSON["has_access_token"])
	stored := w.account(account1)
	require.Equal(t, []string{fake.SecretToken, fake.SecretApp, fake.SecretVerify}, []string{stored.AccessToken, stored.AppSecret, stored.VerifyToken}, "an empty secret keeps the old one")

	w.as(admin, http.MethodPatch, path, map[string]any{"access_token": fake.SecretToken + "2", "enabled": false, "phone_number_id": "111"}).Is(http.StatusOK)
	require.Equal(t, fake.SecretToken+"2", w.account(account1).AccessToken)
	require.False(t, w.account(account1).Enabled)
}

func TestPatchAccountRefuses(t *testing.T) {
	w := newWorld(t)
	fields := accountFields()
	fields["phone_number_id"] = append(badValue("", "1 2", "222"), notText()...)
	w.try(http.MethodPatch, "/accounts/"+account1, nil, fields)
	w.noObjects(admin, http.MethodPatch, "/accounts/"+account1)
	w.as(admin, http.MethodPatch, "/accounts/"+nowhere, `{}`).Is(http.StatusNotFound, "not_found")
}

func TestANewTokenLetsABlockedAccountSend(t *testing.T) {
	w := newWorld(t)
	path := "/accounts/" + account1
	w.exec("UPDATE waa_accounts SET blocked_code = 190, blocked_at = 7 WHERE id = $1", account1)
	a := w.as(admin, http.MethodGet, path, nil).Is(http.StatusOK)
	require.Equal(t, 190.0, a.JSON["blocked_code"])
	a = w.as(admin, http.MethodPatch, path, `{"name":"Outra"}`).Is(http.StatusOK)
	require.Equal(t, 190.0, a.JSON["blocked_code"], "a name is no cure")
	a = w.as(admin, http.MethodPatch, path, map[string]any{"access_token": fake.SecretToken + "2"}).Is(http.StatusOK)
	require.Equal(t, 0.0, a.JSON["blocked_code"])
	require.Zero(t, w.account(account1).BlockedCode)
}

func TestReadAndDeleteAccounts(t *testing.T) {
	w := newWorld(t)
	a := w.as(admin, http.MethodGet, "/accounts", nil).Is(http.StatusOK)
	require.Len(t, a.Items(), 2)
	require.Equal(t, []any{2.0, 0.0, 60.0}, []any{a.JSON["total"], a.JSON["page"], a.JSON["per_page"]})
	w.as(admin, http.MethodGet, "/accounts/"+account1, nil).Is(http.StatusOK)
	w.as(admin, http.MethodGet, "/accounts/"+nowhere, nil).Is(http.StatusNotFound, "not_found")

	w.conversation(conversation1, contact1, account1)
	a = w.as(admin, http.MethodDelete, "/accounts/"+account1, nil).Is(http.StatusConflict, "conversation_exists")
	require.Contains(t, a.Problem()["message"], "open conversations")
	w.exec("UPDATE waa_conversations SET closed_at = 1")
	a = w.as(admin, http.MethodDelete, "/accounts/"+account1, nil).Is(http.StatusUnprocessableEntity, "invalid_field")
	require.Equal(t, []string{"id"}, a.Fields())
	require.Contains(t, a.Problem()["message"], "queues that use this number")
	w.exec("DELETE FROM waa_queues")
	a = w.as(admin, http.MethodDelete, "/accounts/"+account1, nil).Is(http.StatusOK)
	require.Equal(t, account1, a.JSON["id"])
	w.as(admin, http.MethodDelete, "/accounts/"+account1, nil).Is(http.StatusNotFound, "not_found")
}

func TestPages(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		query         string
		items         int
		page, perPage float64
	}{
		{"", 2, 0, 60},
		{"?page=0&per_page=1", 1, 0, 1},
		{"?page=1&per_page=1", 1, 1, 1},
		{"?page=2&per_page=1", 0, 2, 1},
		{"?page=2147483647&per_page=200", 0, 2147483647, 200},
		{"?per_page=201", 2, 0, 200},
		{"?per_page=100000", 2, 0, 200},
	} {
		t.Run(c.query, func(t *testing.T) {
			a := w.as(admin, http.MethodGet, "/accounts"+c.query, nil).Is(http.StatusOK)
			require.Len(t, a.Items(), c.items, c.query)
			require.Equal(t, []any{2.0, c.page, c.perPage}, []any{a.JSON["total"], a.JSON["page"], a.JSON["per_page"]}, c.query)
		})
	}
	for _, path := range []string{"/accounts", "/queues", "/templates", "/plans", "/dead-letters", "/ledger", "/conversations", "/conversations/" + conversation1 + "/messages"} {
		t.Run(path, func(t *testing.T) {
			for query, status := range map[string]int{
				"page=x": 400, "per_page=x": 400, "page=1.5": 400, "page=99999999999999999999": 400,
				"page=-1": 422, "per_page=0": 422, "per_page=-5": 422, "page=2147483648": 422,
			} {
				w.as(admin, http.MethodGet, path+"?"+query, nil).Is(status)
			}
		})
	}
}

func TestTestAccount(t *testing.T) {
	w := newWorld(t)
	path := "/accounts/" + account1 + "/test"
	w.meta.probe = domain.Probe{
		Health:       domain.Health{QualityRating: "GREEN", NumberStatus: "CONNECTED", Subscribed: true, TokenExpiresAt: 9},
		DisplayPhone: "+55 11 98765-4321", VerifiedName: "Loja",
	}
	w.exec("UPDATE waa_accounts SET blocked_code = 190, blocked_at = 7 WHERE id = $1", account1)
	a := w.as(admin, http.MethodPost, path, nil).Is(http.StatusOK)
	require.Equal(t, map[string]any{
		"id": account1, "display_phone": "+55 11 98765-4321", "verified_name": "Loja", "quality_rating": "GREEN", "status": "CONNECTED",
		"subscribed": true, "token_expires_at": 9.0, "scopes": []any{}, "problems": []any{},
	}, a.JSON)
	require.Equal(t, fake.SecretToken, w.meta.token)
	require.Zero(t, w.account(account1).BlockedCode, "it may send again")

	w.exec("UPDATE waa_accounts SET blocked_code = 190, blocked_at = 7 WHERE id = $1", account1)
	w.meta.err = &domain.Refusal{Code: domain.CodeMetaRefused, MetaCode: 190}
	a = w.as(admin, http.MethodPost, path, nil).Is(http.StatusBadGateway, "meta_refused")
	require.Equal(t, 190.0, a.Problem()["meta_code"])
	require.Equal(t, 190, w.account(account1).BlockedCode)
	w.meta.err = errors.New("no route to host")
	w.as(admin, http.MethodPost, path, nil).Is(http.StatusServiceUnavailable, "unavailable")

	w.exec("UPDATE waa_accounts SET access_token = '' WHERE id = $1", account1)
	a = w.as(admin, http.MethodPost, path, nil).Is(http.StatusUnprocessableEntity, "invalid_field")
	require.Equal(t, []string{"access_token"}, a.Fields())
	w.as(admin, http.MethodPost, "/accounts/"+nowhere+"/test", nil).Is(http.StatusNotFound, "not_found")
}

func TestDisplayPhone(t *testing.T) {
	for typed, want := range map[string]string{
		"+55 11 98765-4321": "+5511987654321", "11 98765-4321": "+5511987654321", "+1 555 078 3881": "+15550783881",
		"15550783881": "+15550783881", "+55 (11) 8123-4567": "+551181234567",
	} {
		t.Run(typed, func(t *testing.T) {
			got, valid := displayPhone(typed, "BR")
			require.True(t, valid, typed)
			require.Equal(t, want, got, typed)
		})
	}
	for _, typed := range []string{"", "+", "12345", "+12345678901234567", "11 9x", "++5511987654321", "55 11 98765-4321;ext=1"} {
		t.Run(typed, func(t *testing.T) {
			_, valid := displayPhone(typed, "BR")
			require.False(t, valid, typed)
		})
	}
}
