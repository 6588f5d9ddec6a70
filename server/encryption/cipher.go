package encryption

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

// ErrWrongKey says that a value was encrypted with another EncryptionKey or for another place, or was tampered with.
var ErrWrongKey = errors.New("encrypted with another EncryptionKey")

// ErrNotEncrypted says that a value is not one that Encrypt made.
var ErrNotEncrypted = errors.New("not an encrypted value")

// How every encrypted value begins: AES-256-GCM, the nonce in front of the
// ciphertext. Values of the first version are not bound to a place and can be read
// in any; Rotation encrypts them anew.
const (
	currentVersion = "v2"
	firstVersion   = "v1"
)

// What each key derived from the EncryptionKey is for. The names are part of
// the stored data: another name is another key.
const (
	purposeEncrypt = "whatsapp-ativo seal v1"
	purposeHash    = "whatsapp-ativo hash v1"
	purposeName    = "whatsapp-ativo key name v1"
)

const (
	// MinKeyLength is how many characters an EncryptionKey has at least.
	MinKeyLength = 32

	keyLength  = 32 // bytes
	nameLength = 4  // bytes: enough to tell keys apart, too few to guess one by
)

// Cipher is one key: it encrypts what must not be readable in the database, and
// hashes what must be found there without being read. It is safe for concurrent use.
type Cipher struct {
	root    []byte // what every key is derived from
	aead    cipher.AEAD
	hashKey []byte
	name    string // tells it from other keys
}

// NewCipher derives everything from an EncryptionKey. It fails for one that is shorter than MinKeyLength.
func NewCipher(encryptionKey string) (*Cipher, error) {
	if utf8.RuneCountInString(encryptionKey) < MinKeyLength {
		return nil, errors.New("the EncryptionKey is too short")
	}
	root, err := hkdf.Extract(sha256.New, []byte(encryptionKey), nil)
	if err != nil {
		return nil, errors.Wrap(err, "could not derive a key")
	}
	aesKey, err := derive(root, purposeEncrypt, keyLength)
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
	aead, err := newAEAD(aesKey)
	if err != nil {
		return nil, err
	}
	return &Cipher{root: root, aead: aead, hashKey: hashKey, name: hex.EncodeToString(name)}, nil
}

// newAEAD makes AES-256-GCM of a key of 32 bytes. It puts a random nonce in front of what it encrypts.
func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errors.Wrap(err, "could not make the cipher")
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return aead, errors.Wrap(err, "could not make the cipher")
}

func derive(root []byte, purpose string, length int) ([]byte, error) {
	key, err := hkdf.Expand(sha256.New, root, purpose, length)
	return key, errors.Wrap(err, "could not derive a key")
}

// Derive returns a key of 32 bytes for one purpose, so that what is made with it
// can pass for nothing else. The name of a purpose never changes: with another name
// the key is another one.
func (c *Cipher) Derive(purpose string) ([]byte, error) {
	return derive(c.root, purpose, keyLength)
}

// Name tells the key from others and reveals nothing of it.
func (c *Cipher) Name() string { return c.name }

// prefix is how every value begins that the key encrypts in a version.
func (c *Cipher) prefix(version string) string { return version + "." + c.name + "." }

// Encrypt makes "v2.<key name>.<base64>" of a text, for a place (table, column and
// id of a row) outside of which it cannot be read. Two results for one text differ.
// "" stays "", so that unset can be told from set.
func (c *Cipher) Encrypt(place, plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	prefix := c.prefix(currentVersion)
	encrypted := c.aead.Seal(nil, nil, []byte(plain), []byte(prefix+place))
	return prefix + base64.RawURLEncoding.EncodeToString(encrypted), nil
}

// Decrypt reads what Encrypt made for a place. It returns ErrWrongKey for a value of
// another key or place and for one that was tampered with, ErrNotEncrypted for
// anything that Encrypt does not make.
func (c *Cipher) Decrypt(place, encrypted string) (string, error) {
	if encrypted == "" {
		return "", nil
	}
	version, name := versionAndKey(encrypted)
	switch {
	case name == "":
		return "", ErrNotEncrypted
	case name != c.name:
		return "", ErrWrongKey
	}
	bound := c.prefix(version)
	data := encrypted[len(bound):]
	if version == currentVersion {
		bound += place
	}
	raw, err := base64.RawURLEncoding.DecodeString(data)
	if err != nil {
		return "", ErrNotEncrypted
	}
	plain, err := c.aead.Open(nil, nil, raw, []byte(bound))
	if err != nil {
		return "", ErrWrongKey // err says nothing more
	}
	return string(plain), nil
}

// versionAndKey reads in which version and with which key a value was encrypted; "" where it is not an encrypted value.
func versionAndKey(encrypted string) (version, name string) {
	parts := strings.Split(encrypted, ".")
	if len(parts) != 3 || parts[0] != currentVersion && parts[0] != firstVersion || len(parts[1]) != 2*nameLength {
		return "", ""
	}
	return parts[0], parts[1]
}

// Hash is a keyed hash (HMAC-SHA256, 64 hexadecimal digits): equal texts have equal
// hashes, and without the key nobody can try all CPFs to find the one of a hash.
func (c *Cipher) Hash(plain string) string {
	mac := hmac.New(sha256.New, c.hashKey)
	mac.Write([]byte(plain))
	return hex.EncodeToString(mac.Sum(nil))
}
