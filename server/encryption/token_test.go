package encryption

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTokens(t *testing.T) {
	e := New(nil) // without a key of the settings, as before the first activation is over
	keys := e.DialogKeys()
	require.NotEmpty(t, keys)
	token, err := EncryptToken(keys, "user", []byte("state"))
	require.NoError(t, err)

	t.Run("are read by whom they were made for", func(t *testing.T) {
		plain, err := DecryptToken(keys, "user", token)
		require.NoError(t, err)
		require.Equal(t, "state", string(plain))
	})
	t.Run("are read by nobody else", func(t *testing.T) {
		_, err := DecryptToken(keys, "another", token)
		require.ErrorIs(t, err, ErrWrongKey)
	})
	t.Run("are not read with the keys of another purpose", func(t *testing.T) {
		_, err := DecryptToken(e.PostKeys(), "user", token)
		require.ErrorIs(t, err, ErrWrongKey)
	})
	t.Run("are read with a key that was replaced", func(t *testing.T) {
		plain, err := DecryptToken(append(New(nil).DialogKeys(), keys...), "user", token)
		require.NoError(t, err)
		require.Equal(t, "state", string(plain))
	})
	t.Run("are refused where they are none", func(t *testing.T) {
		_, err := DecryptToken(keys, "user", "!")
		require.ErrorIs(t, err, ErrNotEncrypted)
		_, err = DecryptToken(keys, "user", "AAAA")
		require.ErrorIs(t, err, ErrWrongKey)
	})
	t.Run("are not made without a key", func(t *testing.T) {
		_, err := EncryptToken(nil, "user", []byte("state"))
		require.ErrorIs(t, err, ErrNoKey)
	})
}
