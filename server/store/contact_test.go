package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestFiftyStartsForOneNumberMeet(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		ways := []string{"+5511987654321", "+551187654321"} // with and without the ninth digit
		var all sync.WaitGroup
		began := make(chan string, 50)
		for i := range 50 {
			all.Go(func() {
				err := f.InTx(ctx(), func(tx domain.Tx) error {
					c, err := tx.LockContact(f.account, domain.ContactWanted{Name: fmt.Sprintf("Nome %d", i), Phone: ways[i%2]})
					if err != nil {
						return err
					}
					if _, err = tx.OpenConversation(f.account.ID, c.ID); !errors.Is(err, domain.ErrNotFound) {
						return err
					}
					began <- c.ID
					return tx.InsertConversation(&domain.Conversation{
						ID: newID(), AccountID: f.account.ID, ContactID: c.ID, QueueID: f.queue.ID, TeamID: "team", OwnerID: "owner", CreatedAt: now, UpdatedAt: now,
					})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		require.Len(t, began, 1)
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_contacts"))
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_identities"))
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_conversations"))
	})
}

func TestASecondOpenConversationIsAConflict(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.contact(t, "+5511987654321", "Ana")
		first := f.conversation(t, c.ID, nil)
		second := *first
		second.ID, second.ChannelID = newID(), newID()
		insert := func(tx domain.Tx) error { return tx.InsertConversation(&second) }
		require.ErrorIs(t, f.InTx(ctx(), insert), domain.ErrConflict)

		first.ClosedAt = now
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.UpdateConversation(first) }))
		require.NoError(t, f.InTx(ctx(), insert))
		first.ClosedAt = 0
		require.ErrorIs(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.UpdateConversation(first) }), domain.ErrConflict, "a reopen too")
	})
}

func TestAContactIsKnownOnEveryAccount(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		other := &domain.Account{Name: "Outro", PhoneNumberID: "101", WABAID: "200"}
		require.NoError(t, f.CreateAccount(ctx(), other, now))
		ana := f.document(t, "+5511987654321", "52998224725")
		require.Equal(t, "+5511987654321", ana.Phone)
		require.NotZero(t, ana.CreatedAt)
		var again *domain.Contact
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) (err error) {
			again, err = tx.LockContact(other, domain.ContactWanted{Name: "Ana Maria", Phone: "+551187654321", Document: "11144477735"})
			return err
		}))
		require.Equal(t, ana.ID, again.ID)
		require.Equal(t, ana.Name, again.Name, "what a start says holds when its template is taken")
		require.Equal(t, "+5511987654321", again.Phone)
		require.Equal(t, "sealed#52998224725", again.CPFHash)
		require.Equal(t, "***.982.247-**", again.CPFMasked)
		require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_identities WHERE contact_id = $1", ana.ID))

		// nothing given leaves what is stored
		kept := f.contact(t, "+5511987654321", "")
		require.Equal(t, ana.Name, kept.Name)
		document, err := f.Document(kept)
		require.NoError(t, err)
		require.Equal(t, "52998224725", document)
	})
}

func TestIdentitiesOfTwoPeopleAreNotMerged(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		byNumber := f.contact(t, "+5511987654321", "Ana")
		hidden, _, err := f.written(domain.WhatsAppIdentity{UserID: "BR.1", Name: "Bia"})
		require.NoError(t, err)
		require.NotEqual(t, byNumber.ID, hidden.ContactID)
		both := domain.WhatsAppIdentity{PhoneKey: "5511987654321", WAID: "5511987654321", UserID: "BR.1"}

		found, err := f.Find(ctx(), f.account.ID, "", both)
		require.NoError(t, err)
		require.Equal(t, hidden.ID, found.ID, "the BSUID is surer than the number")
		saved, _, after, err := f.SaveInbound(ctx(), &domain.Message{
			ID: newID(), ConversationID: hidden.ID, AccountID: f.account.ID, Kind: "text", WAMID: "w1", CreatedAt: now,
		}, both, true, now)
		require.NoError(t, err)
		require.Equal(t, hidden.ContactID, saved.ContactID)
		require.Equal(t, "+5511987654321", after.Contact.Phone)
		contact, err := f.FindContact(ctx(), f.account.ID, domain.WhatsAppIdentity{PhoneKey: "5511987654321"})
		require.NoError(t, err)
		require.Equal(t, byNumber.ID, contact.ID, "the number still is whose it was")
	})
}

func TestLockConversationHoldsTheContactToo(t *testing.T) {
	f := direct(t)
	c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
	const rounds = 20
	var all sync.WaitGroup
	for range rounds {
		all.Go(func() {
			err := f.InTx(ctx(), func(tx domain.Tx) error {
				locked, err := tx.LockConversation(c.ID)
				if err != nil {
					return err
				}
				locked.Contact.LastTemplateAt++
				locked.LastTemplateAt = locked.Contact.LastTemplateAt
				if err = tx.UpdateConversation(locked); err != nil {
					return err
				}
				return tx.UpdateContact(&locked.Contact)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got, err := f.Conversation(ctx(), c.ID)
	require.NoError(t, err)
	require.EqualValues(t, rounds, got.Contact.LastTemplateAt, "no change was lost")
	require.EqualValues(t, rounds, got.LastTemplateAt)
	require.ErrorIs(t, f.InTx(ctx(), func(tx domain.Tx) error {
		_, err := tx.LockConversation("nobody")
		return err
	}), domain.ErrNotFound)
}

func TestInTxRollsBack(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		mine := errors.New("mine")
		require.Equal(t, mine, f.InTx(ctx(), func(tx domain.Tx) error {
			if _, err := tx.LockContact(f.account, domain.ContactWanted{Phone: "+5511987654321"}); err != nil {
				return err
			}
			return mine
		}))
		require.Panics(t, func() {
			_ = f.InTx(ctx(), func(tx domain.Tx) error {
				if _, err := tx.LockContact(f.account, domain.ContactWanted{Phone: "+5511987654321"}); err != nil {
					return err
				}
				panic("a bug")
			})
		})
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_contacts"))
	})
}

// Who looks for a person while an administrator merges them with another waits, and then finds the other.
func TestWhoIsMergedMeanwhileIsNotStoredAnew(t *testing.T) {
	f := direct(t)
	gone, kept := f.contact(t, "+5511987654321", "Ana"), f.contact(t, "+5511912345678", "Bia")
	merging, err := f.db.Begin()
	require.NoError(t, err)
	defer func() { _ = merging.Rollback() }() // does nothing after the commit
	for _, statement := range []string{
		"SELECT FROM waa_contacts WHERE id IN ($1, $2) FOR UPDATE", "UPDATE waa_identities SET contact_id = $2 WHERE contact_id = $1", "DELETE FROM waa_contacts WHERE id = $1 AND $2 <> ''",
	} {
		_, err := merging.Exec(statement, gone.ID, kept.ID)
		require.NoError(t, err)
	}
	found := make(chan string, 1)
	go func() {
		var id string
		_ = f.InTx(ctx(), func(tx domain.Tx) error {
			c, err := tx.LockContact(f.account, domain.ContactWanted{Name: "Ana", Phone: "+5511987654321"})
			if err == nil {
				id = c.ID
			}
			return err
		})
		found <- id
	}()
	f.blocked(t, "waa_identities")
	require.NoError(t, merging.Commit())
	require.Equal(t, kept.ID, <-found)
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_contacts"))
}
