package encryption

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ErrNoKey says that there is no EncryptionKey, or none that can be used; the doctor tells the administrator why.
var ErrNoKey = errors.New("there is no usable encryption key")

const (
	// KeyTimeout bounds how long a change of the key may wait for the database.
	KeyTimeout = 10 * time.Second
	// refreshInterval is how often an unknown key makes us read the stored keys again: it may be lost for good.
	refreshInterval = 2 * time.Second
)

// namesSecret is the name of the secret by which HideName hashes; it outlives every key, so that a name stays the same.
const namesSecret = "names"

// What the keys that KeysFor derives are for. Another name is another key.
const (
	purposeDialog = "whatsapp-ativo dialog v1"
	purposePosts  = "whatsapp-ativo post seal v1"
)

// KeyStore keeps the keys, each encrypted under another one, in the database that all nodes share. *store.Store is one.
type KeyStore interface {
	Keys(ctx context.Context) ([]domain.StoredKey, error)
	// KeepKeys stores keys; those that are stored already stay as they are.
	KeepKeys(ctx context.Context, keys []domain.StoredKey) error
	// KeyInForce notes that a key encrypts from now on. Without again it changes nothing where that key is known already.
	KeyInForce(ctx context.Context, name string, again bool) error
}

// Encrypter encrypts and decrypts with the keys there are. It is safe for concurrent use.
//
// The key of the settings decrypts the other ones, which lie encrypted in the
// database (waa_keys). Everything is encrypted with the key that came into force
// last on whichever node: a node that was not told of that key yet finds it there too.
type Encrypter struct {
	keys KeyStore

	mu       sync.Mutex        // one change of the keys at a time
	given    *Cipher           // the key of the settings
	secrets  map[string]string // of all keys on the keyring, and namesSecret, by name
	previous string            // the previous key of the settings; "" = none

	keyring     atomic.Pointer[Keyring]
	inForce     atomic.Pointer[keyInForce]
	nameKey     atomic.Pointer[Cipher]
	lastRefresh atomic.Int64 // when an unknown key was last looked for, milliseconds since epoch
	spare       *Cipher      // for what lives no longer than the process, where there is no key
}

// keyInForce is the key that encrypts.
type keyInForce struct {
	name    string
	since   int64  // milliseconds since epoch
	given   bool   // it is the one of this node's settings
	keyring string // names the keyring it is on: with another key on it this is another name
}

// New makes an Encrypter that has no key until UseKey gives it one.
func New(keys KeyStore) *Encrypter {
	spare, err := NewCipher(model.NewId() + model.NewId())
	if err != nil { // it is long enough, so that only a broken hash function comes here
		panic(err)
	}
	return &Encrypter{keys: keys, spare: spare}
}

// Encrypt encrypts a text for a place (table, column and id); see Cipher.Encrypt. ErrNoKey without a key.
func (e *Encrypter) Encrypt(place, plain string) (string, error) {
	if ring := e.keyring.Load(); ring != nil {
		return ring.Encrypt(place, plain)
	}
	return "", ErrNoKey
}

// Decrypt reads what Encrypt made for a place; see Cipher.Decrypt. ErrNoKey without a key.
//
// A key that we do not know may be one that another node has just brought into
// force, so the stored keys are read again first.
func (e *Encrypter) Decrypt(place, encrypted string) (string, error) {
	ring := e.keyring.Load()
	if ring == nil {
		return "", ErrNoKey
	}
	plain, err := ring.Decrypt(place, encrypted)
	if !errors.Is(err, ErrWrongKey) || ring.Knows(encrypted) {
		return plain, err
	}
	now, last := time.Now().UnixMilli(), e.lastRefresh.Load()
	if now-last < refreshInterval.Milliseconds() || !e.lastRefresh.CompareAndSwap(last, now) {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), KeyTimeout)
	defer cancel()
	if e.refresh(ctx) != nil {
		return "", err
	}
	return e.keyring.Load().Decrypt(place, encrypted)
}

// Prefix is how everything begins that is encrypted now; "" without a key.
func (e *Encrypter) Prefix() string {
	if ring := e.keyring.Load(); ring != nil {
		return ring.Prefix()
	}
	return ""
}

// Hash is the keyed hash by which a value is found without being read; "" without a key.
func (e *Encrypter) Hash(plain string) string {
	if ring := e.keyring.Load(); ring != nil {
		return ring.Hash(plain)
	}
	return ""
}

// Hashes are the hashes with all keys, so that what was stored before a key changed is found too; none without a key.
func (e *Encrypter) Hashes(plain string) []string {
	if ring := e.keyring.Load(); ring != nil {
		return ring.Hashes(plain)
	}
	return nil
}

// HideName makes a name of 32 hexadecimal digits that tells nothing of the one it
// is made of: that of an inbox lane is a person's number. It is the same on each
// node and with each key. ErrNoKey without a key.
func (e *Encrypter) HideName(name string) (string, error) {
	if c := e.nameKey.Load(); c != nil {
		return c.Hash(name)[:32], nil
	}
	return "", ErrNoKey
}

// DialogKeys encrypt what travels with the client between a dialog's steps; see EncryptToken.
func (e *Encrypter) DialogKeys() [][]byte { return e.keysFor(purposeDialog) }

// PostKeys sign what we post in people's names, and how we change posts; see posting.Seals.
func (e *Encrypter) PostKeys() [][]byte { return e.keysFor(purposePosts) }

// keysFor derives the keys for something short-lived: the first is the one to
// use, the others are of keys that were replaced, for what was made with them.
// Without a key it is one that ends with the process.
func (e *Encrypter) keysFor(purpose string) [][]byte {
	ring := e.keyring.Load()
	if ring == nil {
		ring = NewKeyring(e.spare)
	}
	keys, err := ring.Derive(purpose)
	if err != nil {
		return nil
	}
	return keys
}
