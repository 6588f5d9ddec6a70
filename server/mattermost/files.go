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

// mediaAction is the address that the button on a file's post calls; see the REST API.
const mediaAction = domain.PluginPath + "/api/v1/actions/media"

// MaxFileSize returns the size of the largest file that the server accepts, in bytes.
// Zero means that the server accepts no files at all.
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

// HasFile reports whether the server has a file completely.
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

// OpenUpload starts an upload and returns its id. The file has no owner, because a
// plugin has no session, and the server lets it attach only such a file to an existing
// post.
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

// UploadOffset returns how many bytes of an upload the server already has. It returns
// domain.ErrNotFound if there is no such upload.
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

// Upload appends what it reads from r to an upload. It returns true once the file is
// complete. If r ends early, the server keeps what it received, and a later call can
// continue from UploadOffset.
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

// wrapUpload is wrap for those methods of the API that return a plain error.
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
	return errors.Wrap(classify(appErr), doing)
}

// ShowMedia makes a post show how the transfer of its file is going, and attaches the
// file once there is one. It returns domain.ErrNotFound if the post is gone, and
// posting.ErrNotAttached if the server did not attach the file.
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
	post.SetProps(inert(post.GetProps()))
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
