package config

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

func TestSealAndOpen(t *testing.T) {
	c := newCipher(t, cipherKey)
	for _, plain := range []string{"a", "EAAG-token", strings.Repeat("ção", 5000), "with\x00zero", "v1.00000000.AAAA"} {
		sealed, err := c.Seal(place, plain)
		require.NoError(t, err)
		if len(plain) > 4 {
			require.NotContains(t, sealed, plain)
		}
		require.Regexp(t, `^v2\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$`, sealed)
		opened, err := c.Open(place, sealed)
		require.NoError(t, err)
		require.Equal(t, plain, opened)

		again, err := c.Seal(place, plain)
		require.NoError(t, err)
		require.NotEqual(t, sealed, again, "two seals of one text tell nothing")

		opened, err = newCipher(t, cipherKey).Open(place, sealed)
		require.NoError(t, err, "another process with the same key")
		require.Equal(t, plain, opened)
	}
}

func TestAValueOpensInItsPlaceAlone(t *testing.T) {
	c := newCipher(t, cipherKey)
	sealed, err := c.Seal(place, "token")
	require.NoError(t, err)
	for _, other := range []string{"waa_accounts.access_token.2", "waa_accounts.app_secret.1", ""} {
		_, err = c.Open(other, sealed)
		require.ErrorIs(t, err, ErrWrongKey, "a writer of the database swaps nothing")
	}
}

func TestAKeyringOpensWhatItsKeysSealed(t *testing.T) {
	older, old, current := newCipher(t, cipherKey), newCipher(t, cipherKey+"1"), newCipher(t, cipherKey+"2")
	ring := NewKeyring(current, older, old, current)
	for _, c := range []*Cipher{older, old, current} {
		sealed, err := c.Seal(place, "secret")
		require.NoError(t, err)
		opened, err := ring.Open(place, sealed)
		require.NoError(t, err)
		require.Equal(t, "secret", opened)
		require.True(t, ring.Knows(sealed))
		require.Contains(t, ring.Hashes("52998224725"), c.Hash("52998224725"))
	}
	sealed, err := ring.Seal(place, "secret")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(sealed, ring.Prefix()))
	require.Equal(t, current.Name(), ring.Name())
	require.Equal(t, current.Hash("x"), ring.Hash("x"))
	require.Len(t, ring.Hashes("x"), 3)
	keys, err := ring.Derive("whatsapp-ativo dialogs v1")
	require.NoError(t, err)
	first, err := current.Derive("whatsapp-ativo dialogs v1")
	require.NoError(t, err)
	require.Len(t, keys, 3)
	require.Equal(t, first, keys[0], "the one in force is the one to use")
	stranger, err := newCipher(t, cipherKey+"3").Seal(place, "secret")
	require.NoError(t, err)
	_, err = ring.Open(place, stranger)
	require.ErrorIs(t, err, ErrWrongKey)
	require.False(t, ring.Knows(stranger))
	_, err = ring.Open(place, "plain")
	require.ErrorIs(t, err, ErrNotSealed)
}

func TestNothingStaysNothing(t *testing.T) {
	c := newCipher(t, cipherKey)
	sealed, err := c.Seal(place, "")
	require.NoError(t, err)
	require.Empty(t, sealed)
	opened, err := c.Open(place, "")
	require.NoError(t, err)
	require.Empty(t, opened)
}

func TestOpenWithAnotherKey(t *testing.T) {
	sealed, err := newCipher(t, cipherKey).Seal(place, "secret")
	require.NoError(t, err)
	_, err = newCipher(t, cipherKey+"x").Open(place, sealed)
	require.ErrorIs(t, err, ErrWrongKey)
}

func TestOpenWhatWasTamperedWith(t *testing.T) {
	c := newCipher(t, cipherKey)
	sealed, err := c.Seal(place, "secret")
	require.NoError(t, err)
	at := len(sealed) - 10
	other := "A"
	if sealed[at:at+1] == other {
		other = "B"
	}
	_, err = c.Open(place, sealed[:at]+other+sealed[at+1:])
	require.ErrorIs(t, err, ErrWrongKey)

	for _, wrong := range []string{"secret", "v1", "v1.x.y", "v3." + sealed[3:], sealed[:12] + "!!", "..", "v1.abc.def.ghi"} {
		_, err = c.Open(place, wrong)
		require.ErrorIs(t, err, ErrNotSealed, wrong)
	}
	_, err = c.Open(place, sealed[:12]) // the prefix and nothing else
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

// What an earlier version sealed and hashed with this key must open and be found for ever.
func TestWhatIsStoredStaysReadable(t *testing.T) {
	c := newCipher(t, cipherKey)
	opened, err := c.Open(place, "v1.84c726e1.qmiC2TNIjNt7chtfHHR_XL4djq5XMe1ZsVtayG6iYFIzHJRXdHY")
	require.NoError(t, err)
	require.Equal(t, "EAAG-token", opened)
	require.Equal(t, "a448202b5f0094e7ebad223929c83aec61fb5deeb985e2e962d0ed8ab99c56cf", c.Hash("52998224725"))
}
