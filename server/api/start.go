package api

import (
	"maps"
	"math"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// dialogNames are the names that the dialog has for the fields of a start: the service's errors name a field the same way,
// wherever the start came from.
func dialogNames() map[string]string { return map[string]string{"queue_id": "queue"} }

func customerNames() map[string]string {
	return map[string]string{"id": "customer", "name": "customer_name"}
}

func templateNames() map[string]string {
	return map[string]string{"id": "template", "name": "template", "language": "template"}
}

// startConversation starts what the dialog starts. Here values are only checked to be values; the service decides what they
// mean.
func (a *API) startConversation(r *http.Request, request string) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	start := domain.StartRequest{ActorID: userID(r), Request: request}
	f.start(&start)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if start.SendAt != 0 {
		scheduled, err := a.Service.Schedule(r.Context(), start)
		if err != nil {
			return reply{}, errors.Wrap(err, "schedule a start")
		}
		return a.scheduledReply(r, scheduled), nil
	}
	started, err := a.Service.Start(r.Context(), start)
	if err != nil {
		return reply{}, errors.Wrap(err, "start a conversation")
	}
	return a.startedReply(r, started), nil
}

// recallStart answers a start that an earlier try of the request stored, at once or for later.
func (a *API) recallStart(r *http.Request, stored string) (reply, error) {
	scheduled, err := a.Service.Scheduled(r.Context(), userID(r), stored)
	if err == nil {
		return a.scheduledReply(r, scheduled), nil
	}
	if refusal, refused := domain.AsRefusal(err); !refused || refusal.Code != domain.CodeNotFound {
		return reply{}, errors.Wrap(err, "read what was scheduled")
	}
	started, err := a.Service.Outcome(r.Context(), stored)
	if err != nil {
		return reply{}, errors.Wrap(err, "read what was started")
	}
	return a.startedReply(r, started), nil
}

func (a *API) startedReply(r *http.Request, started *domain.Started) reply {
	status := http.StatusCreated
	if started.Status == domain.Unknown {
		status = http.StatusAccepted
	}
	return reply{status, viewConversation(a.viewStarted(r, started))}
}

func (a *API) sendTemplate(r *http.Request, request string) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	template := domain.TemplateRequest{ActorID: userID(r), ConversationID: id, Request: request}
	f.template(&template.Template, &template.Variables)
	f.confirmation(&template.Confirm, &template.Reason)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	started, err := a.Service.SendTemplate(r.Context(), template)
	if err != nil {
		return reply{}, errors.Wrap(err, "send a template")
	}
	return a.sentReply(r, started), nil
}

func (a *API) recallTemplate(r *http.Request, stored string) (reply, error) {
	started, err := a.Service.Outcome(r.Context(), stored)
	if err != nil {
		return reply{}, errors.Wrap(err, "read what was sent")
	}
	return a.sentReply(r, started), nil
}

func (a *API) sentReply(r *http.Request, started *domain.Started) reply {
	return reply{http.StatusOK, viewConversation(a.viewStarted(r, started))}
}

// viewStarted reads the conversation again, because it has its channel by now. The template is sent, so a failure to read is
// not a failure to start.
func (a *API) viewStarted(r *http.Request, started *domain.Started) *domain.View {
	view, err := a.Service.View(r.Context(), userID(r), started.Conversation.ID)
	if err != nil {
		a.LogWarn("A conversation could not be read after its template was sent", "conversation_id", started.Conversation.ID, "error", err.Error())
		return &domain.View{Conversation: started.Conversation, State: started.Conversation.StateAt(a.Clock.Now())}
	}
	return view
}

// start reads what the dialog asks for.
func (f *form) start(into *domain.StartRequest) {
	f.names = dialogNames()
	f.id("account_id", &into.AccountID, false)
	f.id("queue_id", &into.QueueID, true)
	f.template(&into.Template, &into.Variables)
	f.customer(&into.Customer)
	if f.has("consent") {
		if c := f.object("consent", map[string]string{"origin": "consent_origin", "note": "consent_note"}); c != nil {
			c.consent(&into.Consent)
		}
	}
	f.sendAt(&into.SendAt)
	f.confirmation(&into.Confirm, &into.Reason)
}

// sendAt reads the moment to which something is put off, milliseconds since epoch.
func (f *form) sendAt(into *int64) {
	var at float64
	if !f.read("send_at", &at) {
		return
	}
	if at != math.Trunc(at) {
		f.addWrongType(f.path + "send_at")
		return
	}
	*into = int64(min(max(at, 1), maxMillis)) // 0 is not "at once" but long ago
}

// template reads which template to send, and its variables by the names of the dialog's elements.
func (f *form) template(into *domain.TemplateRef, variables *map[string]string) {
	if !f.has("template") {
		f.fault("template", required())
	} else if t := f.object("template", templateNames()); t != nil {
		t.id("id", &into.ID, false)
		t.matching("name", &into.Name, templateName, maxTemplate, into.ID == "")
		t.matching("language", &into.Language, languagePattern, maxLanguage, into.ID == "")
	}
	f.texts("variables", variables)
	if len(*variables) > maxVariables {
		f.fault("variables", domain.T("api.field_too_many", "Max", maxVariables))
		return
	}
	for _, element := range slices.Sorted(maps.Keys(*variables)) {
		if element == "" || utf8.RuneCountInString(element) > maxElement {
			f.fault("variables", domain.T("api.field_too_long", "Max", maxElement))
			continue
		}
		f.checkLines(element, (*variables)[element], maxVariable)
	}
}

func (f *form) customer(into *domain.Customer) {
	if !f.has("customer") {
		f.addFault("customer_name", required())
		f.addFault("phone", required())
		return
	}
	if c := f.object("customer", customerNames()); c != nil {
		c.id("id", &into.ID, false)
		c.multiline("name", &into.Name, maxCustomer, into.ID == "")
		c.multiline("cpf", &into.CPF, maxCustomer, false)
		c.multiline("phone", &into.Phone, maxCustomer, into.ID == "")
	}
}

// confirmation reads what the third step of the dialog asks for.
func (f *form) confirmation(confirm *bool, reason *string) {
	f.flag("confirm", confirm)
	f.multiline("reason", reason, maxReason, false)
}
