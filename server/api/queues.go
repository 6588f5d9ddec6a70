package api

import (
	"context"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// QueueStore keeps the queues. Reads answer domain.ErrNotFound where there is nothing.
type QueueStore interface {
	// CreateQueue stores a new queue and sets its ID and times;
	// domain.ErrConflict where another has the channel.
	CreateQueue(ctx context.Context, queue *domain.Queue, now int64) error
	// UpdateQueue writes the named fields alone, under their names in a request.
	UpdateQueue(ctx context.Context, queue *domain.Queue, now int64, fields ...string) error
	// DeleteQueue answers domain.ErrConflict while open conversations need the queue.
	DeleteQueue(ctx context.Context, id string) error
	Queue(ctx context.Context, id string) (*domain.Queue, error)
	// QueuePage answers a page (from 0), by name, and the total.
	QueuePage(ctx context.Context, page, perPage int) ([]*domain.Queue, int, error)
}

// Channels knows the channels of the server.
type Channels interface {
	// ChannelTeam answers the team of a channel that is neither archived nor
	// direct; domain.ErrNotFound where there is no such channel.
	ChannelTeam(ctx context.Context, channelID string) (teamID string, err error)
	// Members lists the people of a channel by username, without bots and deactivated users.
	Members(ctx context.Context, channelID string) ([]domain.Member, error)
}

func (a *API) queueRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/queues", a.listQueues)
	a.handle(router, http.MethodPost, "/queues", a.createQueue)
	a.handle(router, http.MethodGet, "/queues/{id}", a.getQueue)
	a.handle(router, http.MethodPatch, "/queues/{id}", a.patchQueue)
	a.handle(router, http.MethodDelete, "/queues/{id}", a.deleteQueue)
	a.handle(router, http.MethodGet, "/queues/{id}/members", a.listQueueMembers)
}

type queueView struct {
	ID                string `json:"id"`
	Name              string `json:"name"`
	TeamID            string `json:"team_id"`
	ChannelID         string `json:"channel_id"`
	AccountID         string `json:"account_id"`
	InactivityMinutes int    `json:"inactivity_minutes"`
	TimeZone          string `json:"time_zone"`
	CreatedAt         moment `json:"created_at"`
	UpdatedAt         moment `json:"updated_at"`
}

func viewQueue(queue *domain.Queue) queueView {
	return queueView{
		ID: queue.ID, Name: queue.Name, TeamID: queue.TeamID, ChannelID: queue.ChannelID, AccountID: queue.AccountID,
		InactivityMinutes: queue.InactivityMinutes, TimeZone: queue.TimeZone, CreatedAt: moment(queue.CreatedAt), UpdatedAt: moment(queue.UpdatedAt),
	}
}

func (a *API) listQueues(r *http.Request) (reply, error) {
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	queues, total, err := a.Queues.QueuePage(r.Context(), p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the queues")
	}
	return ok(listOf(queues, total, p, viewQueue))
}

func (a *API) getQueue(r *http.Request) (reply, error) {
	queue, err := a.queue(r)
	if err != nil {
		return reply{}, err
	}
	return ok(viewQueue(queue))
}

func (a *API) queue(r *http.Request) (*domain.Queue, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	queue, err := a.Queues.Queue(r.Context(), id)
	return queue, errors.Wrap(err, "read the queue")
}

func (a *API) createQueue(r *http.Request) (reply, error) {
	queue := &domain.Queue{}
	if _, err := a.fillQueue(r, queue); err != nil {
		return reply{}, err
	}
	if err := a.Queues.CreateQueue(r.Context(), queue, a.Clock.Now()); err != nil {
		return reply{}, queueConflict(err, "create the queue")
	}
	return created(viewQueue(queue))
}

func (a *API) patchQueue(r *http.Request) (reply, error) {
	queue, err := a.queue(r)
	if err != nil {
		return reply{}, err
	}
	f, err := a.fillQueue(r, queue)
	if err != nil {
		return reply{}, err
	}
	if err := a.Queues.UpdateQueue(r.Context(), queue, a.Clock.Now(), f.given()...); err != nil {
		return reply{}, queueConflict(err, "change the queue")
	}
	if queue, err = a.queue(r); err != nil { // with what somebody else may have changed meanwhile
		return reply{}, err
	}
	return ok(viewQueue(queue))
}

func (a *API) deleteQueue(r *http.Request) (reply, error) {
	queue, err := a.queue(r)
	if err != nil {
		return reply{}, err
	}
	if err := a.Queues.DeleteQueue(r.Context(), queue.ID); err != nil {
		return reply{}, inUse(err, "delete the queue")
	}
	return ok(viewQueue(queue))
}

// fillQueue reads the body into the queue and checks every field of it.
func (a *API) fillQueue(r *http.Request, queue *domain.Queue) (*form, error) {
	f, err := readForm(r, false)
	if err != nil {
		return nil, err
	}
	f.line("name", &queue.Name, maxName, true)
	f.id("team_id", &queue.TeamID, true)
	f.id("channel_id", &queue.ChannelID, true)
	f.id("account_id", &queue.AccountID, true)
	f.whole("inactivity_minutes", &queue.InactivityMinutes, 0, maxMinutes)
	f.zone("time_zone", &queue.TimeZone)
	if err := f.err(); err != nil {
		return nil, err
	}
	if f.has("channel_id") || f.has("team_id") {
		team, err := a.Channels.ChannelTeam(r.Context(), queue.ChannelID)
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
	if f.has("account_id") {
		if err := a.mustHaveAccount(r.Context(), f, "account_id", queue.AccountID); err != nil {
			return nil, err
		}
	}
	return f, f.err()
}

func queueConflict(err error, doing string) error {
	if errors.Is(err, domain.ErrConflict) {
		return invalid("channel_id", domain.T("api.field_taken_channel"))
	}
	return errors.Wrap(err, doing)
}

// mustHaveQueue notes a fault where the queue does not exist; an error means that it could not be asked.
func (a *API) mustHaveQueue(ctx context.Context, f *form, field, id string) error {
	_, err := a.Queues.Queue(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		f.fault(field, domain.T("api.field_unknown_queue"))
		return nil
	}
	return errors.Wrap(err, "read the queue")
}

// mustHaveAccount is the same for an account.
func (a *API) mustHaveAccount(ctx context.Context, f *form, field, id string) error {
	_, err := a.Accounts.Account(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		f.fault(field, domain.T("api.field_unknown_account"))
		return nil
	}
	return errors.Wrap(err, "read the account")
}

// invalid refuses one field.
func invalid(field string, text domain.Text) error {
	return &domain.Refusal{
		Code: domain.CodeInvalidField, Text: domain.T("api.code_invalid_field"), Fields: map[string]domain.Text{field: text},
	}
}

// inUse says why something cannot be deleted, where others still need it.
func inUse(err error, doing string) error {
	switch {
	case errors.Is(err, domain.ErrConflict):
		return domain.Refuse(domain.CodeConversationExists, domain.T("api.in_use"))
	case errors.Is(err, domain.ErrHasQueues):
		text := domain.T("api.has_queues")
		return &domain.Refusal{Code: domain.CodeInvalidField, Text: text, Fields: map[string]domain.Text{"id": text}}
	}
	return errors.Wrap(err, doing)
}
