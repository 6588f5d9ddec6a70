package posting

import (
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// NewUpload is what an upload session is opened for.
type NewUpload struct {
	FileID    string
	ChannelID string
	Name      string
	Size      int64 // bytes, exactly
}

// MediaStatus is what a post says about its file. Its zero value removes what was said.
type MediaStatus struct {
	State  string // value of PropMedia
	Text   string
	Button string // the label of the button that asks for another try; "" = no button
	WAMID  string // whose file the button asks for
	FileID string // the file to hang on the post; "" = none
}

// Values of PropMedia; a post whose file is there has no such property.
const (
	PropMedia     = "waa_media"
	MediaFetching = "fetching" // it is being fetched
	MediaDelayed  = "delayed"  // it did not come yet, further tries follow by themselves
	MediaFailed   = "failed"   // it did not come; somebody may ask for another try
)

var (
	// ErrUnreadablePicture is returned where the server takes no file of this name and content for a picture.
	ErrUnreadablePicture = errors.New("the server cannot read the picture")
	// ErrNotAttached is returned where a file was uploaded but could not be attached to the post.
	ErrNotAttached = errors.New("the file could not be attached to the post")
)

// Fetching is what a post says while its file is being fetched.
func Fetching(s Localizer) MediaStatus {
	return MediaStatus{State: MediaFetching, Text: s.ForChannel(domain.T("media.fetching"))}
}

// MediaProps are the properties with which a post waits for its file.
func MediaProps(s Localizer) map[string]any {
	shown := Fetching(s)
	return map[string]any{PropMedia: shown.State, "attachments": []any{map[string]any{"text": shown.Text, "fallback": shown.Text}}}
}
