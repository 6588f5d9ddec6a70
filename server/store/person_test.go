package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/relay"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
)

func TestAPersonIsExportedAndErased(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		who := relay.Person{PhoneKey: "5511987654321", WAID: "551187654321", UserID: "BR.12"}
		ana := f.contact(t, "+5511987654321", "Ana")
		_, err := f.db.Exec("UPDATE waa_contacts SET cpf_cipher = 'cipher', cpf_hash = 'hash', cpf_masked = '***.456.789-**'")
		require.NoError(t, err)
		closed := f.conversation(t, ana.ID, func(c *conversation.Conversation) {
			c.ClosedAt, c.ClosedBy, c.CloseReason, c.CreatedAt = now, "bia", "falou da Ana", now-1
		})
		conv := f.conversation(t, ana.ID, nil)
		_, _, _, err = f.SaveInbound(ctx(), inbound(conv, "wamid.in", now+1), who, true, now)
		require.NoError(t, err)
		m := f.template(t, conv, "marketing")
		require.NoError(t, f.InTx(ctx(), func(tx conversation.Tx) error { return tx.Enqueue(m, []byte("Olá Ana"), 0) }))
		f.draft(t, conv, "ines", "para a Ana")
		bia := f.conversation(t, f.contact(t, "+5511912345678", "Bia").ID, nil)
		other := f.template(t, bia, "marketing")
		require.NoError(t, f.InTx(ctx(), func(tx conversation.Tx) error { return tx.Enqueue(other, []byte("Olá Bia"), 0) }))
		add(t, f,
			store.InboxRow{Lane: "m:acc:5511987654321", Key: "by lane", Payload: []byte("{}")},
			store.InboxRow{Lane: "s:x", Key: "by payload", Payload: []byte(`{"recipient_id":"551187654321"}`), Dead: "unreadable Ana"},
			store.InboxRow{Lane: "s:y", Key: "by bsuid", Payload: []byte(`{"user_id":"BR.12"}`)},
			store.InboxRow{Lane: "m:acc:BR.123", Key: "another", Payload: []byte(`{"user_id":"BR.123","text":"call 5511987654321"}`)},
		)

		export, err := f.ExportContact(ctx(), ana.ID)
		require.NoError(t, err)
		require.Equal(t, "Ana", export.Contact.Name)
		require.Equal(t, "cipher", export.Contact.CPFCipher)
		require.Len(t, export.Identities, 2)
		require.Len(t, export.Conversations, 2)
		require.Equal(t, "falou da Ana", export.Conversations[0].CloseReason)
		require.Len(t, export.Messages, 2)
		require.Len(t, export.Charges, 1)
		require.Len(t, export.Drafts, 1)
		require.Equal(t, "para a Ana", export.Drafts[0].Text)
		data, err := json.Marshal(export)
		require.NoError(t, err)
		require.NotContains(t, string(data), "cipher")
		require.Contains(t, string(data), `"amount":5,`)
		_, err = f.ExportContact(ctx(), "no")
		require.ErrorIs(t, err, conversation.ErrNotFound)

		require.NoError(t, f.EraseContact(ctx(), ana.ID, "admin", nil, now+day))
		left, err := f.ClaimForget(ctx(), ana.ID, time.Minute, 10)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{closed.ChannelID, conv.ChannelID}, []string{left[0].ChannelID, left[1].ChannelID})
		export, err = f.ExportContact(ctx(), ana.ID)
		require.NoError(t, err)
		require.Equal(t, store.ExportedContact{ID: ana.ID, LastTemplateAt: export.Contact.LastTemplateAt, CreatedAt: export.Contact.CreatedAt, UpdatedAt: now + day}, export.Contact)
		require.Empty(t, export.Identities)
		require.Empty(t, export.Drafts)
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_drafts"))
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_contacts WHERE cpf_hash <> '' OR cpf_masked <> ''"))
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_messages WHERE conversation_id = $1 AND body <> ''", conv.ID))
		require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_conversations WHERE contact_id = $1 AND closed_at > 0 AND close_reason = ''", ana.ID))
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_audit WHERE action = 'contact_erased' AND actor_id = 'admin' AND object_id = $1", ana.ID))
		require.Len(t, f.charges(t), 2, "the ledger stays")

		require.Equal(t, []string{"another"}, keysOf(claim(t, f.Inbox(), "x", 10)))
		require.EqualValues(t, 3, f.number(t, "SELECT count(*) FROM waa_inbox WHERE payload = '' AND reason = '' AND finished_at > 0"))
		_, total, err := f.DeadLetters(ctx(), 0, 60)
		require.NoError(t, err)
		require.Zero(t, total)
		require.Equal(t, []string{other.ID}, keysOf(claim(t, f.Outbox(), "x", 10)))
		_, err = f.Outbox().Claim(ctx(), "x", time.Minute, 1, jobqueue.Limit{})
		require.NoError(t, err)

		// the number is nobody's now
		fresh := f.contact(t, "+5511987654321", "Ana de novo")
		require.NotEqual(t, ana.ID, fresh.ID)
		require.ErrorIs(t, f.EraseContact(ctx(), "no", "admin", nil, now), conversation.ErrNotFound)
	})
}

func TestAChangedNumberLeadsToTheSamePerson(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		ana, bia := f.contact(t, "+5511987654321", "Ana"), f.contact(t, "+5511912345678", "Bia")
		renewed := relay.Person{PhoneKey: "5521987654321", WAID: "5521987654321", UserID: "BR.2"}
		old := relay.Person{PhoneKey: "5511987654321", WAID: "5511987654321", UserID: "BR.1"}
		taken, err := f.MoveIdentity(ctx(), f.account.ID, ana.ID, old, renewed, now)
		require.NoError(t, err)
		require.False(t, taken)
		_, err = f.FindContact(ctx(), f.account.ID, old)
		require.ErrorIs(t, err, conversation.ErrNotFound, "the old number may be another's one day")
		for _, who := range []relay.Person{renewed, {PhoneKey: "5521987654321"}, {UserID: "BR.2"}} {
			got, err := f.FindContact(ctx(), f.account.ID, who)
			require.NoError(t, err)
			require.Equal(t, ana.ID, got.ID)
			require.Equal(t, "+5521987654321", got.Phone)
		}
		taken, err = f.MoveIdentity(ctx(), f.account.ID, ana.ID, renewed, relay.Person{PhoneKey: "5511912345678"}, now)
		require.NoError(t, err)
		require.True(t, taken)
		got, err := f.FindContact(ctx(), f.account.ID, relay.Person{PhoneKey: "5511912345678"})
		require.NoError(t, err)
		require.Equal(t, bia.ID, got.ID, "what is somebody else's stays theirs")
		conv := f.conversation(t, bia.ID, nil)
		m := f.outbound(t, conv, func(m *conversation.Message) { m.WAMID = "wamid.1" })
		for post, want := range map[string]string{m.PostID: "wamid.1", "no": "", "": ""} {
			wamid, err := f.WAMIDOfPost(ctx(), post)
			require.NoError(t, err)
			require.Equal(t, want, wamid)
		}
	})
}
