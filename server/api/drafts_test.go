package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// file1 is a file that the agent uploaded.
var file1 = id("file1")

// draftsOf1 is where the drafts of the conversation are.
var draftsOf1 = "/conversations/" + conversation1 + "/drafts"

// draftWorld has a conversation whose customer has answered, and a file that can be sent.
func draftWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	w.answered(conversation1)
	w.mattermost.files[file1] = posting.FileInfo{CreatorID: agent, File: posting.File{ID: file1, Name: "boleto.pdf", MIME: "application/pdf", Size: 100}}
	return w
}

// draft saves a draft of the agent's and returns its id.
func (w *world) draft(text string, files ...string) (id string) {
	w.Helper()
	body := map[string]any{"text": text}
	if len(files) > 0 {
		body["file_ids"] = files
	}
	id, _ = w.as(agent, http.MethodPost, draftsOf1, body).Is(http.StatusCreated).JSON["id"].(string)
	return id
}

func TestSaveDrafts(t *testing.T) {
	w := draftWorld(t)
	a := w.as(agent, http.MethodPost, draftsOf1, map[string]any{"text": "oi", "file_ids": []string{file1}}).Is(http.StatusCreated)
	require.Equal(t, map[string]any{
		"id": a.JSON["id"], "conversation_id": conversation1, "author_id": agent, "root_id": "", "text": "oi", "file_ids": []any{file1}, "state": "held",
		"post_id": "", "created_at": float64(now), "updated_at": float64(now),
	}, a.JSON)
	w.as(agent, http.MethodPost, draftsOf1, map[string]any{"file_ids": []string{file1}}).Is(http.StatusCreated)
	items := w.as(agent, http.MethodGet, draftsOf1, nil).Is(http.StatusOK).Items()
	require.Len(t, items, 2)
	require.Equal(t, a.JSON, items[0])
	require.Empty(t, w.as(colleague, http.MethodGet, draftsOf1, nil).Is(http.StatusOK).Items(), "each sees their own")
	for _, bad := range []any{map[string]any{}, map[string]any{"text": " "}, map[string]any{"text": strings.Repeat("a", maxNote+1)}, map[string]any{"text": "a", "file_ids": []string{"x"}}} {
		w.as(agent, http.MethodPost, draftsOf1, bad).Is(http.StatusUnprocessableEntity, "invalid_field")
	}
}

func TestEditAndDropDrafts(t *testing.T) {
	w := draftWorld(t)
	path := "/drafts/" + w.draft("oi")
	require.Equal(t, "olá", w.as(agent, http.MethodPatch, path, map[string]any{"text": "olá"}).Is(http.StatusOK).JSON["text"])
	w.as(agent, http.MethodPatch, path, map[string]any{}).Is(http.StatusUnprocessableEntity, "invalid_field")
	w.as(colleague, http.MethodDelete, path, nil).Is(http.StatusForbidden, "forbidden")
	require.Equal(t, "dropped", w.as(agent, http.MethodDelete, path, nil).Is(http.StatusOK).JSON["state"])
}

func TestSendDrafts(t *testing.T) {
	w := draftWorld(t)
	path := "/drafts/" + w.draft("Segue o boleto", file1) + "/send"
	w.exec("UPDATE waa_conversations SET window_until = 0")
	w.as(agent, http.MethodPost, path, nil).Is(http.StatusConflict, "window_closed")
	w.answered(conversation1)
	require.Equal(t, "sent", w.as(agent, http.MethodPost, path, nil).Is(http.StatusOK).JSON["state"])
	posts := w.mattermost.postsOf(agent, conversation1)
	require.Len(t, posts, 1)
	require.Equal(t, []any{"Segue o boleto", []string{file1}}, []any{posts[0].Message, posts[0].FileIDs})
}

// press clicks a button under a list of drafts, as the agent.
func (w *world) press(data any) fake.Answer {
	w.Helper()
	return w.as(agent, http.MethodPost, "/actions/drafts", map[string]any{"trigger_id": "trigger", "user_id": id("somebodyelse"), "context": data})
}

// said is what the agent is told after a click.
func (w *world) said(do, draft string) any {
	w.Helper()
	return w.press(map[string]any{"do": do, "draft_id": draft}).Is(http.StatusOK).JSON["ephemeral_text"]
}

func sendAll() map[string]any {
	return map[string]any{"do": "all", "conversation_id": conversation1, "author_id": agent}
}

func TestDraftButtons(t *testing.T) {
	w := draftWorld(t)
	require.Equal(t, "Draft posted.", w.said("send", w.draft("um")))
	require.Equal(t, "um", w.mattermost.postsOf(agent, conversation1)[0].Message, "the session says who")
	dropped := w.draft("dois")
	require.Equal(t, "Draft dropped.", w.said("drop", dropped))
	require.Equal(t, "dropped", w.row("SELECT state FROM waa_drafts WHERE id = $1", dropped)["state"])
	w.draft("três")
	w.draft("quatro")
	require.Equal(t, "Drafts posted: 2.", w.press(sendAll()).Is(http.StatusOK).JSON["ephemeral_text"])
	w.draft("https://chat.example.com/equipe/pl/abc")
	require.Contains(t, w.press(sendAll()).Is(http.StatusOK).JSON["ephemeral_text"], "leads into Mattermost")
}

func TestTheEditButtonOpensADialog(t *testing.T) {
	w := draftWorld(t)
	draft := w.draft("um")
	require.Empty(t, w.said("edit", draft))
	require.Len(t, w.mattermost.opened, 1)
	dialog := w.mattermost.opened[0]
	require.Equal(t, []string{"trigger", draft, "um"}, []string{dialog.TriggerId, dialog.Dialog.State, dialog.Dialog.Elements[0].Default})
	require.NoError(t, dialog.Dialog.Elements[0].IsValid())
	require.NoError(t, dialog.IsValid())
}

func TestADraftThatCannotBeEdited(t *testing.T) {
	w := draftWorld(t)
	sent, dropped, long := w.draft("um"), w.draft("dois"), w.draft(strings.Repeat("á", maxDialogText+1))
	w.said("send", sent)
	w.said("drop", dropped)
	require.Contains(t, w.said("edit", sent), "sent already")
	require.Contains(t, w.said("edit", dropped), "dropped already")
	require.Contains(t, w.said("edit", long), "3000")
	require.Empty(t, w.mattermost.opened)
}

func TestDraftButtonsRefuse(t *testing.T) {
	w := draftWorld(t)
	draft := w.draft("um")
	for name, bad := range map[string]any{
		"nothing": map[string]any{}, "unknown": map[string]any{"do": "steal", "draft_id": draft}, "no draft": map[string]any{"do": "send"},
		"no author": map[string]any{"do": "all", "conversation_id": conversation1},
	} {
		t.Run(name, func(t *testing.T) { w.press(bad).Is(http.StatusUnprocessableEntity, "invalid_field") })
	}
	w.press(5).Is(http.StatusBadRequest, "bad_request")
	w.exec("UPDATE waa_conversations SET window_until = 0")
	require.Contains(t, w.said("send", draft), "still kept")
	require.Equal(t, w.texts.Markdown("en", "draft.not_found", nil), w.said("send", nowhere))
	w.store.rightsErr = errDown
	w.press(map[string]any{"do": "send", "draft_id": draft}).Is(http.StatusServiceUnavailable, "unavailable")
}

func TestTheDialogOfADraft(t *testing.T) {
	w := draftWorld(t)
	draft := w.draft("um")
	submit := func(body map[string]any) fake.Answer {
		return w.as(agent, http.MethodPost, "/actions/drafts/edit", body)
	}
	body := map[string]any{"state": draft, "user_id": id("somebodyelse"), "submission": map[string]any{"text": "novo texto"}}
	text := func() any { return w.row("SELECT body, author_id FROM waa_drafts")["body"] }
	require.Empty(t, submit(body).Is(http.StatusOK).JSON["error"])
	require.Equal(t, "novo texto", text())
	submit(map[string]any{"state": draft, "cancelled": true, "submission": map[string]any{"text": "outro"}}).Is(http.StatusOK)
	submit(map[string]any{"state": "x"}).Is(http.StatusUnprocessableEntity, "invalid_field")
	a := submit(map[string]any{"state": draft, "submission": map[string]any{"text": nil}}).Is(http.StatusOK)
	require.NotEmpty(t, a.JSON["errors"].(map[string]any)["text"])
	require.Equal(t, "novo texto", text())
	w.store.rightsErr = errDown
	require.NotEmpty(t, submit(body).Is(http.StatusOK).JSON["error"])
	w.store.rightsErr = nil
	w.exec("UPDATE waa_drafts SET state = $1", string(domain.DraftDropped))
	require.NotEmpty(t, submit(body).Is(http.StatusOK).JSON["error"])
}

// TestARefusalInADialogIsPlain: a dialog shows a backslash, a post does not.
func TestARefusalInADialogIsPlain(t *testing.T) {
	w := draftWorld(t)
	r := w.request(agent, http.MethodGet, "/", nil)
	for name, refusal := range map[string]*domain.Refusal{
		"of the whole": domain.Refuse(domain.CodeForbidden, domain.T("draft.not_yours", "Who", "ana_maria *")),
		"of a field":   domain.RefuseField("text", domain.T("draft.their_files", "Who", "ana_maria *")),
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, w.api.refusalText(r, refusal), `ana_maria \*`)
			shown := w.api.refusalInDialog(r, refusal)
			require.Contains(t, shown, "ana_maria *")
			require.NotContains(t, shown, `\`)
		})
	}
}
