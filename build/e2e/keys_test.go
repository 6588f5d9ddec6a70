//go:build unix

package e2e

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// TestTheKeyIsChanged changes the encryption key on one of two nodes, whose configurations are independent of each other, while there are
// numbers, documents, an open conversation and a waiting message. It kills that node's plugin while everything is being encrypted anew.
// Afterwards both nodes must be able to send, receive, find and decrypt everything, also after a restart.
func TestTheKeyIsChanged(t *testing.T) {
	world := startWorld(t, scenario.Options{Nodes: 2})
	s := &stage{World: world, t: t}
	k := s.open(1)
	old := s.open(2)
	sealed := func() int {
		return s.count("SELECT count(DISTINCT split_part(v, '.', 2)) FROM (SELECT access_token AS v FROM waa_accounts UNION ALL SELECT app_secret FROM waa_accounts UNION ALL SELECT cpf_cipher FROM waa_contacts) v WHERE v <> ''")
	}
	require.Equal(t, 1, sealed())
	before := s.count("SELECT count(*) FROM waa_accounts WHERE access_token LIKE 'v2.' || (SELECT name FROM waa_keys WHERE name = under ORDER BY current_at DESC LIMIT 1) || '.%'")
	require.Positive(t, before)

	// This is what Regenerate and Save do in the first node's console.
	const next = "uma-chave-nova-de-mais-de-32-letras-1"
	require.NoError(t, s.Env.ConfigurePluginOn(s.ctx(oneMinute), 0, map[string]any{"EncryptionKey": next, "encryptionkey": next}))
	require.NoError(t, s.Env.KillPlugin(s.ctx(oneMinute), 0))
	require.NoError(t, s.Env.ReactivatePlugin(s.ctx(oneMinute), 0))
	s.waitForPlugin()
	works := func(when string) {
		t.Helper()
		for node := range 2 {
			for _, talk := range []*openConversation{k, old} {
				post, err := s.postOn(node, talk, when)
				require.NoError(t, err)
				s.ticks(oneMinute, post, "sent", "delivered", "read")
				var list struct{ Items []scenario.Conversation }
				require.NoError(t, s.Ask(s.ctx(oneMinute), s.Env.AdminClient(node), http.MethodGet, "/conversations?q="+talk.customer.CPF, nil, http.StatusOK, &list))
				require.Len(t, list.Items, 1, "%s: found by the document on node %d", when, node)
				var export struct{ CPF string }
				require.NoError(t, s.Ask(s.ctx(oneMinute), s.Env.AdminClient(node), http.MethodGet, "/contacts/"+talk.Contact.ID+"/export", nil, http.StatusOK, &export))
				require.Equal(t, talk.customer.CPF, export.CPF)
			}
		}
		_, err := k.phone.Reply("chegou? " + when)
		require.NoError(t, err)
		s.within(oneMinute, "the customer's message", func(ctx context.Context) error {
			n, err := s.number(ctx, "SELECT count(*) FROM posts WHERE channelid = $1 AND message = $2", k.ChannelID, "chegou? "+when)
			return firstError(err, errorUnless(n == 1, "there are %d", n))
		})
	}
	works("right after the change")
	s.within(3*oneMinute, "everything to be sealed anew", func(ctx context.Context) error {
		n, err := s.number(ctx, "SELECT count(*) FROM waa_contacts WHERE cpf_cipher <> '' AND cpf_cipher NOT LIKE 'v2.' || (SELECT name FROM waa_keys WHERE name = under ORDER BY current_at DESC LIMIT 1) || '.%'")
		return firstError(err, errorUnless(n == 0, "%d are not", n))
	})
	require.Equal(t, 1, sealed())
	works("sealed anew")
	require.NoError(t, s.Env.ReactivatePlugin(s.ctx(oneMinute), 1)) // its configuration still has the old key
	s.waitForPlugin()
	works("the other node started again")
}

// postOn posts as a conversation's agent on one of the nodes.
func (s *stage) postOn(node int, k *openConversation, text string) (string, error) {
	post, _, err := s.Env.Client(node, k.agent).CreatePost(s.ctx(oneMinute), &model.Post{ChannelId: k.ChannelID, Message: text})
	if err != nil {
		return "", err
	}
	return post.Id, nil
}
