package permission

import (
	"context"
	"database/sql"
	"slices"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// world is the server's tables with people in them, and what its own roles allow.
type world struct {
	t    *testing.T
	db   *sql.DB
	asks int // how often the server was asked

	sales, support *domain.Queue
	conv           *domain.Conversation
}

// grants is what the server's roles allow.
var grants = map[string][]string{
	"custom_manager": {model.PermissionManageSystem.Id}, "channel_user": {model.PermissionCreatePost.Id}, "channel_guest": {model.PermissionCreatePost.Id},
	"channel_admin": {model.PermissionCreatePost.Id}, "team_poster": {model.PermissionCreatePost.Id}, "talker": {model.PermissionCreatePost.Id},
}

func (w *world) RolesGrantPermission(roles []string, permissionID string) bool {
	w.asks++
	return slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(grants[role], permissionID) })
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	_, err := w.db.Exec(query, args...)
	require.NoError(w.t, err)
}

func (w *world) user(id, roles string) { w.exec("INSERT INTO users VALUES ($1, $1, 0, $2)", id, roles) }

func (w *world) join(channelID, userID string, schemeAdmin bool, roles string) {
	w.exec("INSERT INTO channelmembers VALUES ($1, $2, $3, $4)", channelID, userID, roles, schemeAdmin)
}

func newWorld(t *testing.T) (*world, *People) {
	w := &world{t: t, db: storetest.DB(t)}
	s := store.New(w.db, nil, model.NewId)
	w.sales = &domain.Queue{Name: "Sales", TeamID: "team", ChannelID: "sales"}
	w.support = &domain.Queue{Name: "Support", TeamID: "team", ChannelID: "support"}
	for _, queue := range []*domain.Queue{w.sales, w.support} {
		require.NoError(t, s.CreateQueue(context.Background(), queue, 1))
	}
	w.conv = &domain.Conversation{TeamID: "team", ChannelID: "conv"}
	for id, roles := range map[string]string{
		"member": "system_user", "scheme": "system_user", "named": "system_user", "nearly": "system_user", "outsider": "system_user", "other": "system_user",
		"sysadmin": "system_user system_admin", "custom": "system_user custom_manager", "powerless": "system_user custom_reader", "gone": "system_user", "gone-admin": "system_admin custom",
		"bot": "system_user", "bot-admin": "system_admin", "guest": "system_guest", "invited": "system_user", "mute": "system_user", "left": "system_user",
	} {
		w.user(id, roles)
		if id != "left" && id != "sysadmin" && id != "custom" {
			w.exec("INSERT INTO teammembers VALUES ('team', $1, 0)", id)
		}
	}
	w.exec("INSERT INTO teammembers VALUES ('team', 'left', 1)")
	w.exec("UPDATE users SET deleteat = 1 WHERE id LIKE 'gone%'")
	w.exec("INSERT INTO bots VALUES ('bot'), ('bot-admin')")
	w.join("sales", "member", false, "channel_user")
	w.join("sales", "scheme", true, "")
	w.join("sales", "named", false, "channel_user channel_admin")
	w.join("sales", "nearly", false, "channel_user not_channel_admin")
	w.join("support", "other", true, "channel_admin")
	w.join("sales", "gone", true, "channel_admin")
	w.join("sales", "bot", true, "channel_admin")
	w.join("sales", "guest", true, "channel_admin")
	for _, user := range []string{"invited", "guest", "mute", "gone", "bot", "left"} {
		w.join("conv", user, false, "")
	}
	w.exec("UPDATE channelmembers SET schemeguest = userid = 'guest', schemeuser = userid NOT IN ('guest', 'mute') WHERE channelid = 'conv'")
	return w, New(s, w.RolesGrantPermission)
}

func TestWhoIsWho(t *testing.T) {
	w, p := newWorld(t)
	ctx := context.Background()
	for _, c := range []struct {
		user                                    string
		inQueue, supervises, system, act, speak bool
		queues                                  int
	}{
		{"member", true, false, false, true, false, 1},
		{"scheme", true, true, false, true, false, 1},
		{"named", true, true, false, true, false, 1},
		{"nearly", true, false, false, true, false, 1},
		{"outsider", false, false, false, false, false, 0},
		{"other", false, false, false, false, false, 1},
		{"sysadmin", false, true, true, true, false, 0},
		{"custom", false, true, true, true, false, 0},
		{"powerless", false, false, false, false, false, 0},
		{"gone", false, false, false, false, false, 0},
		{"gone-admin", false, false, false, false, false, 0},
		{"bot", false, false, false, false, false, 0},
		{"bot-admin", false, false, false, false, false, 0},
		{"guest", false, false, false, false, true, 0},
		{"invited", false, false, false, true, true, 0},
		{"mute", false, false, false, true, false, 0},
		{"left", false, false, false, false, true, 0},
		{"unknown", false, false, false, false, false, 0},
		{"", false, false, false, false, false, 0},
		{"../member", false, false, false, false, false, 0},
	} {
		t.Run(c.user, func(t *testing.T) {
			in, err := p.InQueue(ctx, c.user, w.sales)
			require.NoError(t, err, c.user)
			require.Equal(t, c.inQueue, in, c.user)
			supervises, err := p.Supervises(ctx, c.user, w.sales)
			require.NoError(t, err, c.user)
			require.Equal(t, c.supervises, supervises, c.user)
			system, err := p.SystemAdmin(ctx, c.user)
			require.NoError(t, err, c.user)
			require.Equal(t, c.system, system, c.user)
			removed, err := p.Supervises(ctx, c.user, nil)
			require.NoError(t, err, c.user)
			require.Equal(t, c.system, removed, "%s: a removed queue's", c.user)
			standing, err := p.Membership(ctx, c.user, w.conv, w.sales)
			require.NoError(t, err, c.user)
			require.Equal(t, c.act, standing.MayAct(), c.user)
			speak, err := p.MaySpeak(ctx, c.user, "conv")
			require.NoError(t, err, c.user)
			require.Equal(t, c.speak, speak, c.user)
			queues, err := p.QueuesOf(ctx, c.user)
			require.NoError(t, err, c.user)
			require.Len(t, queues, c.queues, c.user)
			led, err := p.SupervisedQueues(ctx, c.user)
			require.NoError(t, err, c.user)
			leads := slices.ContainsFunc(led, func(q *domain.Queue) bool { return q.ID == w.sales.ID })
			require.Equal(t, c.supervises, c.system || leads, c.user)
		})
	}
	in, err := p.InQueue(ctx, "member", &domain.Queue{})
	require.NoError(t, err)
	require.False(t, in, "no channel has no members")
}

// What a member may say is in the tables, whatever a node knows of memberships.
func TestWhoSpeaksByWhichRole(t *testing.T) {
	w, p := newWorld(t)
	w.exec("INSERT INTO teams VALUES ('team')")
	w.exec("INSERT INTO channels (id, teamid) VALUES ('conv', 'team')")
	w.exec(`INSERT INTO schemes VALUES ('silent', 'quiet', 'quiet', 'quiet', 'quiet', 'quiet', 'quiet'), ('loud', '', '', '', '', 'talker', ''), ('team-wide', '', 'team_poster', '', '', 'quiet', '')`)
	for _, c := range []struct {
		name, change, user string
		speaks             bool
	}{
		{"a user of the channel", "", "invited", true},
		{"nothing in the channel", "", "mute", false},
		{"the team's scheme is silent", "UPDATE teams SET schemeid = 'silent'", "invited", false},
		{"its guests too", "", "guest", false},
		{"the channel's own scheme stands before it", "UPDATE channels SET schemeid = 'loud'", "invited", true},
		{"of which guests have none", "", "guest", false},
		{"an admin has the role of one", "UPDATE channelmembers SET schemeadmin = true WHERE userid = 'guest'; UPDATE teams SET schemeid = ''", "guest", true},
		{"the channel's scheme is silent", "UPDATE channels SET schemeid = 'silent'", "guest", false},
		{"a role of one's own", "UPDATE channelmembers SET roles = 'talker' WHERE userid = 'guest'", "guest", true},
		{"a role in the team", "UPDATE teams SET schemeid = 'team-wide'; UPDATE teammembers SET schemeuser = true WHERE userid = 'invited'", "invited", true},
		{"gone from the team", "UPDATE teammembers SET deleteat = 1 WHERE userid = 'invited'", "invited", false},
		{"a role on the server", "UPDATE users SET roles = 'system_user talker' WHERE id IN ('invited', 'outsider')", "invited", true},
		{"is not one in the channel", "", "outsider", false},
		{"gone from the channel", "DELETE FROM channelmembers WHERE userid = 'invited'", "invited", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.change != "" {
				w.exec(c.change)
			}
			speaks, err := p.MaySpeak(context.Background(), c.user, "conv")
			require.NoError(t, err)
			require.Equal(t, c.speaks, speaks)
		})
	}
}

func TestSupervisorsAreTheSameEverywhere(t *testing.T) {
	w, p := newWorld(t)
	members, err := store.New(w.db, nil, model.NewId).ServerMembers(context.Background(), "sales", 100)
	require.NoError(t, err)
	for _, member := range members {
		if member.UserID == "guest" { // is in the channel, and no agent
			continue
		}
		supervises, err := p.Supervises(context.Background(), member.UserID, w.sales)
		require.NoError(t, err)
		require.Equal(t, supervises, member.Supervisor, member.UserID)
	}
}

func TestOnlyCustomRolesAreAskedOfTheServer(t *testing.T) {
	w, p := newWorld(t)
	for _, user := range []string{"member", "sysadmin", "guest", "bot-admin", "gone-admin", "unknown"} {
		_, err := p.SystemAdmin(context.Background(), user)
		require.NoError(t, err)
	}
	require.Zero(t, w.asks)
}

func TestCouldNotCheckIsNoAnswer(t *testing.T) {
	w, p := newWorld(t)
	ctx := context.Background()
	require.NoError(t, w.db.Close())
	for name, ask := range map[string]func() (bool, error){
		"in queue":     func() (bool, error) { return p.InQueue(ctx, "scheme", w.sales) },
		"supervises":   func() (bool, error) { return p.Supervises(ctx, "scheme", w.sales) },
		"system admin": func() (bool, error) { return p.SystemAdmin(ctx, "sysadmin") },
		"may speak":    func() (bool, error) { return p.MaySpeak(ctx, "invited", "conv") },
		"standing": func() (bool, error) {
			st, err := p.Membership(ctx, "sysadmin", w.conv, w.sales)
			return st.MayAct(), err
		},
		"queues": func() (bool, error) {
			queues, err := p.QueuesOf(ctx, "member")
			return len(queues) > 0, err
		},
		"supervised queues": func() (bool, error) {
			queues, err := p.SupervisedQueues(ctx, "scheme")
			return len(queues) > 0, err
		},
		"username": func() (bool, error) {
			name, err := p.Username(ctx, "member")
			return name != "", err
		},
	} {
		t.Run(name, func(t *testing.T) {
			yes, err := ask()
			require.Error(t, err)
			require.False(t, yes)
			require.NotErrorIs(t, err, domain.ErrNotFound)
			_, refused := domain.AsRefusal(err)
			require.False(t, refused)
		})
	}
}

func TestPersonTellsWhoCanServe(t *testing.T) {
	_, p := newWorld(t)
	ctx := context.Background()
	for user, want := range map[string]domain.User{
		"member": {Username: "member", InTeam: true},
		"gone":   {Username: "gone", Deactivated: true, InTeam: true},
		"left":   {Username: "left"},
		"bot":    {Username: "bot", Bot: true, InTeam: true},
		"guest":  {Username: "guest", Guest: true, InTeam: true},
	} {
		t.Run(user, func(t *testing.T) {
			got, err := p.Person(ctx, user, "team")
			require.NoError(t, err)
			require.Equal(t, want, got)
			name, err := p.Username(ctx, user)
			require.NoError(t, err)
			require.Equal(t, user, name)
		})
	}
	for _, user := range []string{"unknown", ""} {
		_, err := p.Person(ctx, user, "team")
		require.ErrorIs(t, err, domain.ErrNotFound)
		_, err = p.Username(ctx, user)
		require.ErrorIs(t, err, domain.ErrNotFound)
	}
}
