package domain

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/pkg/errors"
)

// Money is an amount in millionths of a currency's main unit (1_000_000 = R$ 1). It is an integer so
// that sums are exact.
type Money int64

const microsPerUnit = 1_000_000

// MaxMoney is the largest amount that the API accepts. Sums of such amounts stay far from overflow.
const MaxMoney = Money(1_000_000_000 * microsPerUnit)

// MoneyFromFloat converts an amount in main units, such as 0.3125, to Money and rounds it to a
// millionth. It returns an error for a negative amount, one above MaxMoney, and NaN.
func MoneyFromFloat(units float64) (Money, error) {
	if math.IsNaN(units) || units < 0 || units > float64(MaxMoney)/microsPerUnit {
		return 0, errors.New("amount out of range")
	}
	return Money(math.Round(units * microsPerUnit)), nil
}

// Float returns the amount in main units.
func (m Money) Float() float64 { return float64(m) / microsPerUnit }

// MarshalJSON writes the amount in main units, as a decimal number.
func (m Money) MarshalJSON() ([]byte, error) { return json.Marshal(m.Float()) }

// UnmarshalJSON reads an amount in main units. It returns the errors of MoneyFromFloat.
func (m *Money) UnmarshalJSON(data []byte) error {
	var units float64
	if err := json.Unmarshal(data, &units); err != nil {
		return err
	}
	v, err := MoneyFromFloat(units)
	*m = v
	return err
}

// Prices is the price table that an administrator keeps: the price of a delivered message in each of
// Meta's categories.
type Prices struct {
	Marketing      Money `json:"marketing"`
	Utility        Money `json:"utility"`
	Authentication Money `json:"authentication"`
	Service        Money `json:"service"`
}

// Of returns the price of a category, in upper or lower case. A category that we do not know costs
// the highest of the prices, so that a new word of Meta's cannot exceed a budget unnoticed.
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

// MonthStart returns the beginning of the calendar month (UTC) in which now falls. Both are in
// milliseconds since epoch.
func MonthStart(now int64) int64 {
	t := time.UnixMilli(now).UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC).UnixMilli()
}

// The states of a charge in the ledger.
const (
	ChargeReserved = "reserved" // a template is on its way; it counts against the plan
	ChargeBilled   = "billed"   // the message was delivered
	ChargeFree     = "free"     // delivered, but free at Meta or one of the number's free service messages
	ChargeReleased = "released" // it failed or was never sent, and costs nothing
)

// Charge is one line of the ledger. There is one for each message that Meta may bill.
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
