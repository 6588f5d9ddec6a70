package domain

// Person is how WhatsApp names somebody in a webhook; any part may be missing, not all.
type WhatsAppIdentity struct {
	PhoneKey string // domain.PhoneKey of wa_id or from
	WAID     string // digits as Meta wrote them
	UserID   string // BSUID
	Name     string // profile name, cleaned
	Username string // without "@", cleaned
}
