//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// TestConsent lets customers opt out on the real server: what is a word as a whole counts, the channel tells of it, templates are refused and free text
// still goes; then the word that takes it back, a word that meets templates that wait and are scheduled, a colleague's record, and somebody who was erased.
func TestConsent(t *testing.T) {
	t.Parallel()
	s := &stage{World: startWorld(t, scenario.Options{}), t: t}
	k := s.open(0)
	ask := func(client *model.Client4, method, path string, body any) (int, string) {
		data, err := json.Marshal(body)
		require.NoError(t, err)
		status, answer := s.rawAs(client, method, path, data)
		return status, string(answer)
	}
	consent := func() string {
		status, answer := ask(s.Agent(0), http.MethodGet, "/conversations/"+k.ID, nil)
		require.Equal(t, http.StatusOK, status)
		_, rest, _ := strings.Cut(answer, `"consent":{"status":"`)
		word, _, _ := strings.Cut(rest, `"`)
		return word
	}
	says := func(text, wanted string) {
		_, err := k.phone.Reply(text)
		require.NoError(t, err)
		s.within(oneMinute, "the consent to be "+wanted, func(context.Context) error {
			is := consent()
			return errorUnless(is == wanted, "it is %s", is)
		})
	}
	template := map[string]any{
		"variables": scenario.Variables(), "template": map[string]any{"language": "pt_BR", "name": s.Positional.Name}, "confirm": true, "reason": "pediu por telefone",
	}
	says("não quero sair", "none")
	says(" Sair! ", "revoked")
	s.within(oneMinute, "the channel to tell of it", func(ctx context.Context) error {
		posts, _, err := s.Agent(0).GetPostsForChannel(ctx, k.ChannelID, 0, 60, "", false, false)
		if err != nil {
			return err
		}
		for _, post := range posts.Posts {
			if strings.Contains(post.Message, "pediu para não receber") {
				return nil
			}
		}
		return errorUnless(false, "no line")
	})
	before := len(k.phone.Messages())
	status, answer := ask(s.Agent(0), http.MethodPost, "/conversations/"+k.ID+"/template", template)
	require.Equal(t, http.StatusConflict, status, answer)
	require.Contains(t, answer, "opted_out")
	start := s.StartRequest(k.customer)
	start["confirm"] = true
	status, answer = ask(s.Agent(0), http.MethodPost, "/conversations", start)
	require.Equal(t, http.StatusConflict, status, answer)
	require.Contains(t, answer, "opted_out")
	post := s.post(k, "Certo, não enviaremos mais.")
	s.ticks(oneMinute, post.Id, "sent", "delivered", "read")
	s.waitUntilIdle(oneMinute)
	require.Len(t, k.phone.Messages(), before+1, "free text in the open window, and no template")

	response, err := s.Env.ExecuteSlash(s.ctx(oneMinute), s.Agent(0), k.ChannelID, "/whatsapp consentimento")
	require.NoError(t, err)
	require.Contains(t, response.Text, "pediu pelo WhatsApp")
	says("VOLTAR", "granted")
	status, answer = ask(s.Agent(0), http.MethodPost, "/conversations/"+k.ID+"/template", template)
	require.Equal(t, http.StatusOK, status, answer)

	// what is scheduled, and what waits in the outbox, when the word comes
	later := s.StartRequest(k.customer)
	later["confirm"], later["reason"], later["send_at"] = true, "pediu por telefone", s.Now()+90_000
	status, answer = ask(s.Agent(0), http.MethodPost, "/conversations", later)
	require.Equal(t, http.StatusAccepted, status, answer)
	s.Sim.FailNext(hereTo(k.customer.Phone), 131000, 10) // for the moment: it is tried again until the word is read
	before = len(k.phone.Messages())
	status, answer = ask(s.Agent(0), http.MethodPost, "/conversations/"+k.ID+"/template", template)
	require.Less(t, status, http.StatusBadRequest, answer)
	says("STOP", "revoked")
	require.NoError(t, s.Advance(s.ctx(oneMinute), 2*time.Minute))
	ended := func(query, wanted string) {
		s.within(oneMinute, wanted, func(ctx context.Context) error {
			var is string
			err := s.Env.DB().QueryRowContext(ctx, query).Scan(&is)
			return firstError(err, errorUnless(is == wanted, "it is %s", is))
		})
	}
	ended("SELECT status || ' ' || reason_code FROM waa_scheduled", "failed opted_out")
	ended("SELECT status || ' ' || reason_code FROM waa_messages WHERE direction = 'out' AND kind = 'template' ORDER BY created_at DESC LIMIT 1", "not_sent 64")
	s.waitUntilIdle(oneMinute)
	require.Len(t, k.phone.Messages(), before, "nothing leaves")
	contact := ""
	require.NoError(t, s.Env.DB().QueryRowContext(s.ctx(oneMinute), "SELECT contact_id FROM waa_conversations WHERE id = $1", k.ID).Scan(&contact))
	status, answer = ask(s.Admin(), http.MethodDelete, "/contacts/"+contact, nil)
	require.Equal(t, http.StatusOK, status, answer)
	status, answer = ask(s.Agent(0), http.MethodPost, "/conversations", start)
	require.Equal(t, http.StatusConflict, status, answer)
	require.Contains(t, answer, "opted_out", "an erased person is not written to again")
}
