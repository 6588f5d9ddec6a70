package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
)

// errNoKey says that the encryption key cannot be used; the doctor says why.
var errNoKey = errors.New("there is no usable encryption key")

// keyPatience bounds what a change of the key may take of the database.
const keyPatience = 10 * time.Second

// keyStore keeps what opens what earlier keys sealed.
type keyStore interface {
	Keys(ctx context.Context) ([]store.StoredKey, error)
	KeepKeys(ctx context.Context, keys []store.StoredKey) error
	KeyInForce(ctx context.Context, name string, again bool) error
}

// sealer seals and opens with the keys there are. The one that is set is the
// door: it opens the others, which lie sealed in the database (waa_keys). What
// is sealed is sealed with the key that came into force last, on whichever
// node: a node that was not told of it yet finds it there too.
type sealer struct {
	mu       sync.Mutex // one change at a time
	keys     keyStore
	door     *config.Cipher
	secrets  map[string]string // of all keys on the ring, and namesSecret, by name
	previous string
	ring     atomic.Pointer[config.Keyring]
	force    atomic.Pointer[keyInForce]
	names    atomic.Pointer[config.Cipher]
	looked   atomic.Int64 // when an unknown key was last looked for, milliseconds since epoch
	spare    []byte       // for what lives no longer than the process, where there is no key
}

// keyInForce is the key that seals, as a ring was opened.
type keyInForce struct {
	name  string
	since int64  // milliseconds since epoch
	door  bool   // it is the one that is set here
	ring  string // names the ring: another key on it is another name
}

// namesSecret is the secret by which names are hidden; it outlives keys.
const namesSecret = "names"

// newSealer makes a sealer that can seal nothing yet.
func newSealer() *sealer {
	return &sealer{spare: []byte(model.NewId() + model.NewId())}
}

// use takes the key that is set and, where there is one, a previous one. A key
// that cannot be used leaves the last one in force; so does a database that does
// not answer, until refresh reaches it.
func (s *sealer) use(ctx context.Context, key, previous string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key == "" {
		return errNoKey
	}
	door, err := config.NewCipher(key)
	if err != nil {
		return err
	}
	before := s.door
	if before != nil && before.Name() != door.Name() {
		if err := s.wrap(ctx, key, door); err != nil {
			return err
		}
		if err := s.keys.KeyInForce(ctx, door.Name(), true); err != nil {
			return err
		}
	}
	s.previous = previous
	return s.open(ctx, key, door)
}

// prepare makes a key ready to come into force: whatever happens between now
// and then, with it everything opens that opens now.
func (s *sealer) prepare(ctx context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	door, err := config.NewCipher(key)
	if err != nil || s.door == nil || s.door.Name() == door.Name() {
		return err
	}
	return s.wrap(ctx, key, door)
}

// refresh finds what other nodes changed.
func (s *sealer) refresh(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.door == nil {
		return nil
	}
	return s.open(ctx, s.secrets[s.door.Name()], s.door)
}

// wrap stores all secrets we know under a new key, and that key under the one
// that is set: for nodes that are not told of it at the same moment.
func (s *sealer) wrap(ctx context.Context, key string, door *config.Cipher) error {
	var kept []store.StoredKey
	for name, secret := range s.secrets {
		k, err := sealKey(name, secret, door)
		if err != nil {
			return err
		}
		kept = append(kept, k)
	}
	k, err := sealKey(door.Name(), key, s.door)
	if err != nil {
		return err
	}
	return s.keys.KeepKeys(ctx, append(kept, k))
}

func sealKey(name, secret string, under *config.Cipher) (store.StoredKey, error) {
	sealed, err := under.Seal(keyPlace(name, under.Name()), secret)
	return store.StoredKey{Name: name, Under: under.Name(), Sealed: sealed}, err
}

func keyPlace(name, under string) string { return "waa_keys.sealed." + name + "." + under }

// open makes the ring of a door: what lies under it, and under what it opened.
func (s *sealer) open(ctx context.Context, key string, door *config.Cipher) error {
	rows, err := s.keys.Keys(ctx)
	if err != nil {
		return err
	}
	ciphers := map[string]*config.Cipher{door.Name(): door}
	secrets := map[string]string{door.Name(): key}
	add := func(name, secret string) {
		if name == namesSecret {
			secrets[name] = secret
		} else if c, err := config.NewCipher(secret); err == nil && c.Name() == name {
			ciphers[name], secrets[name] = c, secret
		}
	}
	if s.previous != "" {
		if c, err := config.NewCipher(s.previous); err == nil {
			add(c.Name(), s.previous)
		}
	}
	for grown := true; grown; {
		grown = false
		for _, row := range rows {
			under := ciphers[row.Under]
			if under == nil || row.Sealed == "" || secrets[row.Name] != "" {
				continue
			}
			if secret, err := under.Open(keyPlace(row.Name, row.Under), row.Sealed); err == nil {
				add(row.Name, secret)
				grown = grown || secrets[row.Name] != ""
			}
		}
	}
	if err := s.settle(ctx, rows, secrets, door); err != nil {
		return err
	}
	current, since := door, time.Now().UnixMilli()
	if name, at := inForce(rows); ciphers[name] != nil && isKept(rows, door.Name(), door.Name()) {
		current, since = ciphers[name], at
	}
	all := slices.Sorted(maps.Keys(ciphers))
	others := make([]*config.Cipher, len(all))
	for i, name := range all {
		others[i] = ciphers[name]
	}
	names, err := config.NewCipher(secrets[namesSecret])
	if err != nil {
		return err
	}
	s.door, s.secrets = door, secrets
	s.names.Store(names)
	s.ring.Store(config.NewKeyring(current, others...))
	s.force.Store(&keyInForce{name: current.Name(), since: since, door: current == door, ring: current.Name() + ":" + strings.Join(all, ",")})
	return nil
}

// settle stores what the database lacks: that a key nobody knew is in force, the
// secret for names, and what the administrator gave back, under the door.
func (s *sealer) settle(ctx context.Context, rows []store.StoredKey, secrets map[string]string, door *config.Cipher) error {
	if !isKept(rows, door.Name(), door.Name()) {
		if err := s.keys.KeyInForce(ctx, door.Name(), false); err != nil {
			return err
		}
	}
	var lacking []store.StoredKey
	if secrets[namesSecret] == "" {
		k, err := sealKey(namesSecret, model.NewId()+model.NewId(), door)
		if err != nil {
			return err
		}
		lacking = append(lacking, k)
	}
	if previous, err := config.NewCipher(s.previous); err == nil && s.previous != "" && !isKept(rows, previous.Name(), door.Name()) && previous.Name() != door.Name() {
		k, err := sealKey(previous.Name(), s.previous, door)
		if err != nil {
			return err
		}
		lacking = append(lacking, k)
	}
	if len(lacking) == 0 {
		return nil
	}
	if err := s.keys.KeepKeys(ctx, lacking); err != nil || secrets[namesSecret] != "" {
		return err
	}
	again, err := s.keys.Keys(ctx) // another node may have been faster
	if err != nil {
		return err
	}
	for _, row := range again {
		if row.Name == namesSecret && row.Under == door.Name() {
			secrets[namesSecret], err = door.Open(keyPlace(row.Name, row.Under), row.Sealed)
		}
	}
	return err
}

func isKept(rows []store.StoredKey, name, under string) bool {
	for _, row := range rows {
		if row.Name == name && row.Under == under {
			return true
		}
	}
	return false
}

// inForce is the key that came into force last; "" = none did.
func inForce(rows []store.StoredKey) (name string, at int64) {
	for _, row := range rows {
		if row.Name == row.Under && row.CurrentAt > at {
			name, at = row.Name, row.CurrentAt
		}
	}
	return name, at
}

// Seal encrypts for a place; errNoKey without a key.
func (s *sealer) Seal(place, plain string) (string, error) {
	if ring := s.ring.Load(); ring != nil {
		return ring.Seal(place, plain)
	}
	return "", errNoKey
}

// Open decrypts; errNoKey without a key. A key that we do not know may be one
// that another node just brought into force.
func (s *sealer) Open(place, sealed string) (string, error) {
	ring := s.ring.Load()
	if ring == nil {
		return "", errNoKey
	}
	plain, err := ring.Open(place, sealed)
	if !errors.Is(err, config.ErrWrongKey) || ring.Knows(sealed) {
		return plain, err
	}
	now, last := time.Now().UnixMilli(), s.looked.Load()
	if now-last < lookGap.Milliseconds() || !s.looked.CompareAndSwap(last, now) {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), keyPatience)
	defer cancel()
	if s.refresh(ctx) != nil {
		return "", err
	}
	return s.ring.Load().Open(place, sealed)
}

// lookGap is how often an unknown key makes the sealer look for it: it may be lost for good.
const lookGap = 2 * time.Second

// Prefix is how everything begins that is sealed now; without a key nothing does.
func (s *sealer) Prefix() string {
	if ring := s.ring.Load(); ring != nil {
		return ring.Prefix()
	}
	return ""
}

// Hash is for search; "" without a key.
func (s *sealer) Hash(plain string) string {
	if ring := s.ring.Load(); ring != nil {
		return ring.Hash(plain)
	}
	return ""
}

// Hashes are those of all keys; none without a key.
func (s *sealer) Hashes(plain string) []string {
	if ring := s.ring.Load(); ring != nil {
		return ring.Hashes(plain)
	}
	return nil
}

// Hide makes a name that tells nothing of what it names, and is the same on each
// node, whatever becomes of the keys: of a lane with a person's number.
func (s *sealer) Hide(name string) (string, error) {
	if c := s.names.Load(); c != nil {
		return c.Hash(name)[:32], nil
	}
	return "", errNoKey
}

// derived are the keys for one purpose: the first is the one to use, the others
// are of keys that were replaced, to check what was made with them. None without a key.
func (s *sealer) derived(purpose string) [][]byte {
	ring := s.ring.Load()
	if ring == nil {
		return nil
	}
	keys, err := ring.Derive(purpose)
	if err != nil {
		return nil
	}
	return keys
}

// dialogKeys seal what travels with the client between a dialog's steps.
func (s *sealer) dialogKeys() [][]byte { return s.keysFor("whatsapp-ativo dialog v1") }

// postKeys sign what we post in people's names, and how we change posts; see posting.Seals.
func (s *sealer) postKeys() [][]byte { return s.keysFor("whatsapp-ativo post seal v1") }

// keysFor are the keys for what lives for a moment: without a key it lives no longer than the process.
func (s *sealer) keysFor(purpose string) [][]byte {
	if keys := s.derived(purpose); len(keys) > 0 {
		return keys
	}
	return [][]byte{s.spare}
}
