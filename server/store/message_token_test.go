package store_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	byPhoneID = "wamid.HBgNNTUxMTk4NzY1MDAwMRUCABIYIDNBMEYxRTJEM0M0QjVBNjk3ODg3OTZBNUI0QzNEMkUxAA=="
	byUserID  = "wamid.HBgTQlIuMTMwMDAwMDAwMDAwMDAwMRUUABIYIDNBMEYxRTJEM0M0QjVBNjk3ODg3OTZBNUI0QzNEMkUxAA=="
)

// spelled is a message's id as Meta makes it.
func spelled(peer string, scope, direction byte, token string) string {
	raw := append([]byte{0x1c, 0x18, byte(len(peer))}, peer...)
	raw = append(append(raw, 0x15, scope, 0, direction, 0x18, byte(len(token))), token...)
	return "wamid." + base64.StdEncoding.EncodeToString(append(raw, 0))
}

func TestTokens(t *testing.T) {
	f := direct(t)
	token := func(wamid string) (is string) {
		require.NoError(t, f.db.QueryRow("SELECT waa_token($1)", wamid).Scan(&is), wamid)
		return is
	}
	require.Equal(t, "3A0F1E2D3C4B5A69788796A5B4C3D2E1", token(byPhoneID))
	require.Equal(t, token(byPhoneID), token(byUserID))
	for peer, scope := range map[string]byte{"5511987650001": 2, "BR.1300000000000001": 0x14, strings.Repeat("B", 120): 0x14} {
		t.Run(peer, func(t *testing.T) {
			for _, direction := range []byte{0x11, 0x12} {
				require.Equal(t, "FF01", token(spelled(peer, scope, direction, "FF01")))
			}
		})
	}
	whole := spelled("5511987650001", 2, 0x12, "3A0F")
	for _, as := range []string{
		"", "x", "wamid.1", "wamid.", "wamid.HBg", "wamid.HBgN", "wamid.HBgNNTUx", "wamid.HB", "3A0F", "wamid.gBGGSFcCNEOPAgkO_ryIrFXNO", "wamid.HBg====", "wamid.HBg!",
		whole[:len(whole)-4], whole + "AAAA", spelled("5511987650001", 2, 0x12, ""), spelled("5511987650001", 2, 0x12, "\\x"), spelled("5511987650001", 2, 0x12, "a\x00b"), spelled("5511987650001", 2, 0x12, "ção"),
	} {
		require.Equal(t, as, token(as), "what cannot be decoded is compared as it is")
	}
}

// One message under two ids: threads, reactions, statuses, the answered conversation and a second delivery all find it.
func TestOneMessageTwoSpellings(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987650001", "Ana").ID, func(c *domain.Conversation) { c.WindowUntil = now + day })
		saved := f.inbound(t, conv, byPhoneID)
		found, err := f.MessageByWAMID(ctx(), f.account.ID, byUserID)
		require.NoError(t, err)
		require.Equal(t, saved.ID, found.ID)
		_, err = f.MessageByWAMID(ctx(), "another number", byUserID)
		require.ErrorIs(t, err, domain.ErrNotFound)
		a, err := f.ResolveTarget(ctx(), f.account.ID, byUserID, "", domain.WhatsAppIdentity{UserID: "BR.1300000000000001"})
		require.NoError(t, err)
		require.Equal(t, []string{conv.ID, saved.ID}, []string{a.Conversation.ID, a.MessageID}, "delivered again under its other id")
		require.Equal(t, saved.ID, f.inbound(t, conv, byUserID).ID)
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_messages"))

		template := f.template(t, conv, "marketing")
		mine, others := spelled("5511987650001", 2, 0x11, "BEEF"), spelled("BR.1300000000000001", 0x14, 0x11, "BEEF")
		require.NoError(t, f.accepted(template.ID, mine, domain.WhatsAppIdentity{}, now))
		m, advanced, err := f.ApplyStatus(ctx(), f.account.ID, domain.StatusChange{WAMID: others, Status: domain.Delivered, At: now + 1})
		require.NoError(t, err)
		require.True(t, advanced)
		require.Equal(t, []string{template.ID, mine}, []string{m.ID, m.WAMID})
		stranger := domain.WhatsAppIdentity{UserID: "BR.2"}
		answered, err := f.Find(ctx(), f.account.ID, others, stranger)
		require.NoError(t, err)
		require.Equal(t, conv.ID, answered.ID)
		conv.ClosedAt = now
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.UpdateConversation(conv) }))
		w := f.returns(stranger)
		w.Answers = others
		back, how, err := f.OpenForInbound(ctx(), w)
		require.NoError(t, err)
		require.Equal(t, domain.Reopened, how)
		require.Equal(t, conv.ID, back.ID)

		_, err = f.db.Exec("UPDATE waa_messages SET wamid = ''") // as an erasure does
		require.NoError(t, err)
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_messages WHERE token <> ''"))
	})
}

// What an earlier version stored gets its token afterwards, and is found by its own id until then.
func TestOldMessagesGetTheirTokens(t *testing.T) {
	f := direct(t)
	conv := f.conversation(t, f.contact(t, "+5511987650001", "Ana").ID, nil)
	first := f.inbound(t, conv, byPhoneID)
	_, err := f.db.Exec(`ALTER TABLE waa_messages DISABLE TRIGGER USER; UPDATE waa_messages SET token = '';
		INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, wamid, created_at) SELECT 'twice', conversation_id, account_id, contact_id, direction, kind, '` + byUserID + `', created_at + 1 FROM waa_messages;
		INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, wamid, created_at)
			SELECT 'n' || n, conversation_id, account_id, contact_id, direction, kind, 'wamid.' || n, n FROM waa_messages, generate_series(1, 2500) n WHERE id = 'twice';
		ALTER TABLE waa_messages ENABLE TRIGGER USER`)
	require.NoError(t, err)
	found, err := f.MessageByWAMID(ctx(), f.account.ID, byPhoneID)
	require.NoError(t, err)
	require.Equal(t, first.ID, found.ID)
	rounds := 0
	for more := true; more; rounds++ {
		more, err = f.FillTokens(ctx())
		require.NoError(t, err)
	}
	require.Equal(t, 2, rounds)
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_messages WHERE token = ''"), "the second row of the one message")
	found, err = f.MessageByWAMID(ctx(), f.account.ID, "wamid.2500")
	require.NoError(t, err)
	require.Equal(t, "n2500", found.ID)
	more, err := f.FillTokens(ctx())
	require.NoError(t, err)
	require.False(t, more)
}
