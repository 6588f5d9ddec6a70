package api

import (
	"net/http"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) scheduledRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/scheduled", a.listScheduled)
	a.handle(router, http.MethodGet, "/scheduled/{id}", withID(a.getScheduled))
	a.handle(router, http.MethodDelete, "/scheduled/{id}", withID(a.cancelScheduled))
	a.handle(router, http.MethodPost, "/actions/scheduled", a.scheduledButton)
}

// scheduledView is a start that was put off.
type scheduledView struct {
	ID             string                 `json:"id"`
	QueueID        string                 `json:"queue_id"`
	AccountID      string                 `json:"account_id"`
	Template       scheduledTemplateView  `json:"template"`
	Customer       scheduledCustomerView  `json:"customer"`
	SendAt         millisOrNull           `json:"send_at"`
	OwnerID        string                 `json:"owner_id"`
	OwnerUsername  string                 `json:"owner_username,omitempty"` // in lists
	Status         domain.ScheduledStatus `json:"status"`
	ConversationID string                 `json:"conversation_id"`
	Reason         string                 `json:"reason"`
	ReasonCode     string                 `json:"reason_code"`
	CreatedAt      millisOrNull           `json:"created_at"`
	// What was asked for besides, where its owner reads one that failed, to start it by hand.
	Variables map[string]string `json:"variables,omitempty"`
	Consent   *consentGivenView `json:"consent,omitempty"`
}

type consentGivenView struct {
	Origin string `json:"origin"`
	Note   string `json:"note"`
}

type scheduledTemplateView struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Language string `json:"language"`
}

type scheduledCustomerView struct {
	Name      string `json:"name"`
	Phone     string `json:"phone"`
	CPFMasked string `json:"cpf_masked"`
}

func (a *API) viewScheduled(lang string, s *domain.Scheduled) scheduledView {
	view := scheduledView{
		ID: s.ID, QueueID: s.QueueID, AccountID: s.AccountID, Template: scheduledTemplateView{s.TemplateID, s.TemplateName, s.TemplateLanguage},
		Customer: scheduledCustomerView{s.Name, s.Phone, s.CPFMasked}, SendAt: millisOrNull(s.SendAt), OwnerID: s.OwnerID, Status: s.Status,
		ConversationID: s.ConversationID, ReasonCode: s.ReasonCode, CreatedAt: millisOrNull(s.CreatedAt),
	}
	if s.Reason.Key != "" {
		view.Reason = a.Text(lang, s.Reason.Key, s.Reason.Data)
	}
	return view
}

// scheduledReply says that a start was accepted for later: 202, because nothing was done yet.
func (a *API) scheduledReply(r *http.Request, s *domain.Scheduled) reply {
	return reply{http.StatusAccepted, a.viewScheduled(a.language(r), s)}
}

func (a *API) listScheduled(r *http.Request) (reply, error) {
	q := readQuery(r)
	p := q.page()
	filter := domain.ScheduledFilter{Mine: q.flag("mine"), QueueID: q.id("queue_id"), ContactID: q.id("contact_id"), Waiting: q.flag("waiting"), Page: p.number, PerPage: p.size}
	if err := q.err(); err != nil {
		return reply{}, err
	}
	list, total, err := a.Service.ListScheduled(r.Context(), userID(r), filter)
	if err != nil {
		return reply{}, errors.Wrap(err, "list what is scheduled")
	}
	lang := a.language(r)
	owners := make([]string, 0, len(list))
	for _, s := range list {
		owners = append(owners, s.OwnerID)
	}
	names := a.Mattermost.Usernames(r.Context(), owners)
	return ok(listOf(list, total, p, func(s *domain.Scheduled) scheduledView {
		view := a.viewScheduled(lang, s)
		view.OwnerUsername = names[s.OwnerID]
		return view
	}))
}

func (a *API) getScheduled(r *http.Request, id string) (reply, error) {
	s, err := a.Service.Scheduled(r.Context(), userID(r), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read what is scheduled")
	}
	view := a.viewScheduled(a.language(r), s)
	if s.Status != domain.ScheduledFailed {
		return ok(view)
	}
	failed, err := a.Service.ScheduledToStart(r.Context(), userID(r), id)
	if err == nil {
		view.Variables = failed.Asked.Variables
		view.Consent = &consentGivenView{failed.Asked.Consent.Origin, failed.Asked.Consent.Note}
	} else if !errors.Is(err, domain.ErrNotFound) {
		return reply{}, errors.Wrap(err, "read what was asked for a failed start")
	}
	return ok(view)
}

func (a *API) cancelScheduled(r *http.Request, id string) (reply, error) {
	s, err := a.Service.CancelScheduled(r.Context(), userID(r), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "cancel what is scheduled")
	}
	return ok(a.viewScheduled(a.language(r), s))
}

// scheduledButton does what a button beside a scheduled start asks for, as the user of the session: the body, which names a
// user too, could be anybody's.
func (a *API) scheduledButton(r *http.Request) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var do, id string
	if !f.has("context") {
		f.fault("context", required())
	} else if button := f.object("context", nil); button != nil {
		button.id("scheduled_id", &id, true)
		if button.text("do", &do); do != "start" && do != "cancel" {
			button.fault("do", required())
		}
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	said := domain.T("scheduled.cancelled")
	if do == "cancel" {
		_, err = a.Service.CancelScheduled(r.Context(), userID(r), id)
	} else {
		said = domain.T("scheduled.started")
		_, err = a.Service.StartScheduled(r.Context(), userID(r), id)
	}
	if err != nil {
		return a.buttonRefused(r, err, domain.T("scheduled.not_found"), "press a button of a scheduled start")
	}
	return ephemeral(a.localizeMarkdown(r, said))
}
