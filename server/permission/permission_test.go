package permission

import (
	"context"
	"net/http"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

// directory is Mattermost with people and members in memory.
type directory struct {
	users    map[string]*model.User
	members  map[string]*model.ChannelMember // by channel id + user id
	teams    map[string]*model.TeamMember    // by team id + user id
	managers map[string]bool
	userErr  *model.AppError // answers every GetUser
	memErr   *model.AppError // answers every GetChannelMember
	silent   bool            // the connection is broken: zero values everywhere
	silentIn bool            // the connection breaks after GetUser
}

func (d *directory) GetUser(id string) (*model.User, *model.AppError) {
	switch {
	case d.silent:
		return nil, nil
	case d.userErr != nil:
		return nil, d.userErr
	case d.users[id] == nil:
		return nil, appError(http.StatusNotFound)
	}
	return d.users[id], nil
}

func (d *directory) GetChannelMember(channelID, userID string) (*model.ChannelMember, *model.AppError) {
	switch {
	case d.silent, d.silentIn:
		return nil, nil
	case d.memErr != nil:
		return nil, d.memErr
	case d.members[channelID+userID] == nil:
		return nil, appError(http.StatusNotFound)
	}
	return d.members[channelID+userID], nil
}

func (d *directory) GetTeamMember(teamID, userID string) (*model.TeamMember, *model.AppError) {
	switch {
	case d.silent, d.silentIn:
		return nil, nil
	case d.teams[teamID+userID] == nil:
		return nil, appError(http.StatusNotFound)
	}
	return d.teams[teamID+userID], nil
}

func (d *directory) HasPermissionTo(userID string, permission *model.Permission) bool {
	return !d.silent && !d.silentIn && permission.Id == model.PermissionManageSystem.Id && d.managers[userID]
}

func appError(status int) *model.AppError {
	return model.NewAppError("test", "test.error", nil, "", status)
}

type queueList []*conversation.Queue

func (l queueList) Queues(context.Context) ([]*conversation.Queue, error) {
	if l == nil {
		return nil, errors.New("no database")
	}
	return l, nil
}

type world struct {
	*directory
	sales, support                                                  *conversation.Queue
	member, schemeAdmin, roleAdmin, nearlyAdmin, outsider, sysadmin string
	custom, deactivated, deactivatedAdmin, bot, botAdmin, unknown   string
	memberOfSupportOnly                                             string
}

func newWorld() *world {
	w := &world{directory: &directory{users: map[string]*model.User{}, members: map[string]*model.ChannelMember{}, teams: map[string]*model.TeamMember{}, managers: map[string]bool{}}}
	w.sales = &conversation.Queue{ID: model.NewId(), Name: "Sales", ChannelID: model.NewId()}
	w.support = &conversation.Queue{ID: model.NewId(), Name: "Support", ChannelID: model.NewId()}
	add := func(u model.User) string {
		u.Id = model.NewId()
		w.users[u.Id] = &u
		return u.Id
	}
	join := func(queue *conversation.Queue, userID string, schemeAdmin bool, roles string) {
		w.members[queue.ChannelID+userID] = &model.ChannelMember{ChannelId: queue.ChannelID, UserId: userID, SchemeAdmin: schemeAdmin, Roles: roles}
	}
	w.member = add(model.User{Username: "member", Roles: "system_user"})
	join(w.sales, w.member, false, "channel_user")
	w.schemeAdmin = add(model.User{Roles: "system_user"})
	join(w.sales, w.schemeAdmin, true, "")
	w.roleAdmin = add(model.User{Roles: "system_user"})
	join(w.sales, w.roleAdmin, false, "channel_user channel_admin")
	w.nearlyAdmin = add(model.User{Roles: "system_user"})
	join(w.sales, w.nearlyAdmin, false, "channel_user not_channel_admin")
	w.outsider = add(model.User{Roles: "system_user"})
	w.memberOfSupportOnly = add(model.User{Roles: "system_user"})
	join(w.support, w.memberOfSupportOnly, true, "channel_admin")
	w.sysadmin = add(model.User{Roles: "system_user system_admin"})
	w.managers[w.sysadmin] = true
	w.custom = add(model.User{Roles: "system_user custom_manager"})
	w.managers[w.custom] = true
	w.deactivated = add(model.User{Username: "gone", DeleteAt: 1})
	join(w.sales, w.deactivated, true, "channel_admin")
	w.deactivatedAdmin = add(model.User{DeleteAt: 1, Roles: "system_admin"})
	w.managers[w.deactivatedAdmin] = true
	w.bot = add(model.User{IsBot: true})
	join(w.sales, w.bot, true, "channel_admin")
	w.botAdmin = add(model.User{IsBot: true, Roles: "system_admin"})
	w.managers[w.botAdmin] = true
	w.unknown = model.NewId()
	return w
}

func TestWhoIsWho(t *testing.T) {
	w := newWorld()
	p := New(w, queueList{w.sales, w.support})
	ctx := context.Background()
	for _, c := range []struct {
		name                        string
		user                        string
		inQueue, supervises, system bool
		queues                      int
	}{
		{"member", w.member, true, false, false, 1},
		{"channel admin by scheme", w.schemeAdmin, true, true, false, 1},
		{"channel admin by role", w.roleAdmin, true, true, false, 1},
		{"a role that only looks like it", w.nearlyAdmin, true, false, false, 1},
		{"outsider", w.outsider, false, false, false, 0},
		{"admin of another queue", w.memberOfSupportOnly, false, false, false, 1},
		{"system admin outside the queue", w.sysadmin, false, true, true, 0},
		{"custom role that manages the system", w.custom, false, true, true, 0},
		{"deactivated member", w.deactivated, false, false, false, 0},
		{"deactivated system admin", w.deactivatedAdmin, false, false, false, 0},
		{"bot in the channel", w.bot, false, false, false, 0},
		{"bot with all permissions", w.botAdmin, false, false, false, 0},
		{"unknown", w.unknown, false, false, false, 0},
		{"nobody", "", false, false, false, 0},
		{"no id at all", "../" + w.member, false, false, false, 0},
	} {
		in, err := p.InQueue(ctx, c.user, w.sales)
		require.NoError(t, err, c.name)
		require.Equal(t, c.inQueue, in, c.name)
		supervises, err := p.Supervises(ctx, c.user, w.sales)
		require.NoError(t, err, c.name)
		require.Equal(t, c.supervises, supervises, c.name)
		in, err = p.InQueue(ctx, c.user, nil)
		require.NoError(t, err, c.name)
		require.False(t, in, "nobody is in a queue that was removed")
		supervises, err = p.Supervises(ctx, c.user, nil)
		require.NoError(t, err, c.name)
		require.Equal(t, c.system, supervises, "%s: a queue that was removed has system admins alone", c.name)
		system, err := p.SystemAdmin(ctx, c.user)
		require.NoError(t, err, c.name)
		require.Equal(t, c.system, system, c.name)
		queues, err := p.Queues(ctx, c.user)
		require.NoError(t, err, c.name)
		require.Len(t, queues, c.queues, c.name)
	}
}

func TestCouldNotCheckIsNoAnswer(t *testing.T) {
	ctx := context.Background()
	type ask func(p *People, w *world, user string) (bool, error)
	inQueue := func(p *People, w *world, user string) (bool, error) { return p.InQueue(ctx, user, w.sales) }
	supervises := func(p *People, w *world, user string) (bool, error) { return p.Supervises(ctx, user, w.sales) }
	system := func(p *People, _ *world, user string) (bool, error) { return p.SystemAdmin(ctx, user) }
	queues := func(p *People, _ *world, user string) (bool, error) {
		list, err := p.Queues(ctx, user)
		return len(list) > 0, err
	}
	for name, c := range map[string]struct {
		breakIt func(*world)
		ask     []ask
	}{
		"users cannot be read":   {func(w *world) { w.userErr = appError(http.StatusInternalServerError) }, []ask{inQueue, supervises, system, queues}},
		"members cannot be read": {func(w *world) { w.memErr = appError(http.StatusInternalServerError) }, []ask{inQueue, supervises, queues}},
		"the server is silent":   {func(w *world) { w.silent = true }, []ask{inQueue, supervises, system, queues}},
		"silent half-way":        {func(w *world) { w.silentIn = true }, []ask{inQueue, supervises, queues}},
	} {
		for i, ask := range c.ask {
			w := newWorld()
			p := New(w, queueList{w.sales})
			_, err := ask(p, w, w.schemeAdmin)
			require.NoError(t, err, "before it broke")
			c.breakIt(w)
			yes, err := ask(p, w, w.schemeAdmin)
			require.Error(t, err, "%s, question %d", name, i)
			require.False(t, yes, "%s, question %d", name, i)
			_, refused := conversation.AsRefusal(err)
			require.False(t, refused, name)
		}
	}
}

func TestASystemAdminWhoSuddenlyIsNoneIsNoAnswer(t *testing.T) {
	w := newWorld()
	w.silentIn = true
	p := New(w, queueList{})
	_, err := p.SystemAdmin(context.Background(), w.sysadmin)
	require.Error(t, err)
	_, err = p.Supervises(context.Background(), w.sysadmin, w.sales)
	require.Error(t, err)
}

func TestQueuesOfAnEmptyChannelID(t *testing.T) {
	w := newWorld()
	in, err := New(w, queueList{}).InQueue(context.Background(), w.member, &conversation.Queue{})
	require.NoError(t, err)
	require.False(t, in)
}

func TestQueuesThatCannotBeListed(t *testing.T) {
	w := newWorld()
	_, err := New(w, queueList(nil)).Queues(context.Background(), w.member)
	require.Error(t, err)
}

func TestUsername(t *testing.T) {
	w := newWorld()
	p := New(w, queueList{})
	for user, want := range map[string]string{w.member: "member", w.deactivated: "gone"} {
		name, err := p.Username(context.Background(), user)
		require.NoError(t, err)
		require.Equal(t, want, name)
	}
	for _, user := range []string{w.unknown, ""} {
		_, err := p.Username(context.Background(), user)
		require.ErrorIs(t, err, conversation.ErrNotFound)
	}
	w.silent = true
	_, err := p.Username(context.Background(), w.member)
	require.Error(t, err)
	require.NotErrorIs(t, err, conversation.ErrNotFound)
}

func TestPersonTellsWhoCanServe(t *testing.T) {
	w := newWorld()
	p := New(w, queueList{})
	ctx := context.Background()
	w.teams["team"+w.member] = &model.TeamMember{TeamId: "team", UserId: w.member}
	w.teams["team"+w.deactivated] = &model.TeamMember{TeamId: "team", UserId: w.deactivated}
	w.teams["team"+w.outsider] = &model.TeamMember{TeamId: "team", UserId: w.outsider, DeleteAt: 1}
	for user, want := range map[string]conversation.Person{
		w.member:      {Username: "member", InTeam: true},
		w.deactivated: {Username: "gone", Deactivated: true, InTeam: true},
		w.outsider:    {},
		w.bot:         {Bot: true},
	} {
		got, err := p.Person(ctx, user, "team")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := p.Person(ctx, w.unknown, "team")
	require.ErrorIs(t, err, conversation.ErrNotFound)
	w.silentIn = true
	_, err = p.Person(ctx, w.member, "team")
	require.Error(t, err)
}
