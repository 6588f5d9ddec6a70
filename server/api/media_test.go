package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestFetchByButton(t *testing.T) {
	w := newWorld(t)
	press := func(wamid string) any {
		return w.as(agent, http.MethodPost, "/actions/media", map[string]any{"context": map[string]any{"wamid": wamid}}).is(http.StatusOK).json["ephemeral_text"]
	}
	require.Equal(t, "The file is being fetched again.", press("wamid.1"))
	require.Equal(t, []string{"wamid.1"}, w.store.again)
	none := press("wamid.2")
	w.conversations.viewErr = domain.ErrNotFound // somebody else's conversation
	require.Equal(t, none, press("wamid.1"), "who may not see it learns nothing")
	require.Len(t, w.store.again, 1)
	w.as(agent, http.MethodPost, "/actions/media", map[string]any{}).is(http.StatusUnprocessableEntity, "invalid_field")
	w.as(agent, http.MethodPost, "/actions/media", map[string]any{"context": map[string]any{"wamid": ""}}).is(http.StatusUnprocessableEntity, "invalid_field")
}

func TestMergeContacts(t *testing.T) {
	w := newWorld(t)
	other := id("other")
	w.store.exports[other] = &domain.PersonExport{Contact: domain.Contact{ID: other}}
	path := "/contacts/" + contact1 + "/merge"
	got := w.as(admin, http.MethodPost, path, map[string]any{"contact_id": other}).is(http.StatusOK).json
	require.Equal(t, []any{contact1, "Maria"}, []any{got["id"], got["name"]})
	require.Equal(t, []string{other + " into " + contact1 + " by " + admin}, w.store.merged)
	w.as(admin, http.MethodPost, path, map[string]any{"contact_id": contact1}).is(http.StatusUnprocessableEntity, "invalid_field")
	w.as(admin, http.MethodPost, path, map[string]any{}).is(http.StatusUnprocessableEntity, "invalid_field")
	w.as(admin, http.MethodPost, path, map[string]any{"contact_id": nowhere}).is(http.StatusNotFound, "not_found")
	w.as(agent, http.MethodPost, path, map[string]any{"contact_id": other}).is(http.StatusForbidden, "forbidden")
	w.store.err = domain.ErrConflict
	w.as(admin, http.MethodPost, path, map[string]any{"contact_id": other}).is(http.StatusConflict, "conversation_exists")
	require.Len(t, w.store.merged, 1)
}
