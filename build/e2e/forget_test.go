//go:build unix

package e2e

import (
	"context"
	"encoding/base64"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// TestForgotten creates a person with everything that can be said and stored about one, erases them, and searches for them everywhere: in
// each table of the plugin and the server, also in decoded base64, and in the folder of uploaded files.
func TestForgotten(t *testing.T) {
	s := newStage(t)
	s.lets(true, true)
	t.Cleanup(func() { s.lets(false, true) })
	customer := scenario.NewCustomer(8_642_975) // these digits are part of no other number
	customer.Name = "Zuleide Quaresma"
	k := s.known(customer)
	require.Contains(t, s.everything(), "Zuleide", "else nothing is looked at")

	var answer struct {
		Pending int
		Stays   []string
	}
	require.NoError(t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodDelete, "/contacts/"+k.Contact.ID, nil, http.StatusOK, &answer))
	require.Empty(t, answer.Stays)
	s.forgotten(k.Contact.ID)
	digits := strings.TrimPrefix(customer.Phone, "+55")
	all := s.everything()
	for _, text := range []string{
		"Zuleide", "Quaresma", digits, digits[2:], digits[2:7] + "-" + digits[7:], customer.CPF, customer.CPF[3:6] + "." + customer.CPF[6:9], "segredo da cliente", "para a cliente", "anotado",
	} {
		if at := strings.Index(all, text); at >= 0 {
			t.Errorf("%q is still there: ...%s...", text, all[max(0, at-300):min(len(all), at+200)])
		}
	}

	// Records that are not about the person must stay.
	require.Equal(t, 1, s.count("SELECT count(*) FROM waa_audit WHERE action = 'contact_erased' AND object_id = $1", k.Contact.ID))
	require.Positive(t, s.count("SELECT count(*) FROM waa_charges h JOIN waa_messages m ON m.id = h.message_id WHERE m.contact_id = $1 AND h.amount > 0", k.Contact.ID), "the money stays")
	require.NoError(t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodGet, "/ledger?per_page=200", nil, http.StatusOK, nil))
	other := s.open(1)
	s.ticks(oneMinute, s.post(other, "o gancho responde").Id, "sent", "delivered", "read")
	_, err := s.AskRefused(s.ctx(oneMinute), s.Admin(), http.MethodPost, "/conversations/"+k.ID+"/reopen", nil, http.StatusConflict, "conversation_closed")
	require.NoError(t, err)
	again, err := s.Start(s.ctx(oneMinute), 2, customer)
	require.NoError(t, err)
	require.NotEqual(t, k.Contact.ID, again.Contact.ID, "somebody new")
}

// TestForgottenAsFarAsTheServerLets erases a person while the server's settings forbid the deletion of posts. The plugin must say so, and
// delete the rest once the settings allow it.
func TestForgottenAsFarAsTheServerLets(t *testing.T) {
	s := newStage(t)
	s.lets(false, false)
	t.Cleanup(func() { s.lets(false, true) })
	customer := scenario.NewCustomer(7_655_432) // these digits are part of no other number
	customer.Name = "Hermenegilda Prado"
	k := s.known(customer)
	var answer struct{ Stays []string }
	require.NoError(t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodDelete, "/contacts/"+k.Contact.ID, nil, http.StatusOK, &answer))
	require.Len(t, answer.Stays, 2)
	require.Contains(t, answer.Stays[0], "EnableAPIPostDeletion")
	require.Zero(t, s.count("SELECT count(*) FROM posts WHERE channelid = $1 AND deleteat = 0 AND message LIKE '%Hermenegilda%'", k.ChannelID), "nobody sees it")
	require.Equal(t, 1, s.count("SELECT count(*) FROM channels WHERE id = $1 AND deleteat > 0 AND displayname = name AND header = ''", k.ChannelID))
	require.Positive(t, s.count("SELECT count(*) FROM posts WHERE channelid = $1 AND message LIKE '%Hermenegilda%'", k.ChannelID), "it is true that it stays")
	var doctor struct {
		Items []struct {
			Check, Text, Fix string
			OK               bool
		}
	}
	require.NoError(t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodGet, "/doctor", nil, http.StatusOK, &doctor))
	said := ""
	for _, f := range doctor.Items {
		if f.Check == "erasure" && !f.OK {
			said = f.Fix
		}
	}
	require.Contains(t, said, "EnableAPIPostDeletion")

	s.lets(true, true)
	// Each conversation is gone through once more after two minutes; it is done now.
	_, err := s.Env.DB().ExecContext(s.ctx(oneMinute), "UPDATE waa_forget SET due_at = 0 WHERE done_at = 0")
	require.NoError(t, err)
	s.within(5*oneMinute, "the rest to go", func(ctx context.Context) error {
		n, err := s.number(ctx, "SELECT count(*) FROM channels WHERE id = $1", k.ChannelID)
		return firstError(err, errorUnless(n == 0, "the channel is there"))
	})
	require.NotContains(t, s.everything(), "Hermenegilda")
}

// lets sets whether the server allows posts and channels to be deleted permanently.
func (s *stage) lets(posts, channels bool) {
	s.t.Helper()
	_, _, err := s.Admin().PatchConfig(context.Background(), &model.Config{ServiceSettings: model.ServiceSettings{EnableAPIPostDeletion: &posts, EnableAPIChannelDeletion: &channels}})
	require.NoError(s.t, err)
}

// known creates a person with every kind of data: template, texts, files, drafts, notes, a card, a transfer, a reaction, a direct message,
// a dead letter, two conversations.
func (s *stage) known(customer scenario.Customer) *openConversation {
	s.t.Helper()
	first, err := s.Opened(s.ctx(oneMinute), 1, customer)
	require.NoError(s.t, err)
	phone := s.Phone(customer.Phone)
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Agent(1), http.MethodPost, "/conversations/"+first.ID+"/close", map[string]any{"reason": "a " + customer.Name + " resolveu"}, http.StatusOK, nil))
	require.NoError(s.t, s.Advance(s.ctx(oneMinute), 26*time.Hour))
	c, err := s.Opened(s.ctx(oneMinute), 1, customer)
	require.NoError(s.t, err)
	require.NotEqual(s.t, first.ID, c.ID)
	k := &openConversation{Conversation: c, customer: customer, phone: phone, agent: 1}

	_, err = phone.Reply("segredo da cliente " + customer.Name)
	require.NoError(s.t, err)
	require.NoError(s.t, send(k, "document", cloudapi.Media{ID: "doc" + k.ID, MIMEType: "application/pdf", Filename: customer.Name + ".pdf", Data: []byte("%PDF-1.4 segredo da cliente " + customer.Name)}))
	post := s.post(k, "isto é para a cliente "+customer.Name)
	s.ticks(oneMinute, post.Id, "sent", "delivered", "read")
	_, err = s.postFiles(k, "o arquivo", sendFile{customer.Name + ".txt", []byte("contrato de " + customer.Name)})
	require.NoError(s.t, err)
	s.upload(1, k.ChannelID, sendFile{"solto " + customer.Name + ".txt", []byte("sem post, de " + customer.Name)})
	_, _, err = s.Agent(1).UpsertDraft(s.ctx(oneMinute), &model.Draft{UserId: s.User(1).ID, ChannelId: k.ChannelID, Message: "rascunho para a cliente " + customer.Name})
	require.NoError(s.t, err)
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Agent(1), http.MethodPost, "/conversations/"+k.ID+"/note", map[string]any{"text": "anotado sobre " + customer.Name}, http.StatusOK, nil))
	reply, _, err := s.Agent(1).CreatePost(s.ctx(oneMinute), &model.Post{ChannelId: k.ChannelID, RootId: post.Id, Message: "outra " + customer.Name})
	require.NoError(s.t, err)
	s.ticks(oneMinute, reply.Id, "sent", "delivered", "read")
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Agent(1), http.MethodPost, "/conversations/"+k.ID+"/transfer", map[string]any{"queue_id": s.Queue.ID}, http.StatusOK, nil))
	s.within(oneMinute, "a card in the queue", func(ctx context.Context) error {
		n, err := s.number(ctx, "SELECT count(*) FROM posts WHERE channelid = $1 AND message LIKE '%' || $2 || '%'", s.Env.QueueChannel.ID, customer.Name)
		return firstError(err, errorUnless(n > 0, "there is none"))
	})
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Agent(2), http.MethodPost, "/conversations/"+k.ID+"/claim", nil, http.StatusOK, nil))
	s.waitUntilIdle(oneMinute)
	s.exec(`INSERT INTO waa_notices (key, user_id, conversation_id, text_key, data, created_at) VALUES ('reminder-test:' || $1, $2, $1, 'notice.start_failed', '{"Code": 131026}', 1)`, k.ID, s.User(2).ID)
	s.within(oneMinute, "a direct message", func(ctx context.Context) error {
		n, err := s.number(ctx, "SELECT count(*) FROM waa_notices WHERE key = 'reminder-test:' || $1 AND told_at > 0", k.ID)
		return firstError(err, errorUnless(n == 1, "it was not told"))
	})
	s.exec(`INSERT INTO waa_inbox (lane, ord, dedupe_key, account_id, payload, created_at, finished_at, dead_at, reason) SELECT 'm:x:' || $1::text, 1, 'dead ' || $1::text, id, convert_to('{"from":"' || $1::text || '"}', 'UTF8'), 1, 1, CAST(extract(epoch FROM now()) * 1000 AS bigint), 'unreadable' FROM waa_accounts LIMIT 1`,
		strings.TrimPrefix(customer.Phone, "+"))
	return k
}

func (s *stage) exec(query string, args ...any) {
	s.t.Helper()
	_, err := s.Env.DB().ExecContext(s.ctx(oneMinute), query, args...)
	require.NoError(s.t, err)
}

// forgotten waits until each of the person's conversations was processed.
func (s *stage) forgotten(contactID string) {
	s.t.Helper()
	s.within(2*oneMinute, "Mattermost to forget", func(ctx context.Context) error {
		n, err := s.number(ctx, "SELECT count(*) FROM waa_forget WHERE contact_id = $1 AND passes = 0", contactID)
		return firstError(err, errorUnless(n == 0, "%d conversations are left", n))
	})
}

var encoded = regexp.MustCompile(`[A-Za-z0-9+/_-]{16,}={0,2}`)

// everything returns the contents of all tables, with base64 also in decoded form, and the names and contents of all uploaded files.
func (s *stage) everything() string {
	s.t.Helper()
	var all strings.Builder
	rows, err := s.Env.DB().QueryContext(s.ctx(oneMinute), "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1")
	require.NoError(s.t, err)
	var tables []string
	for rows.Next() {
		var name string
		require.NoError(s.t, rows.Scan(&name))
		tables = append(tables, name)
	}
	require.NoError(s.t, rows.Err())
	require.NoError(s.t, rows.Close())
	require.Greater(s.t, len(tables), 60)
	for _, table := range tables {
		var text string
		require.NoError(s.t, s.Env.DB().QueryRowContext(s.ctx(oneMinute), `SELECT coalesce(string_agg(row_to_json(r)::text, E'\n'), '') FROM "`+table+`" r`).Scan(&text))
		all.WriteString(table + ":\n" + text + "\n")
	}
	for _, table := range []string{"waa_inbox", "waa_outbox", "waa_media"} {
		var content []byte // not everything that others sent is text
		require.NoError(s.t, s.Env.DB().QueryRowContext(s.ctx(oneMinute), `SELECT coalesce(string_agg(payload, '\x0a'), '') FROM `+table).Scan(&content))
		all.Write(content)
		all.WriteByte('\n')
	}
	for _, text := range encoded.FindAllString(all.String(), -1) {
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
	require.NoError(s.t, filepath.WalkDir(s.Env.DataDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !strings.Contains(path, string(filepath.Separator)+"files"+string(filepath.Separator)) {
			return nil
		}
		content, err := os.ReadFile(path)
		all.WriteString("\n" + path + ":\n")
		all.Write(content)
		return err
	}))
	return all.String()
}
