package main

import (
	"context"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

const (
	firstKey  = "first-key-of-thirty-two-letters-0"
	secondKey = "second-key-of-thirty-two-letters1"
	thirdKey  = "third-key-of-thirty-two-letters-2"
	tokenPlace     = "waa_accounts.access_token.1"
)

// node is a process of a cluster whose database the others share.
func node(t *testing.T, keys keyStore, key, previous string) *sealer {
	t.Helper()
	s := newSealer()
	s.keys = keys
	require.NoError(t, s.use(t.Context(), key, previous))
	return s
}

func sealed(t *testing.T, s *sealer, plain string) string {
	t.Helper()
	text, err := s.Seal(tokenPlace, plain)
	require.NoError(t, err)
	return text
}

func opens(t *testing.T, s *sealer, text, plain string) {
	t.Helper()
	got, err := s.Open(tokenPlace, text)
	require.NoError(t, err)
	require.Equal(t, plain, got)
}

func keysIn(t *testing.T) *store.Store { return store.New(storetest.DB(t), nil, model.NewId) }

func TestARegeneratedKeyOpensAllThatIsStored(t *testing.T) {
	db := keysIn(t)
	one := node(t, db, firstKey, "")
	old := sealed(t, one, "token")
	lane, err := one.Hide("5511987654321")
	require.NoError(t, err)
	require.NotContains(t, lane, "5511987654321")
	dialog := one.dialogKeys()[0]

	require.NoError(t, one.prepare(t.Context(), secondKey))
	opens(t, node(t, db, firstKey, ""), old, "token") // the save failed: nothing changed
	opens(t, node(t, db, secondKey, ""), old, "token")

	require.NoError(t, one.use(t.Context(), secondKey, ""))
	opens(t, one, old, "token")
	fresh := sealed(t, one, "token")
	require.Contains(t, fresh, one.Prefix())
	require.NotContains(t, old, one.Prefix())
	require.Contains(t, one.dialogKeys(), dialog, "an open dialog goes on")
	require.NotEqual(t, dialog, one.dialogKeys()[0])
	again := node(t, db, secondKey, "") // a restart knows the new key alone
	opens(t, again, old, "token")
	opens(t, again, fresh, "token")
	for _, s := range []*sealer{one, again} {
		same, err := s.Hide("5511987654321")
		require.NoError(t, err)
		require.Equal(t, lane, same, "what waits stays in its lane")
	}
	require.NoError(t, again.use(t.Context(), thirdKey, "")) // and once more, before anything was sealed anew
	opens(t, node(t, db, thirdKey, ""), old, "token")
	require.NoError(t, again.use(t.Context(), firstKey, "")) // and back
	opens(t, again, fresh, "token")
	require.Contains(t, sealed(t, again, "x"), node(t, db, firstKey, "").Prefix())
}

func TestANodeThatWasNotToldOfTheNewKeyGoesOn(t *testing.T) {
	db := keysIn(t)
	told, untold := node(t, db, firstKey, ""), node(t, db, firstKey, "")
	old := sealed(t, told, "old")
	require.NoError(t, told.use(t.Context(), secondKey, ""))
	fresh := sealed(t, told, "new")
	opens(t, untold, fresh, "new")
	opens(t, untold, old, "old")
	require.Equal(t, told.Prefix(), untold.Prefix(), "it seals with the key in force, too")
	restarted := node(t, db, firstKey, "")
	require.Equal(t, told.Prefix(), restarted.Prefix(), "a restart with the old key does not bring that back")
	opens(t, restarted, fresh, "new")
}

func TestAKeyThatTheAdministratorAloneKnows(t *testing.T) {
	db := keysIn(t)
	old := sealed(t, node(t, db, firstKey, ""), "token")
	changed := node(t, db, secondKey, "") // while the plugin was off: nobody knew both
	_, err := changed.Open(tokenPlace, old)
	require.Error(t, err)
	require.NoError(t, changed.use(t.Context(), secondKey, firstKey))
	opens(t, changed, old, "token")
	opens(t, node(t, db, secondKey, ""), old, "token") // and may be taken out of the settings again
}

// broken is a database that does not answer.
type broken struct{ keyStore }

func (broken) KeepKeys(context.Context, []store.StoredKey) error { return errors.New("no database") }

func TestAKeyThatCannotBeKeptDoesNotComeIntoForce(t *testing.T) {
	db := keysIn(t)
	s := node(t, db, firstKey, "")
	prefix := s.Prefix()
	s.keys = broken{db}
	require.Error(t, s.prepare(t.Context(), secondKey), "the change is refused")
	require.Error(t, s.use(t.Context(), secondKey, ""))
	require.Equal(t, prefix, s.Prefix(), "the old one stays")
	s.keys = db
	require.NoError(t, s.use(t.Context(), secondKey, ""))
	require.NotEqual(t, prefix, s.Prefix())
	require.Error(t, s.use(t.Context(), "", ""), "and a key that is none")
	require.NotEqual(t, prefix, s.Prefix())
}
