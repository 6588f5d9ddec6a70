package store_test

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobs"
)

// wamidOf makes an id as Meta makes them: base64 with the number in clear.
func wamidOf(peer, token string) string {
	raw := []byte{0x1c, 0x18, byte(len(peer))}
	raw = append(append(raw, peer...), 0x15, 0x02, 0x00, 0x12, 0x18, byte(len(token)))
	return "wamid." + base64.StdEncoding.EncodeToString(append(append(raw, token...), 0))
}

var inBase64 = regexp.MustCompile(`[A-Za-z0-9+/_-]{16,}={0,2}`)

// dump is all that our tables hold, with what lies in base64 and in bytes in clear.
func (f *fixture) dump(t *testing.T) string {
	t.Helper()
	var tables pq.StringArray
	require.NoError(t, f.db.QueryRow("SELECT array_agg(table_name::text ORDER BY table_name) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name LIKE 'waa\\_%'").Scan(&tables))
	require.Greater(t, len(tables), 15)
	var all strings.Builder
	for _, table := range tables {
		var rows string
		require.NoError(t, f.db.QueryRow("SELECT coalesce(string_agg(row_to_json(r)::text, E'\\n'), '') FROM "+table+" r").Scan(&rows))
		all.WriteString(table + ":\n" + rows + "\n")
	}
	var payloads string
	require.NoError(t, f.db.QueryRow("SELECT coalesce(string_agg(convert_from(payload, 'UTF8'), E'\\n'), '') FROM (SELECT payload FROM waa_inbox UNION ALL SELECT payload FROM waa_outbox UNION ALL SELECT payload FROM waa_media) p").Scan(&payloads))
	all.WriteString(payloads)
	for _, text := range inBase64.FindAllString(all.String(), -1) {
		text = strings.TrimRight(text, "=")
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			for cut := range 4 {
				if raw, err := encoding.DecodeString(text[:len(text)-cut]); err == nil {
					all.Write(raw)
					all.WriteByte('\n')
				}
			}
		}
	}
	return all.String()
}

// play makes a person with all that our tables can hold of one.
func (f *fixture) play(t *testing.T) (contact *domain.Contact, conv *domain.Conversation, sent *domain.Message) {
	t.Helper()
	who := domain.WhatsAppIdentity{PhoneKey: "5511987654321", WAID: "5511987654321", UserID: "BR.1234567890123", Name: "Marina Azevedo", Username: "marina.azevedo"}
	contact = f.contact(t, "+5511987654321", "Marina Azevedo")
	_, err := f.db.Exec("UPDATE waa_contacts SET cpf_cipher = 'v2.sealed', cpf_hash = 'abcdef', cpf_masked = '***.982.247-**', username = 'marina.azevedo', user_id = 'BR.1234567890123' WHERE id = $1", contact.ID)
	require.NoError(t, err)
	f.conversation(t, contact.ID, func(c *domain.Conversation) {
		c.ClosedAt, c.ClosedBy, c.CloseReason, c.CreatedAt = now, "bia", "a Marina Azevedo comprou", now-1
		c.ClosingReasonID, c.ClosingLabel, c.ClosingFields = "reason", "Vendido", domain.ClosingAnswers{{Name: "who", Label: "Quem", Type: domain.ClosingText, Value: "Marina Azevedo"}}
	})
	conv = f.conversation(t, contact.ID, nil)
	in := inbound(conv, wamidOf("5511987654321", "3A0F1E2D3C4B5A697887"), now+1)
	in.Text = "sou a Marina"
	_, _, _, err = f.SaveInbound(ctx(), in, who, true, now)
	require.NoError(t, err)
	sent = f.template(t, conv, "marketing")
	require.NoError(t, f.accepted(sent.ID, wamidOf("5511987654321", "FF0F1E2D3C4B5A697887"), who, now))
	_, err = f.db.Exec("UPDATE waa_charges SET wamid = (SELECT wamid FROM waa_messages WHERE id = message_id) WHERE message_id = $1", sent.ID)
	require.NoError(t, err)
	waiting := f.template(t, conv, "marketing")
	require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.Enqueue(waiting, []byte("Olá Marina"), 0) }))
	require.NoError(t, f.AddMedia(ctx(), f.account.ID, &domain.MediaFile{WAMID: in.WAMID, ConversationID: conv.ID}))
	f.draft(t, conv, "ines", "para a Marina Azevedo")
	_, err = f.db.Exec(`INSERT INTO waa_reactions (message_id, wamid, emoji, at) VALUES ($1, $2, '👍', 1);`, sent.ID, in.WAMID)
	require.NoError(t, err)
	_, err = f.db.Exec(`INSERT INTO waa_lines (conversation_id, text_key, data) VALUES ($1, 'people.note', '{"Customer": "Marina Azevedo"}')`, conv.ID)
	require.NoError(t, err)
	for _, n := range []*domain.Notice{
		{Key: "reminder:1", UserID: "ines", ConversationID: conv.ID, TextKey: "people.remind", Data: map[string]any{"Customer": "Marina Azevedo"}},
		{Key: "team_full:x", TextKey: "admin.team_full", Data: map[string]any{"Customer": "Marina Azevedo", "Limit": 3}}, // as an earlier version stored it
		{Key: "no_channel:" + conv.ID, UserID: "ines", TextKey: "notice.no_channel", Data: map[string]any{"Customer": "Marina Azevedo"}},
	} {
		require.NoError(t, f.AddNotice(ctx(), n))
	}
	for n, change := range []string{"", "status = 'failed', reason_key = 'x', reason_data = '{\"Who\": \"Marina\"}', ended_at = 1", "status = 'sent', asked = '', ended_at = 1"} {
		s := f.scheduled(t, "+5511987654321", hour*int64(n+1))
		if change != "" {
			_, err = f.db.Exec("UPDATE waa_scheduled SET "+change+" WHERE id = $1", s.ID)
			require.NoError(t, err)
		}
	}
	require.NoError(t, f.Audit(ctx(), "sup", "cooldown_override", contact.ID, map[string]string{"reason": "Marina pediu", "template": "t"}))
	require.NoError(t, f.Audit(ctx(), "sup", "close", conv.ID, map[string]string{"reason": "Marina sumiu"}))
	add(t, f,
		domain.InboxRow{Lane: "m:" + f.account.ID + ":5511987654321", Key: "waiting", Payload: []byte(`{"from":"5511987654321"}`)},
		domain.InboxRow{Lane: "hidden m:" + f.account.ID + ":5511987654321", Key: "hidden", Payload: []byte("nothing of them")},
		domain.InboxRow{Lane: "s:5511987654321", Key: "earlier " + in.WAMID},
		domain.InboxRow{Lane: "s:5511987654321", Key: "dead " + in.WAMID, Payload: []byte(`{"recipient_id":"5511987654321"}`), Dead: "unreadable"},
	)
	_, err = f.db.Exec("UPDATE waa_inbox SET finished_at = 5 WHERE dedupe_key LIKE 'earlier%'")
	require.NoError(t, err)
	return contact, conv, sent
}

// spellingsOfPerson are the ways in which stored data may spell what names the person of play.
func spellingsOfPerson() []string {
	return []string{"5511987654321", "11987654321", "987654321", "98765-4321", "Marina", "marina.azevedo", "BR.1234567890123", "982.247", "abcdef", "v2.sealed"}
}

func TestAnErasedPersonIsInNoTable(t *testing.T) {
	f := direct(t)
	contact, conv, sent := f.play(t)
	before := f.dump(t)
	for _, text := range spellingsOfPerson()[:3] {
		require.Contains(t, before, text, "else the test sees nothing")
	}
	spent, err := f.Spent(ctx(), f.queue.ID, domain.MonthStart(now))
	require.NoError(t, err)
	require.Equal(t, money(10), spent)

	require.NoError(t, f.EraseContact(ctx(), contact.ID, "admin", nil, now+day))
	gone := func() {
		t.Helper()
		after := f.dump(t)
		for _, text := range spellingsOfPerson() {
			require.NotContains(t, after, text)
		}
	}
	gone()
	require.Zero(t, f.number(t, "SELECT count(*) FROM waa_inbox WHERE finished_at = 0"), "nothing waits, in whatever lane")
	spent, err = f.Spent(ctx(), f.queue.ID, domain.MonthStart(now))
	require.NoError(t, err)
	require.Equal(t, money(5), spent, "what never left holds no money back; what left does")
	var details string
	require.NoError(t, f.db.QueryRow("SELECT details::text FROM waa_audit WHERE action = 'cooldown_override'").Scan(&details))
	require.JSONEq(t, `{"template": "t"}`, details, "who did what stays")

	// what comes late settles the money and brings nobody back
	late := domain.StatusChange{
		MessageID: sent.ID, WAMID: wamidOf("5511987654321", "FF0F1E2D3C4B5A697887"), Status: domain.Delivered, At: now + day, Priced: true, Billable: true, Category: "marketing",
		Person: domain.WhatsAppIdentity{PhoneKey: "5511987654321", WAID: "5511987654321", UserID: "BR.1234567890123", Name: "Marina Azevedo"},
	}
	m, advanced, err := f.ApplyStatus(ctx(), f.account.ID, late)
	require.NoError(t, err)
	require.True(t, advanced)
	require.Equal(t, domain.Delivered, m.Status)
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_charges WHERE state = 'billed' AND message_id = $1", sent.ID))
	gone()
	_, _, _, err = f.SaveInbound(ctx(), inbound(conv, wamidOf("5511987654321", "AA"), now+day), late.Person, true, now+day)
	require.ErrorIs(t, err, domain.ErrNotFound, "whoever had read the conversation before looks again")
	require.NoError(t, f.accepted(sent.ID, wamidOf("5511987654321", "BB"), late.Person, now+day))
	require.NoError(t, f.EraseAgain(ctx(), contact.ID, now+day)) // the second pass has what was in the middle
	gone()

	again := f.contact(t, "+5511987654321", "Marina Azevedo")
	require.NotEqual(t, contact.ID, again.ID, "a new person")
	_, err = f.MergeContacts(ctx(), contact.ID, again.ID, "admin", now)
	require.ErrorIs(t, err, domain.ErrNotFound, "nobody becomes who was erased")
}

func TestForgettingIsStoredWithTheErasureAndGoesOn(t *testing.T) {
	f := direct(t)
	contact, conv, _ := f.play(t)
	require.NoError(t, f.EraseContact(ctx(), contact.ID, "admin", nil, now))
	claimed, err := f.ClaimForget(ctx(), "", time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, claimed, 2)
	none, err := f.ClaimForget(ctx(), "", time.Minute, 10)
	require.NoError(t, err)
	require.Empty(t, none, "somebody has them")
	state, err := f.Forgetting(ctx(), contact.ID)
	require.NoError(t, err)
	require.Equal(t, domain.ErasureState{Pending: 2, Stays: []string{}}, state)

	_, err = f.db.Exec("UPDATE waa_forget SET lease_until = 1") // the process died
	require.NoError(t, err)
	claimed, err = f.ClaimForget(ctx(), contact.ID, time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, claimed, 2)
	require.NoError(t, f.ForgetLater(ctx(), conv.ID, time.Hour))
	for _, c := range claimed {
		if c.ConversationID != conv.ID {
			require.NoError(t, f.ForgetPassed(ctx(), c.ConversationID, []string{jobs.StayFiles}, 0))
		}
	}
	state, err = f.Forgetting(ctx(), "")
	require.NoError(t, err)
	require.Equal(t, domain.ErasureState{Pending: 1, Stays: []string{jobs.StayFiles}}, state)
	none, err = f.ClaimForget(ctx(), "", time.Minute, 10)
	require.NoError(t, err)
	require.Empty(t, none, "not before its pause is over")
	require.NoError(t, f.ForgetStays(ctx()))
	claimed, err = f.ClaimForget(ctx(), "", time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, claimed, 1, "the settings let it go now")
	require.Zero(t, claimed[0].Attempts)
}

func TestWhatRemainsIsReadFromTheServersTables(t *testing.T) {
	f := direct(t)
	contact, conv, _ := f.play(t)
	bot, dm, old := newID(), newID(), newID()
	post := func(id, channel, message, files, original string, deleted int64) {
		_, err := f.db.Exec("INSERT INTO posts (id, channelid, userid, type, createat, deleteat, props, message, fileids, originalid) VALUES ($1, $2, $3, '', 5, $4, '{}', $5, $6, $7)",
			id, channel, bot, deleted, message, files, original)
		require.NoError(t, err)
	}
	_, err := f.db.Exec("INSERT INTO channels (id, type, name) VALUES ($1, 'P', 'wa-x'), ($2, 'D', $3 || '__' || $4), ($5, 'O', 'fila')", conv.ChannelID, dm, bot, newID(), f.queue.ChannelID)
	require.NoError(t, err)
	post("text", conv.ChannelID, "oi", "[]", "", 0)
	post("hidden", conv.ChannelID, "oi", "[]", "", 9)
	post("file", conv.ChannelID, "", `["f1"]`, "", 0)
	post("told", dm, "Marina espera", "[]", "", 0)
	post("toldbefore", dm, "Marina Azevedo espera", "[]", "told", 9)
	post("another", dm, "Bia espera", "[]", "", 0)
	_, err = f.db.Exec(`INSERT INTO fileinfo VALUES ('loose', 'ines', '', $1, 0), ('f1', 'ines', 'file', $1, 0); `, conv.ChannelID)
	require.NoError(t, err)
	_, err = f.db.Exec("INSERT INTO drafts VALUES ('ines', $1, '', 'Marina')", conv.ChannelID)
	require.NoError(t, err)
	require.NoError(t, f.Mention(ctx(), "told", []string{conv.ID}))
	require.NoError(t, f.Mention(ctx(), "told", []string{conv.ID}))
	// as earlier versions posted, by name, address or card
	_, err = f.db.Exec("UPDATE waa_facts SET value = 9000000000000000 WHERE name = 'mentions_since'; UPDATE waa_conversations SET created_at = 1")
	require.NoError(t, err)
	post(old, dm, "O atendimento de **Marina Azevedo** não foi iniciado", "[]", "", 0)
	post("similar", dm, "O atendimento de **Marina Azevedosa** não foi iniciado", "[]", "", 0)
	post("address", dm, "[M.](https://x/t/channels/wa-"+conv.ID+")", "[]", "", 0)
	post("card", f.queue.ChannelID, "M. espera", "[]", "", 0)
	_, err = f.db.Exec("UPDATE posts SET props = jsonb_build_object('waa_event', 'card:' || $1::text || ':1') WHERE id = 'card'", conv.ID)
	require.NoError(t, err)

	require.NoError(t, f.EraseContact(ctx(), contact.ID, "admin", []string{bot}, now))
	claimed, err := f.ClaimForget(ctx(), "", time.Minute, 10)
	require.NoError(t, err)
	elsewhere := map[string]bool{}
	for i := range claimed {
		r, err := f.Remains(ctx(), &claimed[i], []string{bot}, 100)
		require.NoError(t, err)
		for _, p := range r.Elsewhere {
			elsewhere[p.ID] = true
			require.Equal(t, p.ID == "toldbefore", p.Old)
		}
		if claimed[i].ConversationID != conv.ID {
			require.False(t, r.Exists)
			continue
		}
		require.True(t, r.Exists)
		require.Equal(t, []string{"file"}, r.WithFiles)
		require.Len(t, r.Posts, 3)
		require.Equal(t, []domain.LooseFile{{ID: "loose", CreatorID: "ines"}}, r.Loose)
		require.Equal(t, []domain.ServerDraft{{UserID: "ines"}}, r.Drafts)
	}
	require.Equal(t, map[string]bool{"told": true, "toldbefore": true, old: true, "address": true, "card": true}, elsewhere)
	require.NoError(t, f.Unmention(ctx(), conv.ID, []string{"told", old}))
	require.Zero(t, f.number(t, "SELECT count(*) FROM waa_mentions"))
}

func TestDeadLettersExpire(t *testing.T) {
	f := direct(t)
	add(t, f, domain.InboxRow{Lane: "a", Key: "old", Dead: "unreadable", Payload: []byte("nobody we know")}, domain.InboxRow{Lane: "a", Key: "young", Dead: "unreadable", Payload: []byte("x")})
	_, err := f.db.Exec("UPDATE waa_inbox SET dead_at = dead_at - 7862400000 WHERE dedupe_key = 'old'")
	require.NoError(t, err)
	purged, err := f.PurgeDead(ctx(), 90*day, 100)
	require.NoError(t, err)
	require.Equal(t, 1, purged)
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_inbox WHERE dedupe_key = 'young'"))
}

func TestAPageOfDeadLettersReadsTheirBeginnings(t *testing.T) {
	f := direct(t)
	add(t, f, domain.InboxRow{Lane: "a", Key: "large", Dead: "unreadable", Payload: []byte(strings.Repeat("x", 3<<20))})
	letters, total, err := f.DeadLetters(ctx(), 0, 10)
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Len(t, letters[0].Payload, 64<<10)
}
