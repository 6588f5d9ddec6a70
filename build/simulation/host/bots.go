package host

import (
	"net/http"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"
)

// addBot makes a user who is a bot and returns its id.
func (s *Server) addBot(bot *model.Bot) string {
	id := s.NewID()
	s.exec("INSERT INTO users (id, username, roles, firstname) VALUES ($1, $2, $3, $4)", id, bot.Username, model.SystemUserRoleId, bot.DisplayName)
	s.exec("INSERT INTO bots (userid) VALUES ($1)", id)
	return id
}

// bot is a user who is a bot; nil if there is none.
func (s *Server) bot(id string) *model.Bot {
	user := s.user("id", id)
	if user == nil || !user.IsBot {
		return nil
	}
	return &model.Bot{UserId: id, Username: user.Username, OwnerId: "whatsapp-ativo", DeleteAt: user.DeleteAt}
}

func (a *API) CreateBot(bot *model.Bot) (*model.Bot, *model.AppError) {
	return through2(a, "CreateBot", func() (*model.Bot, *model.AppError) {
		if a.n.server.user("username", bot.Username) != nil {
			return nil, refused("CreateBot", "app.user.save.username_exists.app_error", http.StatusBadRequest)
		}
		return a.n.server.bot(a.n.server.addBot(bot)), nil
	})
}

func (a *API) GetBot(id string, _ bool) (*model.Bot, *model.AppError) {
	return through2(a, "GetBot", func() (*model.Bot, *model.AppError) {
		if bot := a.n.server.bot(id); bot != nil {
			return bot, nil
		}
		return nil, notFound("GetBot")
	})
}

func (a *API) UpdateBotActive(id string, active bool) (*model.Bot, *model.AppError) {
	return through2(a, "UpdateBotActive", func() (*model.Bot, *model.AppError) {
		at := millis()
		if active {
			at = 0
		}
		a.n.server.exec("UPDATE users SET deleteat = $2 WHERE id = $1", id, at)
		return a.n.server.bot(id), nil
	})
}

func (a *API) KVGet(key string) ([]byte, *model.AppError) {
	return through2(a, "KVGet "+key, func() ([]byte, *model.AppError) {
		a.n.server.mu.Lock()
		defer a.n.server.mu.Unlock()
		return slices.Clone(a.n.server.keys[key].data), nil
	})
}

func (a *API) KVSet(key string, data []byte) *model.AppError {
	return through(a, "KVSet "+key, func() *model.AppError {
		a.n.server.mu.Lock()
		defer a.n.server.mu.Unlock()
		a.n.server.keys[key] = value{data: slices.Clone(data)}
		return nil
	})
}
