package host

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// API is the plugin API of one instance of the plugin on a node. A method that is not
// provided panics, so that nothing new is used unnoticed.
type API struct {
	plugin.API
	n *Node
	// call passes a call through the scheduler: do is its effect. It returns false if the call
	// broke, so that the caller gets nothing and no error.
	call  func(name string, do func()) (whole bool)
	ended func() bool // whether the instance is no more
	log   func(level, message string, values []any)
}

// API returns the plugin API for one instance.
func (n *Node) API(call func(name string, do func()) bool, ended func() bool, log func(level, message string, values []any)) *API {
	return &API{n: n, call: call, ended: ended, log: log}
}

// through is a call whose answer is nothing if it broke.
func through[T any](a *API, name string, do func() T) T {
	var answer, nothing T
	if !a.call(name, func() { answer = do() }) {
		return nothing
	}
	return answer
}

// through2 is through for a call that also returns an error.
func through2[T any](a *API, name string, do func() (T, *model.AppError)) (T, *model.AppError) {
	var answer, nothing T
	var appErr *model.AppError
	if !a.call(name, func() { answer, appErr = do() }) {
		return nothing, nil
	}
	return answer, appErr
}

func (a *API) LogDebug(message string, values ...any) { a.log("debug", message, values) }
func (a *API) LogInfo(message string, values ...any)  { a.log("info", message, values) }
func (a *API) LogWarn(message string, values ...any)  { a.log("warn", message, values) }
func (a *API) LogError(message string, values ...any) { a.log("error", message, values) }

// GetServerVersion never fails here: an instance whose server does not answer it ends its process. While hours pass it is
// answered when they are over, because it is asked for each second.
func (a *API) GetServerVersion() string {
	a.n.rules.AwaitHours()
	return a.n.server.Version
}

func (a *API) GetConfig() *model.Config { return through(a, "GetConfig", a.n.server.config) }

func (a *API) LoadPluginConfiguration(into any) error {
	var err error
	whole := a.call("LoadPluginConfiguration", func() {
		a.n.server.mu.Lock()
		defer a.n.server.mu.Unlock()
		err = json.Unmarshal([]byte(asJSON(a.n.server.Settings)), into)
	})
	if !whole {
		return nil
	}
	return err
}

func (a *API) GetPluginConfig() map[string]any {
	return through(a, "GetPluginConfig", func() map[string]any {
		a.n.server.mu.Lock()
		defer a.n.server.mu.Unlock()
		copied := map[string]any{}
		_ = json.Unmarshal([]byte(asJSON(a.n.server.Settings)), &copied)
		return copied
	})
}

func (a *API) SavePluginConfig(settings map[string]any) *model.AppError {
	return through(a, "SavePluginConfig", func() *model.AppError {
		a.n.server.mu.Lock()
		defer a.n.server.mu.Unlock()
		a.n.server.Settings = settings
		return nil
	})
}

func (a *API) RegisterCommand(*model.Command) error { return nil }

func (a *API) PublishWebSocketEvent(string, map[string]any, *model.WebsocketBroadcast) {
	a.n.server.mu.Lock()
	a.n.server.events++
	a.n.server.mu.Unlock()
}

func (a *API) OpenInteractiveDialog(model.OpenDialogRequest) *model.AppError {
	return through(a, "OpenInteractiveDialog", func() *model.AppError { return nil })
}

func (a *API) RolesGrantPermission(roles []string, permission string) bool {
	for _, name := range roles {
		role := a.n.server.roles[name]
		if role == nil {
			continue
		}
		for _, granted := range role.Permissions {
			if granted == permission {
				return true
			}
		}
	}
	return false
}

func (a *API) HasPermissionTo(userID string, permission *model.Permission) bool {
	return through(a, "HasPermissionTo", func() bool {
		user := a.n.server.user("id", userID)
		return user != nil && user.DeleteAt == 0 && a.RolesGrantPermission(user.GetRoles(), permission.Id)
	})
}

// EnsureBotUser makes the bot, or finds it.
func (a *API) EnsureBotUser(bot *model.Bot) (string, error) {
	return through(a, "EnsureBotUser", func() string {
		s := a.n.server
		if user := s.user("username", bot.Username); user != nil {
			return user.Id
		}
		return s.addBot(bot)
	}), nil
}

func (a *API) SetProfileImage(string, []byte) *model.AppError { return nil }

// GetBundlePath is where the plugin's files would be.
func (a *API) GetBundlePath() (string, error) { return BundlePath, nil }

// BundlePath is the folder above the plugin's assets, seen from where the tests of the simulation run.
const BundlePath = "../.."

// KVSetWithOptions gives an instance that is no more whatever it asks for: who waits for a mutex of the
// cluster's asks again for ever, whatever the error, and the goroutines of an instance have to end.
func (a *API) KVSetWithOptions(key string, data []byte, o model.PluginKVSetOptions) (bool, *model.AppError) {
	set, appErr := a.kvSetWithOptions(key, data, o)
	return set || a.ended(), appErr
}

func (a *API) kvSetWithOptions(key string, data []byte, o model.PluginKVSetOptions) (bool, *model.AppError) {
	return through2(a, "KVSetWithOptions "+key, func() (bool, *model.AppError) {
		s := a.n.server
		s.mu.Lock()
		defer s.mu.Unlock()
		now, there := s.keys[key]
		if there && !now.until.IsZero() && !time.Now().Before(now.until) {
			there, now = false, value{}
		}
		if o.Atomic && !bytes.Equal(now.data, o.OldValue) {
			return false, nil
		}
		if data == nil {
			delete(s.keys, key)
			return true, nil
		}
		set := value{data: data}
		if o.ExpireInSeconds > 0 {
			set.until = time.Now().Add(time.Duration(o.ExpireInSeconds) * time.Second)
		}
		s.keys[key] = set
		_ = there
		return true, nil
	})
}

func (a *API) GetSession(id string) (*model.Session, *model.AppError) {
	return through2(a, "GetSession", func() (*model.Session, *model.AppError) {
		a.n.server.mu.Lock()
		defer a.n.server.mu.Unlock()
		session := a.n.server.sessions[id]
		if session == nil {
			return nil, notFound("GetSession")
		}
		return session.DeepCopy(), nil
	})
}

func (a *API) CreateSession(session *model.Session) (*model.Session, *model.AppError) {
	return through2(a, "CreateSession", func() (*model.Session, *model.AppError) {
		a.n.server.mu.Lock()
		defer a.n.server.mu.Unlock()
		made := session.DeepCopy()
		made.Id, made.Token = a.n.server.NewID(), a.n.server.NewID()
		a.n.server.sessions[made.Id] = made
		return made.DeepCopy(), nil
	})
}

func (a *API) RevokeSession(id string) *model.AppError {
	return through(a, "RevokeSession", func() *model.AppError {
		a.n.server.mu.Lock()
		defer a.n.server.mu.Unlock()
		delete(a.n.server.sessions, id)
		return nil
	})
}

func (a *API) GetUser(id string) (*model.User, *model.AppError) {
	return through2(a, "GetUser", func() (*model.User, *model.AppError) {
		if user := a.n.cachedUser("GetUser", id); user != nil {
			return user, nil
		}
		return nil, notFound("GetUser")
	})
}

func (a *API) GetUserByUsername(name string) (*model.User, *model.AppError) {
	return through2(a, "GetUserByUsername", func() (*model.User, *model.AppError) {
		if user := a.n.server.user("username", name); user != nil {
			return user, nil
		}
		return nil, notFound("GetUserByUsername")
	})
}

// GetUsers lists the active users with a role.
func (a *API) GetUsers(o *model.UserGetOptions) ([]*model.User, *model.AppError) {
	return through2(a, "GetUsers", func() ([]*model.User, *model.AppError) {
		var users []*model.User
		for _, id := range a.n.server.strings("SELECT id FROM users WHERE deleteat = 0 AND roles LIKE $1 ORDER BY username", "%"+o.Role+"%") {
			users = append(users, a.n.server.user("id", id))
		}
		return users, nil
	})
}

func (a *API) GetTeam(id string) (*model.Team, *model.AppError) {
	return through2(a, "GetTeam", func() (*model.Team, *model.AppError) {
		team := &model.Team{}
		if !a.n.server.one("SELECT id, name, displayname FROM teams WHERE id = $1", []any{id}, &team.Id, &team.Name, &team.DisplayName) {
			return nil, notFound("GetTeam")
		}
		return team, nil
	})
}

func (a *API) GetTeamMember(teamID, userID string) (*model.TeamMember, *model.AppError) {
	return through2(a, "GetTeamMember", func() (*model.TeamMember, *model.AppError) {
		if !a.n.server.inTeam(teamID, userID) {
			return nil, notFound("GetTeamMember")
		}
		return &model.TeamMember{TeamId: teamID, UserId: userID}, nil
	})
}

func (a *API) CreateTeamMember(teamID, userID string) (*model.TeamMember, *model.AppError) {
	return through2(a, "CreateTeamMember", func() (*model.TeamMember, *model.AppError) {
		a.n.server.exec("INSERT INTO teammembers (teamid, userid) VALUES ($1, $2) ON CONFLICT (teamid, userid) DO UPDATE SET deleteat = 0", teamID, userID)
		return &model.TeamMember{TeamId: teamID, UserId: userID}, nil
	})
}

func (a *API) CreatePost(post *model.Post) (*model.Post, *model.AppError) {
	return through2(a, "CreatePost "+post.Type, func() (*model.Post, *model.AppError) { return a.n.createPost(&plugin.Context{}, post) })
}

func (a *API) UpdatePost(post *model.Post) (*model.Post, *model.AppError) {
	return through2(a, "UpdatePost", func() (*model.Post, *model.AppError) { return a.n.updatePost(&plugin.Context{}, post) })
}

func (a *API) DeletePost(id string) *model.AppError {
	return through(a, "DeletePost", func() *model.AppError { return a.n.deletePost(id, "") })
}

func (a *API) SendEphemeralPost(userID string, post *model.Post) *model.Post {
	return through(a, "SendEphemeralPost", func() *model.Post {
		a.n.server.mu.Lock()
		defer a.n.server.mu.Unlock()
		post = plain(post)
		post.CreateAt = millis()
		a.n.server.shown[userID] = append(a.n.server.shown[userID], post)
		return post
	})
}

func (a *API) AddReaction(r *model.Reaction) (*model.Reaction, *model.AppError) {
	return through2(a, "AddReaction", func() (*model.Reaction, *model.AppError) { return a.n.react(r, false) })
}

func (a *API) RemoveReaction(r *model.Reaction) *model.AppError {
	_, appErr := through2(a, "RemoveReaction", func() (*model.Reaction, *model.AppError) { return a.n.react(r, true) })
	return appErr
}

// GetUnsanitizedConfig names no data source: the simulation opens the database.
func (a *API) GetUnsanitizedConfig() *model.Config { return a.n.server.config() }

var errFile = refused("GetFile", "store.sql_file_info.get.app_error", http.StatusNotFound) //nolint:gochecknoglobals // constant
