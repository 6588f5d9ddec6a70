package fake

import "strings"

// encrypted begins what Encrypter has encrypted.
const encrypted = "encrypted:"

// Encrypter marks what it encrypts, so that a test sees what is at rest. It has one key.
type Encrypter struct{}

// Encrypt marks a text as encrypted.
func (Encrypter) Encrypt(_, plain string) (string, error) { return encrypted + plain, nil }

// Decrypt takes the mark off.
func (Encrypter) Decrypt(_, text string) (string, error) {
	return strings.TrimPrefix(text, encrypted), nil
}

// Prefix returns what an encrypted text begins with.
func (Encrypter) Prefix() string { return encrypted }

// Hash marks a text as hashed.
func (Encrypter) Hash(plain string) string { return "hash:" + plain }

// Hashes returns the hash with the one key.
func (e Encrypter) Hashes(plain string) []string { return []string{e.Hash(plain)} }

// HideName leaves a name as it is.
func (Encrypter) HideName(name string) (string, error) { return name, nil }
