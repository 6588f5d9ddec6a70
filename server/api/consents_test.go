package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConsent(t *testing.T) {
	w := newAgentWorld(t)
	body := goodStart()
	body["consent"] = map[string]any{"origin": "loja", "note": "balcão"}
	a := w.as(agent, http.MethodPost, "/conversations", body).Is(http.StatusCreated)
	granted := map[string]any{"status": "granted", "origin": "loja", "note": "balcão", "at": float64(now), "by": agent}
	contact, _ := a.JSON["contact"].(map[string]any)
	require.Equal(t, granted, contact["consent"])
	path := "/contacts/" + contact["id"].(string) + "/consent"

	for name, c := range map[string]struct {
		body  map[string]any
		field string
	}{
		"no status":               {map[string]any{"origin": "site"}, "status"},
		"another word":            {map[string]any{"status": "maybe"}, "status"},
		"granted by nothing":      {map[string]any{"status": "granted"}, "origin"},
		"the customer's own word": {map[string]any{"status": "granted", "origin": "customer"}, "origin"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, []string{c.field}, w.as(agent, http.MethodPut, path, c.body).Is(http.StatusUnprocessableEntity, "invalid_field").Fields())
		})
	}
	w.as(stranger, http.MethodPut, path, map[string]any{"status": "revoked"}).Is(http.StatusNotFound)
	revoked := w.as(agent, http.MethodPut, path, map[string]any{"status": "revoked", "note": "=1+1"}).Is(http.StatusOK)
	require.Equal(t, map[string]any{"status": "revoked", "origin": "", "note": "=1+1", "at": float64(now), "by": agent}, revoked.JSON["consent"])
	require.Equal(t, 1, w.woken["channels"])

	w.as(agent, http.MethodGet, "/consents", nil).Is(http.StatusForbidden)
	list := w.as(admin, http.MethodGet, "/consents?status=revoked", nil).Is(http.StatusOK)
	require.EqualValues(t, 1, list.JSON["total"])
	csv := w.as(admin, http.MethodGet, "/consents?format=csv", nil).Is(http.StatusOK)
	require.Contains(t, csv.Text, "id,customer,phone,status,origin,note,at,by\n")
	require.Contains(t, csv.Text, ",Maria,'+5511987654321,revoked,,'=1+1,")
	again := goodStart()
	w.as(agent, http.MethodPost, "/conversations", again).Is(http.StatusConflict, "opted_out")
}
