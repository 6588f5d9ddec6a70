package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestFetchByButton(t *testing.T) {
	w := newWorld(t)
	w.exec("INSERT INTO waa_media (lane, ord, dedupe_key, account_id, payload, created_at, finished_at, dead_at, reason, conversation_id, file_id) VALUES ('l', 1, 'wamid.1', $1, '{}', 1, 1, 1, 'gone', $2, 'f')", account1, conversation1)
	w.conversation(conversation1, contact1, account1)
	w.message(id("m1"), domain.Inbound, "image", id("p1"), "", 1)
	w.exec("UPDATE waa_messages SET wamid = 'wamid.1'")
	press := func(user, wamid string) any {
		return w.as(user, http.MethodPost, "/actions/media", map[string]any{"context": map[string]any{"wamid": wamid}}).Is(http.StatusOK).JSON["ephemeral_text"]
	}
	require.Equal(t, "The file is being fetched again.", press(agent, "wamid.1"))
	require.Equal(t, 1, w.woken["media"])
	require.Zero(t, w.dead())
	none := press(agent, "wamid.2")
	require.NotEmpty(t, none)
	require.NotContains(t, press(stranger, "wamid.1"), "fetched")
	require.Equal(t, 1, w.woken["media"])
	w.as(agent, http.MethodPost, "/actions/media", map[string]any{}).Is(http.StatusUnprocessableEntity, "invalid_field")
	w.as(agent, http.MethodPost, "/actions/media", map[string]any{"context": map[string]any{"wamid": ""}}).Is(http.StatusUnprocessableEntity, "invalid_field")
}

func TestMergeContacts(t *testing.T) {
	w := newWorld(t)
	other, third := id("other"), id("third")
	for _, contact := range []string{other, third} {
		t.Run(contact, func(t *testing.T) {
			w.exec("INSERT INTO waa_contacts (id, created_at, updated_at) VALUES ($1, 2, 2)", contact)
			w.conversation(contact, contact, account1)
		})
	}
	path := "/contacts/" + contact1 + "/merge"
	got := w.as(admin, http.MethodPost, path, map[string]any{"contact_id": other}).Is(http.StatusOK).JSON
	require.Equal(t, []any{contact1, "Maria"}, []any{got["id"], got["name"]})
	require.Equal(t, 1, w.woken["channels"])
	moved := func() (contact string) {
		require.NoError(t, w.db.QueryRowContext(t.Context(), "SELECT contact_id FROM waa_conversations WHERE id = $1", other).Scan(&contact))
		return contact
	}
	require.Equal(t, contact1, moved())
	w.as(admin, http.MethodPost, path, map[string]any{"contact_id": contact1}).Is(http.StatusUnprocessableEntity, "invalid_field")
	w.as(admin, http.MethodPost, path, map[string]any{}).Is(http.StatusUnprocessableEntity, "invalid_field")
	w.as(admin, http.MethodPost, path, map[string]any{"contact_id": nowhere}).Is(http.StatusNotFound, "not_found")
	w.as(agent, http.MethodPost, path, map[string]any{"contact_id": third}).Is(http.StatusForbidden, "forbidden")
	w.as(admin, http.MethodPost, path, map[string]any{"contact_id": third}).Is(http.StatusConflict, "conversation_exists")
}

func TestLookalikes(t *testing.T) {
	w := newWorld(t)
	other := id("other")
	w.exec("INSERT INTO waa_contacts (id, name, created_at, updated_at) VALUES ($1, 'Outra Pessoa', 2, 2)", other)
	path := "/contacts/" + contact1 + "/lookalikes"
	require.Empty(t, w.as(admin, http.MethodGet, path, nil).Is(http.StatusOK).Items())
	w.exec("UPDATE waa_contacts SET name = 'Ana Lima'")
	found := w.as(admin, http.MethodGet, path, nil).Is(http.StatusOK).Items()
	require.Len(t, found, 1)
	require.Equal(t, other, found[0].(map[string]any)["id"])
	require.Equal(t, []any{"name"}, found[0].(map[string]any)["because"])
	w.as(agent, http.MethodGet, path, nil).Is(http.StatusForbidden, "forbidden")
	w.as(admin, http.MethodGet, "/contacts/"+nowhere+"/lookalikes", nil).Is(http.StatusNotFound, "not_found")
}
