package encryption

// Keyring is the key in force, which encrypts, and those before it, which still
// decrypt. It does not change, and is safe for concurrent use.
type Keyring struct {
	current *Cipher
	byName  map[string]*Cipher
	all     []*Cipher // the one in force first
}

// NewKeyring makes a keyring of the key in force and others; a key that is given twice is on it once.
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

// Knows reports whether the key that encrypted a value is on the keyring.
func (k *Keyring) Knows(encrypted string) bool {
	_, name := versionAndKey(encrypted)
	return k.byName[name] != nil
}

// Encrypt encrypts with the key in force; see Cipher.Encrypt.
func (k *Keyring) Encrypt(place, plain string) (string, error) {
	return k.current.Encrypt(place, plain)
}

// Decrypt decrypts with the key that encrypted the value; see Cipher.Decrypt.
func (k *Keyring) Decrypt(place, encrypted string) (string, error) {
	_, name := versionAndKey(encrypted)
	if c := k.byName[name]; c != nil {
		return c.Decrypt(place, encrypted)
	}
	return k.current.Decrypt(place, encrypted) // for its error
}

// Prefix is how every value begins that is encrypted now.
func (k *Keyring) Prefix() string { return k.current.prefix(currentVersion) }

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

// Derive returns the keys for a purpose, that of the key in force first; see Cipher.Derive.
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
