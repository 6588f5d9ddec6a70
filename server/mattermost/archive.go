package mattermost

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// archived reports whether the server refused a call because the channel is archived;
// see posting.ErrArchived.
func archived(appErr *model.AppError) bool {
	switch appErr.Id {
	case "api.post.create_post.can_not_post_to_deleted.error", "api.post.update_post.can_not_update_post_in_deleted.error",
		"api.post.delete_post.can_not_delete_post_in_deleted.error",
		"api.reaction.save.archived_channel.app_error", "api.reaction.delete.archived_channel.app_error":
		return true
	}
	return false
}

// Archive archives a channel. It returns nil if the channel is archived already, and
// domain.ErrNotFound if there is no such channel.
func (p *Port) Archive(ctx context.Context, channelID string) error {
	channel, err := p.records.ServerChannel(ctx, channelID)
	if err != nil || channel.DeleteAt != 0 {
		return err
	}
	if err := jobqueue.CheckLease(ctx); err != nil {
		return err
	}
	if appErr := p.api.DeleteChannel(channelID); appErr != nil {
		return wrap(appErr, "could not archive the channel")
	}
	return p.look(ctx, channelID, true)
}

// look checks in the database whether a channel is archived, or not, as expected. The
// check is needed because the plugin API's generated client reports no error when the
// call itself failed.
func (p *Port) look(ctx context.Context, channelID string, archived bool) error {
	channel, err := p.records.ServerChannel(ctx, channelID)
	if err == nil && (channel.DeleteAt != 0) != archived {
		err = errors.Wrap(errNothing, "could not archive or restore the channel")
	}
	return err
}

// Restore unarchives a channel. Only servers from 11.10 on have a call for that; on
// older servers Restore does nothing and returns nil. It also returns nil if the
// channel is not archived.
func (p *Port) Restore(ctx context.Context, channelID string) error {
	if !p.can.Restore {
		return nil
	}
	channel, err := p.records.ServerChannel(ctx, channelID)
	if err != nil || channel.DeleteAt == 0 {
		return err
	}
	if err := jobqueue.CheckLease(ctx); err != nil {
		return err
	}
	if appErr := p.api.RestoreChannel(channelID); appErr != nil {
		return wrap(appErr, "could not bring the channel back")
	}
	return p.look(ctx, channelID, false)
}

// CanRestore reports whether this server can restore channels. If it cannot, Restore
// does nothing.
func (p *Port) CanRestore() bool { return p.can.Restore }

// ChannelLimit returns how many unarchived channels a team may have. A negative number
// means that there is no limit, or that the settings could not be read.
func (p *Port) ChannelLimit() int {
	config := p.api.GetConfig()
	if config == nil || config.TeamSettings.MaxChannelsPerTeam == nil {
		return -1
	}
	return int(*config.TeamSettings.MaxChannelsPerTeam)
}

// TeamName returns a team's display name, or "" if the team cannot be read.
func (p *Port) TeamName(_ context.Context, teamID string) string {
	team, appErr := p.api.GetTeam(teamID)
	if appErr != nil || team == nil {
		return ""
	}
	return team.DisplayName
}
