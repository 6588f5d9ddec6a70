package encryption

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const cipherKey = "0123456789abcdef0123456789abcdef"

// place is where a value lies.
const place = "waa_accounts.access_token.1"

func newCipher(t *testing.T, key string) *Cipher {
	t.Helper()
	c, err := NewCipher(key)
	require.NoError(t, err)
	return c
}

func TestEncryptAndDecrypt(t *testing.T) {
	c := newCipher(t, cipherKey)
	for _, plain := range []string{"a", "EAAG-token", strings.Repeat("ção", 5000), "with\x00zero", "v1.00000000.AAAA"} {
		encrypted, err := c.Encrypt(place, plain)
		require.NoError(t, err)
		if len(plain) > 4 {
			require.NotContains(t, encrypted, plain)
		}
		require.Regexp(t, `^v2\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$`, encrypted)
		opened, err := c.Decrypt(place, encrypted)
		require.NoError(t, err)
		require.Equal(t, plain, opened)

		again, err := c.Encrypt(place, plain)
		require.NoError(t, err)
		require.NotEqual(t, encrypted, again, "two values of one text tell nothing")

		opened, err = newCipher(t, cipherKey).Decrypt(place, encrypted)
		require.NoError(t, err, "another process with the same key")
		require.Equal(t, plain, opened)
	}
}

func TestAValueIsReadInItsPlaceAlone(t *testing.T) {
	c := newCipher(t, cipherKey)
	encrypted, err := c.Encrypt(place, "token")
	require.NoError(t, err)
	for _, other := range []string{"waa_accounts.access_token.2", "waa_accounts.app_secret.1", ""} {
		_, err = c.Decrypt(other, encrypted)
		require.ErrorIs(t, err, ErrWrongKey, "a writer of the database swaps nothing")
	}
}

func TestAKeyringDecryptsWhatItsKeysEncrypted(t *testing.T) {
	older, old, current := newCipher(t, cipherKey), newCipher(t, cipherKey+"1"), newCipher(t, cipherKey+"2")
	ring := NewKeyring(current, older, old, current)
	for _, c := range []*Cipher{older, old, current} {
		encrypted, err := c.Encrypt(place, "secret")
		require.NoError(t, err)
		opened, err := ring.Decrypt(place, encrypted)
		require.NoError(t, err)
		require.Equal(t, "secret", opened)
		require.True(t, ring.Knows(encrypted))
		require.Contains(t, ring.Hashes("52998224725"), c.Hash("52998224725"))
	}
	encrypted, err := ring.Encrypt(place, "secret")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(encrypted, ring.Prefix()))
	require.Equal(t, current.Name(), ring.Name())
	require.Equal(t, current.Hash("x"), ring.Hash("x"))
	require.Len(t, ring.Hashes("x"), 3)
	keys, err := ring.Derive("whatsapp-ativo dialogs v1")
	require.NoError(t, err)
	first, err := current.Derive("whatsapp-ativo dialogs v1")
	require.NoError(t, err)
	require.Len(t, keys, 3)
	require.Equal(t, first, keys[0], "the one in force is the one to use")
	stranger, err := newCipher(t, cipherKey+"3").Encrypt(place, "secret")
	require.NoError(t, err)
	_, err = ring.Decrypt(place, stranger)
	require.ErrorIs(t, err, ErrWrongKey)
	require.False(t, ring.Knows(stranger))
	_, err = ring.Decrypt(place, "plain")
	require.ErrorIs(t, err, ErrNotEncrypted)
}

func TestNothingStaysNothing(t *testing.T) {
	c := newCipher(t, cipherKey)
	encrypted, err := c.Encrypt(place, "")
	require.NoError(t, err)
	require.Empty(t, encrypted)
	opened, err := c.Decrypt(place, "")
	require.NoError(t, err)
	require.Empty(t, opened)
}

func TestDecryptWithAnotherKey(t *testing.T) {
	encrypted, err := newCipher(t, cipherKey).Encrypt(place, "secret")
	require.NoError(t, err)
	_, err = newCipher(t, cipherKey+"x").Decrypt(place, encrypted)
	require.ErrorIs(t, err, ErrWrongKey)
}

func TestDecryptWhatWasTamperedWith(t *testing.T) {
	c := newCipher(t, cipherKey)
	encrypted, err := c.Encrypt(place, "secret")
	require.NoError(t, err)
	at := len(encrypted) - 10
	other := "A"
	if encrypted[at:at+1] == other {
		other = "B"
	}
	_, err = c.Decrypt(place, encrypted[:at]+other+encrypted[at+1:])
	require.ErrorIs(t, err, ErrWrongKey)

	for _, wrong := range []string{"secret", "v1", "v1.x.y", "v3." + encrypted[3:], encrypted[:12] + "!!", "..", "v1.abc.def.ghi"} {
		_, err = c.Decrypt(place, wrong)
		require.ErrorIs(t, err, ErrNotEncrypted, wrong)
	}
	_, err = c.Decrypt(place, encrypted[:12]) // the prefix and nothing else
	require.Error(t, err)
}

func TestHash(t *testing.T) {
	c := newCipher(t, cipherKey)
	require.Regexp(t, `^[0-9a-f]{64}$`, c.Hash("52998224725"))
	require.Equal(t, c.Hash("52998224725"), newCipher(t, cipherKey).Hash("52998224725"))
	require.NotEqual(t, c.Hash("52998224725"), c.Hash("52998224726"))
	require.NotEqual(t, c.Hash("52998224725"), newCipher(t, cipherKey+"x").Hash("52998224725"), "keyed")
}

func TestCipherNeedsALongKey(t *testing.T) {
	for _, key := range []string{"", "short", strings.Repeat("a", 31), strings.Repeat("é", 31)} {
		_, err := NewCipher(key)
		require.Error(t, err, key)
	}
}

func TestEachPurposeHasAKeyOfItsOwn(t *testing.T) {
	c := newCipher(t, cipherKey)
	posts, err := c.Derive("whatsapp-ativo posts v1")
	require.NoError(t, err)
	require.Len(t, posts, 32)
	again, err := newCipher(t, cipherKey).Derive("whatsapp-ativo posts v1")
	require.NoError(t, err)
	require.Equal(t, posts, again, "another process with the same key")
	for _, other := range []struct{ key, purpose string }{{cipherKey, "whatsapp-ativo dialogs v1"}, {cipherKey + "x", "whatsapp-ativo posts v1"}} {
		key, err := newCipher(t, other.key).Derive(other.purpose)
		require.NoError(t, err)
		require.NotEqual(t, posts, key, other)
	}
}

// What an earlier version encrypted and hashed with this key must open and be found for ever.
func TestWhatIsStoredStaysReadable(t *testing.T) {
	c := newCipher(t, cipherKey)
	opened, err := c.Decrypt(place, "v1.84c726e1.qmiC2TNIjNt7chtfHHR_XL4djq5XMe1ZsVtayG6iYFIzHJRXdHY")
	require.NoError(t, err)
	require.Equal(t, "EAAG-token", opened)
	require.Equal(t, "a448202b5f0094e7ebad223929c83aec61fb5deeb985e2e962d0ed8ab99c56cf", c.Hash("52998224725"))
}
