package mattermost

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/mattermost/mattermost/server/public/pluginapi"
	"github.com/mattermost/mattermost/server/public/pluginapi/cluster"
	"github.com/pkg/errors"
)

// PluginID is the plugin's id, the same as in its manifest.
const PluginID = "whatsapp-ativo"

// botUsername is the username of the bot that posts the customers' messages.
const botUsername = "whatsapp"

// EnsureBot returns the user id of the plugin's bot, and creates the bot if it does
// not exist yet.
func EnsureBot(api plugin.API, driver plugin.Driver) (string, error) {
	client := pluginapi.NewClient(api, driver)
	id, err := client.Bot.EnsureBot(&model.Bot{
		Username: botUsername, DisplayName: "WhatsApp", Description: "Traz as mensagens dos clientes. / Brings the customers' messages.",
	}, pluginapi.ProfileImagePath("assets/profile.png"))
	if err == nil && id == "" { // a failed call to the server returns neither an id nor an error
		err = errors.New("the server gave no answer")
	}
	return id, errors.Wrap(err, "could not make the bot (is there a user named "+botUsername+"?)")
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
