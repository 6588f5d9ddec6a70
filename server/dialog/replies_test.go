package dialog

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (d *fakeDesk) QuickReplies(_ context.Context, _ string, f domain.QuickReplyFilter) (found []*domain.QuickReply, _ int, _ error) {
	for _, one := range d.replies {
		if f.Editable && strings.Contains(one.Shortcut+one.Text, f.Query) {
			found = append(found, one)
		}
	}
	return found, len(found), nil
}

func (d *fakeDesk) QuickReplyToEdit(_ context.Context, _, id string) (*domain.QuickReply, error) {
	for _, one := range d.replies {
		if one.ID == id {
			kept := *one
			return &kept, d.mayAct
		}
	}
	return nil, domain.ErrNotFound
}

func (d *fakeDesk) CreateQuickReply(_ context.Context, _ string, reply *domain.QuickReply) error {
	if wrong := reply.Check(); len(wrong) > 0 {
		return &domain.Refusal{Code: domain.CodeInvalidField, Fields: wrong}
	}
	reply.ID = "new"
	d.replies = append(d.replies, reply)
	return d.answer
}

func (d *fakeDesk) UpdateQuickReply(_ context.Context, _ string, reply *domain.QuickReply, fields ...string) (*domain.QuickReply, error) {
	if wrong := reply.Check(); len(wrong) > 0 || len(fields) != 3 {
		return nil, &domain.Refusal{Code: domain.CodeInvalidField, Fields: wrong}
	}
	for i, one := range d.replies {
		if one.ID == reply.ID {
			d.replies[i] = reply
		}
	}
	return reply, d.answer
}

func (d *fakeDesk) DeleteQuickReply(_ context.Context, _, id string) (*domain.QuickReply, error) {
	for i, one := range d.replies {
		if one.ID == id {
			d.replies = append(d.replies[:i], d.replies[i+1:]...)
			return one, d.answer
		}
	}
	return nil, domain.ErrNotFound
}

func (d *fakeDesk) SupervisedQueues(context.Context, string) ([]*domain.Queue, error) {
	return d.supervised, nil
}

// replyDesk has a reply of the agent's own and one of the queue that they supervise, with the same shortcut.
func replyDesk() *fakeDesk {
	d := newFakeDesk()
	d.supervised = d.queues
	d.replies = []*domain.QuickReply{
		{ID: "own", OwnerID: agent, Shortcut: "pix", Text: "A chave é 123."},
		{ID: "queues", QueueID: "sales", Shortcut: "pix", Title: "Chave", Text: "{{saudacao}}! A chave é 456."},
	}
	return d
}

func repliesClient(t *testing.T, desk *fakeDesk, remember bool, shortcut string) *fakeClient {
	t.Helper()
	d := desk.dialogs(t)
	request, err := d.Replies(context.Background(), agent, shortcut)
	require.NoError(t, err)
	require.Equal(t, RepliesURL, request.URL)
	require.NoError(t, request.Dialog.IsValid())
	return &fakeClient{t: t, d: d, remember: remember, form: &request.Dialog}
}

func TestRepliesAreKeptInTheDialog(t *testing.T) {
	for _, locale := range []string{"pt-BR", "en"} {
		t.Run(locale, func(t *testing.T) {
			desk := replyDesk()
			desk.locale = locale
			c := repliesClient(t, desk, locale == "en", "")
			require.Equal(t, []string{"reply"}, c.names())
			require.Equal(t, "form", c.submit(nil).Type, "a new one")
			require.NoError(t, c.form.IsValid())
			require.Equal(t, []string{"scope", "shortcut", "title", "text"}, c.names())
			require.Contains(t, c.form.IntroductionText, "{{primeiro_nome}}")
			wrong := c.submit(map[string]any{"scope": "sales", "shortcut": "Olá", "text": "{{cpf}}"})
			require.NotEmpty(t, wrong.Errors["shortcut"])
			require.NotEmpty(t, wrong.Errors["text"])
			require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"scope": "sales", "shortcut": "bom-dia", "title": "Oi", "text": "Olá, {{nome}}"}))
			require.Equal(t, &domain.QuickReply{ID: "new", QueueID: "sales", Shortcut: "bom-dia", Title: "Oi", Text: "Olá, {{nome}}"}, desk.replies[2])
		})
	}
}

func TestAReplyIsChangedAndRemovedInTheDialog(t *testing.T) {
	desk := replyDesk()
	c := repliesClient(t, desk, false, "")
	c.submit(map[string]any{"reply": "queues"})
	require.Equal(t, []string{"shortcut", "title", "text", "remove"}, c.names())
	require.Equal(t, []string{"pix", "Chave", desk.replies[1].Text}, []string{c.form.Elements[0].Default, c.form.Elements[1].Default, c.form.Elements[2].Default})
	require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"shortcut": "chave", "title": "", "text": "789"}))
	require.Equal(t, &domain.QuickReply{ID: "queues", QueueID: "sales", Shortcut: "chave", Text: "789"}, desk.replies[1])

	c = repliesClient(t, desk, false, "pix")
	require.Equal(t, "A chave é 123.", c.form.Elements[2].Default, "the one with the shortcut, of one's own first")
	require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"shortcut": "pix", "text": "x", "remove": true}))
	require.Len(t, desk.replies, 1)
	require.NotEmpty(t, c.submit(map[string]any{"shortcut": "pix", "text": "x", "remove": true}).Error, "it is gone")

	desk.supervised = nil
	c = repliesClient(t, desk, false, "novo")
	require.Equal(t, []string{"shortcut", "title", "text"}, c.names(), "only one's own")
	require.Equal(t, "novo", c.form.Elements[0].Default)
	require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"shortcut": "novo", "text": "x"}))
	require.Equal(t, agent, desk.replies[1].OwnerID)

	desk.replies[0].Text = strings.Repeat("a", 3001)
	_, err := desk.dialogs(t).Replies(context.Background(), agent, "chave")
	refusal, ok := domain.AsRefusal(err)
	require.True(t, ok)
	require.Equal(t, "reply.too_long_here", refusal.Text.Key)
}

func TestLookingForReplies(t *testing.T) {
	desk := replyDesk()
	body, err := json.Marshal(model.SubmitDialogRequest{Type: typeLookup, UserId: agent, Submission: map[string]any{"query": "chave"}})
	require.NoError(t, err)
	req := httptest.NewRequest(http.MethodPost, strings.TrimPrefix(lookupRepliesURL, domain.PluginPath), strings.NewReader(string(body)))
	req.Header.Set(userHeader, agent)
	w := httptest.NewRecorder()
	desk.dialogs(t).ServeHTTP(w, req)
	var found model.LookupDialogResponse
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &found))
	require.Equal(t, []model.DialogSelectOption{{Text: "/r pix", Value: "own"}, {Text: "/r pix · Chave · da fila", Value: "queues"}}, found.Items)
}
