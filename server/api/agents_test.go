package api

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
)

// fakePeople are an agent who serves queue1, and an administrator. Everybody else is a stranger.
type fakePeople struct{ w *world }

func (f fakePeople) serves(userID string, queue *domain.Queue) bool {
	return userID == agent && queue != nil && queue.ID == queue1
}

func (f fakePeople) Membership(_ context.Context, userID string, _ *domain.Conversation, queue *domain.Queue) (domain.Membership, error) {
	in := userID == agent
	return domain.Membership{Username: userID, InTeam: in, InChannel: in, InQueueRoom: f.serves(userID, queue), Administers: userID == admin}, nil
}

func (f fakePeople) MaySpeak(_ context.Context, userID, _ string) (bool, error) {
	return userID == agent, nil
}

func (f fakePeople) QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error) {
	queue, err := f.w.store.Queue(ctx, queue1)
	if err != nil || !f.serves(userID, queue) {
		return nil, err
	}
	return []*domain.Queue{queue}, nil
}

func (f fakePeople) InQueue(_ context.Context, userID string, queue *domain.Queue) (bool, error) {
	return f.serves(userID, queue), nil
}

func (f fakePeople) Supervises(_ context.Context, userID string, _ *domain.Queue) (bool, error) {
	return userID == admin, nil
}

func (f fakePeople) SystemAdmin(_ context.Context, userID string) (bool, error) {
	return userID == admin, nil
}

func (f fakePeople) Username(_ context.Context, userID string) (string, error) { return userID, nil }

func (f fakePeople) Person(_ context.Context, userID, _ string) (domain.User, error) {
	return domain.User{Username: userID, InTeam: userID == agent}, nil
}

// fakeChannels gives each conversation a channel.
type fakeChannels struct {
	w     *world
	notes []string
}

func (f *fakeChannels) SyncNow(ctx context.Context, id string) error {
	c, err := f.w.store.Conversation(ctx, id)
	if err == nil && c.ChannelID == "" {
		err = f.w.store.SetChannel(ctx, id, f.w.newID())
	}
	return err
}

func (f *fakeChannels) AppendEvent(context.Context, *domain.Conversation, domain.Text) error {
	return nil
}

func (f *fakeChannels) Note(_ context.Context, _ *domain.Conversation, _, text string) error {
	f.notes = append(f.notes, text)
	return nil
}

func (f *fakeChannels) AddMember(context.Context, *domain.Conversation, string) error { return nil }

// TestAnAgentsDay goes through the routes of agents with the real service behind them: Meta takes every template.
func TestAnAgentsDay(t *testing.T) {
	w := newWorld(t)
	channels := &fakeChannels{w: w}
	w.api.Service = service.NewService(service.Ports{
		Store: w.store, ChannelSync: channels, People: fakePeople{w}, Encrypter: fakeEncrypter{}, Clock: w.clock, NewID: w.newID,
		SendNow: func(ctx context.Context, id string) (domain.Delivery, error) {
			return domain.Delivery{Status: domain.Sent}, w.store.Adopt(ctx, id, now)
		},
		Compose: func(_ context.Context, _ string, template *domain.Template, _ map[string]string) (domain.Composed, error) {
			return domain.Composed{Outgoing: []byte("{}"), Text: template.Text}, nil
		},
		Settings: func() domain.Settings { return domain.Settings{DefaultRegion: "BR", RequireCPF: true} },
	})
	start := goodStart()
	delete(start, "confirm")
	w.as(agent, http.MethodPost, "/conversations", start).is(http.StatusConflict, "template_not_allowed")
	w.as(admin, http.MethodPatch, "/templates/"+template1, map[string]any{"approved": true}).is(http.StatusOK)
	w.as(agent, http.MethodPost, "/conversations", start).is(http.StatusConflict, "no_plan")
	w.as(admin, http.MethodPost, "/plans/"+plan1+"/approve", nil).is(http.StatusOK)
	w.as(id("stranger"), http.MethodPost, "/conversations", start).is(http.StatusForbidden, "forbidden")

	started := w.as(agent, http.MethodPost, "/conversations", start).is(http.StatusCreated)
	require.Equal(t, []any{"waiting", agent, agent, queue1, "Maria", "+5511987654321"}, []any{
		started.json["state"], started.json["owner_id"], started.json["attendant_id"], started.json["queue_id"],
		started.json["contact"].(map[string]any)["name"], started.json["contact"].(map[string]any)["phone"]})
	conversation, channel := started.json["id"].(string), started.json["channel_id"].(string)
	path := "/conversations/" + conversation
	again := w.as(agent, http.MethodPost, "/conversations", start).is(http.StatusConflict, "conversation_exists")
	require.Equal(t, conversation, again.problem()["conversation_id"])

	listed := w.as(agent, http.MethodGet, "/conversations?mine=1&state=waiting", nil).is(http.StatusOK)
	require.Len(t, listed.items(), 1)
	require.Equal(t, "name."+agent, listed.items()[0].(map[string]any)["owner_username"])
	require.Equal(t, 1.0, w.as(agent, http.MethodGet, "/conversations/counts", nil).is(http.StatusOK).json["waiting"])
	require.Equal(t, conversation, w.as(agent, http.MethodGet, "/channels/"+channel+"/conversation", nil).is(http.StatusOK).json["id"])
	messages := w.as(agent, http.MethodGet, path+"/messages", nil).is(http.StatusOK).items()
	require.Len(t, messages, 1)
	require.Equal(t, "template", messages[0].(map[string]any)["kind"])
	for _, hidden := range []string{path, path + "/messages", "/channels/" + channel + "/conversation"} {
		w.as(id("stranger"), http.MethodGet, hidden, nil).is(http.StatusNotFound, "not_found")
	}

	w.as(agent, http.MethodPost, path+"/note", map[string]any{"text": "ligou"}).is(http.StatusOK)
	require.Equal(t, []string{"ligou"}, channels.notes)
	require.Equal(t, "closed", w.as(agent, http.MethodPost, path+"/close", map[string]any{"reason": "resolvido"}).is(http.StatusOK).json["state"])
	w.as(agent, http.MethodPost, path+"/close", nil).is(http.StatusConflict, "conversation_closed")
	require.Equal(t, "waiting", w.as(agent, http.MethodPost, path+"/reopen", nil).is(http.StatusOK).json["state"])
	contact := started.json["contact"].(map[string]any)["id"].(string)
	require.Equal(t, "52998224725", w.as(agent, http.MethodPost, "/contacts/"+contact+"/reveal", nil).is(http.StatusOK).json["cpf"])
	w.as(id("stranger"), http.MethodPost, "/contacts/"+contact+"/reveal", nil).is(http.StatusNotFound, "not_found")
}
