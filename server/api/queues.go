package api

import (
	"context"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) queueRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/queues", a.listQueues)
	a.handle(router, http.MethodPost, "/queues", a.createQueue)
	a.handle(router, http.MethodGet, "/queues/{id}", withID(a.getQueue))
	a.handle(router, http.MethodPatch, "/queues/{id}", withID(a.patchQueue))
	a.handle(router, http.MethodDelete, "/queues/{id}", withID(a.deleteQueue))
	a.handle(router, http.MethodGet, "/queues/{id}/members", withID(a.listQueueMembers))
}

type queueView struct {
	ID                string       `json:"id"`
	Name              string       `json:"name"`
	TeamID            string       `json:"team_id"`
	ChannelID         string       `json:"channel_id"`
	AccountID         string       `json:"account_id"`
	InactivityMinutes int          `json:"inactivity_minutes"`
	TimeZone          string       `json:"time_zone"`
	Hours             domain.Hours `json:"hours"`
	TemplateHours     domain.Hours `json:"template_hours"`
	Holidays          []string     `json:"holidays"`
	AwayMessage       string       `json:"away_message"`
	ReportChannelID   string       `json:"report_channel_id"`
	ReasonRequired    bool         `json:"closing_reason_required"`
	CreatedAt         millisOrNull `json:"created_at"`
	UpdatedAt         millisOrNull `json:"updated_at"`
}

func viewQueue(queue *domain.Queue) queueView {
	return queueView{
		Hours: viewHours(queue.Hours), TemplateHours: viewHours(queue.TemplateHours), Holidays: nonNil(queue.Holidays), AwayMessage: queue.AwayMessage, ReportChannelID: queue.ReportChannelID,
		ID: queue.ID, Name: queue.Name, TeamID: queue.TeamID, ChannelID: queue.ChannelID, AccountID: queue.AccountID,
		InactivityMinutes: queue.InactivityMinutes, TimeZone: queue.TimeZone, ReasonRequired: queue.ClosingReasonRequired,
		CreatedAt: millisOrNull(queue.CreatedAt), UpdatedAt: millisOrNull(queue.UpdatedAt),
	}
}

func (a *API) listQueues(r *http.Request) (reply, error) {
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	queues, total, err := a.Store.QueuePage(r.Context(), p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the queues")
	}
	return ok(listOf(queues, total, p, viewQueue))
}

func (a *API) getQueue(r *http.Request, id string) (reply, error) {
	queue, err := a.Store.Queue(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the queue")
	}
	return ok(viewQueue(queue))
}

func (a *API) createQueue(r *http.Request) (reply, error) {
	queue := &domain.Queue{}
	if _, err := a.fillQueue(r, queue); err != nil {
		return reply{}, err
	}
	if err := a.Store.CreateQueue(r.Context(), queue, a.Clock.Now()); err != nil {
		return reply{}, queueConflict(err, "create the queue")
	}
	return created(viewQueue(queue))
}

func (a *API) patchQueue(r *http.Request, id string) (reply, error) {
	queue, err := a.Store.Queue(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the queue")
	}
	f, err := a.fillQueue(r, queue)
	if err != nil {
		return reply{}, err
	}
	if err := a.Store.UpdateQueue(r.Context(), queue, a.Clock.Now(), f.presentFields()...); err != nil {
		return reply{}, queueConflict(err, "change the queue")
	}
	if queue, err = a.Store.Queue(r.Context(), id); err != nil { // with what another administrator may have changed meanwhile
		return reply{}, errors.Wrap(err, "read the queue again")
	}
	return ok(viewQueue(queue))
}

func (a *API) deleteQueue(r *http.Request, id string) (reply, error) {
	queue, err := a.Store.Queue(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the queue")
	}
	if err := a.Store.DeleteQueue(r.Context(), queue.ID); err != nil {
		return reply{}, inUse(err, "delete the queue")
	}
	return ok(viewQueue(queue))
}

// fillQueue reads the body into the queue and checks each field.
func (a *API) fillQueue(r *http.Request, queue *domain.Queue) (*form, error) {
	f, err := readForm(r, false)
	if err != nil {
		return nil, err
	}
	f.line("name", &queue.Name, maxName, true)
	f.id("team_id", &queue.TeamID, true)
	f.id("channel_id", &queue.ChannelID, true)
	f.id("account_id", &queue.AccountID, true)
	f.integer("inactivity_minutes", &queue.InactivityMinutes, 0, maxMinutes)
	f.zone("time_zone", &queue.TimeZone)
	f.hours("hours", &queue.Hours)
	f.hours("template_hours", &queue.TemplateHours)
	f.days("holidays", &queue.Holidays)
	f.multiline("away_message", &queue.AwayMessage, maxAway, false)
	f.id("report_channel_id", &queue.ReportChannelID, false)
	f.flag("closing_reason_required", &queue.ClosingReasonRequired)
	if err := f.err(); err != nil {
		return nil, err
	}
	if f.has("channel_id") || f.has("team_id") {
		team, err := a.Mattermost.ChannelTeam(r.Context(), queue.ChannelID)
		switch {
		case errors.Is(err, domain.ErrNotFound):
			f.fault("channel_id", domain.T("api.field_unknown_channel"))
		case err != nil:
			return nil, errors.Wrap(err, "read the channel")
		case team != queue.TeamID && f.has("channel_id"):
			f.fault("channel_id", domain.T("api.field_other_team"))
		case team != queue.TeamID:
			f.fault("team_id", domain.T("api.field_other_team"))
		}
	}
	if queue.ReportChannelID != "" && (f.has("report_channel_id") || f.has("team_id")) && f.err() == nil {
		if err := a.checkReportChannel(r.Context(), f, queue); err != nil {
			return nil, err
		}
	}
	if f.has("account_id") {
		if err := a.mustHaveAccount(r.Context(), f, "account_id", queue.AccountID); err != nil {
			return nil, err
		}
	}
	return f, f.err()
}

// checkReportChannel: a report is for people of the queue's team, and never in a customer's channel.
func (a *API) checkReportChannel(ctx context.Context, f *form, queue *domain.Queue) error {
	const field = "report_channel_id"
	team, err := a.Mattermost.ChannelTeam(ctx, queue.ReportChannelID)
	if errors.Is(err, domain.ErrNotFound) {
		f.fault(field, domain.T("api.field_unknown_channel"))
		return nil
	} else if err != nil {
		return errors.Wrap(err, "read the report's channel")
	}
	if team != queue.TeamID {
		f.fault(field, domain.T("api.field_other_team"))
		return nil
	}
	switch _, err := a.Store.ConversationByChannel(ctx, queue.ReportChannelID); {
	case err == nil:
		f.fault(field, domain.T("api.field_customers_channel"))
	case !errors.Is(err, domain.ErrNotFound):
		return errors.Wrap(err, "look whose the report's channel is")
	}
	return nil
}

func queueConflict(err error, doing string) error {
	if errors.Is(err, domain.ErrConflict) {
		return invalid("channel_id", domain.T("api.field_taken_channel"))
	}
	return errors.Wrap(err, doing)
}

type memberView struct {
	ID          string `json:"id"`
	Username    string `json:"username"`
	Name        string `json:"name"`
	Supervisor  bool   `json:"supervisor"`
	SystemAdmin bool   `json:"system_admin"`
}

func viewMember(m domain.Member) memberView {
	return memberView{ID: m.UserID, Username: m.Username, Name: m.Name, Supervisor: m.Supervisor, SystemAdmin: m.SystemAdmin}
}

func (a *API) listQueueMembers(r *http.Request, id string) (reply, error) {
	queue, err := a.Store.Queue(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the queue")
	}
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	members, err := a.Mattermost.Members(r.Context(), queue.ChannelID)
	if err != nil && !errors.Is(err, domain.ErrNotFound) { // a channel that no longer exists has no members
		return reply{}, errors.Wrap(err, "list the queue's members")
	}
	from := min(p.number*p.size, len(members))
	return ok(listOf(members[from:min(from+p.size, len(members))], len(members), p, viewMember))
}
