package main

import (
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
	spare  []byte // for what lives no longer than the process, where there is no key
}

// newSealer makes a sealer that can seal nothing yet.
func newSealer() *sealer {
	return &sealer{spare: []byte(model.NewId() + model.NewId())}
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
	s.cipher.Store(cipher)
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

// derived are the keys for one purpose: the first is the one to use, the others
// are of keys that were replaced, to check what was made with them. None without a key.
func (s *sealer) derived(purpose string) [][]byte {
	cipher := s.cipher.Load()
	if cipher == nil {
		return nil
	}
	key, err := cipher.Derive(purpose)
	if err != nil {
		return nil
	}
	return [][]byte{key}
}

// dialogKeys seal what travels with the client between a dialog's steps.
func (s *sealer) dialogKeys() [][]byte { return s.keysFor("whatsapp-ativo dialog v1") }

// postKeys sign what we post in people's names, and how we change posts; see relay.Seals.
func (s *sealer) postKeys() [][]byte { return s.keysFor("whatsapp-ativo post seal v1") }

// keysFor are the keys for what lives for a moment: without a key it lives no longer than the process.
func (s *sealer) keysFor(purpose string) [][]byte {
	if keys := s.derived(purpose); len(keys) > 0 {
		return keys
	}
	return [][]byte{s.spare}
}
