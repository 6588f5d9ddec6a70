package store_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// document gives somebody a document.
func (f *fixture) document(t *testing.T, phone string, document domain.Document) (c *domain.Contact) {
	t.Helper()
	require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) (err error) {
		c, err = tx.LockContact(f.account, domain.ContactWanted{Name: "Ana " + phone, Phone: phone, Document: document})
		return err
	}))
	return c
}

func (f *fixture) reseal(t *testing.T, n int) (at domain.Reencryption) {
	t.Helper()
	for range 1000 {
		var err error
		at, err = f.Reencrypt(ctx(), at, n)
		require.NoError(t, err)
		if at.Done {
			return at
		}
	}
	t.Fatal("it does not end")
	return at
}

func TestAChangedKeyLosesNothing(t *testing.T) {
	f := direct(t)
	var people []*domain.Contact
	for i := range 7 {
		c := f.document(t, "+551198765432"+strconv.Itoa(i), domain.Document("5299822472"+strconv.Itoa(i)))
		f.conversation(t, c.ID, nil)
		people = append(people, c)
	}
	found := func(i int) {
		t.Helper()
		got, _ := list(t, f, "root", nil, true, domain.ListFilter{Document: domain.Document("5299822472" + strconv.Itoa(i)), Now: now})
		require.Len(t, got, 1)
	}
	*f.sealer = fakeEncrypter{key: "next", old: []string{"sealed"}}
	_, err := f.Reencrypt(ctx(), domain.Reencryption{}, 3) // and there it is killed
	require.NoError(t, err)
	for i := range people {
		found(i)
	}
	late := f.document(t, "+5511987654320", "52998224720") // as it is: nothing is sealed twice
	require.Equal(t, people[0].ID, late.ID)
	require.Zero(t, f.reseal(t, 2).Lost)
	require.Zero(t, f.number(t, "SELECT count(*) FROM waa_contacts WHERE cpf_cipher NOT LIKE 'next:%' OR cpf_hash NOT LIKE 'next#%'"))
	require.Zero(t, f.number(t, "SELECT count(*) FROM waa_accounts WHERE access_token NOT LIKE 'next:%' OR app_secret NOT LIKE 'next:%' OR verify_token NOT LIKE 'next:%'"))

	*f.sealer = fakeEncrypter{key: "next"} // the old one is gone
	for i, c := range people {
		found(i)
		export, err := f.ExportContact(ctx(), c.ID)
		require.NoError(t, err)
		plain, err := f.Document(&domain.Contact{ID: c.ID, CPFCipher: export.Contact.CPFCipher})
		require.NoError(t, err)
		require.Equal(t, "5299822472"+strconv.Itoa(i), plain)
	}
	account, err := f.Account(ctx(), f.account.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"token", "secret", "verify"}, []string{account.AccessToken, account.AppSecret, account.VerifyToken})

	*f.sealer = fakeEncrypter{key: "another"}
	require.Equal(t, 10, f.reseal(t, 2).Lost, "what no key opens is left as it is, and counted")
	*f.sealer = fakeEncrypter{key: "another", old: []string{"next"}}
	require.Zero(t, f.reseal(t, 2).Lost)
}

func TestASealedValueOpensInItsRowAlone(t *testing.T) {
	f := direct(t)
	ana, bia := f.document(t, "+5511987654321", "52998224725"), f.document(t, "+5511987654322", "11144477735")
	_, err := f.db.Exec("UPDATE waa_contacts SET cpf_cipher = (SELECT cpf_cipher FROM waa_contacts WHERE id = $2) WHERE id = $1", ana.ID, bia.ID)
	require.NoError(t, err)
	export, err := f.ExportContact(ctx(), ana.ID)
	require.NoError(t, err)
	_, err = f.Document(&domain.Contact{ID: ana.ID, CPFCipher: export.Contact.CPFCipher})
	require.Error(t, err)

	// a merge seals it for the row it comes to
	carla := f.contact(t, "+5511987654323", "Carla")
	merged, err := f.MergeContacts(ctx(), carla.ID, bia.ID, "admin", now)
	require.NoError(t, err)
	document, err := f.Document(merged)
	require.NoError(t, err)
	require.Equal(t, "11144477735", document)
}

func TestWhatWaitsIsHiddenInItsOrder(t *testing.T) {
	f := direct(t)
	add(t, f, domain.InboxRow{Lane: "m:acc:5511987654321", Key: "1", Order: 1}, domain.InboxRow{Lane: "m:acc:5511987654321", Key: "2", Order: 2})
	require.NoError(t, f.HideLanes(ctx()))
	add(t, f, domain.InboxRow{Lane: "hidden m:acc:5511987654321", Key: "3", Order: 3})
	require.NoError(t, f.HideLanes(ctx()))
	require.EqualValues(t, 1, f.number(t, "SELECT count(DISTINCT lane) FROM waa_inbox"))
	require.Equal(t, []string{"1"}, keysOf(claim(t, f.Inbox(), "x", 10)), "one lane still")
}

func TestKeysAreKeptAsLongAsSomebodyMayNeedThem(t *testing.T) {
	f := direct(t)
	require.NoError(t, f.KeyInForce(ctx(), "one", false))
	require.NoError(t, f.KeyInForce(ctx(), "two", true))
	require.NoError(t, f.KeepKeys(ctx(), []domain.StoredKey{
		{Name: "one", Under: "two", Encrypted: "a"}, {Name: "two", Under: "one", Encrypted: "b"}, {Name: "names", Under: "one", Encrypted: "c"}, {Name: "names", Under: "two", Encrypted: "d"},
	}))
	names := func() (all []string) {
		keys, err := f.Keys(ctx())
		require.NoError(t, err)
		require.Equal(t, "two", keys[0].Name, "the latest in force is the first")
		for _, k := range keys {
			all = append(all, k.Name+" under "+k.Under)
		}
		return all
	}
	require.NoError(t, f.DropKeys(ctx(), "two", "names"))
	require.Len(t, names(), 6, "another node may not have been told yet")
	require.NoError(t, f.KeyInForce(ctx(), "one", false))
	require.Len(t, names(), 6, "a node with the old key does not bring it back")
	_, err := f.db.Exec("UPDATE waa_keys SET current_at = current_at - $1, created_at = created_at - $1", 2*day)
	require.NoError(t, err)
	require.NoError(t, f.DropKeys(ctx(), "two", "names"))
	require.ElementsMatch(t, []string{"one under one", "two under two", "one under two", "names under two"}, names())
	_, err = f.db.Exec("UPDATE waa_keys SET current_at = current_at - $1, created_at = created_at - $1", 31*day)
	require.NoError(t, err)
	require.NoError(t, f.DropKeys(ctx(), "two", "names"))
	require.ElementsMatch(t, []string{"two under two", "names under two"}, names())
}
