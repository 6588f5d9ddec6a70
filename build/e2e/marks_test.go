//go:build unix

package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// TestMarksTypedByHand posts and edits as people who know how the plugin marks its own posts. The plugin must trust none of these marks,
// and the customer must get what the channel shows.
func TestMarksTypedByHand(t *testing.T) {
	o := newOutsider(t)
	k := o.open(0)
	forged := map[string]model.StringInterface{
		"a card":          {"waa_card": map[string]any{"contact": map[string]any{"name": map[string]any{"formatted_name": "PIX 000"}, "phones": []any{map[string]any{"phone": "+5511911112222"}}}}},
		"a status":        {"waa_status": "read"},
		"customer's word": {"waa_kind": "inbound", "waa_wamid": "wamid.x"},
		"a draft":         {"waa_draft": k.ID, "waa_seal": "x.y"},
		"attachments":     {"attachments": []any{map[string]any{"text": "o cliente não recebe isto"}}},
		"another name":    {"override_username": k.customer.Name},
	}
	var said []string
	for name, props := range forged {
		post, _, err := o.Agent(0).CreatePost(o.ctx(oneMinute), &model.Post{ChannelId: k.ChannelID, Message: "Bom dia com " + name, Props: props})
		require.NoError(t, err, name)
		for prop, value := range props {
			require.Nil(t, post.GetProp(prop), "%s: %s was %v", name, prop, value)
		}
		o.ticks(oneMinute, post.Id, "delivered")
		post, _, err = o.Agent(0).GetPost(o.ctx(oneMinute), post.Id, "")
		require.NoError(t, err, name)
		require.Equal(t, model.StringInterface{"waa_status": "delivered"}, post.GetProps(), name)
		require.Zero(t, post.EditAt, name)
		said = append(said, "Bom dia com "+name)
	}
	require.Equal(t, said, texts(k.phone.Messages())[1:])

	word, err := k.phone.Reply("quero cancelar")
	require.NoError(t, err)
	found, err := o.WaitPosts(o.ctx(oneMinute), k.ChannelID, 1, "the customer's message", func(p *model.Post) bool { return p.GetProp(scenario.PropWAMID) == word })
	require.NoError(t, err)
	changed := "não quero cancelar"
	_, response, err := o.Admin().PatchPost(o.ctx(oneMinute), found[0].Id, &model.PostPatch{Message: &changed})
	require.Error(t, err, "what the customer said is nobody's to change")
	require.Equal(t, http.StatusBadRequest, response.StatusCode)
	own, _, err := o.Agent(0).CreatePost(o.ctx(oneMinute), &model.Post{ChannelId: k.ChannelID, Message: "certo"})
	require.NoError(t, err)
	o.ticks(oneMinute, own.Id, "delivered")
	more := model.StringInterface{"attachments": []any{map[string]any{"text": "o cliente não recebe isto"}}, "waa_status": "read"}
	_, _, err = o.Agent(0).PatchPost(o.ctx(oneMinute), own.Id, &model.PostPatch{Props: &more})
	require.NoError(t, err)
	own, _, err = o.Agent(0).GetPost(o.ctx(oneMinute), own.Id, "")
	require.NoError(t, err)
	require.NotContains(t, own.GetProps(), "attachments")
	require.Equal(t, "delivered", own.GetProp(scenario.PropStatus))
	_, err = o.Agent(0).PinPost(o.ctx(oneMinute), own.Id)
	require.NoError(t, err, "a pin changes nothing that is said")

	_, err = o.Env.ExecuteSlash(o.ctx(oneMinute), o.Agent(0), k.ChannelID, "/whatsapp local -23.5613,-46.6565 Loja Centro")
	require.NoError(t, err)
	place, err := o.WaitPosts(o.ctx(oneMinute), k.ChannelID, 1, "the place", func(p *model.Post) bool { return p.Message == "📍 **Loja Centro** `-23.5613, -46.6565`" })
	require.NoError(t, err)
	o.ticks(oneMinute, place[0].Id, "delivered")
	last, _ := k.phone.Last()
	require.Equal(t, "location", last.Type)
	shown, _, err := o.Agent(0).GetPost(o.ctx(oneMinute), place[0].Id, "") // the first status removed the seal; whoever used it earlier could only have repeated the same message
	require.NoError(t, err)
	another, _, err := o.Agent(0).CreatePost(o.ctx(oneMinute), &model.Post{ChannelId: k.ChannelID, Message: "Outro texto", Props: shown.GetProps()})
	require.NoError(t, err)
	o.ticks(oneMinute, another.Id, "delivered")
	last, _ = k.phone.Last()
	require.Equal(t, "Outro texto", last.Text, "a seal that is taken from one post holds for no other")
}
