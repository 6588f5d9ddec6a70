//go:build unix

package e2e

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

const sidebarName = "Em Atendimento"

// categories returns an agent's sidebar categories by name.
func (h *handoverWorld) categories(ctx context.Context, agent int) (map[string]*model.SidebarCategoryWithChannels, error) {
	got, _, err := h.as(1, agent).GetSidebarCategoriesForTeamForUser(ctx, h.User(agent).ID, h.Env.Team.ID, "")
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the sidebar")
	}
	named := map[string]*model.SidebarCategoryWithChannels{}
	for _, c := range got.Categories {
		if named[c.DisplayName] != nil {
			return nil, errors.Errorf("there are two categories %q", c.DisplayName)
		}
		named[c.DisplayName] = c
	}
	return named, nil
}

// shows waits until the sidebar category contains exactly the conversations of the agent's own list.
func (h *handoverWorld) shows(agent int, has, hasNot scenario.Conversation) {
	h.t.Helper()
	h.within(30*time.Second, "the sidebar to follow", func(ctx context.Context) error {
		mine, err := h.Conversations(ctx, h.as(0, agent), "mine=1")
		if err != nil {
			return err
		}
		var want []string
		for _, c := range mine {
			if c.State != "closed" {
				want = append(want, c.ChannelID)
			}
		}
		named, err := h.categories(ctx, agent)
		if err != nil {
			return err
		}
		category := named[sidebarName]
		if category == nil {
			return errors.New("there is no category")
		}
		got := slices.Clone(category.Channels)
		slices.Sort(want)
		slices.Sort(got)
		if has.ID != "" && !slices.Contains(got, has.ChannelID) || hasNot.ID != "" && slices.Contains(got, hasNot.ChannelID) {
			return errors.New("the conversation is at the wrong place")
		}
		for name, other := range named {
			if name != sidebarName && slices.ContainsFunc(other.Channels, func(id string) bool { return slices.Contains(got, id) }) {
				return errors.Errorf("a channel is in two categories, also in %s", name)
			}
		}
		return errorUnless(slices.Equal(want, got), "it has %d channels, the list %d", len(got), len(want))
	})
}

func (h *handoverWorld) trySidebar() {
	ctx := h.ctx(time.Minute)
	var none scenario.Conversation
	// What people arrange in the sidebar themselves must not be changed.
	client := h.as(0, invited)
	own, _, err := client.CreateSidebarCategoryForTeamForUser(ctx, h.User(invited).ID, h.Env.Team.ID, &model.SidebarCategoryWithChannels{
		SidebarCategory: model.SidebarCategory{UserId: h.User(invited).ID, TeamId: h.Env.Team.ID, DisplayName: "Minhas coisas"}, Channels: []string{h.Queue.ChannelID},
	})
	require.NoError(h.t, err)

	c := h.open()
	h.shows(starter, c, none)
	h.invite(1, starter, c, h.User(invited).ID)
	h.shows(invited, c, none)
	h.shows(starter, c, none) // the starter is still responsible
	h.transfer(0, invited, c, map[string]any{"queue_id": h.Queue.ID})
	h.shows(invited, none, c)
	require.NoError(h.t, h.Ask(ctx, h.as(1, clickerD), http.MethodPost, "/conversations/"+c.ID+"/claim", nil, http.StatusOK, nil))
	h.shows(clickerD, c, none)
	h.mineAgree(starter)
	h.mineAgree(clickerD)
	require.NoError(h.t, h.Ask(ctx, h.as(0, clickerD), http.MethodPost, "/conversations/"+c.ID+"/close", nil, http.StatusOK, nil))
	h.shows(clickerD, none, c)
	h.shows(starter, none, c)
	h.mineAgree(starter)
	require.NoError(h.t, h.Ask(ctx, h.as(1, clickerD), http.MethodPost, "/conversations/"+c.ID+"/reopen", nil, http.StatusOK, nil))
	h.shows(clickerD, c, none)

	named, err := h.categories(ctx, invited)
	require.NoError(h.t, err)
	require.Equal(h.t, own.Channels, named["Minhas coisas"].Channels)
}

// mineAgree compares the command's list with the API's: both must contain the same conversations in the same states.
func (h *handoverWorld) mineAgree(agent int) {
	h.t.Helper()
	ctx := h.ctx(30 * time.Second)
	mine, err := h.Conversations(ctx, h.as(0, agent), "mine=1")
	require.NoError(h.t, err)
	answer, err := h.Env.ExecuteSlash(ctx, h.as(1, agent), h.Queue.ChannelID, "/whatsapp meus")
	require.NoError(h.t, err)
	words := map[string]string{"open": "Janela aberta até", "waiting": "Aguardando resposta", "expired": "Janela encerrada", "closed": "Encerrado"}
	byState := map[string]int{}
	for _, c := range mine {
		byState[c.State]++
		if byState[c.State] > 20 { // the command lists no more than 20 of each state
			continue
		}
		lines := slices.DeleteFunc(strings.Split(answer.Text, "\n"), func(line string) bool { return !strings.Contains(line, "/channels/"+c.ChannelID+")") })
		require.Len(h.t, lines, 1, answer.Text)
		require.Contains(h.t, lines[0], words[c.State])
	}
	listed := 0
	for _, n := range byState {
		listed += min(n, 20)
	}
	require.Equal(h.t, listed, strings.Count(answer.Text, "/channels/"))
}
