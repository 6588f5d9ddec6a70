package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func goodQueue() map[string]any {
	return map[string]any{"name": "Cobrança", "team_id": team2, "channel_id": channel3, "account_id": account1, "inactivity_minutes": 30, "time_zone": "America/Manaus", "closing_reason_required": true,
		"hours": map[string]any{"mon": []any{[]any{"13:00", "18:00"}, []any{"08:00", "12:00"}}, "sun": []any{}}, "holidays": []any{"2026-12-25", "2026-01-01"}, "away_message": "Voltamos às 8h.", "report_channel_id": channel3}
}

func queueFields() map[string][]wrong {
	ids := append(badValue("x", strings.ToUpper(team1), team1+"0", "' OR 1=1 --", "\x00"), notText()...)
	return map[string][]wrong{
		"name":                    append(append(badValue("", " ", long(129)), hostileLines()...), notText()...),
		"team_id":                 append(badValue(""), ids...),
		"channel_id":              append(badValue("", nowhere, channel1, channel2), ids...),
		"report_channel_id":       append(badValue("x", nowhere), notText()...),
		"account_id":              append(badValue("", nowhere), ids...),
		"time_zone":               append(badValue("Manaus", "Local", "-03:00", "../etc/passwd", "America/Sao_Paulo\x00", long(129)), notText()...),
		"closing_reason_required": badType("yes", 1),
		"hours": append(badValue(map[string]any{"seg": []any{}}, map[string]any{"mon": []any{[]any{"22:00", "02:00"}}}, map[string]any{"mon": []any{[]any{"08:00"}}}),
			badType("08:00", []int{1}, map[string]any{"mon": "08:00"})...),
		"template_hours":     badValue(map[string]any{"mon": []any{[]any{"8h", "12h"}}}),
		"holidays":           append(badValue([]any{"25/12"}, []any{"2026-02-30"}), badType("2026-12-25", []int{1})...),
		"inactivity_minutes": append(badValue(-1, 525601, 1e300), badType("30", 1.5, true, []int{1})...),
	}
}

func TestCreateQueue(t *testing.T) {
	w := newWorld(t)
	a := w.as(admin, http.MethodPost, "/queues", goodQueue()).Is(http.StatusCreated)
	require.Equal(t, map[string]any{
		"id": id("new2x"), "name": "Cobrança", "team_id": team2, "channel_id": channel3, "account_id": account1,
		"inactivity_minutes": 30.0, "time_zone": "America/Manaus", "closing_reason_required": true,
		"hours": map[string]any{"mon": []any{[]any{"08:00", "12:00"}, []any{"13:00", "18:00"}}}, "template_hours": map[string]any{}, "holidays": []any{"2026-01-01", "2026-12-25"}, "away_message": "Voltamos às 8h.", "report_channel_id": channel3,
		"created_at": float64(now), "updated_at": float64(now),
	}, a.JSON)
	require.Len(t, w.as(admin, http.MethodGet, "/queues", nil).Items(), 3)
}

func TestCreateQueueRefuses(t *testing.T) {
	w := newWorld(t)
	w.try(http.MethodPost, "/queues", goodQueue(), queueFields())
	w.missing("/queues", goodQueue(), "name", "team_id", "channel_id", "account_id")
	w.noObjects(admin, http.MethodPost, "/queues")
	w.down()
	w.as(admin, http.MethodPost, "/queues", goodQueue()).Is(http.StatusServiceUnavailable, "unavailable")
}

func TestAQueuesChannelIsInItsTeam(t *testing.T) {
	w := newWorld(t)
	body := goodQueue()
	body["team_id"] = team1
	a := w.as(admin, http.MethodPost, "/queues", body).Is(http.StatusUnprocessableEntity, "invalid_field")
	require.Equal(t, []string{"channel_id"}, a.Fields())

	a = w.as(admin, http.MethodPatch, "/queues/"+queue1, map[string]any{"team_id": team2}).Is(http.StatusUnprocessableEntity, "invalid_field")
	require.Equal(t, []string{"team_id"}, a.Fields())
	w.conversation(conversation1, contact1, account1)
	w.mattermost.teams[conversation1] = team1
	for name, channel := range map[string]string{"of another team": channel3, "a customer's": conversation1} {
		a = w.as(admin, http.MethodPatch, "/queues/"+queue1, map[string]any{"report_channel_id": channel}).Is(http.StatusUnprocessableEntity, "invalid_field")
		require.Equal(t, []string{"report_channel_id"}, a.Fields(), name)
	}
	a = w.as(admin, http.MethodPatch, "/queues/"+queue1, map[string]any{"channel_id": channel3}).Is(http.StatusUnprocessableEntity, "invalid_field")
	require.Equal(t, []string{"channel_id"}, a.Fields())
	a = w.as(admin, http.MethodPatch, "/queues/"+queue1, map[string]any{"channel_id": channel3, "team_id": team2}).Is(http.StatusOK)
	require.Equal(t, channel3, a.JSON["channel_id"])
}

func TestPatchQueue(t *testing.T) {
	w := newWorld(t)
	a := w.as(admin, http.MethodPatch, "/queues/"+queue1, map[string]any{"name": "Nova", "inactivity_minutes": 0, "time_zone": ""}).Is(http.StatusOK)
	require.Equal(t, "Nova", a.JSON["name"])
	require.Empty(t, a.JSON["time_zone"], "the plugin's setting again")
	require.Equal(t, channel1, a.JSON["channel_id"])

	fields := queueFields()
	fields["channel_id"] = append(badValue("", nowhere, channel2), notText()...)
	w.try(http.MethodPatch, "/queues/"+queue1, nil, fields)
	w.noObjects(admin, http.MethodPatch, "/queues/"+queue1)
	w.as(admin, http.MethodPatch, "/queues/"+nowhere, `{}`).Is(http.StatusNotFound, "not_found")
}

func TestPatchQueueWhoseChannelIsGone(t *testing.T) {
	w := newWorld(t)
	delete(w.mattermost.teams, channel1)
	w.as(admin, http.MethodPatch, "/queues/"+queue1, map[string]any{"name": "Nova"}).Is(http.StatusOK)
}

func TestReadAndDeleteQueues(t *testing.T) {
	w := newWorld(t)
	require.Len(t, w.as(admin, http.MethodGet, "/queues", nil).Is(http.StatusOK).Items(), 2)
	w.as(admin, http.MethodGet, "/queues/"+queue1, nil).Is(http.StatusOK)
	w.as(admin, http.MethodGet, "/queues/"+nowhere, nil).Is(http.StatusNotFound, "not_found")
	w.conversation(conversation1, contact1, account1)
	w.as(admin, http.MethodDelete, "/queues/"+queue1, nil).Is(http.StatusConflict, "conversation_exists")
	w.exec("UPDATE waa_conversations SET closed_at = 1")
	require.Equal(t, queue1, w.as(admin, http.MethodDelete, "/queues/"+queue1, nil).Is(http.StatusOK).JSON["id"])
	w.as(admin, http.MethodDelete, "/queues/"+queue1, nil).Is(http.StatusNotFound, "not_found")
}
