package posting

import (
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
)

// NewUpload describes the file for which an upload session is opened.
type NewUpload struct {
	FileID    string
	ChannelID string
	Name      string
	Size      int64 // bytes, exactly
}

// MediaStatus is what a post says about its file. The zero value removes what it said before.
type MediaStatus struct {
	State  string // value of PropMedia
	Text   string
	Button string // the label of the button that asks for another attempt; "" = no button
	WAMID  string // the message whose file the button asks for
	FileID string // the file to attach to the post; "" = none
}

// Values of PropMedia; a post whose file is there has no such property.
const (
	PropMedia     = "waa_media"
	MediaFetching = "fetching" // it is being fetched
	MediaDelayed  = "delayed"  // it could not be fetched yet; further attempts follow automatically
	MediaFailed   = "failed"   // it could not be fetched; somebody may ask for another attempt
)

var (
	// ErrUnreadablePicture is returned if the server does not accept a file of this name and content as a picture.
	ErrUnreadablePicture = errors.New("the server cannot read the picture")
	// ErrNotAttached is returned if a file was uploaded but could not be attached to the post.
	ErrNotAttached = errors.New("the file could not be attached to the post")
)

// Fetching returns what a post says while its file is being fetched.
func Fetching(s Localizer, file *domain.MediaFile) MediaStatus {
	return MediaStatus{State: MediaFetching, Text: MediaText(s, file, domain.T("media.fetching"))}
}

// MediaText returns how a file is doing, behind what it is: as long as there is nothing to see.
func MediaText(s Localizer, file *domain.MediaFile, how domain.Text) string {
	text := s.ForChannel(how)
	if file.Label == "" {
		return text
	}
	what := domain.Text{Data: map[string]any{"Detail": domain.Markdown(markdown.Code(file.Filename))}, Key: "inbound." + file.Label}
	return s.ForChannel(what) + "\n\n" + text
}

// MediaProps returns the properties of a post whose file is still being fetched.
func MediaProps(s Localizer, file *domain.MediaFile) map[string]any {
	shown := Fetching(s, file)
	return map[string]any{PropMedia: shown.State, "attachments": []any{map[string]any{"text": shown.Text, "fallback": shown.Text}}}
}
