package media

import (
	"context"
	"fmt"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	// mediaLife is how long Meta keeps a file that a customer sent.
	mediaLife = 7 * 24 * time.Hour
	// quietTries is after how many tries the post says that the file takes longer.
	quietTries = 4
	// triesToBelieve is how often Meta has to say that there is no such file, or
	// to send a different one, until that is taken as final.
	triesToBelieve = 4
)

// retryPauses are the pauses after the first, second ... try; the last one repeats.
var retryPauses = []time.Duration{
	time.Second, 3 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour,
}

// permanentError is a failure that no further try can mend; its text is for the post.
type permanentError struct{ text domain.Text }

func (t *permanentError) Error() string { return t.text.Key }

func permanent(key string, nameValues ...any) error {
	return &permanentError{domain.T(key, nameValues...)}
}

// handleFailure decides what happens with a file that did not come: another try, or
// a line on the post and a dead letter. Either way the post gets a button that asks for a try now.
func (m *Fetcher) handleFailure(ctx context.Context, job jobqueue.Job, file *domain.MediaFile, err error) (jobqueue.Outcome, error) {
	if ctx.Err() != nil || errors.Is(err, jobqueue.ErrLost) {
		return jobqueue.Outcome{}, err // the process ends, or another one has the job
	}
	if file.PostID == "" && m.Clock.Now() <= file.At+mediaLife.Milliseconds() { // there is nowhere to say it; the post, once made, makes the job due
		return jobqueue.RetryIn(retryPauses[min(job.Attempts, len(retryPauses))-1], reasonOf(err)), nil
	}
	if over := m.permanentReason(job, file, err); over != nil {
		shown := posting.MediaStatus{State: posting.MediaFailed, Text: posting.MediaText(m.Localizer, file, over.text)}
		if err := m.showRetryButton(ctx, file, shown); err != nil {
			return m.postFailed(job, err)
		}
		return jobqueue.Dead(over.Error() + ": " + reasonOf(err)), nil
	}
	if job.Attempts >= quietTries {
		shown := posting.MediaStatus{State: posting.MediaDelayed, Text: posting.MediaText(m.Localizer, file, domain.T("media.delayed"))}
		if err := m.showRetryButton(ctx, file, shown); err != nil {
			return m.postFailed(job, err)
		}
	}
	return jobqueue.RetryIn(retryPauses[min(job.Attempts, len(retryPauses))-1], reasonOf(err)), nil
}

func (m *Fetcher) showRetryButton(ctx context.Context, file *domain.MediaFile, shown posting.MediaStatus) error {
	if file.PostID == "" {
		return nil
	}
	shown.Button, shown.WAMID = m.Localizer.ForChannel(domain.T("media.again")), file.WAMID
	return m.Files.ShowMedia(ctx, file.PostID, shown)
}

// permanentReason returns why further tries make no sense; nil = they do.
func (m *Fetcher) permanentReason(job jobqueue.Job, file *domain.MediaFile, err error) *permanentError {
	var trouble *permanentError
	var request *whatsapp.RequestError
	switch {
	case errors.As(err, &trouble):
		return trouble
	case errors.As(err, &request): // an address that is not Meta's, a token that cannot be sent
		return &permanentError{domain.T("media.failed_refused")}
	case job.Attempts < triesToBelieve:
		return nil
	case errors.Is(err, posting.ErrRefused): // another plugin's filter of files
		return &permanentError{domain.T("withheld.file")}
	case errors.Is(err, whatsapp.ErrFileDiffers):
		return &permanentError{domain.T("media.failed_different")}
	case whatsapp.MediaUnknown(err):
		return &permanentError{domain.T("media.failed_gone")}
	case m.Clock.Now() > file.At+mediaLife.Milliseconds():
		return &permanentError{domain.T("media.failed")}
	}
	return nil
}

// reasonOf describes an error to an administrator: by Meta's code where there is one.
func reasonOf(err error) string {
	if v := whatsapp.Classify(err); v.Outcome == whatsapp.Refused && v.Code != 0 {
		return fmt.Sprintf("Meta's error %d", v.Code)
	}
	return err.Error()
}

func megabytes(bytes int64) string {
	return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
}
