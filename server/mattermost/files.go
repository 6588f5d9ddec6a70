package mattermost

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// mediaAction is the button's address; see the REST API.
const mediaAction = domain.PluginPath + "/api/v1/actions/media"

// MaxFileSize is the largest file that the server takes, in bytes; 0 = it takes none.
func (p *Port) MaxFileSize(context.Context) (int64, error) {
	settings := p.api.GetConfig()
	if settings == nil || settings.FileSettings.EnableFileAttachments == nil || settings.FileSettings.MaxFileSize == nil {
		return 0, errors.Wrap(errNothing, "could not read the file settings")
	}
	if !*settings.FileSettings.EnableFileAttachments {
		return 0, nil
	}
	return *settings.FileSettings.MaxFileSize, nil
}

// HasFile tells whether a file is there, whole.
func (p *Port) HasFile(_ context.Context, fileID string) (bool, error) {
	info, appErr := p.api.GetFileInfo(fileID)
	if err := wrap(appErr, "could not look for a file"); errors.Is(err, domain.ErrNotFound) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	if info == nil {
		return false, errors.Wrap(errNothing, "could not look for a file")
	}
	return true, nil
}

// OpenUpload begins an upload. The file belongs to nobody: a plugin, which has
// no session, can hang no other on a post that exists.
func (p *Port) OpenUpload(_ context.Context, u posting.NewUpload) (id string, err error) {
	session, err := p.api.CreateUploadSession(&model.UploadSession{
		Id: model.NewId(), Type: model.UploadTypeAttachment, UserId: model.UploadNoUserID, ChannelId: u.ChannelID,
		Filename: u.Name, FileSize: u.Size, ReqFileId: u.FileID,
	})
	if err != nil {
		return "", wrapUpload(err, "could not open an upload")
	}
	if session == nil {
		return "", errors.Wrap(errNothing, "could not open an upload")
	}
	return session.Id, nil
}

// UploadOffset is how many bytes of an upload the server has; domain.ErrNotFound.
func (p *Port) UploadOffset(_ context.Context, id string) (int64, error) {
	session, err := p.api.GetUploadSession(id)
	if err != nil {
		return 0, wrapUpload(err, "could not read an upload")
	}
	if session == nil {
		return 0, errors.Wrap(errNothing, "could not read an upload")
	}
	return session.FileOffset, nil
}

// Upload streams to the server what it reads. whole tells that the file is
// there now; where the reader ended early the server keeps what it got.
func (p *Port) Upload(_ context.Context, id string, r io.Reader) (whole bool, err error) {
	session, err := p.api.GetUploadSession(id)
	if err != nil {
		return false, wrapUpload(err, "could not read an upload")
	}
	if session == nil {
		return false, errors.Wrap(errNothing, "could not read an upload")
	}
	info, err := p.api.UploadData(session, r)
	if err != nil {
		return false, wrapUpload(err, "could not upload a file")
	}
	return info != nil, nil
}

// wrapUpload is wrap for the API's methods that answer an error.
func wrapUpload(err error, doing string) error {
	var appErr *model.AppError
	if !errors.As(err, &appErr) {
		return errors.Wrap(err, doing)
	}
	if strings.HasSuffix(appErr.Id, ".gen_info.app_error") || strings.HasSuffix(appErr.Id, ".large_image.app_error") {
		return errors.Wrap(posting.ErrUnreadablePicture, doing)
	}
	if appErr.StatusCode == http.StatusNotFound {
		return errors.Wrap(domain.ErrNotFound, doing)
	}
	return errors.Wrap(judge(appErr), doing)
}

// ShowMedia makes a post say how its file is doing, and hangs the file on it.
func (p *Port) ShowMedia(ctx context.Context, postID string, shown posting.MediaStatus) error {
	post, err := p.standing(ctx, postID)
	if err != nil {
		return err
	}
	state, _ := post.GetProp(posting.PropMedia).(string)
	hangs := shown.FileID == "" || post.FileIds.Contains(shown.FileID)
	if state == shown.State && hangs {
		return nil
	}
	if !hangs {
		post.FileIds = append(post.FileIds, shown.FileID)
	}
	if shown.State == "" {
		post.DelProp(posting.PropMedia)
		post.DelProp(model.PostPropsAttachments)
	} else {
		post.AddProp(posting.PropMedia, shown.State)
		post.AddProp(model.PostPropsAttachments, []any{mediaAttachment(shown)})
	}
	updated, err := p.update(ctx, post, "could not show a file on its post")
	switch {
	case err != nil:
		return err
	case shown.FileID != "" && !updated.FileIds.Contains(shown.FileID):
		return posting.ErrNotAttached
	}
	return nil
}

func mediaAttachment(shown posting.MediaStatus) map[string]any {
	attachment := map[string]any{"text": shown.Text, "fallback": shown.Text}
	if shown.Button != "" {
		attachment["actions"] = []any{map[string]any{
			"id": "media", "type": "button", "name": shown.Button,
			"integration": map[string]any{"url": mediaAction, "context": map[string]any{"wamid": shown.WAMID}},
		}}
	}
	return attachment
}
