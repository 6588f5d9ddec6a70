package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAConversationTellsWhetherATemplateMayGo: as the refusal of one would.
func TestAConversationTellsWhetherATemplateMayGo(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	next := func() map[string]any {
		return w.as(agent, http.MethodGet, "/conversations/"+conversation1, nil).Is(http.StatusOK).JSON["next_template"].(map[string]any)
	}
	require.Equal(t, map[string]any{"allowed": true, "code": "", "message": "", "next_at": nil}, next())
	w.exec("UPDATE waa_contacts SET last_template_at = $1", now-hour)
	w.exec("UPDATE waa_conversations SET last_template_at = $1", now-hour)
	require.Equal(t, []any{false, "cooldown", float64(now + 5*hour)}, []any{next()["allowed"], next()["code"], next()["next_at"]})
	w.exec("UPDATE waa_contacts SET consent_status = 'revoked', consent_at = 1")
	require.Equal(t, []any{false, "opted_out", nil}, []any{next()["allowed"], next()["code"], next()["next_at"]})
	require.NotEmpty(t, next()["message"])
}
