package domain

import (
	"database/sql/driver"
	"encoding/json"

	"github.com/pkg/errors"
)

// ClosingReason is one of the reasons among which an agent chooses when they close a conversation of
// a queue (Tabulação). A retired one can no longer be chosen; it is never deleted, because the
// conversations that were closed with it name its id.
type ClosingReason struct {
	ID        string        `db:"id"`
	QueueID   string        `db:"queue_id"`
	Label     string        `db:"label"`
	Fields    ClosingFields `db:"fields"`
	Position  int           `db:"position"` // the place in the queue's list, from 0
	Retired   bool          `db:"retired"`
	CreatedAt int64         `db:"created_at"`
	UpdatedAt int64         `db:"updated_at"`
}

// The types of a field of a closing reason.
const (
	ClosingText   = "text"
	ClosingNumber = "number"
	ClosingSelect = "select"
)

// ClosingField is something that a reason asks for beside itself.
type ClosingField struct {
	Name     string   `json:"name"` // by which the value is given; it never changes with the label
	Label    string   `json:"label"`
	Type     string   `json:"type"`
	Options  []string `json:"options"` // of ClosingSelect
	Required bool     `json:"required"`
}

// ClosingFields are the fields of a reason in the order in which they are asked. They are JSON in the database.
type ClosingFields []ClosingField

// Value writes the fields for the database.
func (f ClosingFields) Value() (driver.Value, error) { return jsonValue(f, len(f)) }

// Scan reads the fields from the database.
func (f *ClosingFields) Scan(src any) error { return scanJSON(src, f) }

// ClosingAnswer is the value of one field, with the field's label and type as they were when it was given.
type ClosingAnswer struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Type  string `json:"type"`
	Value string `json:"value"` // a number is written as in JSON
}

// ClosingAnswers are the values that were given at a close, in the order of the reason's fields. They
// are JSON in the database.
type ClosingAnswers []ClosingAnswer

// Value writes the answers for the database.
func (a ClosingAnswers) Value() (driver.Value, error) { return jsonValue(a, len(a)) }

// Scan reads the answers from the database.
func (a *ClosingAnswers) Scan(src any) error { return scanJSON(src, a) }

// Closing is what somebody says when they close a conversation.
type Closing struct {
	ReasonID string            // "" = none
	Fields   map[string]string // by name
	Note     string
}

// ClosingOptions is what somebody can choose from to close a conversation.
type ClosingOptions struct {
	Required bool // a reason has to be chosen
	Reasons  []*ClosingReason
}

// Reason returns one of the reasons; nil = it is not among them.
func (o *ClosingOptions) Reason(id string) *ClosingReason {
	for _, r := range o.Reasons {
		if r.ID == id {
			return r
		}
	}
	return nil
}

func jsonValue(list any, length int) (driver.Value, error) {
	if length == 0 {
		return "[]", nil
	}
	data, err := json.Marshal(list)
	return string(data), errors.Wrap(err, "could not encode a list")
}

func scanJSON(src, into any) error {
	var data []byte
	switch text := src.(type) {
	case nil:
	case []byte:
		data = text
	case string:
		data = []byte(text)
	default:
		return errors.New("a list of the database is neither text nor bytes")
	}
	if len(data) == 0 || string(data) == "[]" { // an empty list is nil, as it was before it was stored
		return nil
	}
	return errors.Wrap(json.Unmarshal(data, into), "could not decode a list")
}
