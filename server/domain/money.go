package domain

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/pkg/errors"
)

// Money is an amount in millionths of a currency's main unit, so that sums are exact.
type Money int64

const microsPerUnit = 1_000_000

// MaxMoney bounds what the API takes; sums of it stay far from overflow.
const MaxMoney = Money(1_000_000_000 * microsPerUnit)

// MoneyFromFloat converts main units (0.3125) to Money, rounded to a millionth.
func MoneyFromFloat(units float64) (Money, error) {
	if math.IsNaN(units) || units < 0 || units > float64(MaxMoney)/microsPerUnit {
		return 0, errors.New("amount out of range")
	}
	return Money(math.Round(units * microsPerUnit)), nil
}

// Float gives main units.
func (m Money) Float() float64 { return float64(m) / microsPerUnit }

// MarshalJSON writes main units as a decimal number.
func (m Money) MarshalJSON() ([]byte, error) { return json.Marshal(m.Float()) }

// UnmarshalJSON reads main units.
func (m *Money) UnmarshalJSON(data []byte) error {
	var units float64
	if err := json.Unmarshal(data, &units); err != nil {
		return err
	}
	v, err := MoneyFromFloat(units)
	*m = v
	return err
}

// Prices is the admin's price table: per delivered message, by Meta's category.
type Prices struct {
	Marketing      Money `json:"marketing"`
	Utility        Money `json:"utility"`
	Authentication Money `json:"authentication"`
	Service        Money `json:"service"`
}

// Of gives the price of a category (any case). An unknown category costs the
// dearest price: the budget must not be fooled by a new word.
func (p Prices) Of(category string) Money {
	switch strings.ToLower(category) {
	case "marketing", "marketing_lite":
		return p.Marketing
	case "utility":
		return p.Utility
	case "authentication", "authentication-international":
		return p.Authentication
	case "service":
		return p.Service
	default:
		return max(p.Marketing, p.Utility, p.Authentication, p.Service)
	}
}

// MonthStart is the first millisecond of the calendar month (UTC) that holds now.
func MonthStart(now int64) int64 {
	t := time.UnixMilli(now).UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC).UnixMilli()
}

// Charge states in the ledger.
const (
	ChargeReserved = "reserved" // a template is on its way; counts against the plan
	ChargeBilled   = "billed"   // delivered
	ChargeFree     = "free"     // delivered, free at Meta or within the number's free service messages
	ChargeReleased = "released" // failed or never sent: costs nothing
)

// Charge is one line of the ledger: one per message that Meta may bill.
type Charge struct {
	MessageID      string `db:"message_id"`
	ConversationID string `db:"conversation_id"`
	AccountID      string `db:"account_id"`
	QueueID        string `db:"queue_id"`
	AgentID        string `db:"agent_id"`
	TemplateID     string `db:"template_id"`
	WAMID          string `db:"wamid"`
	Category       string `db:"category"` // lower case, as in Meta's pricing object
	Amount         Money  `db:"amount"`
	Currency       string `db:"currency"`
	State          string `db:"state"`
	At             int64  `db:"at"` // when it was reserved or delivered, milliseconds since epoch
}
