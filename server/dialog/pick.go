package dialog

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// offerOf finds out again what the user may choose from: rights may have changed since the dialog was opened.
func (d *Dialogs) offerOf(ctx context.Context, r reader, s *state) (*offer, error) {
	if s.Kind == kindTemplate {
		return d.templateOffer(ctx, r.userID, s.ConversationID)
	}
	return d.startOffer(ctx, r.userID)
}

// pick puts the chosen queue and template together, or returns what is wrong with them by element.
func (d *Dialogs) pick(ctx context.Context, r reader, o *offer, queueID, templateID string) (p *pick, problems map[string]string, err error) {
	if len(o.queues) == 1 && queueID == "" {
		queueID = o.queues[0].ID
	}
	queue, template := o.queue(queueID), o.template(templateID)
	problems = map[string]string{}
	switch {
	case queueID == "":
		problems[elementQueue] = r.text("dialog.required")
	case queue == nil:
		problems[elementQueue] = r.text("dialog.unknown_queue")
	}
	switch {
	case templateID == "":
		problems[elementTemplate] = r.text("dialog.required")
	case template == nil:
		problems[elementTemplate] = r.text("dialog.unknown_template")
	case queue != nil && (template.AccountID != queue.AccountID || !template.Usable(queue.ID)):
		problems[elementTemplate] = r.text("dialog.other_queue", "Queue", queue.Name)
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	p = &pick{queue: queue, template: template, at: d.Clock.Now()}
	parsed, err := whatsapp.ReadTemplate(template.Definition)
	if err != nil {
		return nil, nil, err
	}
	p.parsed = &parsed
	p.plan, p.spent, err = d.Store.Budget(ctx, queue.ID, domain.MonthStart(d.Clock.Now()))
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil, domain.Refuse(domain.CodeNoPlan, domain.T("dialog.no_plan", "Queues", queue.Name))
	}
	return p, nil, err
}

// refusalResponse shows a refusal at the form's elements that it is about, or as the error of the whole form where it has none
// of them.
func refusalResponse(r reader, refusal *domain.Refusal, elements []model.DialogElement) *model.SubmitDialogResponse {
	response := &model.SubmitDialogResponse{Errors: map[string]string{}}
	others := map[string]string{}
	for name, text := range r.fields(refusal) {
		if slices.ContainsFunc(elements, func(e model.DialogElement) bool { return e.Name == name }) {
			response.Errors[name] = text
		} else {
			others[name] = text
		}
	}
	switch {
	case len(others) > 0:
		response.Error = joinTexts(others)
	case len(response.Errors) == 0:
		response.Error = r.localize(refusal.Text)
	}
	return response
}

// fields are the texts of a refusal by its fields.
func (r reader) fields(refusal *domain.Refusal) map[string]string {
	texts := map[string]string{}
	for name, t := range refusal.Fields {
		texts[name] = r.localize(t)
	}
	return texts
}

// joinTexts joins texts in a stable order, without duplicates.
func joinTexts(texts map[string]string) string {
	var all []string
	for _, t := range texts {
		all = append(all, t)
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

func failure(text string) *model.SubmitDialogResponse {
	return &model.SubmitDialogResponse{Error: text}
}

func formResponse(form *model.Dialog, err error) (*model.SubmitDialogResponse, error) {
	if err != nil {
		return nil, err
	}
	return &model.SubmitDialogResponse{Type: string(model.SubmitDialogResponseTypeForm), Form: form}, nil
}

// refuse answers a request that does not come from a dialog, in the form of the REST API's errors.
func refuse(w http.ResponseWriter, status int, code, message string) {
	answer(w, status, map[string]any{"error": map[string]string{"code": code, "message": message}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone
}
