package domain

// Probe is what Meta says of an account, in Meta's words.
type Probe struct {
	DisplayPhone   string
	VerifiedName   string
	QualityRating  string
	Status         string
	Subscribed     bool  // an app gets the WABA's webhooks
	TokenExpiresAt int64 // milliseconds since epoch; 0 = never
	Scopes         []string
	Problems       []string // what Meta finds wrong with the number
	MessagingLimit string
	ClockSkew      int64 // our clock less Meta's, milliseconds
}
