package dialog

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime/debug"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

// maxBody bounds a submission, in bytes.
const maxBody = 1 << 20

// userHeader is set by the Mattermost server, which removes what a client sends under this name.
const userHeader = "Mattermost-User-Id"

// ServeHTTP takes the submissions of all steps of all dialogs. The status is 200 whatever it has to say, because Mattermost
// shows nothing of any other answer.
func (d *Dialogs) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	userID := req.Header.Get(userHeader)
	if userID == "" {
		refuse(w, http.StatusUnauthorized, "unauthorized", "who is asking?")
		return
	}
	r := reader{userID: userID, lang: i18n.English, texts: d.Texts}
	defer func() {
		if recover() != nil { // the panic's text may quote what the agent typed
			d.LogError("A dialog's submission panicked", "user_id", userID, "stack", string(debug.Stack()))
			answer(w, http.StatusOK, failure(r.text("dialog.failed")))
		}
	}()
	r = d.readerOf(req.Context(), userID)
	var body model.SubmitDialogRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, maxBody)).Decode(&body); err != nil {
		answer(w, http.StatusOK, failure(r.text("dialog.bad_request")))
		return
	}
	if body.UserId != userID {
		refuse(w, http.StatusForbidden, domain.CodeForbidden, "the submission is somebody else's")
		return
	}
	if body.Type == typeLookup {
		answer(w, http.StatusOK, d.lookUp(req.Context(), r, req.URL.Path, &body))
		return
	}
	r.channelID = body.ChannelId
	answer(w, http.StatusOK, d.submit(req.Context(), r, &body))
}

// submit takes one submission; each error becomes a text.
func (d *Dialogs) submit(ctx context.Context, r reader, body *model.SubmitDialogRequest) *model.SubmitDialogResponse {
	if body.Cancelled {
		return &model.SubmitDialogResponse{}
	}
	s, err := openState(d.Keys(), body.State, r.userID, d.Clock.Now())
	if errors.Is(err, errState) {
		return failure(r.text("dialog.expired"))
	}
	var response *model.SubmitDialogResponse
	switch {
	case err == nil && s.Kind == kindClose:
		response, err = d.closeStep(ctx, r, s, body.Submission)
	case err == nil && s.Kind == kindAsk:
		response, err = d.askStep(ctx, r, s, body.Submission)
	case err == nil && s.Kind == kindReplies:
		response, err = d.repliesStep(ctx, r, s, body.Submission)
	case err == nil:
		response, err = d.step(ctx, r, s, body.Submission)
	}
	if err == nil {
		return response
	}
	if refusal, ok := domain.AsRefusal(err); ok {
		return refusalResponse(r, refusal, nil)
	}
	d.LogError("A dialog's submission failed", "user_id", r.userID, "error", err.Error())
	return failure(r.text("dialog.failed"))
}

// step returns the next form, or what is wrong, or an empty response when all is done.
func (d *Dialogs) step(ctx context.Context, r reader, s *state, submission map[string]any) (*model.SubmitDialogResponse, error) {
	o, err := d.offerOf(ctx, r, s)
	if err != nil {
		return nil, err
	}
	queueID, templateID := earlierValue(submission, elementQueue, s.QueueID), earlierValue(submission, elementTemplate, s.TemplateID)
	if s.Step != stepTemplate && (o.queue(queueID) == nil || o.template(templateID) == nil) {
		queueID, templateID = s.QueueID, s.TemplateID
	}
	p, problems, err := d.pick(ctx, r, o, queueID, templateID)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		if s.Step != stepTemplate { // the form with these elements is no longer shown
			return failure(joinTexts(problems)), nil
		}
		return &model.SubmitDialogResponse{Errors: problems}, nil
	}
	shown := s.Step == stepTemplate || s.QueueID == p.queue.ID && s.TemplateID == p.template.ID
	step := stepOf(s, submission, d.allElements(r, s, p))
	s.QueueID, s.TemplateID = p.queue.ID, p.template.ID
	if step == stepTemplate || !shown {
		s.Card, s.Variables = 0, nil
		return formResponse(d.valuesStep(r, s, p, ""))
	}
	return d.values(ctx, r, s, p, step, submission)
}

// values takes the second form, or the third one with the values of the second.
func (d *Dialogs) values(ctx context.Context, r reader, s *state, p *pick, step int, submission map[string]any) (*model.SubmitDialogResponse, error) {
	elements := d.valueElements(r, s, p)
	var agreed agreement
	// a confirmation holds only for the values about which it was asked
	if step == stepConfirm && (s.Step != stepConfirm || sameValues(s, submission)) {
		var problems map[string]string
		if agreed, problems = readAgreement(r, s, submission); len(problems) > 0 {
			return &model.SubmitDialogResponse{Errors: problems}, nil
		}
		elements = []model.DialogElement{{Name: elementConfirm}, {Name: elementReason}}
	}
	problems := d.readValues(r, s, p, submission)
	later := d.later(s, p, problems, submission)
	switch {
	case len(problems) > 0 && s.Step == stepConfirm: // the form with these elements is no longer shown
		return failure(joinTexts(problems)), nil
	case len(problems) > 0:
		return &model.SubmitDialogResponse{Errors: problems}, nil
	case later > 0:
		s.Card = later
		return formResponse(d.valuesStep(r, s, p, ""))
	}
	err := d.do(ctx, r, s, p, agreed)
	if err == nil {
		return &model.SubmitDialogResponse{}, nil
	}
	refusal, ok := domain.AsRefusal(err)
	if !ok {
		return nil, err
	}
	if refusal.Agree && (!agreed.confirm || len(refusal.Fields) == 0) {
		s.Step, s.NeedsReason = stepConfirm, refusal.NeedsReason
		if s.Kind == kindStart {
			s.ConversationID = refusal.ConversationID
		}
		return formResponse(d.confirmStep(r, s, refusal))
	}
	if back, ok := otherCard(s, p, refusal, elements); ok {
		s.Card = back
		return formResponse(d.valuesStep(r, s, p, r.texts.Markdown(r.lang, refusal.Text.Key, refusal.Text.Data)+" "+joinTexts(r.fields(refusal))))
	}
	return refusalResponse(r, refusal, elements), nil
}

// do asks the service to do what the dialog decided. The same form may be submitted twice, perhaps after a time-out, and must
// not cost a second template, so the service is told when the form was made.
func (d *Dialogs) do(ctx context.Context, r reader, s *state, p *pick, agreed agreement) error {
	ref := domain.TemplateRef{ID: p.template.ID, Name: p.template.Name, Language: p.template.Language}
	if s.Kind == kindTemplate {
		_, err := d.Service.SendTemplate(ctx, domain.TemplateRequest{
			ActorID: r.userID, ConversationID: s.ConversationID, Template: ref, Variables: s.Variables,
			Confirm: agreed.confirm, Reason: agreed.reason, Since: s.At,
		})
		return err
	}
	request := domain.StartRequest{
		ActorID: r.userID, AccountID: p.template.AccountID, QueueID: p.queue.ID, Template: ref, Variables: s.Variables,
		Customer: s.Customer, Consent: s.Consent, Confirm: agreed.confirm, Reason: agreed.reason, Since: s.At,
	}
	if request.SendAt, _ = d.sendAt(s, p.queue); request.SendAt != 0 {
		return d.schedule(ctx, r, p, request)
	}
	_, err := d.Service.Start(ctx, request)
	return err
}

// schedule puts a start off, and says so where the agent is, because nothing else shows it.
func (d *Dialogs) schedule(ctx context.Context, r reader, p *pick, request domain.StartRequest) error {
	scheduled, err := d.Service.Schedule(ctx, request)
	if err != nil {
		return err
	}
	if r.channelID != "" {
		t := domain.T("scheduled.done", "At", scheduled.SendAt, "Customer", scheduled.Name, "Template", p.template.Shown()).In(p.queue.TimeZone)
		d.Tell(ctx, r.channelID, r.userID, r.texts.Markdown(r.lang, t.Key, t.Data))
	}
	return nil
}
