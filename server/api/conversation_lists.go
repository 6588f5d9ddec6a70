package api

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// conversations answers with a page of a list, or with all of it as CSV.
func (a *API) conversations(w http.ResponseWriter, r *http.Request) {
	q, err := readSearch(r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	p, filter := q.page(), q.listed()
	if q.values.Get("format") == "csv" || q.values.Get("format") == "" && wantsCSV(r.Header.Get("Accept")) {
		file := conversationFile(r, q)
		if err := q.err(); err != nil {
			a.fail(w, r, err)
			return
		}
		a.writeConversationsCSV(w, r, file, filter)
		return
	}
	if err := q.err(); err != nil {
		a.fail(w, r, err)
		return
	}
	filter.Page, filter.PerPage = p.number, p.size
	views, total, err := a.Service.List(r.Context(), userID(r), filter)
	if err != nil {
		a.fail(w, r, errors.Wrap(err, "list the conversations"))
		return
	}
	named := a.withUsernames(r.Context(), views)
	a.write(w, http.StatusOK, listOf(views, total, p, func(v *domain.View) conversationView {
		view := named(v)
		view.Template = &v.TemplateName
		return view
	}))
}

// listed reads what a list is filtered by, but for its page.
func (q query) listed() domain.Filter {
	filter := q.conversations()
	filter.State, filter.Unclaimed, filter.ContactID = domain.State(q.values.Get("state")), q.flag("unclaimed"), q.id("contact_id")
	filter.CreatedFrom, filter.CreatedTo = q.number("from", 0, 0, maxMillis), q.number("to", 0, 0, maxMillis)
	if filter.CreatedTo > 0 && filter.CreatedFrom > filter.CreatedTo {
		q.addFault("from", domain.T("api.field_from_after_to"))
	}
	switch name := q.values.Get("unanswered"); name {
	case "", "0", "false":
	case "1", "true":
		filter.Waiting = new(time.Duration)
	default:
		var known bool
		if filter.Unanswered, known = domain.UnansweredFor(name); !known {
			q.addFault("unanswered", domain.T("api.field_unanswered"))
		}
	}
	if minutes := q.number("waiting_min", 0, 0, maxMinutes); minutes > 0 {
		waiting := time.Duration(minutes) * time.Minute
		filter.Waiting = &waiting
	}
	switch filter.State {
	case "", domain.Waiting, domain.Open, domain.Expired, domain.Closed:
	default:
		q.addFault("state", domain.T("api.field_state"))
	}
	return filter
}

// conversationColumns are the CSV's columns; times are ISO 8601 in the queue's zone. A masked number has no + in front, which
// would make a formula of it.
func conversationColumns() []string {
	return []string{
		"id", "account", "queue", "customer", "phone_masked", "cpf_masked", "owner", "attendant", "template", "state",
		"started_at", "delivered_at", "read_at", "first_answer_at", "first_reply_at", "closed_at", "closing_reason",
		"messages_in", "messages_out", "templates", "cost", "currency",
	}
}

func conversationFile(r *http.Request, q query) csvFile {
	file := csvFile{name: "conversations", columns: conversationColumns(), separator: ',', bom: q.flag("bom")}
	switch separator(r, q) {
	case "", ",":
	case ";":
		file.separator = ';'
	default:
		q.addFault("sep", domain.T("api.field_separator"))
	}
	return file
}

// separator reads sep. A bare ; in an address counts as wrong in Go, and the Mattermost server drops the parameter that has
// it; then it is only in the request's first line.
func separator(r *http.Request, q query) string {
	if sep := q.values.Get("sep"); sep != "" {
		return sep
	}
	_, raw, _ := strings.Cut(r.RequestURI, "?")
	if r.URL.RawQuery != "" && strings.Contains(r.URL.RawQuery, ";") {
		raw = r.URL.RawQuery
	}
	values, err := url.ParseQuery(strings.ReplaceAll(raw, ";", "%3B"))
	if err != nil {
		return ""
	}
	return values.Get("sep")
}

func (a *API) writeConversationsCSV(w http.ResponseWriter, r *http.Request, file csvFile, filter domain.Filter) {
	a.writeCSV(w, r, file, func(write func(row []string) error) error {
		return a.Service.EachConversation(r.Context(), userID(r), filter, func(c *domain.ConversationRow) error {
			return write(conversationRow(c, domain.ZoneOf(c.Zone, a.Zone()), file.separator))
		})
	})
}

func conversationRow(c *domain.ConversationRow, zone *time.Location, separator rune) []string {
	at := func(ms int64) string {
		if ms == 0 {
			return ""
		}
		return time.UnixMilli(ms).In(zone).Format(time.RFC3339)
	}
	cost := ""
	if c.Currency != "" {
		cost = strconv.FormatFloat(c.Cost.Float(), 'f', -1, 64)
		if separator == ';' { // where cells are separated by it, numbers have a decimal comma
			cost = strings.Replace(cost, ".", ",", 1)
		}
	}
	return []string{
		c.ID, c.Account, c.Queue, c.Customer, strings.TrimPrefix(domain.MaskPhone(c.Phone), "+"), c.CPFMasked, c.Owner, c.Attendant, c.Template, string(c.State),
		at(c.CreatedAt), at(c.DeliveredAt), at(c.ReadAt), at(c.FirstAnswerAt), at(c.FirstReplyAt), at(c.ClosedAt), c.ClosingLabel,
		strconv.Itoa(c.MessagesIn), strconv.Itoa(c.MessagesOut), strconv.Itoa(c.Templates), cost, c.Currency,
	}
}
