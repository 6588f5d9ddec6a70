package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A PATCH names to the store what it was given, and nothing else.
func TestAPatchWritesWhatItWasGiven(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		path  string
		body  map[string]any
		wrote []string
	}{
		{"/accounts/" + account1, map[string]any{"name": "Novo", "enabled": nil}, []string{"id", "name"}},
		{"/queues/" + queue1, map[string]any{"inactivity_minutes": 5}, []string{"id", "inactivity_minutes"}},
		{"/templates/" + template1, map[string]any{"queue_ids": []string{}}, []string{"id", "queue_ids"}},
		{"/templates/" + template1, map[string]any{"approved": true}, []string{"id", "approved"}},
		{"/templates/" + template1, map[string]any{}, []string{"id"}},
		{"/plans/" + plan1, map[string]any{"monthly_limit": 5}, []string{"id", "monthly_limit"}},
		{"/plans/" + plan1, map[string]any{"prices": map[string]any{"utility": 1}}, []string{"id", "prices", "prices", "price_changes"}},
	} {
		t.Run(c.path+" "+strings.Join(c.wrote, " "), func(t *testing.T) {
			status, answer := w.raw(http.MethodPatch, restPath+c.path, c.body)
			require.Equal(t, http.StatusOK, status, answer)
			require.ElementsMatch(t, c.wrote, w.store.wrote, c.path)
		})
	}
}
