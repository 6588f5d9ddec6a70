package store_test

import (
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

func TestAPersonIsExportedAndErased(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		who := domain.WhatsAppIdentity{PhoneKey: "5511987654321", WAID: "551187654321", UserID: "BR.12"}
		ana := f.contact(t, "+5511987654321", "Ana")
		_, err := f.db.Exec("UPDATE waa_contacts SET username = 'ana.lima', cpf_cipher = 'cipher', cpf_hash = 'hash', cpf_masked = '***.456.789-**'")
		require.NoError(t, err)
		closed := f.conversation(t, ana.ID, func(c *domain.Conversation) {
			c.ClosedAt, c.ClosedBy, c.CloseReason, c.CreatedAt = now, "bia", "falou da Ana", now-1
			c.ClosingReasonID, c.ClosingLabel, c.ClosingFields = "reason", "Vendido", domain.ClosingAnswers{{Name: "who", Label: "Quem", Type: domain.ClosingText, Value: "Ana"}}
		})
		conv := f.conversation(t, ana.ID, nil)
		_, _, _, err = f.SaveInbound(ctx(), inbound(conv, "wamid.in", now+1), who, true, now)
		require.NoError(t, err)
		m := f.template(t, conv, "marketing")
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.Enqueue(m, []byte("Olá Ana"), 0) }))
		f.draft(t, conv, "ines", "para a Ana")
		bia := f.conversation(t, f.contact(t, "+5511912345678", "Bia").ID, nil)
		other := f.template(t, bia, "marketing")
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.Enqueue(other, []byte("Olá Bia"), 0) }))
		add(t, f,
			domain.InboxRow{Lane: "m:acc:5511987654321", Key: "by lane", Payload: []byte("{}")},
			domain.InboxRow{Lane: "s:x", Key: "by payload", Payload: []byte(`{"recipient_id":"551187654321"}`), Dead: "unreadable Ana"},
			domain.InboxRow{Lane: "s:y", Key: "by bsuid", Payload: []byte(`{"user_id":"BR.12"}`)},
			domain.InboxRow{Lane: "m:acc:BR.123", Key: "another", Payload: []byte(`{"user_id":"BR.123","text":"call 5511987654321"}`)},
		)

		export, err := f.ExportContact(ctx(), ana.ID)
		require.NoError(t, err)
		require.Equal(t, "Ana", export.Contact.Name)
		require.Equal(t, "ana.lima", export.Contact.Username)
		require.Equal(t, "cipher", export.Contact.CPFCipher)
		require.Len(t, export.Identities, 2)
		require.Len(t, export.Conversations, 2)
		require.Equal(t, "falou da Ana", export.Conversations[0].CloseReason)
		require.Equal(t, "Ana", export.Conversations[0].ClosingFields[0].Value)
		require.Len(t, f.exported(t, conv.ID), 2)
		require.Empty(t, f.exported(t, closed.ID))
		require.Len(t, export.Drafts, 1)
		require.Equal(t, "para a Ana", export.Drafts[0].Text)
		_, err = f.ExportContact(ctx(), "no")
		require.ErrorIs(t, err, domain.ErrNotFound)

		require.NoError(t, f.EraseContact(ctx(), ana.ID, "admin", nil, now+day))
		left, err := f.ClaimForget(ctx(), ana.ID, time.Minute, 10)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{closed.ChannelID, conv.ChannelID}, []string{left[0].ChannelID, left[1].ChannelID})
		export, err = f.ExportContact(ctx(), ana.ID)
		require.NoError(t, err)
		require.Equal(t, domain.Contact{ID: ana.ID, LastTemplateAt: export.Contact.LastTemplateAt, CreatedAt: export.Contact.CreatedAt, UpdatedAt: now + day}, export.Contact)
		require.Empty(t, export.Identities)
		require.Empty(t, export.Drafts)
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_drafts"))
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_contacts WHERE cpf_hash <> '' OR cpf_masked <> ''"))
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_messages WHERE conversation_id = $1 AND body <> ''", conv.ID))
		require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_conversations WHERE contact_id = $1 AND closed_at > 0 AND close_reason = '' AND closing_fields = '[]'", ana.ID))
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_conversations WHERE contact_id = $1 AND closing_label = 'Vendido'", ana.ID), "which reason it was stays")
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_audit WHERE action = 'contact_erased' AND actor_id = 'admin' AND object_id = $1", ana.ID))
		require.Len(t, f.charges(t), 2, "the ledger stays")

		require.Equal(t, []string{"another"}, keysOf(claim(t, f.Inbox(), "x", 10)))
		require.EqualValues(t, 3, f.number(t, "SELECT count(*) FROM waa_inbox WHERE payload = '' AND reason = '' AND finished_at > 0"))
		_, total, err := f.DeadLetters(ctx(), 0, 60)
		require.NoError(t, err)
		require.Zero(t, total)
		require.Equal(t, []string{other.ID}, keysOf(claim(t, f.Outbox(), "x", 10)))
		_, err = f.Outbox().Claim(ctx(), "x", time.Minute, 1, jobqueue.ClaimLimit{})
		require.NoError(t, err)

		// the number is nobody's now
		fresh := f.contact(t, "+5511987654321", "Ana de novo")
		require.NotEqual(t, ana.ID, fresh.ID)
		require.ErrorIs(t, f.EraseContact(ctx(), "no", "admin", nil, now), domain.ErrNotFound)
	})
}

// exported are all messages of a conversation as they are given out.
func (f *fixture) exported(t testing.TB, conversationID string) (all []domain.ExportedMessage) {
	t.Helper()
	require.NoError(t, f.EachExported(ctx(), conversationID, func(m *domain.ExportedMessage) error {
		all = append(all, *m)
		return nil
	}))
	return all
}

func TestAnExportHoldsWhatWasWritten(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		ana := f.contact(t, "+5511987654321", "Ana")
		conv := f.conversation(t, ana.ID, nil)
		f.template(t, conv, "marketing")
		in := f.outbound(t, conv, func(m *domain.Message) { m.Direction, m.CreatedAt = domain.Inbound, now+1 })
		files := f.outbound(t, conv, func(m *domain.Message) { m.Kind, m.Parts, m.CreatedAt = "image", 2, now+2 })
		f.outbound(t, conv, func(m *domain.Message) {
			m.Kind, m.PostID, m.Part, m.Parts, m.CreatedAt = "image", files.PostID, 1, 2, now+3
		})
		f.outbound(t, conv, func(m *domain.Message) { m.CreatedAt = now + 4 }) // whose post is gone
		post := func(id, message, original string, deleted int64) {
			_, err := f.db.Exec("INSERT INTO posts (id, channelid, userid, type, createat, deleteat, message, originalid) VALUES ($1, $2, 'ines', '', $3, $4, $5, $6)",
				id, conv.ChannelID, now, deleted, message, original)
			require.NoError(t, err)
		}
		post(in.PostID, "Meu \"RG\"\né 12 👍", "", 9)
		post(files.PostID, "as fotos, corrigido", "", 0)
		post("before", "as fotos", files.PostID, 9)
		post("note", "uma nota interna", "", 0)
		_, err := f.db.Exec(`INSERT INTO fileinfo (id, postid, createat, name, size) VALUES ('f2', $1, 2, 'b.jpg', 20), ('f1', $1, 1, 'a.jpg', 10), ('fn', 'note', 1, 'n.pdf', 5), ('loose', '', 1, 'l.pdf', 5)`, files.PostID)
		require.NoError(t, err)

		all := f.exported(t, conv.ID)
		texts := make([]string, 0, len(all))
		for _, m := range all {
			texts = append(texts, m.Text)
			if m.ID != files.ID {
				require.Empty(t, m.Files)
			}
		}
		require.Equal(t, []string{"Olá", "Meu \"RG\"\né 12 👍", "as fotos, corrigido", "", ""}, texts)
		require.Equal(t, []domain.ExportedFile{{Name: "a.jpg", Size: 10}, {Name: "b.jpg", Size: 20}}, all[2].Files)
		require.Equal(t, []any{in.ID, "in", in.PostID}, []any{all[1].ID, all[1].Direction, all[1].PostID})

		stopped := errors.New("stopped")
		require.Equal(t, stopped, f.EachExported(ctx(), conv.ID, func(*domain.ExportedMessage) error { return stopped }))
		require.NoError(t, f.EraseContact(ctx(), ana.ID, "admin", nil, now+day))
		for _, m := range f.exported(t, conv.ID) {
			require.Empty(t, m.Text, "what the server keeps of an erased person is not read again")
			require.Empty(t, m.Files)
		}
	})
}

func TestALongHistoryIsExportedInBatches(t *testing.T) {
	f := direct(t)
	conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
	_, err := f.db.Exec(`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, post_id, created_at)
		SELECT 'm' || n, $1, $2, $3, 'in', 'text', 'p' || n, $4::bigint + n / 150 FROM generate_series(1, 1000) n`, conv.ID, conv.AccountID, conv.ContactID, now)
	require.NoError(t, err)
	_, err = f.db.Exec(`INSERT INTO posts (id, channelid, createat, deleteat, message) SELECT 'p' || n, $1, 1, 0, 'texto ' || n FROM generate_series(1, 1000) n`, conv.ChannelID)
	require.NoError(t, err)
	seen, last := map[string]bool{}, int64(0)
	for _, m := range f.exported(t, conv.ID) {
		require.False(t, seen[m.ID], m.ID)
		require.GreaterOrEqual(t, m.CreatedAt, last)
		require.Equal(t, "texto "+m.ID[1:], m.Text)
		seen[m.ID], last = true, m.CreatedAt
	}
	require.Len(t, seen, 1000)
}

func TestAChangedNumberLeadsToTheSamePerson(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		ana, bia := f.contact(t, "+5511987654321", "Ana"), f.contact(t, "+5511912345678", "Bia")
		renewed := domain.WhatsAppIdentity{PhoneKey: "5521987654321", WAID: "5521987654321", UserID: "BR.2"}
		old := domain.WhatsAppIdentity{PhoneKey: "5511987654321", WAID: "5511987654321", UserID: "BR.1"}
		taken, err := f.MoveIdentity(ctx(), f.account.ID, ana.ID, old, renewed, now)
		require.NoError(t, err)
		require.False(t, taken)
		_, err = f.FindContact(ctx(), f.account.ID, old)
		require.ErrorIs(t, err, domain.ErrNotFound, "the old number may be another's one day")
		for _, who := range []domain.WhatsAppIdentity{renewed, {PhoneKey: "5521987654321"}, {UserID: "BR.2"}} {
			got, err := f.FindContact(ctx(), f.account.ID, who)
			require.NoError(t, err)
			require.Equal(t, ana.ID, got.ID)
			require.Equal(t, "+5521987654321", got.Phone)
		}
		taken, err = f.MoveIdentity(ctx(), f.account.ID, ana.ID, renewed, domain.WhatsAppIdentity{PhoneKey: "5511912345678"}, now)
		require.NoError(t, err)
		require.True(t, taken)
		got, err := f.FindContact(ctx(), f.account.ID, domain.WhatsAppIdentity{PhoneKey: "5511912345678"})
		require.NoError(t, err)
		require.Equal(t, bia.ID, got.ID, "what is somebody else's stays theirs")
		conv := f.conversation(t, bia.ID, nil)
		m := f.outbound(t, conv, func(m *domain.Message) { m.WAMID = "wamid.1" })
		for post, want := range map[string]string{m.PostID: "wamid.1", "no": "", "": ""} {
			t.Run(post, func(t *testing.T) {
				wamid, err := f.WAMIDOfPost(ctx(), post)
				require.NoError(t, err)
				require.Equal(t, want, wamid)
			})
		}
	})
}
