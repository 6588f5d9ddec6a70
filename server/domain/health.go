package domain

import (
	"slices"
)

// Health is what Meta last said of an account's number and token, in Meta's words.
type Health struct {
	AccountID      string   `db:"account_id"`
	CheckedAt      int64    `db:"checked_at"` // milliseconds since epoch; 0 = never
	OK             bool     `db:"ok"`         // the token was good
	ErrorCode      int      `db:"error_code"` // Meta's error; 0 = none, or Meta could not be reached
	QualityRating  string   `db:"quality_rating"`
	MessagingLimit string   `db:"messaging_limit"`
	NumberStatus   string   `db:"number_status"`
	Restriction    string   `db:"restriction"`
	Subscribed     bool     `db:"subscribed"` // an app gets the webhooks
	TokenCheckedAt int64    `db:"token_checked_at"`
	TokenExpiresAt int64    `db:"token_expires_at"` // milliseconds since epoch; 0 = never, or not known
	Scopes         []string `db:"scopes"`
	ClockSkew      int64    `db:"clock_skew"` // our clock less Meta's, milliseconds
}

// MissingScopes are those that the token would need; none where the scopes are not known.
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

// Probe is what Meta answers when an administrator asks about an account: its health, and
// what belongs to the number itself.
type Probe struct {
	Health
	DisplayPhone string
	VerifiedName string
	Problems     []string // what Meta finds wrong with the number
}

// Finding is one thing that was found when an installation was examined.
type Finding struct {
	Check string // what was looked at: one word, with AccountID unique in an examination
	OK    bool
	Text  Text // what was found
	Fix   Text // what to do; no key where there is nothing to do
	// AccountID is the number it is about; "" = none.
	AccountID string
}

// TemplatesSyncedState names the fact of when an account's templates were last read.
func TemplatesSyncedState(accountID string) string { return "templates:" + accountID }

// SettingProblem is a setting whose value cannot be used; its default holds instead.
type SettingProblem struct {
	Setting string // as in the plugin's manifest
	Text    Text   // what is wrong with it, without the value
}
