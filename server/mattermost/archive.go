package mattermost

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// archived tells whether the server refused something because the channel is
// archived; see posting.ErrArchived.
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

// look makes sure that a channel is archived, or is not: the API's client says
// nothing of a call that broke.
func (p *Port) look(ctx context.Context, channelID string, archived bool) error {
	channel, err := p.records.ServerChannel(ctx, channelID)
	if err == nil && (channel.DeleteAt != 0) != archived {
		err = errors.Wrap(errNothing, "could not archive or restore the channel")
	}
	return err
}

// Restore brings an archived channel back (11.10 and later). On older servers it does nothing.
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
