//go:build unix

package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"
)

// TestClosingReasons closes conversations of a queue that requires a reason: by dialog as the phone app and as the web client submit it,
// and over REST. What was chosen reads as it was after the reason was renamed and retired.
func TestClosingReasons(t *testing.T) {
	o := newOutsider(t)
	admin, agent := o.Admin(), o.Agent(0)
	queue := o.Queue.ID
	o.asks(admin, http.MethodPatch, "/queues/"+queue, map[string]any{"closing_reason_required": true}).is(http.StatusOK)
	defer func() {
		o.asks(admin, http.MethodPatch, "/queues/"+queue, map[string]any{"closing_reason_required": false}).is(http.StatusOK)
	}()
	reason := o.asks(admin, http.MethodPost, "/closing-reasons", map[string]any{"queue_id": queue, "label": "Vendido", "fields": []map[string]any{
		{"name": "value", "label": "Valor", "type": "number", "required": true},
		{"name": "product", "label": "Produto", "type": "select", "options": []string{"Carro", "Casa"}, "required": true},
	}}).is(http.StatusCreated).field("id")
	o.asks(admin, http.MethodPost, "/closing-reasons/import", map[string]any{"queue_id": queue, "text": "Sem interesse\nvendido\n\nNão atende"}).is(http.StatusOK).has("added", 2.0)
	defer o.retireAll(queue)

	answers := map[string]any{"value": 1500.5, "product": "Casa"}
	closed := map[string]string{} // conversations by how they were closed
	for name, resend := range map[string]bool{"phone": false, "web": true} {
		c, err := o.Start(o.ctx(oneMinute), 0, newCustomer())
		require.NoError(t, err)
		closed[name] = c.ID
		d, err := o.OpenDialog(o.ctx(oneMinute), 0, c.ChannelID, "/whatsapp encerrar fechou na hora")
		require.NoError(t, err, "with a text of their own a required reason is asked for all the same")
		d.Resend = resend
		require.Equal(t, []string{"reason_id"}, d.Elements())
		wrong, err := d.Submit(o.ctx(oneMinute), map[string]any{})
		require.NoError(t, err)
		require.Contains(t, wrong.Errors, "reason_id")
		require.NoError(t, d.Next(o.ctx(oneMinute), map[string]any{"reason_id": reason}))
		require.Equal(t, []string{"field_value", "field_product", "note"}, d.Elements())
		require.Equal(t, "fechou na hora", d.Element("note").Default)
		wrong, err = d.Submit(o.ctx(oneMinute), map[string]any{"field_value": "mil", "note": "fechou na hora"})
		require.NoError(t, err)
		require.Contains(t, wrong.Errors, "field_value")
		require.Contains(t, wrong.Errors, "field_product")
		require.NoError(t, d.Finish(o.ctx(oneMinute), map[string]any{"field_value": "1500,5", "field_product": "Casa", "note": "fechou na hora"}))
		o.seen(c.ChannelID, "Vendido: fechou na hora", "1500,5", "Casa")
	}

	c, err := o.Start(o.ctx(oneMinute), 0, newCustomer())
	require.NoError(t, err)
	closed["REST"] = c.ID
	path := "/conversations/" + c.ID
	for _, refused := range []struct {
		body  map[string]any
		field string
	}{
		{map[string]any{}, "reason_id"},
		{map[string]any{"reason": "acabou"}, "reason_id"},
		{map[string]any{"reason_id": reason, "fields": map[string]any{"product": "Casa"}}, "fields.value"},
		{map[string]any{"reason_id": reason, "fields": map[string]any{"value": 1, "product": "Barco"}}, "fields.product"},
	} {
		o.asks(agent, http.MethodPost, path+"/close", refused.body).refusesField(refused.field)
	}
	o.asks(agent, http.MethodPost, path+"/close", map[string]any{"reason_id": reason, "fields": answers, "reason": "fechou na hora"}).is(http.StatusOK)

	o.asks(admin, http.MethodPatch, "/closing-reasons/"+reason, map[string]any{"label": "Ganho", "fields": []any{}}).is(http.StatusOK)
	o.asks(admin, http.MethodDelete, "/closing-reasons/"+reason, nil).is(http.StatusOK).has("retired", true)
	for how, id := range closed {
		got := o.asks(agent, http.MethodGet, "/conversations/"+id, nil).is(http.StatusOK)
		require.Equal(t, map[string]any{
			"reason_id": reason, "label": "Vendido", "fields": answers, "note": "fechou na hora",
			"answers": []any{map[string]any{"label": "Valor", "value": "1500.5"}, map[string]any{"label": "Produto", "value": "Casa"}},
		}, got.object["closing"], how)
	}

	another, err := o.Start(o.ctx(oneMinute), 0, newCustomer())
	require.NoError(t, err)
	o.asks(agent, http.MethodPost, "/conversations/"+another.ID+"/close", map[string]any{"reason_id": reason}).refusesField("reason_id")
}

// retireAll takes the closing reasons of a queue out of use, for the tests that come after.
func (o *outsider) retireAll(queue string) {
	o.t.Helper()
	for _, one := range o.asks(o.Admin(), http.MethodGet, "/closing-reasons?queue_id="+queue, nil).is(http.StatusOK).object["items"].([]any) {
		o.asks(o.Admin(), http.MethodDelete, "/closing-reasons/"+one.(map[string]any)["id"].(string), nil).is(http.StatusOK)
	}
}

// seen waits for a post with all of these words in a channel.
func (o *outsider) seen(channel string, words ...string) {
	o.t.Helper()
	_, err := o.WaitPosts(o.ctx(oneMinute), channel, 1, "a post with "+strings.Join(words, ", "), func(p *model.Post) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(p.Message, word) })
	})
	require.NoError(o.t, err)
}

// refusesField requires a refusal because of one field.
func (a restAnswer) refusesField(field string) {
	a.t.Helper()
	fields, _ := a.is(http.StatusUnprocessableEntity, "invalid_field").problem()["fields"].(map[string]any)
	require.Contains(a.t, fields, field, a.what)
}
