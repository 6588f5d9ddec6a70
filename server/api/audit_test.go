package api

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryAdministrativeActIsAudited walks all routes of the document: what an
// administrator does has a row before it is done, and one that tells what came of it.
func TestEveryAdministrativeActIsAudited(t *testing.T) {
	w, acts := newWorld(t), 0
	for _, path := range w.document.Paths.InMatchingOrder() {
		for method := range w.document.Paths.Value(path).Operations() {
			w.exec("TRUNCATE waa_audit")
			w.store.auditErr = nil
			short := strings.TrimPrefix(path, restPath)
			asked := concrete(short)
			if forAgents(short) || strings.HasPrefix(short, "/webhook") { // what they do is audited by the service, in the transaction of the act
				continue
			}
			w.as(agent, method, asked, nil).Is(http.StatusForbidden, "forbidden")
			require.Empty(t, w.audits(), "%s %s: nobody who may not ask fills the audit", method, path)
			answer := w.as(admin, method, asked, nil)
			if method == http.MethodGet && short != "/dead-letters" || short == "/templates/lint" {
				require.Empty(t, w.audits(), "%s %s", method, path)
				continue
			}
			acts++
			rows := w.audits()
			require.Len(t, rows, 2, "%s %s", method, path)
			object := ""
			if strings.Contains(short, "{id}") {
				object = nowhere
			}
			before, after := rows[0], rows[1]
			require.Equal(t, auditRow{admin, "admin", object, map[string]string{"route": method + " " + short}}, before)
			require.Equal(t, "admin_result", after.action)
			require.Equal(t, strconv.Itoa(answer.Status), after.details["status"], "%s %s", method, path)
			require.Equal(t, admin, after.actor)

			w.store.auditErr = errDown
			w.as(admin, method, asked, nil).Is(http.StatusServiceUnavailable, "unavailable")
		}
	}
	require.Equal(t, 30, acts)
}

func TestTheAuditNamesWhatWasCreated(t *testing.T) {
	w := newWorld(t)
	made := w.as(admin, http.MethodPost, "/queues", map[string]any{"name": "Nova", "team_id": team2, "channel_id": channel3, "account_id": account1}).Is(http.StatusCreated)
	require.Equal(t, made.JSON["id"], w.audits()[1].details["created"])
	require.Equal(t, "201", w.audits()[1].details["status"])
}

func TestWhatCannotBeAuditedIsNotDone(t *testing.T) {
	w := newWorld(t)
	w.store.auditErr = errDown
	w.as(admin, http.MethodDelete, "/contacts/"+nowhere, nil).Is(http.StatusServiceUnavailable, "unavailable")
	require.Empty(t, w.erased)
}
