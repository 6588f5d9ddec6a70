package api

import (
	"encoding/json"
	"io"
	"math"
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// faults collects everything that is wrong with a request, so that the sender sees all of it at once.
type faults struct {
	wrongType string // the first field of a wrong type, which makes the whole request unreadable
	fields    map[string]domain.Text
}

// addFault notes what is wrong with a field. The first fault of a field stays.
func (f *faults) addFault(field string, text domain.Text) {
	if f.fields == nil {
		f.fields = map[string]domain.Text{}
	}
	if _, taken := f.fields[field]; !taken {
		f.fields[field] = text
	}
}

func (f *faults) addWrongType(field string) {
	if f.wrongType == "" {
		f.wrongType = field
	}
}

// err returns the refusal of all faults; nil where there are none.
func (f *faults) err() error {
	switch {
	case f.wrongType != "":
		return badRequest(domain.T("api.wrong_type", "Field", f.wrongType))
	case len(f.fields) > 0:
		return &domain.Refusal{Code: domain.CodeInvalidField, Text: domain.T("api.code_invalid_field"), Fields: f.fields}
	}
	return nil
}

// form is a JSON object whose fields are read one by one into what was there before: a field that is absent or null changes
// nothing, an unknown field is ignored, a wrong type is a fault.
type form struct {
	*faults
	raw   map[string]json.RawMessage
	path  string            // what stands before a field's name in messages
	names map[string]string // what a field is called in errors, where that differs
}

// readForm reads the body, which must be exactly one JSON object. With optional an empty body is an empty object.
func readForm(r *http.Request, optional bool) (*form, error) {
	f := &form{faults: &faults{}, raw: map[string]json.RawMessage{}}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	if optional && len(body) == 0 {
		return f, nil
	}
	// Unmarshal refuses anything behind the object. null gives a nil map.
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

// presentFields are the names of the fields that are there, for an update that writes those only.
func (f *form) presentFields() []string {
	names := []string{"id"} // never an empty list, which would mean all fields
	for name := range f.raw {
		if f.has(name) {
			names = append(names, name)
		}
	}
	return names
}

// fault notes what is wrong with a field of this form.
func (f *form) fault(field string, text domain.Text) { f.addFault(f.name(field), text) }

// read decodes one field and reports whether it is there and of the right type.
func (f *form) read(field string, into any) bool {
	if !f.has(field) {
		return false
	}
	if json.Unmarshal(f.raw[field], into) != nil {
		f.addWrongType(f.path + field)
		return false
	}
	return true
}

func (f *form) text(field string, into *string) bool { return f.read(field, into) }

// texts reads an object of texts, without those that are null.
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

// integer reads an integer and checks its range.
func (f *form) integer(field string, into *int, lowest, highest int) {
	var n float64
	if !f.read(field, &n) {
		return
	}
	switch {
	case n != math.Trunc(n):
		f.addWrongType(f.path + field)
	case n < float64(lowest) || n > float64(highest):
		f.fault(field, domain.T("api.field_range", "Min", lowest, "Max", highest))
	default:
		*into = int(n)
	}
}

// money reads an amount in main units (reais, not centavos).
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

// object reads a field that is an object itself; nil where it is absent or of another type.
func (f *form) object(field string, names map[string]string) *form {
	inner := &form{faults: f.faults, path: f.path + field + ".", names: names}
	if !f.read(field, &inner.raw) {
		return nil
	}
	return inner
}
