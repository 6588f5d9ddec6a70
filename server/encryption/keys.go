package encryption

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// UseKey takes the key of the settings and, where there is one (not ""), the
// previous one. A key that cannot be used leaves the last one in force; so does a
// database that does not respond, until a later call reaches it.
func (e *Encrypter) UseKey(ctx context.Context, key, previous string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if key == "" {
		return ErrNoKey
	}
	given, err := NewCipher(key)
	if err != nil {
		return err
	}
	before := e.given
	if before != nil && before.Name() != given.Name() {
		if err := e.wrap(ctx, key, given); err != nil {
			return err
		}
		if err := e.keys.KeyInForce(ctx, given.Name(), true); err != nil {
			return err
		}
	}
	e.previous = previous
	return e.open(ctx, key, given)
}

// PrepareKey makes a key ready before it comes into force: with it everything can
// be read that can be read now, whatever happens between now and then.
func (e *Encrypter) PrepareKey(ctx context.Context, key string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	given, err := NewCipher(key)
	if err != nil || e.given == nil || e.given.Name() == given.Name() {
		return err
	}
	return e.wrap(ctx, key, given)
}

// refresh reads what other nodes did to the keys.
func (e *Encrypter) refresh(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.given == nil {
		return nil
	}
	return e.open(ctx, e.secrets[e.given.Name()], e.given)
}

// wrap stores all keys we know encrypted with a new one, and the new one encrypted
// with the key of the settings, for nodes that learn of the change later.
func (e *Encrypter) wrap(ctx context.Context, key string, given *Cipher) error {
	var kept []domain.StoredKey
	for name, secret := range e.secrets {
		k, err := encryptKey(name, secret, given)
		if err != nil {
			return err
		}
		kept = append(kept, k)
	}
	k, err := encryptKey(given.Name(), key, e.given)
	if err != nil {
		return err
	}
	return e.keys.KeepKeys(ctx, append(kept, k))
}

// encryptKey makes the row of one key under another.
func encryptKey(name, secret string, under *Cipher) (domain.StoredKey, error) {
	encrypted, err := under.Encrypt(keyPlace(name, under.Name()), secret)
	return domain.StoredKey{Name: name, Under: under.Name(), Encrypted: encrypted}, err
}

func keyPlace(name, under string) string { return "waa_keys.sealed." + name + "." + under }

// open makes the keyring that the key of the settings gives: what is stored under
// it, and under the keys that this decrypted, until nothing more is found.
func (e *Encrypter) open(ctx context.Context, key string, given *Cipher) error {
	rows, err := e.keys.Keys(ctx)
	if err != nil {
		return err
	}
	ciphers := map[string]*Cipher{given.Name(): given}
	secrets := map[string]string{given.Name(): key}
	add := func(name, secret string) {
		if name == namesSecret {
			secrets[name] = secret
		} else if c, err := NewCipher(secret); err == nil && c.Name() == name {
			ciphers[name], secrets[name] = c, secret
		}
	}
	if e.previous != "" {
		if c, err := NewCipher(e.previous); err == nil {
			add(c.Name(), e.previous)
		}
	}
	for found := true; found; {
		found = false
		for _, row := range rows {
			under := ciphers[row.Under]
			if under == nil || row.Encrypted == "" || secrets[row.Name] != "" {
				continue
			}
			if secret, err := under.Decrypt(keyPlace(row.Name, row.Under), row.Encrypted); err == nil {
				add(row.Name, secret)
				found = found || secrets[row.Name] != ""
			}
		}
	}
	if err := e.storeMissing(ctx, rows, secrets, given); err != nil {
		return err
	}
	current, since := given, time.Now().UnixMilli()
	if name, at := latestInForce(rows); ciphers[name] != nil && isKept(rows, given.Name(), given.Name()) {
		current, since = ciphers[name], at
	}
	all := slices.Sorted(maps.Keys(ciphers))
	others := make([]*Cipher, len(all))
	for i, name := range all {
		others[i] = ciphers[name]
	}
	names, err := NewCipher(secrets[namesSecret])
	if err != nil {
		return err
	}
	e.given, e.secrets = given, secrets
	e.nameKey.Store(names)
	e.keyring.Store(NewKeyring(current, others...))
	e.inForce.Store(&keyInForce{name: current.Name(), since: since, given: current == given, keyring: current.Name() + ":" + strings.Join(all, ",")})
	return nil
}

// storeMissing stores what the database lacks: that a key which nobody knew is in
// force, the secret for names, and the previous key that an administrator gave back.
func (e *Encrypter) storeMissing(ctx context.Context, rows []domain.StoredKey, secrets map[string]string, given *Cipher) error {
	if !isKept(rows, given.Name(), given.Name()) {
		if err := e.keys.KeyInForce(ctx, given.Name(), false); err != nil {
			return err
		}
	}
	var missing []domain.StoredKey
	if secrets[namesSecret] == "" {
		k, err := encryptKey(namesSecret, model.NewId()+model.NewId(), given)
		if err != nil {
			return err
		}
		missing = append(missing, k)
	}
	if previous, err := NewCipher(e.previous); err == nil && e.previous != "" && !isKept(rows, previous.Name(), given.Name()) && previous.Name() != given.Name() {
		k, err := encryptKey(previous.Name(), e.previous, given)
		if err != nil {
			return err
		}
		missing = append(missing, k)
	}
	if len(missing) == 0 {
		return nil
	}
	if err := e.keys.KeepKeys(ctx, missing); err != nil || secrets[namesSecret] != "" {
		return err
	}
	again, err := e.keys.Keys(ctx) // another node may have been faster
	if err != nil {
		return err
	}
	for _, row := range again {
		if row.Name == namesSecret && row.Under == given.Name() {
			secrets[namesSecret], err = given.Decrypt(keyPlace(row.Name, row.Under), row.Encrypted)
		}
	}
	return err
}

// isKept reports whether a key is stored under another.
func isKept(rows []domain.StoredKey, name, under string) bool {
	for _, row := range rows {
		if row.Name == name && row.Under == under {
			return true
		}
	}
	return false
}

// latestInForce is the key that came into force last; "" = none did.
func latestInForce(rows []domain.StoredKey) (name string, at int64) {
	for _, row := range rows {
		if row.Name == row.Under && row.CurrentAt > at {
			name, at = row.Name, row.CurrentAt
		}
	}
	return name, at
}
