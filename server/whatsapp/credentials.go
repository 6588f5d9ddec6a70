package whatsapp

import (
	"fmt"
	"io"
	"log/slog"
)

// Credentials say which business number acts, and with which token. Printing them never shows the token.
type Credentials struct {
	// PhoneNumberID is Meta's id of the business phone number (not the number itself).
	PhoneNumberID string
	// WABAID is the id of the WhatsApp Business Account that owns the number and its templates.
	WABAID string
	// Token is the access token. It goes into the Authorization header and nowhere else.
	Token string `json:"-"`
}

// String names the number and the account, never the token.
func (c Credentials) String() string {
	return fmt.Sprintf("whatsapp.Credentials{PhoneNumberID:%q, WABAID:%q}", c.PhoneNumberID, c.WABAID)
}

// GoString is String: the verb %#v must not show the token either.
func (c Credentials) GoString() string { return c.String() }

// Format answers every verb of package fmt with String.
func (c Credentials) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.String()) }

// LogValue keeps the token out of structured logs.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }
