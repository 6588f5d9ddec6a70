package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestDraftsOverREST(t *testing.T) {
	w := newWorld(t)
	in := "/conversations/" + conversation1 + "/drafts"
	a := w.as(agent, http.MethodGet, in, nil).is(http.StatusOK)
	require.Equal(t, "Segue o boleto", a.items()[0].(map[string]any)["text"])
	a = w.as(agent, http.MethodPost, in, map[string]any{"text": "oi", "file_ids": []string{id("file")}}).is(http.StatusCreated)
	require.Equal(t, draft1, a.json["id"])
	w.as(agent, http.MethodPost, in, map[string]any{"file_ids": []string{id("file")}}).is(http.StatusCreated)
	w.as(agent, http.MethodPatch, "/drafts/"+draft1, map[string]any{"text": "olá"}).is(http.StatusOK)
	w.as(agent, http.MethodDelete, "/drafts/"+draft1, nil).is(http.StatusOK)
	w.as(agent, http.MethodPost, "/drafts/"+draft1+"/send", nil).is(http.StatusOK)
	require.Equal(t, []string{
		"list " + agent + " " + conversation1, "save " + agent + " " + conversation1 + " oi " + id("file"), "save " + agent + " " + conversation1 + "  " + id("file"),
		"edit " + agent + " " + draft1 + " olá", "drop " + agent + " " + draft1, "send " + agent + " " + draft1,
	}, w.drafts.calls)

	for _, bad := range []any{map[string]any{}, map[string]any{"text": " "}, map[string]any{"text": strings.Repeat("a", maxNote+1)}, map[string]any{"text": "a", "file_ids": []string{"x"}}} {
		w.as(agent, http.MethodPost, in, bad).is(http.StatusUnprocessableEntity, "invalid_field")
	}
	w.as(agent, http.MethodPatch, "/drafts/"+draft1, map[string]any{}).is(http.StatusUnprocessableEntity, "invalid_field")
	w.drafts.err = errors.Wrap(domain.Refuse(domain.CodeWindowClosed, domain.T("draft.waiting")), "deep down")
	w.as(agent, http.MethodPost, "/drafts/"+draft1+"/send", nil).is(http.StatusConflict, "window_closed")
	w.drafts.err = errors.Wrap(domain.Refuse(domain.CodeForbidden, domain.T("draft.not_yours")), "deep down")
	w.as(agent, http.MethodDelete, "/drafts/"+draft1, nil).is(http.StatusForbidden, "forbidden")
}

func TestDraftButtons(t *testing.T) {
	w := newWorld(t)
	press := func(data any) answer {
		return w.as(agent, http.MethodPost, "/actions/drafts", map[string]any{"trigger_id": "trigger", "user_id": id("somebodyelse"), "context": data})
	}
	of := func(do string) map[string]any { return map[string]any{"do": do, "draft_id": draft1} }
	all := map[string]any{"do": "all", "conversation_id": conversation1, "author_id": agent}
	require.Equal(t, "Draft posted.", press(of("send")).is(http.StatusOK).json["ephemeral_text"])
	require.Equal(t, "Draft dropped.", press(of("drop")).is(http.StatusOK).json["ephemeral_text"])
	require.Equal(t, "Drafts posted: 2.", press(all).is(http.StatusOK).json["ephemeral_text"])
	require.Empty(t, press(of("edit")).is(http.StatusOK).json["ephemeral_text"])
	require.Equal(t, []string{"send " + agent + " " + draft1, "drop " + agent + " " + draft1, "all " + agent + " " + conversation1 + " " + agent, "view " + agent + " " + draft1},
		w.drafts.calls, "the session says who")
	require.Len(t, w.mattermost.opened, 1)
	require.Equal(t, "trigger", w.mattermost.opened[0].TriggerId)
	require.NoError(t, w.mattermost.opened[0].Dialog.Elements[0].IsValid())
	require.NoError(t, w.mattermost.opened[0].IsValid())

	w.drafts.no = domain.RefuseField("text", domain.T("post.link"))
	require.Contains(t, press(all).is(http.StatusOK).json["ephemeral_text"], "leads into Mattermost")
	for state, want := range map[domain.DraftState]string{domain.DraftSent: "sent already", domain.DraftDropped: "dropped already"} {
		w.drafts.draft.State = state
		require.Contains(t, press(of("edit")).is(http.StatusOK).json["ephemeral_text"], want)
	}
	w.drafts.draft.State, w.drafts.draft.Text = domain.DraftHeld, strings.Repeat("á", maxDialogText+1)
	require.Contains(t, press(of("edit")).is(http.StatusOK).json["ephemeral_text"], "3000")
	require.Len(t, w.mattermost.opened, 1)
	for _, bad := range []any{map[string]any{}, map[string]any{"do": "steal", "draft_id": draft1}, map[string]any{"do": "send"}, map[string]any{"do": "all", "conversation_id": conversation1}} {
		press(bad).is(http.StatusUnprocessableEntity, "invalid_field")
	}
	press(5).is(http.StatusBadRequest, "bad_request")
	w.drafts.err = errors.Wrap(domain.RefuseField("text", domain.T("draft.waiting")), "deep down")
	require.Contains(t, press(of("send")).is(http.StatusOK).json["ephemeral_text"], "still kept")
	w.drafts.err = domain.ErrNotFound
	require.NotEmpty(t, press(of("send")).is(http.StatusOK).json["ephemeral_text"])
	w.drafts.err = errDown
	press(of("send")).is(http.StatusServiceUnavailable, "unavailable")
}

func TestTheDialogOfADraft(t *testing.T) {
	w := newWorld(t)
	submit := func(body map[string]any) answer { return w.as(agent, http.MethodPost, "/actions/drafts/edit", body) }
	body := map[string]any{"state": draft1, "user_id": id("somebodyelse"), "submission": map[string]any{"text": "novo texto"}}
	require.Empty(t, submit(body).is(http.StatusOK).json["error"])
	require.Equal(t, []string{"edit " + agent + " " + draft1 + " novo texto"}, w.drafts.calls)
	submit(map[string]any{"state": draft1, "cancelled": true}).is(http.StatusOK)
	submit(map[string]any{"state": "x"}).is(http.StatusUnprocessableEntity, "invalid_field")
	require.Len(t, w.drafts.calls, 1)
	w.drafts.err = domain.RefuseField("text", domain.T("draft.empty"))
	a := submit(map[string]any{"state": draft1, "submission": map[string]any{"text": nil}}).is(http.StatusOK)
	require.NotEmpty(t, a.json["errors"].(map[string]any)["text"])
	w.drafts.err = domain.Refuse(domain.CodeNotFound, domain.T("draft.gone"))
	require.NotEmpty(t, submit(body).is(http.StatusOK).json["error"])
	w.drafts.err = errDown
	require.NotEmpty(t, submit(body).is(http.StatusOK).json["error"])
}
