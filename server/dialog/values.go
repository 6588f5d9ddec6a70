package dialog

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// field reads one text of a submission. given is false where the client did not send it; problem is the key of the text about
// what is wrong with it.
func field(submission map[string]any, name string) (value string, given bool, problem string) {
	switch v := submission[name].(type) {
	case nil:
		return "", false, ""
	case string:
		return strings.TrimSpace(v), true, ""
	default:
		return "", true, "dialog.not_text"
	}
}

// earlierValue is the value of an earlier step, or the one that the client sent again. An unreadable one counts as not sent.
func earlierValue(submission map[string]any, name, decided string) string {
	if value, given, problem := field(submission, name); given && problem == "" && value != "" {
		return value
	}
	return decided
}

// readValues reads the values of the second form into the state, and returns what is wrong with them by element. With the
// third form they need not come again.
func (d *Dialogs) readValues(r reader, s *state, p *pick, submission map[string]any) map[string]string {
	problems := map[string]string{}
	read := func(name string, card int, decided string) string {
		value, _, problem := field(submission, name)
		if s.Step == stepConfirm || card != s.Card { // another form asked for it
			value, problem = earlierValue(submission, name, decided), ""
		}
		if problem != "" {
			problems[name] = r.text(problem)
		}
		return value
	}
	wrong := func(name, problem string) {
		if _, already := problems[name]; !already && problem != "" {
			problems[name] = problem
		}
	}
	variables := map[string]string{}
	for _, v := range p.parsed.Variables() {
		variables[v.Element] = read(v.Element, v.Card, s.Variables[v.Element])
	}
	s.Variables = variables
	for name, problem := range p.template.Rules.Broken(variables) {
		wrong(name, r.localize(problem))
	}
	now := d.Clock.Now()
	values, past := p.parsed.ReadMoments(variables, domain.Reading{Now: now, After: now, Zone: domain.ZoneOf(p.queue.TimeZone, d.Settings().TimeZone)})
	for name, problem := range past {
		wrong(name, r.localize(problem.Text()))
	}
	_, found := p.parsed.Build(values)
	for name, problem := range found {
		wrong(name, r.localize(problem.Text()))
	}
	if s.Kind == kindStart {
		c := &s.Customer
		c.ID = read(elementCustomer, 0, c.ID)
		c.Name, c.CPF, c.Phone = read(elementName, 0, c.Name), read(elementCPF, 0, c.CPF), read(elementPhone, 0, c.Phone)
		s.Consent.Origin, s.Consent.Note = read(elementOrigin, 0, s.Consent.Origin), read(elementConsentNote, 0, s.Consent.Note)
		if s.Consent.Origin != "" && !slices.Contains(domain.ConsentOrigins(), s.Consent.Origin) {
			wrong(elementOrigin, r.text("refusal.consent_origin"))
		}
		s.SendAt = read(elementSendAt, 0, s.SendAt)
		if _, ok := d.sendAt(s, p.queue); !ok {
			wrong(elementSendAt, r.text("dialog.send_at_invalid"))
		}
		for name, problem := range d.checkCustomer(r, c) {
			wrong(name, problem)
		}
	}
	return problems
}

// sendAt returns the moment to which the start is put off, milliseconds since epoch; 0 = it is not. Clients send it as ISO 8601,
// those without a field for it as it was typed; without an offset it is in the queue's time zone.
func (d *Dialogs) sendAt(s *state, queue *domain.Queue) (at int64, ok bool) {
	if s.SendAt == "" {
		return 0, true
	}
	at, rest, ok := domain.ParseMoment(s.SendAt, d.Clock.Now(), domain.ZoneOf(queue.TimeZone, d.Settings().TimeZone))
	return at, ok && rest == ""
}

// checkCustomer returns what is wrong with the customer's fields by element. The service decides in the end.
func (d *Dialogs) checkCustomer(r reader, c *domain.Customer) map[string]string {
	problems := map[string]string{}
	check := func(name, value string, limit int, optional, valid bool, key string) {
		switch {
		case value == "" && !optional:
			problems[name] = r.text("dialog.required")
		case utf8.RuneCountInString(value) > limit:
			problems[name] = r.text("dialog.too_long", "Max", limit)
		case value != "" && !valid:
			problems[name] = r.text(key)
		}
	}
	settings, known := d.Settings(), c.ID != "" // the service fills in what is empty
	_, validCPF := domain.ParseDocument(c.CPF)
	_, validPhone := domain.ParsePhone(c.Phone, settings.DefaultRegion)
	check(elementName, c.Name, domain.MaxNameLength, known, domain.CleanName(c.Name) != "" && !strings.ContainsFunc(c.Name, unprintable), "dialog.name_invalid")
	check(elementCPF, c.CPF, maxCPF, known || !settings.RequireCPF, validCPF, "dialog.cpf_invalid")
	check(elementPhone, c.Phone, maxPhone, known, validPhone, "dialog.phone_invalid")
	return problems
}

// unprintable reports control characters other than line ends and tabs.
func unprintable(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) }

// sameValues reports whether a submission of the third form repeats the values of the second, or leaves them out.
func sameValues(s *state, submission map[string]any) bool {
	decided := maps.Clone(s.Variables)
	if decided == nil {
		decided = map[string]string{}
	}
	if s.Kind == kindStart {
		decided[elementCustomer], decided[elementName], decided[elementCPF], decided[elementPhone] = s.Customer.ID, s.Customer.Name, s.Customer.CPF, s.Customer.Phone
		decided[elementOrigin], decided[elementConsentNote], decided[elementSendAt] = s.Consent.Origin, s.Consent.Note, s.SendAt
	}
	for name, value := range decided {
		if earlierValue(submission, name, value) != value {
			return false
		}
	}
	return true
}

// agreement is what the agent confirmed in the third form.
type agreement struct {
	confirm bool
	reason  string
}

func readAgreement(r reader, s *state, submission map[string]any) (a agreement, problems map[string]string) {
	problems = map[string]string{}
	switch v := submission[elementConfirm].(type) {
	case bool:
		a.confirm = v
	case string:
		a.confirm = v == "true"
	}
	if !a.confirm {
		problems[elementConfirm] = r.text("dialog.must_confirm")
	}
	reason, _, problem := field(submission, elementReason)
	switch {
	case problem != "":
		problems[elementReason] = r.text(problem)
	case s.NeedsReason && reason == "":
		problems[elementReason] = r.text("dialog.required")
	case utf8.RuneCountInString(reason) > maxReason:
		problems[elementReason] = r.text("dialog.too_long", "Max", maxReason)
	}
	a.reason = reason
	return a, problems
}

// stepOf is the step that a submission belongs to. The state says so, but a client may still send the first form's state with
// a later form: then the elements that it sends show which step it is.
func stepOf(s *state, submission map[string]any, elements []model.DialogElement) int {
	if s.Step != stepTemplate {
		return s.Step
	}
	if submission[elementConfirm] != nil {
		return stepConfirm
	}
	for _, e := range elements {
		if submission[e.Name] != nil {
			return stepValues
		}
	}
	return stepTemplate
}
