package domain

// Account (Número) is one WhatsApp business number.
type Account struct {
	ID             string `db:"id"`
	Name           string `db:"name"`
	PhoneNumberID  string `db:"phone_number_id"` // Meta's id of the number
	WABAID         string `db:"waba_id"`         // Meta's id of the WhatsApp Business Account
	DisplayPhone   string `db:"display_phone"`
	AccessToken    string `db:"access_token"`     // in the clear in memory only; the database has it encrypted
	AppSecret      string `db:"app_secret"`       // Meta signs its webhooks with it
	VerifyToken    string `db:"verify_token"`     // what Meta must send when it verifies the webhook URL with a GET request
	DefaultQueueID string `db:"default_queue_id"` // Ativo / Fila Destino: the queue that gets customers who write for the first time
	Enabled        bool   `db:"enabled"`
	BlockedCode    int    `db:"blocked_code"` // Meta's code of an error that only an administrator can solve; 0 = none. Nothing is sent while it is set.
	BlockedAt      int64  `db:"blocked_at"`   // milliseconds since epoch; 0 = not blocked
	WellAt         int64  `db:"well_at"`      // when the last request left that Meta accepted, exact to about a second; 0 = none yet
	WebhookAt      int64  `db:"webhook_at"`   // last delivery accepted, milliseconds since epoch; 0 = never
	CreatedAt      int64  `db:"created_at"`
	UpdatedAt      int64  `db:"updated_at"`
}
