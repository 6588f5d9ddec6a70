package dialog

import (
	"context"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Names of the elements of `encerrar`; those of a reason's fields begin with fieldPrefix.
const (
	elementReasonID = "reason_id"
	elementNote     = "note"
	fieldPrefix     = "field_"
)

// refusedPrefix is what the service writes before the name of a reason's field in a refusal.
const refusedPrefix = "fields."

// Close makes the dialog of `encerrar` for a conversation, without a trigger id. note is what the agent has typed already.
// A *domain.Refusal says why the user cannot have it.
func (d *Dialogs) Close(ctx context.Context, userID, conversationID, note string) (*model.OpenDialogRequest, error) {
	options, err := d.Service.ClosingOptions(ctx, userID, conversationID)
	if err != nil {
		return nil, err
	}
	s := state{Kind: kindClose, Step: stepReason, ConversationID: conversationID, Note: truncate(note, model.DialogElementTextareaMaxLength)}
	form, err := d.reasonStep(d.readerOf(ctx, userID), &s, options)
	if err != nil {
		return nil, err
	}
	return &model.OpenDialogRequest{URL: CloseURL, Dialog: *form}, nil
}

// closeStep takes a submission of `encerrar`. The first form asks for the reason and the second for what belongs to it; where
// no reason of the queue asks for anything there is only the first one. A client may also send all at once.
func (d *Dialogs) closeStep(ctx context.Context, r reader, s *state, submission map[string]any) (*model.SubmitDialogResponse, error) {
	options, err := d.Service.ClosingOptions(ctx, r.userID, s.ConversationID)
	if err != nil {
		return nil, err
	}
	s.ReasonID = earlierValue(submission, elementReasonID, s.ReasonID)
	if problem := reasonProblem(options, s.ReasonID); problem != "" {
		if s.Step != stepReason { // the form with this element is no longer shown
			return failure(r.text(problem)), nil
		}
		return &model.SubmitDialogResponse{Errors: map[string]string{elementReasonID: r.text(problem)}}, nil
	}
	reason := options.Reason(s.ReasonID)
	if s.Step == stepReason && asks(options) && !hasDetails(submission) {
		s.Step = stepDetails
		return formResponse(d.detailsStep(r, s, reason))
	}
	closing := domain.Closing{ReasonID: s.ReasonID, Fields: map[string]string{}, Note: typed(submission[elementNote])}
	elements := []model.DialogElement{{Name: elementNote}}
	if s.Step == stepReason {
		elements = append(elements, model.DialogElement{Name: elementReasonID})
	}
	for name, value := range submission {
		if field, ok := strings.CutPrefix(name, fieldPrefix); ok && value != nil {
			closing.Fields[field] = typed(value)
		}
	}
	if reason != nil {
		for _, f := range reason.Fields {
			elements = append(elements, model.DialogElement{Name: fieldPrefix + f.Name})
		}
	}
	_, err = d.Service.Close(ctx, r.userID, s.ConversationID, closing)
	if err == nil {
		return &model.SubmitDialogResponse{}, nil
	}
	if refusal, ok := domain.AsRefusal(err); ok {
		return refusalResponse(r, withElements(refusal), elements), nil
	}
	return nil, err
}

func reasonProblem(options *domain.ClosingOptions, reasonID string) string {
	switch {
	case reasonID == "" && options.Required:
		return "closing.reason_required"
	case reasonID != "" && options.Reason(reasonID) == nil:
		return "closing.unknown_reason"
	}
	return ""
}

// asks reports whether some reason has fields.
func asks(options *domain.ClosingOptions) bool {
	for _, reason := range options.Reasons {
		if len(reason.Fields) > 0 {
			return true
		}
	}
	return false
}

// hasDetails reports whether a submission of the first form already has what the second one asks for.
func hasDetails(submission map[string]any) bool {
	for name, value := range submission {
		if value != nil && (name == elementNote || strings.HasPrefix(name, fieldPrefix)) {
			return true
		}
	}
	return false
}

// withElements names the fields of a refusal as the dialog does.
func withElements(refusal *domain.Refusal) *domain.Refusal {
	named := *refusal
	named.Fields = make(map[string]domain.Text, len(refusal.Fields))
	for name, text := range refusal.Fields {
		if field, ok := strings.CutPrefix(name, refusedPrefix); ok {
			name = fieldPrefix + field
		}
		named.Fields[name] = text
	}
	return &named
}

// typed reads what a client sends for an element. Some send what looks like a number as one.
func typed(value any) string {
	switch v := value.(type) {
	case string:
		return strings.TrimSpace(v)
	case float64:
		return domain.ClosingNumberText(v)
	}
	return ""
}

func (d *Dialogs) reasonStep(r reader, s *state, options *domain.ClosingOptions) (*model.Dialog, error) {
	reason := choice(elementReasonID, r.text("closing.reason"), "")
	reason.Optional = !options.Required
	for _, one := range options.Reasons {
		reason.Options = append(reason.Options, &model.PostActionOptions{Text: one.Label, Value: one.ID})
	}
	if options.Required && len(options.Reasons) == 1 {
		reason.Default = options.Reasons[0].ID
	}
	form := model.Dialog{Elements: []model.DialogElement{reason}, SubmitLabel: r.text("dialog.next")}
	if !asks(options) {
		form.Elements, form.SubmitLabel = append(form.Elements, noteElement(r, s)), r.text("closing.submit")
	}
	return d.form(r, s, form)
}

// detailsStep asks for the fields of a reason (nil = none was chosen) and for a note.
func (d *Dialogs) detailsStep(r reader, s *state, reason *domain.ClosingReason) (*model.Dialog, error) {
	elements := []model.DialogElement{}
	intro := ""
	if reason != nil {
		intro = r.markdown("closing.chosen", "Reason", reason.Label)
		for _, f := range reason.Fields {
			elements = append(elements, fieldElement(r, f))
		}
	}
	return d.form(r, s, model.Dialog{IntroductionText: intro, Elements: append(elements, noteElement(r, s)), SubmitLabel: r.text("closing.submit")})
}

func fieldElement(r reader, f domain.ClosingField) model.DialogElement {
	name := fieldPrefix + f.Name
	var element model.DialogElement
	switch f.Type {
	case domain.ClosingSelect:
		element = model.DialogElement{DisplayName: f.Label, Name: name, Type: "select"}
		for _, option := range f.Options {
			element.Options = append(element.Options, &model.PostActionOptions{Text: option, Value: option})
		}
	case domain.ClosingNumber: // Mattermost's own field for numbers takes no decimal comma
		element = text(name, f.Label, r.text("closing.number_example"), domain.MaxFieldValue)
	default:
		element = text(name, f.Label, "", domain.MaxFieldValue)
	}
	element.Optional = !f.Required
	return element
}

func noteElement(r reader, s *state) model.DialogElement {
	return model.DialogElement{
		DisplayName: r.label("closing.note"), Name: elementNote, Type: "textarea", MaxLength: domain.MaxClosingNote, Optional: true,
		Default: s.Note, HelpText: truncate(r.text("closing.note_help"), model.DialogElementHelpTextMaxLength),
	}
}
