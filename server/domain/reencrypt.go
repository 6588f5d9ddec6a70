package domain

// Reencryption is how far a pass has come that encrypts everything anew with the key in force.
type Reencryption struct {
	Column int    // which of the store's encrypted columns
	After  string // the key of the last row that was looked at; "" = none yet
	Done   bool   // the last column was finished
	Lost   int    // values that no key decrypts
}

// StoredKey is one key of the plugin's, encrypted with another one (waa_keys).
type StoredKey struct {
	Name, Under string // of the key, and of the one that encrypts it
	Encrypted   string `db:"sealed"`
	CurrentAt   int64  `db:"current_at"` // when the key came into force last, milliseconds since epoch; 0 = it did not
}
