package domain

import (
	"slices"
)

// Health is what Meta last reported about an account's number and token. Its strings are Meta's words.
type Health struct {
	AccountID      string   `db:"account_id"`
	CheckedAt      int64    `db:"checked_at"` // milliseconds since epoch; 0 = never
	OK             bool     `db:"ok"`         // Meta accepted the token
	ErrorCode      int      `db:"error_code"` // Meta's error code; 0 = none, or Meta could not be reached
	QualityRating  string   `db:"quality_rating"`
	MessagingLimit string   `db:"messaging_limit"`
	NumberStatus   string   `db:"number_status"`
	Restriction    string   `db:"restriction"`
	Subscribed     bool     `db:"subscribed"` // an app is subscribed to the webhooks
	TokenCheckedAt int64    `db:"token_checked_at"`
	TokenExpiresAt int64    `db:"token_expires_at"` // milliseconds since epoch; 0 = it never expires, or it is not known
	Scopes         []string `db:"scopes"`
	ClockSkew      int64    `db:"clock_skew"` // our clock minus Meta's, milliseconds
}

// MissingScopes returns the scopes that the plugin needs and the token lacks. It returns none if
// the token's scopes are not known.
func (h *Health) MissingScopes() []string {
	if len(h.Scopes) == 0 {
		return nil
	}
	var missing []string
	for _, scope := range []string{"whatsapp_business_management", "whatsapp_business_messaging"} {
		if !slices.Contains(h.Scopes, scope) {
			missing = append(missing, scope)
		}
	}
	return missing
}

// Probe is what Meta returns when an administrator checks an account: its health, and details of
// the number itself.
type Probe struct {
	Health
	DisplayPhone string
	VerifiedName string
	Problems     []string // what is wrong with the number, in Meta's words
	ProblemCodes []int    // Meta's error codes of these
}

// Finding is one result of the doctor, which checks an installation.
type Finding struct {
	Check string // what was checked, in one word; together with AccountID it is unique in a report
	OK    bool
	Text  Text // what was found
	Fix   Text // what to do about it; without a key there is nothing to do
	// AccountID is the number it is about; "" = none.
	AccountID string
}

// TemplatesSyncedState returns the name under which the store keeps the moment at which the templates
// of an account were last read from Meta.
func TemplatesSyncedState(accountID string) string { return "templates:" + accountID }

// SettingProblem is a setting whose value is invalid, so that its default is used instead.
type SettingProblem struct {
	Setting string // its key in the plugin's manifest
	Text    Text   // what is wrong with it; it never holds the value, which may be a secret
}
