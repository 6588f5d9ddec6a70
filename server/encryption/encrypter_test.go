package encryption

import (
	"context"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

const (
	firstKey  = "first-key-of-thirty-two-letters-0"
	secondKey = "second-key-of-thirty-two-letters1"
	thirdKey  = "third-key-of-thirty-two-letters-2"
)

// node is a process of a cluster whose database the others share.
func node(t *testing.T, keys KeyStore, key, previous string) *Encrypter {
	t.Helper()
	s := New(keys)
	require.NoError(t, s.UseKey(t.Context(), key, previous))
	return s
}

func encrypted(t *testing.T, s *Encrypter, plain string) string {
	t.Helper()
	text, err := s.Encrypt(place, plain)
	require.NoError(t, err)
	return text
}

func requireDecrypts(t *testing.T, s *Encrypter, text, plain string) {
	t.Helper()
	got, err := s.Decrypt(place, text)
	require.NoError(t, err)
	require.Equal(t, plain, got)
}

func newKeyStore(t *testing.T) *store.Store { return store.New(storetest.DB(t), nil, model.NewId) }

func TestARegeneratedKeyDecryptsAllThatIsStored(t *testing.T) {
	db := newKeyStore(t)
	one := node(t, db, firstKey, "")
	old := encrypted(t, one, "token")
	lane, err := one.HideName("5511987654321")
	require.NoError(t, err)
	require.NotContains(t, lane, "5511987654321")
	dialog := one.DialogKeys()[0]

	require.NoError(t, one.PrepareKey(t.Context(), secondKey))
	requireDecrypts(t, node(t, db, firstKey, ""), old, "token") // the save failed: nothing changed
	requireDecrypts(t, node(t, db, secondKey, ""), old, "token")

	require.NoError(t, one.UseKey(t.Context(), secondKey, ""))
	requireDecrypts(t, one, old, "token")
	fresh := encrypted(t, one, "token")
	require.Contains(t, fresh, one.Prefix())
	require.NotContains(t, old, one.Prefix())
	require.Contains(t, one.DialogKeys(), dialog, "an open dialog goes on")
	require.NotEqual(t, dialog, one.DialogKeys()[0])
	again := node(t, db, secondKey, "") // a restart knows the new key alone
	requireDecrypts(t, again, old, "token")
	requireDecrypts(t, again, fresh, "token")
	for _, s := range []*Encrypter{one, again} {
		same, err := s.HideName("5511987654321")
		require.NoError(t, err)
		require.Equal(t, lane, same, "what waits stays in its lane")
	}
	require.NoError(t, again.UseKey(t.Context(), thirdKey, "")) // and once more, before anything was encrypted anew
	requireDecrypts(t, node(t, db, thirdKey, ""), old, "token")
	require.NoError(t, again.UseKey(t.Context(), firstKey, "")) // and back
	requireDecrypts(t, again, fresh, "token")
	require.Contains(t, encrypted(t, again, "x"), node(t, db, firstKey, "").Prefix())
}

func TestANodeThatWasNotToldOfTheNewKeyGoesOn(t *testing.T) {
	db := newKeyStore(t)
	told, untold := node(t, db, firstKey, ""), node(t, db, firstKey, "")
	old := encrypted(t, told, "old")
	require.NoError(t, told.UseKey(t.Context(), secondKey, ""))
	fresh := encrypted(t, told, "new")
	requireDecrypts(t, untold, fresh, "new")
	requireDecrypts(t, untold, old, "old")
	require.Equal(t, told.Prefix(), untold.Prefix(), "it encrypts with the key in force, too")
	restarted := node(t, db, firstKey, "")
	require.Equal(t, told.Prefix(), restarted.Prefix(), "a restart with the old key does not bring that back")
	requireDecrypts(t, restarted, fresh, "new")
}

func TestAKeyThatTheAdministratorAloneKnows(t *testing.T) {
	db := newKeyStore(t)
	old := encrypted(t, node(t, db, firstKey, ""), "token")
	changed := node(t, db, secondKey, "") // while the plugin was off: nobody knew both
	_, err := changed.Decrypt(place, old)
	require.Error(t, err)
	require.NoError(t, changed.UseKey(t.Context(), secondKey, firstKey))
	requireDecrypts(t, changed, old, "token")
	requireDecrypts(t, node(t, db, secondKey, ""), old, "token") // and may be taken out of the settings again
}

// fakeBrokenStore is a database that does not respond to writes.
type fakeBrokenStore struct{ KeyStore }

func (fakeBrokenStore) KeepKeys(context.Context, []domain.StoredKey) error {
	return errors.New("no database")
}

func TestAKeyThatCannotBeKeptDoesNotComeIntoForce(t *testing.T) {
	db := newKeyStore(t)
	s := node(t, db, firstKey, "")
	prefix := s.Prefix()
	s.keys = fakeBrokenStore{db}
	require.Error(t, s.PrepareKey(t.Context(), secondKey), "the change is refused")
	require.Error(t, s.UseKey(t.Context(), secondKey, ""))
	require.Equal(t, prefix, s.Prefix(), "the old one stays")
	s.keys = db
	require.NoError(t, s.UseKey(t.Context(), secondKey, ""))
	require.NotEqual(t, prefix, s.Prefix())
	require.Error(t, s.UseKey(t.Context(), "", ""), "and a key that is none")
	require.NotEqual(t, prefix, s.Prefix())
}
