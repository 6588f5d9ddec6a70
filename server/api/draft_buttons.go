package api

import (
	"net/http"
	"unicode/utf8"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// draftDialogPath is where the dialog of the Edit button is submitted.
const draftDialogPath = domain.PluginPath + restPath + "/actions/drafts/edit"

// maxDialogText is Mattermost's limit for a text area, in characters.
const maxDialogText = 3000

// draftAction is what a button under a list of drafts asks for.
type draftAction struct {
	do, draft, conversation, author, trigger string
}

func readDraftAction(r *http.Request) (p draftAction, err error) {
	f, err := readForm(r, false)
	if err != nil {
		return p, err
	}
	f.text("trigger_id", &p.trigger)
	if !f.has("context") {
		f.fault("context", required())
	} else if data := f.object("context", nil); data != nil {
		data.text("do", &p.do)
		switch p.do {
		case "all":
			data.id("conversation_id", &p.conversation, true)
			data.id("author_id", &p.author, true)
		case "send", "edit", "drop":
			data.id("draft_id", &p.draft, true)
		default:
			data.fault("do", required())
		}
	}
	return p, f.err()
}

// draftButton does what a button under a list of drafts asks for, as the user of the session: the body, which names a
// user too, could be anybody's.
func (a *API) draftButton(r *http.Request) (reply, error) {
	p, err := readDraftAction(r)
	if err != nil {
		return reply{}, err
	}
	said, err := a.runDraftAction(r, p)
	if err != nil {
		return a.buttonRefused(r, err, domain.T("draft.not_found"), "press a draft's button")
	}
	return ephemeral(said)
}

func (a *API) runDraftAction(r *http.Request, p draftAction) (said string, err error) {
	ctx, actor := r.Context(), userID(r)
	switch p.do {
	case "send":
		_, err = a.Drafts.Send(ctx, actor, p.draft)
		return a.localizeMarkdown(r, domain.T("draft.sent")), err
	case "drop":
		_, err = a.Drafts.Drop(ctx, actor, p.draft)
		return a.localizeMarkdown(r, domain.T("draft.was_dropped")), err
	case "edit":
		return "", a.openDraftDialog(r, p)
	}
	sent, refusal, err := a.Drafts.SendAll(ctx, actor, p.conversation, p.author)
	switch {
	case err != nil:
		return "", err
	case refusal != nil:
		return a.localizeMarkdown(r, domain.T("draft.some_sent", "Count", sent, "Why", domain.Markdown(a.refusalText(r, refusal)))), nil
	default:
		return a.localizeMarkdown(r, domain.T("draft.all_sent", "Count", sent)), nil
	}
}

func (a *API) openDraftDialog(r *http.Request, p draftAction) error {
	draft, err := a.Drafts.ToEdit(r.Context(), userID(r), p.draft)
	if err != nil {
		return err
	}
	switch {
	case draft.State == domain.DraftDropped:
		return domain.Refuse(domain.CodeNotFound, domain.T("draft.dropped"))
	case draft.State != domain.DraftHeld:
		return domain.Refuse(domain.CodeNotFound, domain.T("draft.gone"))
	case utf8.RuneCountInString(draft.Text) > maxDialogText:
		return domain.Refuse(domain.CodeInvalidField, domain.T("draft.edit_long", "Max", maxDialogText))
	}
	return a.Mattermost.Open(r.Context(), model.OpenDialogRequest{
		TriggerId: p.trigger, URL: draftDialogPath,
		Dialog: model.Dialog{
			CallbackId: "draft", State: draft.ID, Title: a.Localize(r, domain.T("draft.edit_title")), SubmitLabel: a.Localize(r, domain.T("draft.edit_save")),
			Elements: []model.DialogElement{{
				Name: "text", Type: "textarea", DisplayName: a.Localize(r, domain.T("draft.edit_text")), HelpText: a.Localize(r, domain.T("draft.edit_help")),
				Default: draft.Text, MaxLength: maxDialogText, Optional: len(draft.FileIDs) > 0,
			}},
		},
	})
}

// draftDialog takes the new text of a draft. The answer's status is always 200: Mattermost shows what is wrong in the dialog.
func (a *API) draftDialog(r *http.Request) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var id, text string
	var cancelled bool
	f.flag("cancelled", &cancelled)
	f.id("state", &id, true)
	if submission := f.object("submission", nil); submission != nil {
		submission.text("text", &text)
	}
	if cancelled {
		return ok(model.SubmitDialogResponse{})
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	_, err = a.Drafts.Edit(r.Context(), userID(r), id, text)
	refusal, refused := domain.AsRefusal(err)
	switch {
	case refused && len(refusal.Fields) > 0:
		return ok(model.SubmitDialogResponse{Errors: map[string]string{"text": a.refusalInDialog(r, refusal)}})
	case refused:
		return ok(model.SubmitDialogResponse{Error: a.refusalInDialog(r, refusal)})
	case err != nil:
		a.LogError("A draft's dialog failed", "draft", id, "error", err.Error())
		return ok(model.SubmitDialogResponse{Error: a.Localize(r, domain.T("draft.failed"))})
	}
	return ok(model.SubmitDialogResponse{})
}
