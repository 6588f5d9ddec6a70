package media

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Files puts files into channels, piece by piece.
type Files interface {
	// MaxFileSize is the largest file that the server takes, in bytes; 0 = it takes none.
	MaxFileSize(ctx context.Context) (int64, error)
	// HasFile tells whether a file is there, whole.
	HasFile(ctx context.Context, fileID string) (bool, error)
	// OpenUpload begins an upload and answers its session.
	OpenUpload(ctx context.Context, u posting.NewUpload) (id string, err error)
	// UploadOffset is how many bytes a session has; domain.ErrNotFound.
	UploadOffset(ctx context.Context, id string) (int64, error)
	// Upload adds to a session what it reads, from the session's offset on. whole
	// tells that the file is there; else something cut it off. ErrUnreadablePicture.
	Upload(ctx context.Context, id string, r io.Reader) (whole bool, err error)
	// ShowMedia makes a post say how its file is doing; domain.ErrNotFound
	// where the post is gone, ErrNotAttached.
	ShowMedia(ctx context.Context, postID string, shown posting.MediaStatus) error
}

// Store keeps what is known of files on their way.
type Store interface {
	// Account reads an account as it is now; domain.ErrNotFound.
	Account(ctx context.Context, id string) (*domain.Account, error)
	// Upload reads how far the job's file came.
	Upload(ctx context.Context, jobID int64) (domain.Upload, error)
	// SaveUpload stores it, fenced by owner; jobqueue.ErrLost if the lease is gone.
	SaveUpload(ctx context.Context, owner string, jobID int64, u domain.Upload) error
}

// Source is where files come from: Meta.
type Source interface {
	Media(ctx context.Context, account *domain.Account, id string) (whatsapp.MediaInfo, error)
	Download(ctx context.Context, account *domain.Account, info whatsapp.MediaInfo, w io.Writer) error
}

// Fetcher fetches customers' files and hangs them on their posts, which are there
// before. No file is ever whole in memory.
type Fetcher struct {
	Store     Store
	Owner     string // of the jobs' leases
	Source    Source
	Files     Files
	Localizer posting.Localizer
	Clock     domain.Clock
	NewID     func() string
}

// Handle is the media queue's job handler.
func (m *Fetcher) Handle(ctx context.Context, job jobqueue.Job) (jobqueue.Outcome, error) {
	var file domain.MediaFile
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
	err = m.Files.ShowMedia(ctx, file.PostID, posting.MediaStatus{FileID: up.FileID})
	if errors.Is(err, posting.ErrNotAttached) { // another one takes its place
		if err := m.Store.SaveUpload(ctx, m.Owner, job.ID, domain.Upload{FileID: m.NewID()}); err != nil {
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
func (m *Fetcher) withoutPost(job jobqueue.Job, err error) (jobqueue.Outcome, error) {
	switch {
	case errors.Is(err, posting.ErrArchived) && time.Since(time.UnixMilli(job.CreatedAt)) < channelPatience: // that of an open conversation comes back
		return jobqueue.RetryIn(domain.WaitFirst, err.Error()), nil
	case errors.Is(err, posting.ErrArchived):
		return jobqueue.Dead(err.Error()), nil
	case errors.Is(err, domain.ErrNotFound):
		return jobqueue.Done(), nil
	case errors.Is(err, posting.ErrRefused): // the post can be changed no more
		return jobqueue.Dead("the server refuses to change the file's post"), nil
	}
	return jobqueue.Outcome{}, err
}

// show tells on the post that the file is being fetched, or did not come yet.
func (m *Fetcher) show(ctx context.Context, file *domain.MediaFile, attempts int) error {
	if attempts > patientTries {
		return nil // it says already that it takes longer
	}
	return m.Files.ShowMedia(ctx, file.PostID, posting.Fetching(m.Localizer))
}

// fetch streams the file from Meta into Mattermost. What is wrong for good is a *mediaTrouble.
func (m *Fetcher) fetch(ctx context.Context, job jobqueue.Job, file *domain.MediaFile, up *domain.Upload) error {
	account, err := m.Store.Account(ctx, job.AccountID)
	if errors.Is(err, domain.ErrNotFound) {
		return final("media.failed_gone")
	} else if err != nil {
		return err
	}
	info, err := m.address(ctx, account, file.MediaID)
	if err != nil {
		return err
	}
	if err := m.check(ctx, file, &info); err != nil {
		return err
	}
	name := posting.Filename(file.Kind, info.MimeType, file.Filename, file.At)
	if posting.DangerousExtension(name) != "" && posting.DangerousExtension(posting.Filename(file.Kind, file.MimeType, file.Filename, file.At)) == "" {
		name += ".bin" // the post warns of what the message announced
	}
	err = m.transfer(ctx, job, account, file, info, name, up)
	if errors.Is(err, posting.ErrUnreadablePicture) { // still the customer's file: it goes as one that nobody tries to show
		up.ID = ""
		err = m.transfer(ctx, job, account, file, info, name+".bin", up)
	}
	return err
}

// askPatience is how long Meta may take to say where a file is.
const askPatience = 30 * time.Second

// address asks where the file is: an address lives five minutes, so always for a new one.
func (m *Fetcher) address(ctx context.Context, account *domain.Account, id string) (whatsapp.MediaInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	return m.Source.Media(ctx, account, id)
}

// check compares what Meta offers with what the server takes. Of what type it
// is, whatever the message announced, is nobody's business but the reader's.
func (m *Fetcher) check(ctx context.Context, file *domain.MediaFile, info *whatsapp.MediaInfo) error {
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
