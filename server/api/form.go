package api

import (
	"encoding/json"
	"io"
	"math"
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// faults gathers what is wrong with a request, so that the sender sees all of it at once.
type faults struct {
	wrongType string // the first field of a wrong type: the request as a whole is not understood
	fields    map[string]domain.Text
}

// at notes what is wrong with a field; the first word about a field stands.
func (f *faults) at(field string, text domain.Text) {
	if f.fields == nil {
		f.fields = map[string]domain.Text{}
	}
	if _, taken := f.fields[field]; !taken {
		f.fields[field] = text
	}
}

func (f *faults) wrong(field string) {
	if f.wrongType == "" {
		f.wrongType = field
	}
}

// err is nil where nothing is wrong.
func (f *faults) err() error {
	switch {
	case f.wrongType != "":
		return badRequest(domain.T("api.wrong_type", "Field", f.wrongType))
	case len(f.fields) > 0:
		return &domain.Refusal{Code: domain.CodeInvalidField, Text: domain.T("api.code_invalid_field"), Fields: f.fields}
	}
	return nil
}

// form is a JSON object whose fields are read one by one: what is absent, or
// null, stays as it was, unknown fields are nobody's business, a wrong type is noted.
type form struct {
	*faults
	raw   map[string]json.RawMessage
	path  string            // what stands before a field's name in messages
	names map[string]string // what a field is called in errors, where that differs
}

// readForm reads the body: exactly one JSON object. With optional an empty body is an empty object.
func readForm(r *http.Request, optional bool) (*form, error) {
	f := &form{faults: &faults{}, raw: map[string]json.RawMessage{}}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	if optional && len(body) == 0 {
		return f, nil
	}
	// Unmarshal refuses anything behind the object; null is no object.
	if err := json.Unmarshal(body, &f.raw); err != nil || f.raw == nil {
		return nil, badRequest(domain.T("api.no_json"))
	}
	return f, nil
}

func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		return body, nil
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, &clientError{status: http.StatusRequestEntityTooLarge, code: codeBadRequest, text: domain.T("api.too_large")}
	}
	return nil, badRequest(domain.T("api.no_json"))
}

// name is what a field is called in errors.
func (f *form) name(field string) string {
	if name, ok := f.names[field]; ok {
		return name
	}
	return field
}

func (f *form) has(field string) bool {
	raw, ok := f.raw[field]
	return ok && string(raw) != "null"
}

// given names the fields that the body has.
func (f *form) given() []string {
	names := []string{"id"} // so that nothing given is not taken for everything
	for name := range f.raw {
		if f.has(name) {
			names = append(names, name)
		}
	}
	return names
}

// fault notes what is wrong with a field of this form.
func (f *form) fault(field string, text domain.Text) { f.at(f.name(field), text) }

// read decodes one field; false where it is absent or of a wrong type.
func (f *form) read(field string, into any) bool {
	if !f.has(field) {
		return false
	}
	if json.Unmarshal(f.raw[field], into) != nil {
		f.wrong(f.path + field)
		return false
	}
	return true
}

func (f *form) text(field string, into *string) bool { return f.read(field, into) }

// texts reads an object of texts; those that are null are absent too.
func (f *form) texts(field string, into *map[string]string) {
	var given map[string]*string
	if !f.read(field, &given) {
		return
	}
	*into = make(map[string]string, len(given))
	for name, text := range given {
		if text != nil {
			(*into)[name] = *text
		}
	}
}

func (f *form) flag(field string, into *bool) { f.read(field, into) }

// whole reads an integer and checks its range.
func (f *form) whole(field string, into *int, lowest, highest int) {
	var n float64
	if !f.read(field, &n) {
		return
	}
	switch {
	case n != math.Trunc(n):
		f.wrong(f.path + field)
	case n < float64(lowest) || n > float64(highest):
		f.fault(field, domain.T("api.field_range", "Min", lowest, "Max", highest))
	default:
		*into = int(n)
	}
}

// money reads an amount in main units.
func (f *form) money(field string, into *domain.Money) {
	var units float64
	if !f.read(field, &units) {
		return
	}
	amount, err := domain.MoneyFromFloat(units)
	if err != nil {
		f.fault(field, domain.T("api.field_amount", "Max", int(domain.MaxMoney.Float())))
		return
	}
	*into = amount
}

// object reads a field that is an object itself; nil where it is absent or something else.
func (f *form) object(field string, names map[string]string) *form {
	inner := &form{faults: f.faults, path: f.path + field + ".", names: names}
	if !f.read(field, &inner.raw) {
		return nil
	}
	return inner
}
