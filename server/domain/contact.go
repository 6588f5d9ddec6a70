package domain

// Contact (Cliente) is a person.
type Contact struct {
	ID              string `db:"id"`
	Name            string `db:"name"`
	Phone           string `db:"phone"`      // E.164 with "+"; "" where there is only a BSUID
	WAID            string `db:"wa_id"`      // wa_id as Meta last gave it, digits only; "" = unknown
	UserID          string `db:"user_id"`    // BSUID as Meta last gave it; "" = unknown
	Username        string `db:"username"`   // on WhatsApp, without "@"; "" = unknown. It names nobody for sure: people change it
	CPFMasked       string `db:"cpf_masked"` // ***.456.789-**; "" = none
	CPFCipher       string `db:"cpf_cipher"`
	CPFHash         string `db:"cpf_hash"`          // keyed hash for search
	LastTemplateAt  int64  `db:"last_template_at"`  // last template to this person, over all numbers and queues
	BlockedUntil    int64  `db:"blocked_until"`     // Meta asked to wait (131049); milliseconds since epoch
	MarketingStopAt int64  `db:"marketing_stop_at"` // the person stopped marketing (131050, user_preferences)
	ErasedAt        int64  `db:"erased_at"`         // when the person was erased; what comes in later brings nothing of them back
	MovedAt         int64  `db:"moved_at"`          // when the person took another number or BSUID; what is older teaches nothing of them
	CreatedAt       int64  `db:"created_at"`
	UpdatedAt       int64  `db:"updated_at"`
}

// WhatsAppIdentity is how WhatsApp names somebody in a webhook; any part may be missing, not all.
type WhatsAppIdentity struct {
	PhoneKey string // domain.PhoneKey of wa_id or from
	WAID     string // digits as Meta wrote them
	UserID   string // BSUID
	Name     string // profile name, cleaned
	Username string // without "@", cleaned
}

// Revealed is a contact's data in full.
type Revealed struct {
	ContactID string
	Phone     string // E.164; "" where there is only a BSUID
	CPF       string // CPF or CNPJ, digits and letters only; "" = none
}
