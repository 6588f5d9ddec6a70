package outbound

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	// mediaLife is how long an uploaded file's id is used; Meta keeps it for 30 days.
	mediaLife = 29 * 24 * time.Hour
	// uploadStall ends an upload in which nothing moves.
	uploadStall = time.Minute
	// uploadHands and uploadHandsEach bound the uploads at once, of all numbers and of one.
	uploadHands, uploadHandsEach = 12, 4
	// uploadTurn is how soon a file looks again for a free place.
	uploadTurn = 300 * time.Millisecond
)

// Uploader brings files from Mattermost to Meta, before the message that names
// them is sent. An upload sends nothing: it may be repeated, and one that failed
// certainly did not leave.
type Uploader struct {
	// Open opens a file of Mattermost's; domain.ErrNotFound if it is gone.
	Open func(ctx context.Context, fileID string) (io.ReadCloser, error)
	// Upload streams a file to Meta and answers its id there.
	Upload func(ctx context.Context, cred whatsapp.Credentials, name, mimeType string, size int64, r io.Reader) (id string, err error)

	mu    sync.Mutex
	under map[string]int // uploads under way by account
	all   int
}

// begin takes a place for an upload; end gives it back.
func (u *Uploader) begin(accountID string) (end func(), free bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.all >= uploadHands || u.under[accountID] >= uploadHandsEach {
		return nil, false
	}
	if u.under == nil {
		u.under = map[string]int{}
	}
	u.under[accountID]++
	u.all++
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.all--
		if u.under[accountID]--; u.under[accountID] == 0 {
			delete(u.under, accountID)
		}
	}, true
}

// errSource says that the file could not be read from Mattermost.
var errSource = errors.New("the file could not be read")

// upload uploads one file.
func (u *Uploader) upload(ctx context.Context, cred whatsapp.Credentials, file *posting.File) (mediaID string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	from, err := u.Open(ctx, file.ID)
	if errors.Is(err, domain.ErrNotFound) {
		return "", err
	} else if err != nil {
		return "", errors.Wrap(errSource, err.Error())
	}
	defer func() { _ = from.Close() }()
	watched := &watchedReader{from: from, left: file.Size, stall: time.AfterFunc(uploadStall, cancel)}
	defer watched.stall.Stop()
	id, err := u.Upload(ctx, cred, file.Name, file.MIME, file.Size, watched)
	if err != nil && watched.failed.Load() {
		return "", errSource
	}
	return id, err
}

// watchedReader tells whose fault a broken upload is, and that it moves.
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

// uploadAttachment uploads the file of an envelope that has none at Meta yet. ready is true
// where nothing is left to upload; else the attempt tells what came of it. The
// id is kept in the job, so that a try after a crash does not upload again.
func (o *Worker) uploadAttachment(ctx context.Context, job *jobqueue.Job, s *domain.Send, e *posting.OutboundPayload) (a attempt, ready bool, err error) {
	if e.File == nil || e.File.MediaID != "" && time.Since(time.UnixMilli(e.File.UploadedAt)) < mediaLife {
		return attempt{}, true, nil
	}
	end, free := o.Uploader.begin(s.Account.ID)
	if !free {
		a := again(uploadTurn, "other files are uploaded first")
		a.send = s
		return a, false, nil
	}
	defer end()
	uploadCtx := ctx
	if o.uploadPatience > 0 {
		var cancel context.CancelFunc
		uploadCtx, cancel = context.WithTimeout(ctx, o.uploadPatience)
		defer cancel()
	}
	began := o.Clock.Now()
	id, err := o.Uploader.upload(uploadCtx, credentialsOf(&s.Account), e.File)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		a, err := o.end(ctx, s, domain.NotSent, domain.ReasonFile, whatsapp.Verdict{})
		return a, false, err
	case errors.Is(err, errSource):
		a, err := o.fileMissing(ctx, job, s)
		return a, false, err
	case err != nil:
		if ctx.Err() != nil {
			return attempt{}, false, err // stopped half way: the next owner begins again
		}
		a, err := o.refused(ctx, *job, s, began, whatsapp.Classify(err))
		return a, false, err
	}
	e.File.MediaID, e.File.UploadedAt = id, time.Now().UnixMilli()
	if job.Payload, err = e.Bytes(); err != nil {
		return attempt{}, false, err
	}
	return attempt{}, false, o.Store.SavePayload(ctx, o.Owner, job.ID, job.Payload)
}

// unreadTries is how often a file that cannot be read is tried: the server may be busy, a file may be gone.
const unreadTries = 8

func (o *Worker) fileMissing(ctx context.Context, job *jobqueue.Job, s *domain.Send) (attempt, error) {
	if job.Attempts >= unreadTries {
		return o.end(ctx, s, domain.NotSent, domain.ReasonFile, whatsapp.Verdict{})
	}
	a := again(jobqueue.Backoff(job.Attempts), "the file could not be read")
	a.send = s
	return a, nil
}

func credentialsOf(account *domain.Account) whatsapp.Credentials {
	return whatsapp.Credentials{PhoneNumberID: account.PhoneNumberID, WABAID: account.WABAID, Token: account.AccessToken}
}
