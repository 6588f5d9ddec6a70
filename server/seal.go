package main

import (
	"crypto/sha256"
	"sync/atomic"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
)

// errNoKey says that the encryption key cannot be used; the doctor says why.
var errNoKey = errors.New("there is no usable encryption key")

// sealer is the cipher of the key that is set now.
type sealer struct {
	cipher atomic.Pointer[config.Cipher]
	dialog atomic.Pointer[[]byte]
}

// newSealer makes a sealer that can seal nothing yet.
func newSealer() *sealer {
	s := &sealer{}
	secret := []byte(model.NewId() + model.NewId())
	s.dialog.Store(&secret)
	return s
}

// use takes a key. One that cannot be used leaves the last one in force.
func (s *sealer) use(key string) error {
	if key == "" {
		return errNoKey
	}
	cipher, err := config.NewCipher(key)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte("dialog state:" + key))
	secret := sum[:]
	s.cipher.Store(cipher)
	s.dialog.Store(&secret)
	return nil
}

// Seal encrypts; errNoKey without a key.
func (s *sealer) Seal(plain string) (string, error) {
	if cipher := s.cipher.Load(); cipher != nil {
		return cipher.Seal(plain)
	}
	return "", errNoKey
}

// Open decrypts; errNoKey without a key.
func (s *sealer) Open(sealed string) (string, error) {
	if cipher := s.cipher.Load(); cipher != nil {
		return cipher.Open(sealed)
	}
	return "", errNoKey
}

// Hash is for search; "" without a key.
func (s *sealer) Hash(plain string) string {
	if cipher := s.cipher.Load(); cipher != nil {
		return cipher.Hash(plain)
	}
	return ""
}

// dialogKey seals what travels with the client between a dialog's steps.
func (s *sealer) dialogKey() []byte { return *s.dialog.Load() }
