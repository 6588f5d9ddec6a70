package media

import (
	"context"
	"io"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// minBytesPerSecond is the speed below which a file is left for a later try.
const minBytesPerSecond = 32 << 10

// errCut is returned where the upload into Mattermost ended before the file did.
var errCut = errors.New("the upload was cut off")

// transfer streams the file from Meta into the server's upload. A session that an
// earlier try left is continued: what it has already is downloaded again, because
// the hash covers the whole file, and thrown away.
func (m *Fetcher) transfer(ctx context.Context, job jobqueue.Job, account *domain.Account, file *domain.MediaFile, info whatsapp.MediaInfo, name string, up *domain.Upload) error {
	offset, err := m.resume(ctx, job, file, info, name, up)
	if err != nil {
		return err
	}
	timed, cancel := context.WithTimeout(ctx, time.Minute+time.Duration(info.FileSize/minBytesPerSecond)*time.Second)
	defer cancel()
	reader, writer := io.Pipe()
	downloaded := make(chan error, 1)
	go func() {
		tail := &tailWriter{to: writer, skip: offset, size: info.FileSize, begin: func() error {
			if up.From == offset {
				return nil // it is stored
			}
			up.From = offset
			return m.Store.SaveUpload(timed, m.Owner, job.ID, *up)
		}}
		err := m.Download(timed, account, info, tail)
		if err == nil {
			err = tail.release()
		}
		_ = writer.CloseWithError(err)
		downloaded <- err
	}()
	whole, uploadErr := m.Files.Upload(ctx, up.ID, reader)
	_ = reader.CloseWithError(errCut) // so that the download does not wait for a reader that is gone
	cancel()
	err = <-downloaded
	switch {
	case whole:
		return nil
	case errors.Is(uploadErr, posting.ErrUnreadablePicture):
		return uploadErr
	case errors.Is(err, whatsapp.ErrFileDiffers): // what was uploaded is useless
		up.ID, up.From = "", 0
		if lost := m.Store.SaveUpload(ctx, m.Owner, job.ID, *up); lost != nil {
			return lost
		}
		return err
	case err != nil && !errors.Is(err, errCut) && uploadErr == nil:
		return err
	case uploadErr != nil:
		return uploadErr
	}
	return errCut
}

// resume finds how far the session of an earlier try got, or opens a new one.
func (m *Fetcher) resume(ctx context.Context, job jobqueue.Job, file *domain.MediaFile, info whatsapp.MediaInfo, name string, up *domain.Upload) (offset int64, err error) {
	if up.ID != "" {
		offset, err = m.Files.UploadOffset(ctx, up.ID)
		switch {
		case errors.Is(err, domain.ErrNotFound):
		case err != nil:
			return 0, err
		case offset == 0, offset != up.From && offset < info.FileSize:
			return offset, nil
		}
		// Otherwise the earlier try ended when the server itself did, which does not
		// know how much it has: that session is abandoned.
	}
	up.ID, err = m.Files.OpenUpload(ctx, posting.NewUpload{FileID: up.FileID, ChannelID: file.ChannelID, Name: name, Size: info.FileSize})
	if err != nil {
		return 0, err
	}
	up.From = 0
	return 0, m.Store.SaveUpload(ctx, m.Owner, job.ID, *up)
}

// tailWriter passes on what comes after the first skip bytes, and holds back the
// file's very last byte until it is released, so that a file whose hash is wrong
// never becomes complete.
type tailWriter struct {
	to    io.Writer
	skip  int64
	size  int64
	begin func() error // is called before anything is passed on

	at   int64
	last []byte
}

func (t *tailWriter) Write(p []byte) (int, error) {
	n := len(p)
	if rest := t.skip - t.at; rest > 0 {
		drop := min(rest, int64(len(p)))
		t.at += drop
		p = p[drop:]
	}
	if t.at+int64(len(p)) >= t.size && len(p) > 0 {
		keep := max(t.size-t.at-1, 0)
		t.last = append([]byte(nil), p[min(keep, int64(len(p))):]...)
		p = p[:min(keep, int64(len(p)))]
	}
	t.at += int64(len(p))
	return n, t.pass(p)
}

func (t *tailWriter) release() error { return t.pass(t.last) }

func (t *tailWriter) pass(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	if t.begin != nil {
		if err := t.begin(); err != nil {
			return err
		}
		t.begin = nil
	}
	_, err := t.to.Write(p)
	return err
}
