package domain

import "slices"

// Health is what Meta last said of an account's number and token, in Meta's words.
type Health struct {
	AccountID      string
	CheckedAt      int64 // milliseconds since epoch; 0 = never
	OK             bool  // the token was good
	ErrorCode      int   // Meta's error; 0 = none, or Meta could not be reached
	QualityRating  string
	MessagingLimit string
	NumberStatus   string
	Restriction    string
	Subscribed     bool // an app gets the webhooks
	TokenCheckedAt int64
	TokenExpiresAt int64 // milliseconds since epoch; 0 = never, or not known
	Scopes         []string
	ClockSkew      int64 // our clock less Meta's, milliseconds
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
