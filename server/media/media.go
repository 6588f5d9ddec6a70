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

// Files stores files in Mattermost, piece by piece; the Mattermost port implements it.
type Files interface {
	// MaxFileSize is the largest file that the server takes, in bytes; 0 = it takes none.
	MaxFileSize(ctx context.Context) (int64, error)
	// HasFile reports whether a file is there, whole.
	HasFile(ctx context.Context, fileID string) (bool, error)
	// OpenUpload begins an upload and returns the id of its session.
	OpenUpload(ctx context.Context, u posting.NewUpload) (id string, err error)
	// UploadOffset is how many bytes a session has; domain.ErrNotFound.
	UploadOffset(ctx context.Context, id string) (int64, error)
	// Upload adds what it reads to a session, from the session's offset on. whole
	// reports that the file is complete. posting.ErrUnreadablePicture.
	Upload(ctx context.Context, id string, r io.Reader) (whole bool, err error)
	// ShowMedia makes a post say how its file is doing, or attaches the file;
	// domain.ErrNotFound where the post is gone, posting.ErrNotAttached.
	ShowMedia(ctx context.Context, postID string, shown posting.MediaStatus) error
}

// Store keeps how far each file came; *store.Store implements it.
type Store interface {
	// Account reads an account as it is now; domain.ErrNotFound.
	Account(ctx context.Context, id string) (*domain.Account, error)
	// Upload reads how far the job's file came.
	Upload(ctx context.Context, jobID int64) (domain.Upload, error)
	// SaveUpload stores it, fenced by owner; jobqueue.ErrLost if the lease is gone.
	SaveUpload(ctx context.Context, owner string, jobID int64, u domain.Upload) error
	// MediaUploaded notes that the file is whole in Mattermost, and wakes the message that waits
	// for it (woken). It returns the message's post; where there is none yet ("") it has ended the
	// job. jobqueue.ErrLost if the lease is gone.
	MediaUploaded(ctx context.Context, owner string, jobID int64, wamid, postID string) (post string, woken bool, err error)
}

// Fetcher fetches customers' files and attaches them to their posts. No file is
// ever whole in memory.
type Fetcher struct {
	Store Store
	Owner string // of the jobs' leases
	// Locate asks Meta where a file is, Download streams it from there.
	Locate    func(ctx context.Context, account *domain.Account, id string) (whatsapp.MediaInfo, error)
	Download  func(ctx context.Context, account *domain.Account, info whatsapp.MediaInfo, w io.Writer) error
	Files     Files
	Localizer posting.Localizer
	Clock     domain.Clock
	NewID     func() string
	WakeInbox func() // a message need not wait for its file any more
}

// Handle is the media queue's job handler.
func (m *Fetcher) Handle(ctx context.Context, job jobqueue.Job) (jobqueue.Outcome, error) {
	var file domain.MediaFile
	if err := json.Unmarshal(job.Payload, &file); err != nil {
		return jobqueue.Dead("the stored file cannot be read"), nil //nolint:nilerr // the reason is kept with the job
	}
	up, err := m.Store.Upload(ctx, job.ID)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	if file.PostID == "" {
		file.PostID = up.PostID
	}
	if err := m.showFetching(ctx, &file, job.Attempts); err != nil {
		return m.postFailed(job, err)
	}
	there := false
	if up.ID != "" { // else no earlier try began to upload it
		if there, err = m.Files.HasFile(ctx, up.FileID); err != nil {
			return jobqueue.Outcome{}, err
		}
	}
	if !there {
		if err := m.fetch(ctx, job, &file, &up); err != nil {
			return m.handleFailure(ctx, job, &file, err)
		}
	}
	if file.PostID == "" {
		if file.PostID, err = m.uploaded(ctx, job, &file); err != nil || file.PostID == "" {
			return endedByStore(), err
		}
	}
	err = m.Files.ShowMedia(ctx, file.PostID, posting.MediaStatus{FileID: up.FileID})
	if errors.Is(err, posting.ErrNotAttached) { // the next try uploads it as another file
		if err := m.Store.SaveUpload(ctx, m.Owner, job.ID, domain.Upload{FileID: m.NewID()}); err != nil {
			return jobqueue.Outcome{}, err
		}
		return jobqueue.RetryIn(time.Second, "the file could not be attached"), nil
	} else if err != nil {
		return m.postFailed(job, err)
	}
	return jobqueue.Done(), nil
}

// uploaded notes that the file is there for a post that is still to be made. It returns the post
// if that was made meanwhile; if not (""), the job is over.
func (m *Fetcher) uploaded(ctx context.Context, job jobqueue.Job, file *domain.MediaFile) (postID string, err error) {
	postID, woken, err := m.Store.MediaUploaded(ctx, m.Owner, job.ID, file.WAMID, file.PostID)
	if woken {
		m.WakeInbox()
	}
	return postID, err
}

// endedByStore is the outcome of a job that the store has ended with what came of it.
func endedByStore() jobqueue.Outcome {
	return jobqueue.DoneBy(func(context.Context, string, time.Duration) (*jobqueue.Job, error) { return nil, nil }) //nolint:nilnil // there is no next one in a file's lane
}

// archivedTimeout is how long a file waits for its channel, which somebody archived.
const archivedTimeout = time.Hour

// postFailed ends a job whose post was deleted or may not be changed.
func (m *Fetcher) postFailed(job jobqueue.Job, err error) (jobqueue.Outcome, error) {
	switch {
	case errors.Is(err, posting.ErrArchived) && time.Since(time.UnixMilli(job.CreatedAt)) < archivedTimeout: // that of an open conversation comes back
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

// showFetching makes the post, if there is one, say that the file is being fetched.
func (m *Fetcher) showFetching(ctx context.Context, file *domain.MediaFile, attempts int) error {
	if attempts > quietTries || file.PostID == "" {
		return nil // the post says already that it takes longer, or is still to be made
	}
	return m.Files.ShowMedia(ctx, file.PostID, posting.Fetching(m.Localizer, file))
}

// fetch streams the file from Meta into Mattermost. An error that no further try can mend is a *permanentError.
func (m *Fetcher) fetch(ctx context.Context, job jobqueue.Job, file *domain.MediaFile, up *domain.Upload) error {
	account, err := m.Store.Account(ctx, job.AccountID)
	if errors.Is(err, domain.ErrNotFound) {
		return permanent("media.failed_gone")
	} else if err != nil {
		return err
	}
	info, err := m.locate(ctx, account, file.MediaID)
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

// locateTimeout is how long Meta may take to say where a file is.
const locateTimeout = 30 * time.Second

// locate asks Meta where the file is. It is asked anew for each try, because the address is valid for five minutes only.
func (m *Fetcher) locate(ctx context.Context, account *domain.Account, id string) (whatsapp.MediaInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, locateTimeout)
	defer cancel()
	return m.Locate(ctx, account, id)
}

// check compares the file's size with what the server takes. A type other than
// the message announced is no reason to refuse it.
func (m *Fetcher) check(ctx context.Context, file *domain.MediaFile, info *whatsapp.MediaInfo) error {
	limit, err := m.Files.MaxFileSize(ctx)
	switch {
	case err != nil:
		return err
	case limit == 0:
		return permanent("media.failed_off")
	case info.FileSize > limit:
		return permanent("media.failed_large", "Size", megabytes(info.FileSize), "Max", megabytes(limit))
	case info.FileSize <= 0:
		return errors.New("Meta does not say how large the file is")
	}
	if info.SHA256 == "" {
		info.SHA256 = file.SHA256
	}
	return nil
}
