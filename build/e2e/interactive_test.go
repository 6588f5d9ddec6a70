//go:build unix

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// TestAskingTheCustomer asks with buttons and for a place; the customer taps, and the answer stands under the question.
func TestAskingTheCustomer(t *testing.T) {
	o := newOutsider(t)
	k := o.open(0)
	path := "/conversations/" + k.ID + "/interactive"
	question := map[string]any{"type": "buttons", "body": "**Confirma** a visita?", "buttons": []map[string]any{{"id": "sim", "title": "Sim"}, {"id": "nao", "title": "Não"}}}
	o.asks(o.Agent(0), http.MethodPost, path, map[string]any{"type": "buttons", "body": "x", "buttons": []any{}}).refusesField("buttons")
	made := o.asks(o.Agent(0), http.MethodPost, path, question).is(http.StatusCreated)
	post := made.field("post_id")
	o.arrives(k, "*Confirma* a visita?")
	_, err := k.phone.Tap(1)
	require.NoError(t, err)
	require.Equal(t, "Não", o.answerUnder(k, post).Message)
	require.NotEmpty(t, o.ticks(oneMinute, post, "delivered", "read"))

	require.Empty(t, o.says(0, k.ChannelID, "/whatsapp pedir-local Onde você está?"))
	o.arrives(k, "Onde você está?")
	posts, _, err := o.Agent(0).GetPostsForChannel(o.ctx(oneMinute), k.ChannelID, 0, 1, "", false, false)
	require.NoError(t, err)
	_, err = k.phone.Tap(0)
	require.NoError(t, err)
	require.NotEmpty(t, o.answerUnder(k, posts.Order[0]).Attachments())

	o.asksWithAList(k)

	waiting, err := o.Start(o.ctx(oneMinute), 0, newCustomer())
	require.NoError(t, err)
	o.asks(o.Agent(0), http.MethodPost, "/conversations/"+waiting.ID+"/interactive", question).is(http.StatusConflict, "window_closed")
	require.NotEmpty(t, o.says(0, waiting.ChannelID, "/whatsapp botoes Confirma? | Sim"))
}

// TestAUsernameCustomerSharesTheirNumber asks somebody of whom only the BSUID is known: with the number that they share they are the same
// person, in the same conversation, for whoever starts with that number. A conversation that somebody has begun with the number is closed.
func TestAUsernameCustomerSharesTheirNumber(t *testing.T) {
	o := newOutsider(t)
	who := newCustomer()
	phone := o.Phone(who.Phone)
	phone.Configure(func(c *cloudapi.Customer) { c.HideNumber, c.Name, c.Username = true, who.Name, "sem.numero" })
	_, err := phone.Reply("oi")
	require.NoError(t, err)
	k := &openConversation{phone: phone}
	find := func() []map[string]any {
		return o.asks(o.Admin(), http.MethodGet, "/conversations?q="+url.QueryEscape(who.Name), nil).is(http.StatusOK).items()
	}
	o.within(oneMinute, "the conversation", func(context.Context) error {
		for _, found := range find() {
			k.ID, _ = found["id"].(string)
			k.ChannelID, _ = found["channel_id"].(string)
		}
		return errorUnless(k.ChannelID != "", "no channel")
	})
	o.asks(o.Agent(0), http.MethodPost, "/conversations/"+k.ID+"/claim", nil).is(http.StatusOK)
	other, err := o.Start(o.ctx(oneMinute), 1, who)
	require.NoError(t, err)
	require.NotEqual(t, k.ID, other.ID, "nobody knows yet that it is the same person")
	post := o.asks(o.Agent(0), http.MethodPost, "/conversations/"+k.ID+"/interactive", map[string]any{"type": "phone_request", "body": "Qual é o seu número?"}).is(http.StatusCreated).field("post_id")
	o.arrives(k, "Qual é o seu número?")
	_, err = phone.Tap(0)
	require.NoError(t, err)
	require.NotNil(t, o.answerUnder(k, post))

	request := o.StartRequest(who)
	check := o.asks(o.Agent(0), http.MethodPost, "/conversations/check", request).is(http.StatusOK)
	existing, _ := check.object["existing"].(map[string]any)
	require.Equal(t, k.ID, existing["id"])
	_, err = phone.Reply("ainda aqui")
	require.NoError(t, err)
	found := slices.DeleteFunc(find(), func(c map[string]any) bool { return c["state"] == "closed" })
	require.Len(t, found, 1, "one person, one conversation")
	require.Equal(t, k.ID, found[0]["id"])
	for channelID, line := range map[string]string{other.ChannelID: "Este foi encerrado", k.ChannelID: "aquele foi encerrado e este continua"} {
		o.within(oneMinute, line, func(ctx context.Context) error {
			posts, err := o.Posts(ctx, channelID)
			return firstError(err, errorUnless(len(scenario.Matching(posts, func(p *model.Post) bool { return strings.Contains(p.Message, line) })) == 1, "no line"))
		})
	}
	contact, _ := found[0]["contact"].(map[string]any)
	export := o.asks(o.Admin(), http.MethodGet, fmt.Sprintf("/contacts/%s/export", contact["id"]), nil).is(http.StatusOK)
	require.Contains(t, export.text, `"origin":"contact_request"`)
}

// asksWithAList opens the dialog of a list, is told at the element what Meta would refuse, submits the form several times, which asks once,
// and gets the answer under the list.
func (o *outsider) asksWithAList(k *openConversation) {
	ctx := o.ctx(oneMinute)
	d, err := o.OpenDialog(ctx, 0, k.ChannelID, "/whatsapp lista Qual horário?")
	require.NoError(o.t, err)
	values := map[string]any{"body": d.Element("body").Default, "button": "Ver horários", "sections": "# Vazia"}
	refused, err := d.Submit(ctx, values)
	require.NoError(o.t, err)
	require.NotEmpty(o.t, refused.Errors["sections"])
	values["sections"] = "# Manhã\n9h | com a Ana\n10h\n# Tarde\n15h | com o Davi"
	var hands errgroup.Group
	for range 3 {
		hands.Go(func() error { return d.Finish(ctx, values) })
	}
	require.NoError(o.t, hands.Wait())
	require.NoError(o.t, d.Finish(ctx, values))
	o.arrives(k, "Qual horário?")
	values["footer"] = "Loja"
	another, err := d.Submit(ctx, values)
	require.NoError(o.t, err)
	require.Contains(o.t, another.Error, "já fez uma pergunta")
	posts, _, err := o.Agent(0).GetPostsForChannel(ctx, k.ChannelID, 0, 1, "", false, false)
	require.NoError(o.t, err)
	_, err = k.phone.Tap(2)
	require.NoError(o.t, err)
	require.Equal(o.t, "15h\n\ncom o Davi", o.answerUnder(k, posts.Order[0]).Message)
	require.Equal(o.t, 1, k.arrived("Qual horário?"))
}

// arrives waits until a text is the last on the customer's phone.
func (o *outsider) arrives(k *openConversation, text string) {
	o.t.Helper()
	o.within(oneMinute, "the message to arrive", func(context.Context) error {
		last, _ := k.phone.Last()
		return errorUnless(last.Text == text, "the phone shows %q", last.Text)
	})
}

// answerUnder waits for the first reply in a post's thread that is of the customer's.
func (o *outsider) answerUnder(k *openConversation, postID string) (answer *model.Post) {
	o.t.Helper()
	o.within(oneMinute, "the answer in the thread", func(ctx context.Context) error {
		thread, _, err := o.Agent(0).GetPostThread(ctx, postID, "", false)
		if err != nil {
			return err
		}
		for _, p := range thread.ToSlice() {
			if p.RootId == postID && p.GetProp("waa_kind") == "inbound" {
				answer = p
			}
		}
		return errorUnless(answer != nil, "no answer in %d posts", len(thread.Posts))
	})
	return answer
}
