package mattermost

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// FindPostOf returns the id of a user's post in a channel that has the given value in
// a property. It considers posts created since a moment of the server's clock (in
// milliseconds), including deleted ones. It returns domain.ErrNotFound if there is
// none.
func (p *Port) FindPostOf(ctx context.Context, channelID, userID string, since int64, prop, value string) (string, error) {
	return p.records.FindServerPost(ctx, channelID, []string{userID}, since, prop, value)
}

// OwnFiles returns those of the files that the user uploaded and that are not attached
// to any post. Unknown and deleted files are left out.
func (p *Port) OwnFiles(_ context.Context, userID string, fileIDs []string) ([]string, error) {
	var own []string
	for _, id := range fileIDs {
		info, appErr := p.api.GetFileInfo(id)
		if appErr != nil {
			if err := wrap(appErr, "could not read a file"); !errors.Is(err, domain.ErrNotFound) {
				return nil, err
			}
			continue
		}
		if info == nil {
			return nil, errors.Wrap(errNothing, "could not read a file")
		}
		if info.CreatorId == userID && info.PostId == "" && info.DeleteAt == 0 {
			own = append(own, id)
		}
	}
	return own, nil
}

// SendEphemeralWithAttachments is like SendEphemeral, but with message attachments instead of a thread.
func (p *Port) SendEphemeralWithAttachments(_ context.Context, channelID, userID, message string, attachments []any) {
	p.api.SendEphemeralPost(userID, &model.Post{
		UserId: p.bots.Plugin, ChannelId: channelID, Message: message, Props: inert(map[string]any{"attachments": attachments}),
	})
}
