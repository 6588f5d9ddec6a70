package mattermost

import (
	"context"
	_ "embed"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/mattermost/mattermost/server/public/pluginapi"
	"github.com/mattermost/mattermost/server/public/pluginapi/cluster"
	"github.com/pkg/errors"
)

// PluginID is the plugin's id, the same as in its manifest.
const PluginID = "whatsapp-ativo"

// The usernames of the bots. The second one speaks for the customers: search,
// notifications, e-mail and the phone app show only the author of a post, so what a
// customer says needs an author of its own.
const (
	botUsername      = "whatsapp"
	customerUsername = "whatsapp-cliente"
)

// customerKey is where the server's key-value store keeps the customers' bot's user id,
// by which the bot is found again after an administrator renamed it.
const customerKey = "customer_bot"

// customerPicture is the customers' bot's profile picture.
//
//go:embed customer.png
var customerPicture []byte

// Bots are the user ids of the plugin's two bots.
type Bots struct {
	Plugin   string // speaks for the plugin
	Customer string // speaks for the customers
}

// EnsureBots returns the plugin's bots, and creates those that do not exist yet.
func EnsureBots(api plugin.API, driver plugin.Driver) (Bots, error) {
	client := pluginapi.NewClient(api, driver)
	id, err := client.Bot.EnsureBot(&model.Bot{
		Username: botUsername, DisplayName: "WhatsApp", Description: "Conta o que acontece nos atendimentos. / Tells what happens in conversations.",
	}, pluginapi.ProfileImagePath("assets/profile.png"))
	if err == nil && id == "" { // a failed call to the server returns neither an id nor an error
		err = errNothing
	}
	if err != nil {
		return Bots{}, errors.Wrap(err, "could not make the bot (is there a user named "+botUsername+"?)")
	}
	customer, err := ensureCustomerBot(api)
	return Bots{Plugin: id, Customer: customer}, errors.Wrap(err, "could not make the bot "+customerUsername+" (is there a user of that name?)")
}

// ensureCustomerBot returns the customers' bot's user id. The server's own way to ensure
// a bot knows one bot for each plugin and would rename the first.
func ensureCustomerBot(api plugin.API) (string, error) {
	kept, appErr := api.KVGet(customerKey)
	if appErr != nil {
		return "", wrap(appErr, "could not look for the bot")
	}
	var bot *model.Bot
	if len(kept) > 0 {
		bot, appErr = api.GetBot(string(kept), true)
	}
	if appErr != nil || bot == nil {
		bot, appErr = api.CreateBot(&model.Bot{
			Username: customerUsername, DisplayName: "Cliente", Description: "O que os clientes escrevem pelo WhatsApp. / What customers write on WhatsApp.",
		})
	}
	if appErr != nil || bot == nil { // another node may have made it, or this one before a crash
		user, userErr := api.GetUserByUsername(customerUsername)
		if userErr != nil || user == nil || !user.IsBot {
			return "", wrapOr(appErr, "could not create the bot")
		}
		if bot, appErr = api.GetBot(user.Id, true); appErr != nil || bot == nil {
			return "", wrapOr(appErr, "could not read the bot")
		}
		if bot.OwnerId != PluginID { // its owner could write in the customers' name
			return "", errors.New("the bot belongs to somebody else")
		}
	}
	if bot.DeleteAt != 0 {
		if _, appErr := api.UpdateBotActive(bot.UserId, true); appErr != nil {
			return "", wrap(appErr, "could not enable the bot")
		}
	}
	if string(kept) == bot.UserId {
		return bot.UserId, nil
	}
	if appErr := api.SetProfileImage(bot.UserId, customerPicture); appErr != nil {
		return "", wrap(appErr, "could not give the bot its picture")
	}
	return bot.UserId, wrap(api.KVSet(customerKey, []byte(bot.UserId)), "could not remember the bot")
}

// OneNodeAtATime calls do while no other node of the cluster is inside a call with the
// same name. It waits for its turn until ctx ends, and returns an error if its turn
// never came. Otherwise it returns what do returned.
func OneNodeAtATime(ctx context.Context, api plugin.API, name string, do func() error) error {
	mutex, err := cluster.NewMutex(api, name)
	if err != nil {
		return errors.Wrap(err, "could not make the mutex "+name)
	}
	if err := mutex.LockWithContext(ctx); err != nil {
		return errors.Wrap(err, "another node did not finish: "+name)
	}
	defer mutex.Unlock()
	return do()
}
