package api

import (
	"net/http"
	"time"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) resultRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/results", a.results)
	a.handle(router, http.MethodGet, "/results/now", a.resultsNow)
}

func (a *API) resultAdminRoutes(router *mux.Router) {
	a.handle(router, http.MethodPost, "/results/rebuild", a.rebuildResults)
}

// resultNumbers are the figures of one group. What there is nothing to divide for is null.
type resultNumbers struct {
	Sent             int           `json:"sent"`
	Delivered        int           `json:"delivered"`
	Read             int           `json:"read"`
	Failed           int           `json:"failed"`
	Refused          int           `json:"refused"`
	Answered         int           `json:"answered"`
	AnswerRate       *float64      `json:"answer_rate"`
	MedianAnswer     *float64      `json:"median_answer_ms"`
	MedianFirstReply *float64      `json:"median_first_reply_ms"`
	Started          int           `json:"started"`
	Closed           int           `json:"closed"`
	Cost             *domain.Money `json:"cost"`
	Currency         string        `json:"currency"`
	CostPerAnswer    *domain.Money `json:"cost_per_answer"`
}

type resultGroupView struct {
	Group string `json:"group"`
	Name  string `json:"name"`
	resultNumbers
}

type resultsView struct {
	From   millisOrNull      `json:"from"`
	To     millisOrNull      `json:"to"`
	Items  []resultGroupView `json:"items"`
	Totals resultNumbers     `json:"totals"`
}

func viewResultNumbers(g *domain.ResultsGroup) resultNumbers {
	view := resultNumbers{
		Sent: g.Sent, Delivered: g.Delivered, Read: g.Read, Failed: g.Failed, Refused: g.Refused, Answered: g.Answered, AnswerRate: g.AnswerRate(),
		MedianAnswer: g.MedianAnswer, MedianFirstReply: g.MedianFirstReply, Started: g.Started, Closed: g.Closed, Currency: g.Currency, CostPerAnswer: g.CostPerAnswer(),
	}
	if !g.Mixed {
		view.Cost = &g.Cost
	}
	return view
}

// results adds up what came of templates and conversations; the service decides of which queues.
func (a *API) results(r *http.Request) (reply, error) {
	q := readQuery(r)
	filter := domain.ResultsFilter{
		From: q.number("from", 0, 0, maxMillis), To: q.number("to", 0, 0, maxMillis), AccountID: q.id("account_id"), By: q.values.Get("by"),
	}
	queueID := q.id("queue_id")
	if filter.Period = q.values.Get("period"); filter.Period != "" {
		if _, _, known := domain.Period(filter.Period, time.UnixMilli(a.Clock.Now())); !known {
			q.addFault("period", domain.T("api.field_period"))
		}
	}
	if filter.To != 0 && filter.From > filter.To {
		q.addFault("from", domain.T("api.field_from_after_to"))
	}
	if err := q.err(); err != nil {
		return reply{}, err
	}
	switch filter.By {
	case "":
		filter.By = domain.ResultsByTemplate
	case domain.ResultsByTemplate, domain.ResultsByAgent, domain.ResultsByQueue, domain.ResultsByDay, domain.ResultsByHour:
	default:
		return reply{}, badRequest(domain.T("api.wrong_type", "Field", "by"))
	}
	results, err := a.Service.Results(r.Context(), userID(r), queueID, filter)
	if err != nil {
		return reply{}, errors.Wrap(err, "add the results up")
	}
	view := resultsView{From: millisOrNull(results.From), To: millisOrNull(results.To), Items: make([]resultGroupView, len(results.Groups)), Totals: viewResultNumbers(results.Totals)}
	for i, g := range results.Groups {
		view.Items[i] = resultGroupView{Group: g.Group, Name: g.Name, resultNumbers: viewResultNumbers(g)}
	}
	return ok(view)
}

type resultsNowView struct {
	WaitingForUs        int          `json:"waiting_for_us"`
	LongestWaitSince    millisOrNull `json:"longest_wait_since"`
	LongestWait         *int64       `json:"longest_wait_ms"`
	WaitingForCustomers int          `json:"waiting_for_customers"`
	WindowEnding        int          `json:"window_ending"`
	Unanswered          int          `json:"unanswered_6h"`
}

// resultsNow is who waits for whom at this moment.
func (a *API) resultsNow(r *http.Request) (reply, error) {
	q := readQuery(r)
	queueID := q.id("queue_id")
	if err := q.err(); err != nil {
		return reply{}, err
	}
	now, err := a.Service.ResultsNow(r.Context(), userID(r), queueID)
	if err != nil {
		return reply{}, errors.Wrap(err, "count who waits")
	}
	view := resultsNowView{
		WaitingForUs: now.WaitingForUs, LongestWaitSince: millisOrNull(now.LongestWaitSince), WaitingForCustomers: now.WaitingForCustomers,
		WindowEnding: now.WindowEnding, Unanswered: now.Unanswered,
	}
	if now.LongestWaitSince > 0 {
		view.LongestWait = &now.LongestWait
	}
	return ok(view)
}

// rebuildResults proves that the results are what messages and charges say, or makes them so.
func (a *API) rebuildResults(r *http.Request) (reply, error) {
	check, err := a.Store.RebuildResults(r.Context())
	if err != nil {
		return reply{}, errors.Wrap(err, "rebuild the results")
	}
	return ok(map[string]int{"conversations": check.Conversations, "templates": check.Templates, "differed": check.Differed})
}
