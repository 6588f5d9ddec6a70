package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) eventRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/event-subscriptions", a.listSubscriptions)
	a.handle(router, http.MethodPost, "/event-subscriptions", a.createSubscription)
	a.handle(router, http.MethodGet, "/event-subscriptions/{id}", withID(a.getSubscription))
	a.handle(router, http.MethodPatch, "/event-subscriptions/{id}", withID(a.patchSubscription))
	a.handle(router, http.MethodDelete, "/event-subscriptions/{id}", withID(a.deleteSubscription))
	a.handle(router, http.MethodPost, "/event-subscriptions/{id}/test", withID(a.testSubscription))
	a.handle(router, http.MethodGet, "/event-subscriptions/{id}/deliveries", withID(a.listDeliveries))
	a.handle(router, http.MethodGet, "/event-subscriptions/{id}/deliveries/{delivery_id}", withID(a.getDelivery))
	a.handle(router, http.MethodPost, "/event-subscriptions/{id}/deliveries/{delivery_id}/resend", withID(a.resendDelivery))
	a.handle(router, http.MethodPost, "/event-subscriptions/{id}/resend", withID(a.resendSince))
	a.handle(router, http.MethodPost, "/event-subscriptions/{id}/replay", withID(a.replayHistory))
}

type subscriptionView struct {
	ID             string       `json:"id"`
	URL            string       `json:"url"`
	HasSecret      bool         `json:"has_secret"`
	Events         []string     `json:"events"`
	QueueIDs       []string     `json:"queue_ids"`
	Enabled        bool         `json:"enabled"`
	FailingSince   millisOrNull `json:"failing_since"`
	LastDeliveryAt millisOrNull `json:"last_delivery_at"`
	Backlog        int          `json:"backlog"`
	CreatedAt      millisOrNull `json:"created_at"`
	UpdatedAt      millisOrNull `json:"updated_at"`
}

func viewSubscription(s *domain.EventSubscription) subscriptionView {
	return subscriptionView{
		ID: s.ID, URL: s.URL, HasSecret: s.Secret != "", Events: nonNil(s.Events), QueueIDs: nonNil(s.QueueIDs), Enabled: s.Enabled,
		FailingSince: millisOrNull(s.FailingSince), LastDeliveryAt: millisOrNull(s.LastDeliveryAt), Backlog: s.Backlog,
		CreatedAt: millisOrNull(s.CreatedAt), UpdatedAt: millisOrNull(s.UpdatedAt),
	}
}

func (a *API) listSubscriptions(r *http.Request) (reply, error) {
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	subs, total, err := a.Store.EventSubscriptions(r.Context(), p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the event subscriptions")
	}
	return ok(listOf(subs, total, p, viewSubscription))
}

func (a *API) getSubscription(r *http.Request, id string) (reply, error) {
	sub, err := a.Store.EventSubscription(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the event subscription")
	}
	return ok(viewSubscription(sub))
}

func (a *API) createSubscription(r *http.Request) (reply, error) {
	sub := &domain.EventSubscription{Enabled: true}
	if _, err := a.fillSubscription(r, sub); err != nil {
		return reply{}, err
	}
	if err := a.Store.CreateEventSubscription(r.Context(), sub, a.Clock.Now()); errors.Is(err, domain.ErrTooMany) {
		return reply{}, invalid("url", domain.T("api.field_too_many", "Max", domain.MaxEventSubscriptions))
	} else if err != nil {
		return reply{}, errors.Wrap(err, "create the event subscription")
	}
	return created(viewSubscription(sub))
}

func (a *API) patchSubscription(r *http.Request, id string) (reply, error) {
	sub, err := a.Store.EventSubscription(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the event subscription")
	}
	f, err := a.fillSubscription(r, sub)
	if err != nil {
		return reply{}, err
	}
	if sub, err = a.Store.UpdateEventSubscription(r.Context(), sub, a.Clock.Now(), f.presentFields()...); err != nil {
		return reply{}, errors.Wrap(err, "change the event subscription")
	}
	a.WakeEvents()
	return ok(viewSubscription(sub))
}

func (a *API) deleteSubscription(r *http.Request, id string) (reply, error) {
	sub, err := a.Store.EventSubscription(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the event subscription")
	}
	if err := a.Store.DeleteEventSubscription(r.Context(), id); err != nil {
		return reply{}, errors.Wrap(err, "delete the event subscription")
	}
	return ok(viewSubscription(sub))
}

// fillSubscription reads the body into the subscription and checks each field.
func (a *API) fillSubscription(r *http.Request, sub *domain.EventSubscription) (*form, error) {
	f, err := readForm(r, false)
	if err != nil {
		return nil, err
	}
	f.text("url", &sub.URL)
	f.secret("secret", &sub.Secret, tokenPattern, maxSecret)
	if given := []string(nil); f.read("events", &given) {
		slices.Sort(given)
		sub.Events = slices.Compact(given)
		if slices.ContainsFunc(sub.Events, func(name string) bool { return !domain.IsEventType(name) }) {
			f.fault("events", domain.T("events.unknown_type"))
		}
	}
	f.ids("queue_ids", &sub.QueueIDs)
	f.flag("enabled", &sub.Enabled)
	if err := f.err(); err != nil {
		return nil, err
	}
	if sub.URL == "" {
		f.fault("url", required())
	} else if wrong := a.CheckURL(r.Context(), sub.URL); wrong.Key != "" && (f.has("url") || sub.Enabled && f.has("enabled")) {
		f.fault("url", wrong)
	}
	if f.has("queue_ids") {
		for _, id := range sub.QueueIDs {
			if err := a.mustHaveQueue(r.Context(), f, "queue_ids", id); err != nil {
				return nil, err
			}
		}
	}
	return f, f.err()
}

type deliveryView struct {
	ID          string       `json:"id"`
	EventID     string       `json:"event_id"`
	Type        string       `json:"type"`
	At          millisOrNull `json:"at"`
	Attempts    int          `json:"attempts"`
	StatusCode  *int         `json:"status_code"`
	Error       string       `json:"error"`
	DeliveredAt millisOrNull `json:"delivered_at"`
	NextAt      millisOrNull `json:"next_at"`
	Pending     bool         `json:"pending"`

	// Where one delivery is read.
	Request *string `json:"request,omitempty"`
	Answer  *string `json:"answer,omitempty"`
}

func viewDelivery(d *domain.EventDelivery) deliveryView {
	view := deliveryView{
		ID: d.ID, EventID: d.EventID, Type: d.Type, At: millisOrNull(d.At), Attempts: d.Tries, Error: d.Error,
		DeliveredAt: millisOrNull(d.DeliveredAt), NextAt: millisOrNull(d.NextAt), Pending: d.FinishedAt == 0,
	}
	if d.StatusCode != 0 {
		view.StatusCode = &d.StatusCode
	}
	return view
}

func (a *API) listDeliveries(r *http.Request, id string) (reply, error) {
	if _, err := a.Store.EventSubscription(r.Context(), id); err != nil {
		return reply{}, errors.Wrap(err, "read the event subscription")
	}
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	deliveries, total, err := a.Store.EventDeliveries(r.Context(), id, p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the deliveries")
	}
	return ok(listOf(deliveries, total, p, viewDelivery))
}

// deliveryID reads the id of a delivery of a subscription out of the path.
func deliveryID(r *http.Request) (string, error) {
	id := mux.Vars(r)["delivery_id"]
	if !idPattern.MatchString(id) {
		return "", domain.ErrNotFound
	}
	return id, nil
}

// getDelivery shows a delivery with what is sent to the receiver and how the receiver's last answer began.
func (a *API) getDelivery(r *http.Request, id string) (reply, error) {
	delivery, err := deliveryID(r)
	if err != nil {
		return reply{}, err
	}
	d, err := a.Store.EventToDeliver(r.Context(), delivery)
	if err == nil && d.Subscription.ID != id {
		err = domain.ErrNotFound
	}
	if err != nil {
		return reply{}, errors.Wrap(err, "read a delivery")
	}
	body, err := a.EventBody(&d.Event)
	if err != nil {
		return reply{}, err
	}
	view, request := viewDelivery(&d.Delivery), string(body)
	view.Request, view.Answer = &request, &d.Delivery.Answer
	return ok(view)
}

func (a *API) resendDelivery(r *http.Request, id string) (reply, error) {
	delivery, err := deliveryID(r)
	if err != nil {
		return reply{}, err
	}
	resent, err := a.Store.ResendEvent(r.Context(), id, delivery)
	if err != nil {
		return reply{}, errors.Wrap(err, "send an event again")
	}
	a.WakeEvents()
	return ok(viewDelivery(resent))
}

// since reads from when on something is to be told, milliseconds since epoch.
func (f *form) since() int64 {
	var since float64
	f.read("since", &since)
	if !f.has("since") {
		f.fault("since", required())
	} else if since < 0 || since > maxMillis {
		f.fault("since", domain.T("api.field_range", "Min", 0, "Max", maxMillis))
	}
	return int64(since)
}

// replayHistory tells a new receiver what happened before it was there.
func (a *API) replayHistory(r *http.Request, id string) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var accountID string
	since := f.since()
	f.id("account_id", &accountID, false)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	replayed, err := a.Store.ReplayEvents(r.Context(), id, accountID, since, domain.MaxReplay)
	if err != nil {
		return reply{}, errors.Wrap(err, "replay what happened")
	}
	a.WakeEvents()
	return ok(map[string]any{"conversations": replayed.Conversations, "events": replayed.Events, "until": millisOrNull(replayed.Until)})
}

// resendSince sends everything since a moment once more.
func (a *API) resendSince(r *http.Request, id string) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var failed bool
	since := f.since()
	f.flag("failed", &failed)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if _, err := a.Store.EventSubscription(r.Context(), id); err != nil {
		return reply{}, errors.Wrap(err, "read the event subscription")
	}
	resent, err := a.Store.ResendEvents(r.Context(), id, since, failed)
	if err != nil {
		return reply{}, errors.Wrap(err, "send events again")
	}
	a.WakeEvents()
	return ok(map[string]int{"resent": resent})
}

const (
	// testPatience is how long a test waits for the receiver's answer, longer than a request may take; testPause how often it looks.
	testPatience = 12 * time.Second
	testPause    = 100 * time.Millisecond
)

// testSubscription sends a test event, and waits for what comes of it: any node may be the one that sends it.
func (a *API) testSubscription(r *http.Request, id string) (reply, error) {
	delivery, err := a.Store.SendTestEvent(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "make a test event")
	}
	a.WakeEvents()
	ctx, cancel := context.WithTimeout(r.Context(), testPatience)
	defer cancel()
	for delivery.FinishedAt == 0 {
		select {
		case <-ctx.Done():
			return ok(viewDelivery(delivery))
		case <-time.After(testPause):
		}
		now, err := a.Store.EventDelivery(r.Context(), delivery.ID)
		if err != nil {
			return reply{}, errors.Wrap(err, "read a delivery")
		}
		delivery = now
	}
	return ok(viewDelivery(delivery))
}
