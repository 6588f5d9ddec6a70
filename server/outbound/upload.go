package outbound

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	// mediaLife is how long the id of an uploaded file is used; Meta keeps the file for 30 days.
	mediaLife = 29 * 24 * time.Hour
	// uploadStall ends an upload in which nothing moves.
	uploadStall = time.Minute
	// maxReadTries is how often a file that cannot be read from Mattermost is tried: its server may only be busy.
	maxReadTries = 8
)

// Uploader brings files from Mattermost to Meta before the message that names
// them is sent. An upload sends nothing to the customer: it may be repeated, and
// after one that failed the message has certainly not left.
type Uploader struct {
	open     func(ctx context.Context, fileID string) (io.ReadCloser, error)
	upload   func(ctx context.Context, account *domain.Account, name, mimeType string, size int64, r io.Reader) (id string, err error)
	inFlight *InFlightLimiter
}

// NewUploader makes an uploader. open opens a file of Mattermost's
// (domain.ErrNotFound if it is gone); upload streams it to Meta and returns its id there.
func NewUploader(
	open func(ctx context.Context, fileID string) (io.ReadCloser, error),
	upload func(ctx context.Context, account *domain.Account, name, mimeType string, size int64, r io.Reader) (id string, err error),
) *Uploader {
	return &Uploader{open: open, upload: upload, inFlight: newUploadLimiter()}
}

// errFileUnreadable is returned where the file could not be read from Mattermost.
var errFileUnreadable = errors.New("the file could not be read")

// transfer streams one file from Mattermost to Meta and returns its id there.
func (u *Uploader) transfer(ctx context.Context, account *domain.Account, file *posting.File) (mediaID string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	from, err := u.open(ctx, file.ID)
	if errors.Is(err, domain.ErrNotFound) {
		return "", err
	} else if err != nil {
		return "", errors.Wrap(errFileUnreadable, err.Error())
	}
	defer func() { _ = from.Close() }()
	watched := &watchedReader{from: from, left: file.Size, stall: time.AfterFunc(uploadStall, cancel)}
	defer watched.stall.Stop()
	id, err := u.upload(ctx, account, file.Name, file.MIME, file.Size, watched)
	if err != nil && watched.failed.Load() {
		return "", errFileUnreadable
	}
	return id, err
}

// watchedReader notes whether a broken upload is the source's fault, and ends an upload that stalls.
type watchedReader struct {
	from   io.Reader
	left   int64
	stall  *time.Timer
	failed atomic.Bool
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	w.left -= int64(n)
	w.stall.Reset(uploadStall)
	if err != nil && (!errors.Is(err, io.EOF) || w.left > 0) {
		w.failed.Store(true)
	}
	return n, err //nolint:wrapcheck // io.EOF stays what it is
}

// toUpload is the next file of the payload that is not at Meta, nil if all are.
func toUpload(payload *posting.OutboundPayload) *posting.File {
	for _, file := range payload.Files() {
		if file.MediaID == "" || time.Since(time.UnixMilli(file.UploadedAt)) >= mediaLife {
			return file
		}
	}
	return nil
}

// uploadAttachment uploads a file of the payload and keeps its id in the job, so
// that a try after a crash does not upload it again. It returns how the attempt
// ended, or nil if the file is at Meta now.
func (w *Worker) uploadAttachment(ctx context.Context, job *jobqueue.Job, s *domain.Send, payload *posting.OutboundPayload, file *posting.File) (*attempt, error) {
	release, ok := w.Uploader.inFlight.Acquire(s.Account.ID, time.Now())
	if !ok {
		return retryIn(s, uploadRetry, "other files are uploaded first"), nil
	}
	defer release()
	uploadCtx := ctx
	if w.uploadTimeout > 0 {
		var cancel context.CancelFunc
		uploadCtx, cancel = context.WithTimeout(ctx, w.uploadTimeout)
		defer cancel()
	}
	began := w.Clock.Now()
	id, err := w.Uploader.transfer(uploadCtx, &s.Account, file)
	if err != nil {
		if ctx.Err() != nil && !errors.Is(err, domain.ErrNotFound) && !errors.Is(err, errFileUnreadable) {
			return nil, err // stopped half way: the next owner begins again
		}
		return w.uploadFailed(ctx, job, s, began, err)
	}
	file.MediaID, file.UploadedAt = id, time.Now().UnixMilli()
	if job.Payload, err = payload.Bytes(); err != nil {
		return nil, err
	}
	return nil, w.Store.SavePayload(ctx, w.Owner, job.ID, job.Payload)
}

func (w *Worker) uploadFailed(ctx context.Context, job *jobqueue.Job, s *domain.Send, began int64, err error) (*attempt, error) {
	switch {
	case errors.Is(err, domain.ErrNotFound), errors.Is(err, errFileUnreadable) && job.Attempts >= maxReadTries:
		return w.end(ctx, s, domain.NotSent, domain.ReasonFile, whatsapp.Verdict{})
	case errors.Is(err, errFileUnreadable):
		return retryIn(s, jobqueue.Backoff(job.Attempts), "the file could not be read"), nil
	default:
		return w.recordRefused(ctx, *job, s, began, whatsapp.Classify(err))
	}
}
