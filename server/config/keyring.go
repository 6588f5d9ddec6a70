package config

// Keyring holds the key that is in force and those that were before it: what
// any of them sealed opens, what is sealed now is sealed with the one in force.
// It does not change, and is safe for concurrent use.
type Keyring struct {
	current *Cipher
	byName  map[string]*Cipher
	all     []*Cipher // the one in force first
}

// NewKeyring makes a keyring of the key in force and others, in their order.
func NewKeyring(current *Cipher, others ...*Cipher) *Keyring {
	k := &Keyring{current: current, byName: map[string]*Cipher{}}
	for _, c := range append([]*Cipher{current}, others...) {
		if k.byName[c.name] == nil {
			k.byName[c.name] = c
			k.all = append(k.all, c)
		}
	}
	return k
}

// Name is that of the key in force.
func (k *Keyring) Name() string { return k.current.name }

// Knows tells whether the key that sealed something is on the ring.
func (k *Keyring) Knows(sealed string) bool {
	_, name := sealedBy(sealed)
	return k.byName[name] != nil
}

// Seal encrypts with the key in force; see Cipher.Seal.
func (k *Keyring) Seal(place, plain string) (string, error) { return k.current.Seal(place, plain) }

// Open decrypts with whichever key sealed it; see Cipher.Open.
func (k *Keyring) Open(place, sealed string) (string, error) {
	_, name := sealedBy(sealed)
	if c := k.byName[name]; c != nil {
		return c.Open(place, sealed)
	}
	return k.current.Open(place, sealed) // for its error
}

// Prefix is how everything begins that is sealed now.
func (k *Keyring) Prefix() string { return k.current.prefix(sealedVersion) }

// Hash is that of the key in force; see Cipher.Hash.
func (k *Keyring) Hash(plain string) string { return k.current.Hash(plain) }

// Hashes are those of all keys: what was stored before a key changed is found too.
func (k *Keyring) Hashes(plain string) []string {
	hashes := make([]string, len(k.all))
	for i, c := range k.all {
		hashes[i] = c.Hash(plain)
	}
	return hashes
}

// Derive gives the keys for a purpose, that of the key in force first; see Cipher.Derive.
func (k *Keyring) Derive(purpose string) ([][]byte, error) {
	keys := make([][]byte, len(k.all))
	for i, c := range k.all {
		key, err := c.Derive(purpose)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	return keys, nil
}
