package api

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/br"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	maxAway = 1000 // characters
	maxDays = 200
)

func (a *API) hoursRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/holidays", a.listHolidays)
}

// viewHours makes hours an object in JSON, and never null.
func viewHours(hours domain.Hours) domain.Hours {
	if hours == nil {
		return domain.Hours{}
	}
	return hours
}

// hours reads the times of a week; an empty object is always.
func (f *form) hours(field string, into *domain.Hours) {
	var given map[string][][]string
	if !f.read(field, &given) {
		return
	}
	hours := domain.Hours{}
	for day, spans := range given {
		if len(spans) == 0 {
			hours[day] = nil
		}
		for _, span := range spans {
			if len(span) != len(domain.Span{}) {
				f.fault(field, domain.T("api.field_hours"))
				return
			}
			hours[day] = append(hours[day], domain.Span(span))
		}
	}
	normal, ok := hours.Normal()
	if !ok {
		f.fault(field, domain.T("api.field_hours"))
		return
	}
	*into = normal
}

// days reads a list of dates.
func (f *form) days(field string, into *domain.Days) {
	var given domain.Days
	if !f.read(field, &given) {
		return
	}
	normal, ok := given.Normal()
	if !ok || len(normal) > maxDays {
		f.fault(field, domain.T("api.field_days", "Max", maxDays))
		return
	}
	*into = normal
}

type holidayView struct {
	ID   string `json:"id"` // the date
	Date string `json:"date"`
	Name string `json:"name"`
}

// listHolidays lists Brazil's national holidays of a year, for who chooses those of a queue.
func (a *API) listHolidays(r *http.Request) (reply, error) {
	q := readQuery(r)
	year := int(q.number("year", int64(time.UnixMilli(a.Clock.Now()).UTC().Year()), 2000, 2100))
	if err := q.err(); err != nil {
		return reply{}, err
	}
	found := holidaysOf(year)
	return ok(listOf(found, len(found), page{size: defaultPerPage}, func(h holidayView) holidayView { return h }))
}

// holidaysOf returns Brazil's national holidays of a year in their order, also those that are optional by law.
func holidaysOf(year int) []holidayView {
	found := []holidayView{}
	// the library does not have this one, which is national since 2024
	conscience := &cal.Holiday{Name: "Consciência Negra", Month: time.November, Day: 20, StartYear: 2024, Func: cal.CalcDayOfMonth}
	for _, holiday := range append(slices.Clone(br.Holidays), conscience) {
		date, _ := holiday.Calc(year)
		if date.IsZero() {
			continue
		}
		day := date.Format(time.DateOnly)
		found = append(found, holidayView{ID: day, Date: day, Name: holiday.Name})
	}
	slices.SortFunc(found, func(a, b holidayView) int { return cmp.Compare(a.Date, b.Date) })
	return found
}
