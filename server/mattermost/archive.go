package mattermost

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
)

// archived tells whether the server refused something because the channel is
// archived: to us it is as if the channel were not there.
func archived(appErr *model.AppError) bool {
	switch appErr.Id {
	case "api.post.create_post.can_not_post_to_deleted.error", "api.post.update_post.can_not_update_post_in_deleted.error",
		"api.post.delete_post.can_not_delete_post_in_deleted.error",
		"api.reaction.save.archived_channel.app_error", "api.reaction.delete.archived_channel.app_error":
		return true
	}
	return false
}

// Archive archives a channel; one that is archived already is no error.
func (p *Port) Archive(_ context.Context, channelID string) error {
	channel, appErr := p.api.GetChannel(channelID)
	switch {
	case appErr != nil:
		return wrap(appErr, "could not read the channel")
	case channel == nil:
		return errNothing
	case channel.DeleteAt != 0:
		return nil
	}
	return wrap(p.api.DeleteChannel(channelID), "could not archive the channel")
}

// Restore brings an archived channel back (11.10 and later). On older servers it does nothing.
func (p *Port) Restore(_ context.Context, channelID string) error {
	if !p.can.Restore {
		return nil
	}
	channel, appErr := p.api.GetChannel(channelID)
	switch {
	case appErr != nil:
		return wrap(appErr, "could not read the channel")
	case channel == nil:
		return errNothing
	case channel.DeleteAt == 0:
		return nil
	}
	return wrap(p.api.RestoreChannel(channelID), "could not bring the channel back")
}

// CanRestore tells whether Restore does anything.
func (p *Port) CanRestore() bool { return p.can.Restore }

// ChannelLimit is how many channels that are not archived a team may have; less than 0 = any number.
func (p *Port) ChannelLimit() int {
	config := p.api.GetConfig()
	if config == nil || config.TeamSettings.MaxChannelsPerTeam == nil {
		return -1
	}
	return int(*config.TeamSettings.MaxChannelsPerTeam)
}

// TeamName is a team's name on screen; "" where it cannot be read.
func (p *Port) TeamName(_ context.Context, teamID string) string {
	team, appErr := p.api.GetTeam(teamID)
	if appErr != nil || team == nil {
		return ""
	}
	return team.DisplayName
}
