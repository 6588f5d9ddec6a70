package api

import (
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) consentRoutes(router *mux.Router) {
	a.handle(router, http.MethodPut, "/contacts/{id}/consent", withID(a.setConsent))
	router.HandleFunc("/consents", a.consents).Methods(http.MethodGet)
}

type consentView struct {
	Status string       `json:"status"`
	Origin string       `json:"origin"`
	Note   string       `json:"note"`
	At     millisOrNull `json:"at"`
	By     string       `json:"by"`
}

func viewConsent(c domain.Consent) consentView {
	return consentView{Status: c.Status.Word(), Origin: c.Origin, Note: c.Note, At: millisOrNull(c.At), By: c.By}
}

func viewContact(c *domain.Contact) contactView {
	return contactView{ID: c.ID, Name: c.Name, Phone: c.Phone, CPFMasked: c.CPFMasked, Consent: viewConsent(c.Consent())}
}

// readStatus returns the status of a consent by its word; ok is false for a word that is none.
func readStatus(word string) (status domain.ConsentStatus, ok bool) {
	for _, status := range []domain.ConsentStatus{domain.ConsentNone, domain.ConsentGranted, domain.ConsentRevoked} {
		if status.Word() == word {
			return status, true
		}
	}
	return domain.ConsentNone, false
}

// setConsent records what an agent knows of a person's consent.
func (a *API) setConsent(r *http.Request, id string) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var word string
	var said domain.ConsentGiven
	f.line("status", &word, maxName, true)
	f.consent(&said)
	status, known := readStatus(word)
	if word != "" && !known {
		f.fault("status", domain.T("api.field_consent"))
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	contact, err := a.Service.SetConsent(r.Context(), userID(r), id, status, said)
	if err != nil {
		return reply{}, errors.Wrap(err, "record a consent")
	}
	a.WakeChannels()
	return ok(viewContact(contact))
}

// consent reads where a consent came from, and a note.
func (f *form) consent(into *domain.ConsentGiven) {
	f.line("origin", &into.Origin, domain.MaxConsentOrigin, false)
	f.multiline("note", &into.Note, domain.MaxConsentNote, false)
}

// consents lists who opted in and out: for the supervisors of queues, as JSON or as CSV.
func (a *API) consents(w http.ResponseWriter, r *http.Request) {
	q := readQuery(r)
	p, queueID, word := q.page(), q.id("queue_id"), q.line("status", maxName)
	status, known := readStatus(word)
	if word != "" && !known {
		q.addFault("status", domain.T("api.field_consent"))
	}
	if err := q.err(); err != nil {
		a.fail(w, r, err)
		return
	}
	if q.values.Get("format") == "csv" || wantsCSV(r.Header.Get("Accept")) {
		a.writeConsentsCSV(w, r, status, queueID)
		return
	}
	contacts, total, err := a.Service.Consents(r.Context(), userID(r), status, queueID, p.number, p.size)
	if err != nil {
		a.fail(w, r, errors.Wrap(err, "list the consents"))
		return
	}
	a.write(w, http.StatusOK, listOf(contacts, total, p, viewContact))
}

// writeConsentsCSV writes all rows of the list, a page at a time. Times are ISO 8601 in the time zone of the queue, or of the settings where it is of all queues; whoever recorded a consent is
// named by user name, and "" is the customer.
func (a *API) writeConsentsCSV(w http.ResponseWriter, r *http.Request, status domain.ConsentStatus, queueID string) {
	file := csvFile{name: "consents", columns: []string{"id", "customer", "phone", "status", "origin", "note", "at", "by"}, separator: ','}
	zone := a.Zone()
	if queueID != "" {
		if queue, err := a.Store.Queue(r.Context(), queueID); err == nil {
			zone = domain.ZoneOf(queue.TimeZone, zone)
		}
	}
	a.writeCSV(w, r, file, func(write func(row []string) error) error {
		for number, left := 0, 1; left > 0; number++ {
			contacts, total, err := a.Service.Consents(r.Context(), userID(r), status, queueID, number, maxPerPage)
			if err != nil {
				return err
			}
			left = total - (number+1)*maxPerPage
			var people []string
			for _, c := range contacts {
				if c.ConsentBy != "" && !slices.Contains(people, c.ConsentBy) {
					people = append(people, c.ConsentBy)
				}
			}
			names := a.Mattermost.Usernames(r.Context(), people)
			for _, c := range contacts {
				at := time.UnixMilli(c.ConsentAt).In(zone).Format(time.RFC3339)
				if err := write([]string{c.ID, c.Name, c.Phone, c.ConsentStatus.Word(), c.ConsentOrigin, c.ConsentNote, at, names[c.ConsentBy]}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
