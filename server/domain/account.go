package domain

// Account (Número) is one WhatsApp business number.
type Account struct {
	ID             string `db:"id"`
	Name           string `db:"name"`
	PhoneNumberID  string `db:"phone_number_id"` // Meta's id of the number
	WABAID         string `db:"waba_id"`         // Meta's id of the WhatsApp Business Account
	DisplayPhone   string `db:"display_phone"`
	AccessToken    string `db:"access_token"`     // in the clear only in memory; encrypted at rest
	AppSecret      string `db:"app_secret"`       // signs the webhooks
	VerifyToken    string `db:"verify_token"`     // answers Meta's GET challenge
	DefaultQueueID string `db:"default_queue_id"` // Ativo / Fila Destino: where unknown customers go
	Enabled        bool   `db:"enabled"`
	BlockedCode    int    `db:"blocked_code"` // Meta's error code that needs an admin; 0 = none. Sending waits while it is set.
	BlockedAt      int64  `db:"blocked_at"`   // milliseconds since epoch; 0 = not blocked
	WellAt         int64  `db:"well_at"`      // when a request left that Meta took, the latest but for a second; 0 = none yet
	WebhookAt      int64  `db:"webhook_at"`   // last delivery accepted, milliseconds since epoch; 0 = never
	CreatedAt      int64  `db:"created_at"`
	UpdatedAt      int64  `db:"updated_at"`
}
