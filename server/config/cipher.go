package config

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// ErrWrongKey says that something was sealed with another EncryptionKey.
var ErrWrongKey = errors.New("sealed with another EncryptionKey")

// ErrNotSealed says that a stored value is not what Seal makes.
var ErrNotSealed = errors.New("not a sealed value")

// What begins everything sealed: AES-256-GCM, the nonce in front of the
// ciphertext. What the first version sealed does not know its place, and opens
// in any; it is sealed anew in the background.
const (
	sealedVersion = "v2"
	firstVersion  = "v1"
)

// What each key derived from the EncryptionKey is for. The names are part of
// the stored data: another name is another key.
const (
	purposeSeal = "whatsapp-ativo seal v1"
	purposeHash = "whatsapp-ativo hash v1"
	purposeName = "whatsapp-ativo key name v1"
)

const (
	keyLength  = 32
	nameLength = 4 // bytes: it tells keys apart and gives none away
)

// Cipher encrypts what must not lie open in the database, and hashes what must
// be found without being read. It is safe for concurrent use.
type Cipher struct {
	root    []byte // what every key is derived from
	seal    cipher.AEAD
	hashKey []byte
	name    string // tells it from other keys
}

// NewCipher derives its keys from the EncryptionKey: one to seal, one to hash.
func NewCipher(encryptionKey string) (*Cipher, error) {
	if utf8.RuneCountInString(encryptionKey) < MinKeyLength {
		return nil, errors.New("the EncryptionKey is too short")
	}
	root, err := hkdf.Extract(sha256.New, []byte(encryptionKey), nil)
	if err != nil {
		return nil, errors.Wrap(err, "derive a key")
	}
	sealKey, err := derive(root, purposeSeal, keyLength)
	if err != nil {
		return nil, err
	}
	hashKey, err := derive(root, purposeHash, keyLength)
	if err != nil {
		return nil, err
	}
	name, err := derive(root, purposeName, nameLength)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sealKey)
	if err != nil {
		return nil, errors.Wrap(err, "make the cipher")
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, errors.Wrap(err, "make the cipher")
	}
	return &Cipher{root: root, seal: aead, hashKey: hashKey, name: hex.EncodeToString(name)}, nil
}

func derive(root []byte, purpose string, length int) ([]byte, error) {
	key, err := hkdf.Expand(sha256.New, root, purpose, length)
	return key, errors.Wrap(err, "derive a key")
}

// Derive gives a key of 32 bytes for a purpose of its own: what is made with
// one purpose's key can pass for nothing of another's. A purpose never changes its name.
func (c *Cipher) Derive(purpose string) ([]byte, error) {
	return derive(c.root, purpose, keyLength)
}

// Name tells the key from others; it gives nothing of it away.
func (c *Cipher) Name() string { return c.name }

// prefix is how everything begins that the key seals in a version.
func (c *Cipher) prefix(version string) string { return version + "." + c.name + "." }

// Seal encrypts a text for a place (table, column and id of a row): it opens
// nowhere else. "v2.<key name>.<base64>". The same text never gives the same
// result twice. Nothing ("") stays nothing, so that unset can be told from set.
func (c *Cipher) Seal(place, plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	prefix := c.prefix(sealedVersion)
	sealed := c.seal.Seal(nil, nil, []byte(plain), []byte(prefix+place))
	return prefix + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open decrypts what Seal made for a place. ErrWrongKey where another key sealed
// it, where it is of another place or was tampered with, ErrNotSealed for
// anything else.
func (c *Cipher) Open(place, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	version, name := sealedBy(sealed)
	switch {
	case name == "":
		return "", ErrNotSealed
	case name != c.name:
		return "", ErrWrongKey
	}
	bound := c.prefix(version)
	data := sealed[len(bound):]
	if version == sealedVersion {
		bound += place
	}
	raw, err := base64.RawURLEncoding.DecodeString(data)
	if err != nil {
		return "", ErrNotSealed
	}
	plain, err := c.seal.Open(nil, nil, raw, []byte(bound))
	if err != nil {
		return "", ErrWrongKey // and not err: it says nothing more
	}
	return string(plain), nil
}

// sealedBy reads with which version and key something was sealed; "" where it is not sealed.
func sealedBy(sealed string) (version, name string) {
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != sealedVersion && parts[0] != firstVersion || len(parts[1]) != 2*nameLength {
		return "", ""
	}
	return parts[0], parts[1]
}

// Hash is a keyed hash (HMAC-SHA256, 64 hexadecimal digits): equal texts can be
// found by it, and without the key nobody can try them all.
func (c *Cipher) Hash(plain string) string {
	mac := hmac.New(sha256.New, c.hashKey)
	mac.Write([]byte(plain))
	return hex.EncodeToString(mac.Sum(nil))
}
