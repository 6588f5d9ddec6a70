package main

import (
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// hooked has the hooks that our plugin has. They do nothing and return what leaves everything as it is. The server calls each hook that a
// plugin has, so this is what our plugin costs at least.
type hooked struct{ plugin.MattermostPlugin }

// These hooks are called for a post, also in channels that are not ours.

func (*hooked) MessageWillBePosted(*plugin.Context, *model.Post) (*model.Post, string) {
	return nil, ""
}

func (*hooked) MessageHasBeenPosted(*plugin.Context, *model.Post) {}

func (*hooked) MessageWillBeUpdated(_ *plugin.Context, updated, _ *model.Post) (*model.Post, string) {
	return updated, ""
}

func (*hooked) MessageHasBeenDeleted(*plugin.Context, *model.Post) {}

func (*hooked) ReactionHasBeenAdded(*plugin.Context, *model.Reaction) {}

func (*hooked) ReactionHasBeenRemoved(*plugin.Context, *model.Reaction) {}

func (*hooked) WebSocketMessageHasBeenPosted(string, string, *model.WebSocketRequest) {}

// These hooks are called for a channel and its members.

func (*hooked) ChannelWillBeArchived(*plugin.Context, *model.Channel) string { return "" }

func (*hooked) ChannelWillBeUpdated(_ *plugin.Context, updated, _ *model.Channel) (*model.Channel, string) {
	return updated, ""
}

func (*hooked) ChannelMemberWillBeAdded(_ *plugin.Context, member *model.ChannelMember) (*model.ChannelMember, string) {
	return member, ""
}

func (*hooked) UserHasJoinedChannel(*plugin.Context, *model.ChannelMember, *model.User) {}

func (*hooked) UserHasLeftChannel(*plugin.Context, *model.ChannelMember, *model.User) {}

// These hooks are called for requests, commands and settings.

func (*hooked) ServeHTTP(*plugin.Context, http.ResponseWriter, *http.Request) {}

func (*hooked) ServeMetrics(*plugin.Context, http.ResponseWriter, *http.Request) {}

func (*hooked) ExecuteCommand(*plugin.Context, *model.CommandArgs) (*model.CommandResponse, *model.AppError) {
	return &model.CommandResponse{}, nil
}

func (*hooked) OnConfigurationChange() error { return nil }

func (*hooked) ConfigurationWillBeSaved(next *model.Config) (*model.Config, error) { return next, nil }

func (*hooked) GenerateSupportData(*plugin.Context) ([]*model.FileData, error) { return nil, nil }
