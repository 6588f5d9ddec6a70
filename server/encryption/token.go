package encryption

import (
	"encoding/base64"

	"github.com/pkg/errors"
)

// EncryptToken encrypts with the first of the keys what a client carries for us
// and may try to read, change or pass on. It can be read only by giving the same
// boundTo again, such as the id of the user to whom it was handed.
func EncryptToken(keys [][]byte, boundTo string, plain []byte) (string, error) {
	if len(keys) == 0 {
		return "", ErrNoKey
	}
	aead, err := newAEAD(keys[0])
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(aead.Seal(nil, nil, plain, []byte(boundTo))), nil
}

// DecryptToken reads what EncryptToken made with any of the keys for the same
// boundTo. It returns ErrWrongKey where none of them opens it and ErrNotEncrypted
// for anything else.
func DecryptToken(keys [][]byte, boundTo, token string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil, ErrNotEncrypted
	}
	for _, key := range keys {
		aead, err := newAEAD(key)
		if err != nil {
			return nil, errors.Wrap(err, "could not read a token")
		}
		if plain, err := aead.Open(nil, nil, raw, []byte(boundTo)); err == nil {
			return plain, nil
		}
	}
	return nil, ErrWrongKey
}
