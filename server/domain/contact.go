package domain

// Contact (Cliente) is a customer: one person, whichever of our numbers they write to.
type Contact struct {
	ID              string        `db:"id"`
	Name            string        `db:"name"`
	Phone           string        `db:"phone"`      // E.164 with "+"; "" = only a BSUID is known
	WAID            string        `db:"wa_id"`      // wa_id as Meta last gave it, digits only; "" = unknown
	UserID          string        `db:"user_id"`    // BSUID as Meta last gave it; "" = unknown
	Username        string        `db:"username"`   // on WhatsApp, without "@"; "" = unknown. It does not identify the person, because people change it
	CPFMasked       string        `db:"cpf_masked"` // ***.456.789-**; "" = none
	CPFCipher       string        `db:"cpf_cipher"`
	CPFHash         string        `db:"cpf_hash"`          // keyed hash for search
	LastTemplateAt  int64         `db:"last_template_at"`  // when the last template went to this person, from any number or queue
	BlockedUntil    int64         `db:"blocked_until"`     // until when Meta asked us not to send (131049); milliseconds since epoch
	MarketingStopAt int64         `db:"marketing_stop_at"` // when the person opted out of marketing (131050, user_preferences)
	ConsentStatus   ConsentStatus `db:"consent_status"`    // Consent has these five together
	ConsentOrigin   string        `db:"consent_origin"`
	ConsentNote     string        `db:"consent_note"`
	ConsentAt       int64         `db:"consent_at"`
	ConsentBy       string        `db:"consent_by"`
	ErasedAt        int64         `db:"erased_at"` // when the person was erased; nothing that comes in later may bring their data back
	MovedAt         int64         `db:"moved_at"`  // when the person changed their number or BSUID; older news must not change what we know of them
	CreatedAt       int64         `db:"created_at"`
	UpdatedAt       int64         `db:"updated_at"`
}

// WhatsAppIdentity is how WhatsApp identifies somebody in a webhook. Any part may be missing, but
// not all of them.
type WhatsAppIdentity struct {
	PhoneKey string // PhoneKey of the webhook's wa_id or from
	WAID     string // digits as Meta wrote them
	UserID   string // BSUID
	Name     string // profile name, cleaned
	Username string // without "@", cleaned
}

// OriginContactRequest is the origin of a number that the customer shared when they were asked for it. It is Meta's word.
const OriginContactRequest = "contact_request"

// Revealed is a contact's number and document in full, as shown on an audited request.
type Revealed struct {
	ContactID string
	Phone     string // E.164; "" = only a BSUID is known
	CPF       string // CPF or CNPJ, digits and letters only; "" = none
}

// Why two contacts may be one person. The REST API uses these words.
const (
	AlikeDocument = "document"
	AlikeNumber   = "number"
	AlikeName     = "name" // with the last digits of the number, or where one of the two has none
)

// Lookalike is a contact that may be the same person as another one.
type Lookalike struct {
	Contact
	Because []string // what both have, of the constants above
}

// KnownCustomer is a contact together with their latest conversation.
type KnownCustomer struct {
	Contact
	Last Conversation `db:"last"` // without its contact
}
