package mattermost

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// Categories returns a person's sidebar categories in a team, in the order in which
// they are shown.
func (p *Port) Categories(_ context.Context, userID, teamID string) ([]*model.SidebarCategoryWithChannels, error) {
	ordered, appErr := p.api.GetChannelSidebarCategories(userID, teamID)
	if appErr != nil {
		return nil, wrap(appErr, "could not read the sidebar")
	}
	if ordered == nil {
		return nil, errNothing
	}
	return ordered.Categories, nil
}

// CreateCategory creates a sidebar category for a person and returns its id. The given
// channels move into it from the category in which they were.
func (p *Port) CreateCategory(ctx context.Context, userID, teamID, name string, channels []string) (string, error) {
	if err := jobqueue.CheckLease(ctx); err != nil {
		return "", err
	}
	created, appErr := p.api.CreateChannelSidebarCategory(userID, teamID, &model.SidebarCategoryWithChannels{
		SidebarCategory: model.SidebarCategory{UserId: userID, TeamId: teamID, DisplayName: name, Sorting: model.SidebarCategorySortRecent, Type: model.SidebarCategoryCustom},
		Channels:        channels,
	})
	if appErr != nil {
		return "", wrap(appErr, "could not create a sidebar category")
	}
	if created == nil {
		return "", errNothing
	}
	return created.Id, nil
}

// UpdateCategories replaces the list of channels of each of the given sidebar
// categories.
func (p *Port) UpdateCategories(ctx context.Context, userID, teamID string, categories []*model.SidebarCategoryWithChannels) error {
	if err := jobqueue.CheckLease(ctx); err != nil {
		return err
	}
	updated, appErr := p.api.UpdateChannelSidebarCategories(userID, teamID, categories)
	if appErr != nil || len(updated) < len(categories) {
		return wrapOr(appErr, "could not update the sidebar")
	}
	return nil
}

// NotifyAll makes the server notify a member of every message in a channel, including
// those in threads.
func (p *Port) NotifyAll(ctx context.Context, channelID, userID string) error {
	if err := jobqueue.CheckLease(ctx); err != nil {
		return err
	}
	member, appErr := p.api.UpdateChannelMemberNotifications(channelID, userID, map[string]string{
		model.DesktopNotifyProp: model.ChannelNotifyAll, model.PushNotifyProp: model.ChannelNotifyAll,
		model.DesktopThreadsNotifyProp: model.ChannelNotifyAll, model.PushThreadsNotifyProp: model.ChannelNotifyAll,
		model.MarkUnreadNotifyProp: model.ChannelMarkUnreadAll, model.ChannelAutoFollowThreads: model.ChannelAutoFollowThreadsOn,
	})
	if appErr != nil || member == nil {
		return wrapOr(appErr, "could not set the member's notifications")
	}
	return nil
}
