package relay

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/convert"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// MediaFile is a customer's file on its way onto its post. It is the payload of a job.
type MediaFile struct {
	ConversationID string `json:"conversation_id"`
	ChannelID      string `json:"channel_id"`
	PostID         string `json:"post_id"`
	WAMID          string `json:"wamid"`
	At             int64  `json:"at"` // when the customer sent it, milliseconds since epoch
	Kind           string `json:"kind"`
	MediaID        string `json:"media_id"`
	MimeType       string `json:"mime_type,omitempty"`
	SHA256         string `json:"sha256,omitempty"` // as the webhook wrote it, base64
	Filename       string `json:"filename,omitempty"`
}

// Upload is how far a file has come on its way into Mattermost.
type Upload struct {
	FileID string // the file's id in Mattermost, chosen beforehand: it tells whether the file got there
	ID     string // the server's upload session; "" = none
	From   int64  // at which byte the last try began to add to the session
}

// NewUpload is what an upload session is opened for.
type NewUpload struct {
	FileID    string
	ChannelID string
	Name      string
	Size      int64 // bytes, exactly
}

// MediaShown is what a post says of its file. All of it empty means that there is nothing to say (any more).
type MediaShown struct {
	State  string // value of PropMedia
	Text   string
	Button string // the label of the button that asks for another try; "" = no button
	WAMID  string // whose file the button asks for
	FileID string // the file to hang on the post; "" = none
}

// Values of PropMedia; a post whose file is there has no such property.
const (
	PropMedia     = "waa_media"
	mediaFetching = "fetching" // it is being fetched
	mediaDelayed  = "delayed"  // it did not come yet, further tries follow by themselves
	mediaFailed   = "failed"   // it did not come; somebody may ask for another try
)

var (
	// ErrUnreadablePicture says that the server takes no file of this name and content for a picture.
	ErrUnreadablePicture = errors.New("the server cannot read the picture")
	// ErrNotAttached says that a file is there but does not hang on the post.
	ErrNotAttached = errors.New("the file could not be attached to the post")
)

// Files puts files into channels, piece by piece.
type Files interface {
	// MaxFileSize is the largest file that the server takes, in bytes; 0 = it takes none.
	MaxFileSize(ctx context.Context) (int64, error)
	// HasFile tells whether a file is there, whole.
	HasFile(ctx context.Context, fileID string) (bool, error)
	// OpenUpload begins an upload and answers its session.
	OpenUpload(ctx context.Context, u NewUpload) (id string, err error)
	// UploadOffset is how many bytes a session has; conversation.ErrNotFound.
	UploadOffset(ctx context.Context, id string) (int64, error)
	// Upload adds to a session what it reads, from the session's offset on. whole
	// tells that the file is there; else something cut it off. ErrUnreadablePicture.
	Upload(ctx context.Context, id string, r io.Reader) (whole bool, err error)
	// ShowMedia makes a post say how its file is doing; conversation.ErrNotFound
	// where the post is gone, ErrNotAttached.
	ShowMedia(ctx context.Context, postID string, shown MediaShown) error
}

// MediaStore keeps what is known of files on their way.
type MediaStore interface {
	// Account reads an account as it is now; conversation.ErrNotFound.
	Account(ctx context.Context, id string) (*conversation.Account, error)
	// Upload reads how far the job's file came.
	Upload(ctx context.Context, jobID int64) (Upload, error)
	// SaveUpload stores it, fenced by owner; jobqueue.ErrLost if the lease is gone.
	SaveUpload(ctx context.Context, owner string, jobID int64, u Upload) error
}

// MediaSource is where files come from: Meta.
type MediaSource interface {
	Media(ctx context.Context, cred whatsapp.Credentials, id string) (whatsapp.MediaInfo, error)
	Download(ctx context.Context, cred whatsapp.Credentials, info whatsapp.MediaInfo, w io.Writer) error
}

// Media fetches customers' files and hangs them on their posts, which are there
// before. No file is ever whole in memory.
type Media struct {
	Store   MediaStore
	Owner   string // of the jobs' leases
	Source  MediaSource
	Files   Files
	Speaker Speaker
	Clock   conversation.Clock
	NewID   func() string
}

// Handle is the media queue's job handler.
func (m *Media) Handle(ctx context.Context, job jobqueue.Job) (jobqueue.Outcome, error) {
	var file MediaFile
	if err := json.Unmarshal(job.Payload, &file); err != nil {
		return jobqueue.Dead("the stored file cannot be read"), nil //nolint:nilerr // the reason is kept with the job
	}
	if err := m.show(ctx, &file, job.Attempts); err != nil {
		return m.withoutPost(job, err)
	}
	up, err := m.Store.Upload(ctx, job.ID)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	there, err := m.Files.HasFile(ctx, up.FileID)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	if !there {
		if err := m.fetch(ctx, job, &file, &up); err != nil {
			return m.trouble(ctx, job, &file, err)
		}
	}
	err = m.Files.ShowMedia(ctx, file.PostID, MediaShown{FileID: up.FileID})
	if errors.Is(err, ErrNotAttached) { // another one takes its place
		if err := m.Store.SaveUpload(ctx, m.Owner, job.ID, Upload{FileID: m.NewID()}); err != nil {
			return jobqueue.Outcome{}, err
		}
		return jobqueue.RetryIn(time.Second, "the file could not be attached"), nil
	} else if err != nil {
		return m.withoutPost(job, err)
	}
	return jobqueue.Done(), nil
}

// channelPatience is how long a file waits for its channel, which somebody archived.
const channelPatience = time.Hour

// withoutPost ends a job whose post somebody deleted, or must not be changed.
func (m *Media) withoutPost(job jobqueue.Job, err error) (jobqueue.Outcome, error) {
	switch {
	case errors.Is(err, ErrArchived) && time.Since(time.UnixMilli(job.CreatedAt)) < channelPatience: // that of an open conversation comes back
		return jobqueue.RetryIn(waitFirst, err.Error()), nil
	case errors.Is(err, ErrArchived):
		return jobqueue.Dead(err.Error()), nil
	case errors.Is(err, conversation.ErrNotFound):
		return jobqueue.Done(), nil
	case errors.Is(err, ErrRefused): // the post can be changed no more
		return jobqueue.Dead("the server refuses to change the file's post"), nil
	}
	return jobqueue.Outcome{}, err
}

// show tells on the post that the file is being fetched, or did not come yet.
func (m *Media) show(ctx context.Context, file *MediaFile, attempts int) error {
	if attempts > patientTries {
		return nil // it says already that it takes longer
	}
	return m.Files.ShowMedia(ctx, file.PostID, Fetching(m.Speaker))
}

// Fetching is what a post says while its file is being fetched.
func Fetching(s Speaker) MediaShown {
	return MediaShown{State: mediaFetching, Text: s.inChannel(conversation.T("media.fetching"))}
}

// mediaProps are the properties with which a post waits for its file.
func mediaProps(s Speaker) map[string]any {
	shown := Fetching(s)
	return map[string]any{PropMedia: shown.State, "attachments": []any{map[string]any{"text": shown.Text, "fallback": shown.Text}}}
}

// fetch streams the file from Meta into Mattermost. What is wrong for good is a *mediaTrouble.
func (m *Media) fetch(ctx context.Context, job jobqueue.Job, file *MediaFile, up *Upload) error {
	account, err := m.Store.Account(ctx, job.AccountID)
	if errors.Is(err, conversation.ErrNotFound) {
		return final("media.failed_gone")
	} else if err != nil {
		return err
	}
	cred := whatsapp.Credentials{PhoneNumberID: account.PhoneNumberID, WABAID: account.WABAID, Token: account.AccessToken}
	info, err := m.address(ctx, cred, file.MediaID)
	if err != nil {
		return err
	}
	if err := m.check(ctx, file, &info); err != nil {
		return err
	}
	name := convert.Filename(file.Kind, info.MimeType, file.Filename, file.At)
	if convert.Dangerous(name) != "" && convert.Dangerous(convert.Filename(file.Kind, file.MimeType, file.Filename, file.At)) == "" {
		name += ".bin" // the post warns of what the message announced
	}
	err = m.transfer(ctx, job, cred, file, info, name, up)
	if errors.Is(err, ErrUnreadablePicture) { // still the customer's file: it goes as one that nobody tries to show
		up.ID = ""
		err = m.transfer(ctx, job, cred, file, info, name+".bin", up)
	}
	return err
}

// askPatience is how long Meta may take to say where a file is.
const askPatience = 30 * time.Second

// address asks where the file is: an address lives five minutes, so always for a new one.
func (m *Media) address(ctx context.Context, cred whatsapp.Credentials, id string) (whatsapp.MediaInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	return m.Source.Media(ctx, cred, id)
}

// check compares what Meta offers with what the server takes. Of what type it
// is, whatever the message announced, is nobody's business but the reader's.
func (m *Media) check(ctx context.Context, file *MediaFile, info *whatsapp.MediaInfo) error {
	limit, err := m.Files.MaxFileSize(ctx)
	switch {
	case err != nil:
		return err
	case limit == 0:
		return final("media.failed_off")
	case info.FileSize > limit:
		return final("media.failed_large", "Size", megabytes(info.FileSize), "Max", megabytes(limit))
	case info.FileSize <= 0:
		return errors.New("Meta does not say how large the file is")
	}
	if info.SHA256 == "" {
		info.SHA256 = file.SHA256
	}
	return nil
}
