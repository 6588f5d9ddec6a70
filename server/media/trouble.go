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
	// mediaKept is how long Meta keeps a file that a customer sent.
	mediaKept = 7 * 24 * time.Hour
	// patientTries are those during which the post says no more than that the file is being fetched.
	patientTries = 4
	// certainTries is how often Meta has to say that there is no such file, or
	// to send another one, until it is believed.
	certainTries = 4
)

// mediaPauses are those after the first, second ... try; the last one repeats.
var mediaPauses = []time.Duration{
	time.Second, 3 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour,
}

// mediaTrouble is what no further try mends by itself.
type mediaTrouble struct{ text domain.Text }

func (t *mediaTrouble) Error() string { return t.text.Key }

func final(key string, nameValues ...any) error {
	return &mediaTrouble{domain.T(key, nameValues...)}
}

// trouble decides what becomes of a file that did not come: another try, or a
// line on the post and a dead letter. Either way somebody may ask for a try.
func (m *Fetcher) trouble(ctx context.Context, job jobqueue.Job, file *domain.MediaFile, err error) (jobqueue.Outcome, error) {
	if ctx.Err() != nil || errors.Is(err, jobqueue.ErrLost) {
		return jobqueue.Outcome{}, err // the process ends, or another one has the job
	}
	if over := m.over(job, file, err); over != nil {
		shown := posting.MediaStatus{State: posting.MediaFailed, Text: m.Localizer.ForChannel(over.text)}
		if err := m.offer(ctx, file, shown); err != nil {
			return m.withoutPost(job, err)
		}
		return jobqueue.Dead(over.Error() + ": " + reasonOf(err)), nil
	}
	if job.Attempts >= patientTries {
		shown := posting.MediaStatus{State: posting.MediaDelayed, Text: m.Localizer.ForChannel(domain.T("media.delayed"))}
		if err := m.offer(ctx, file, shown); err != nil {
			return m.withoutPost(job, err)
		}
	}
	return jobqueue.RetryIn(mediaPauses[min(job.Attempts, len(mediaPauses))-1], reasonOf(err)), nil
}

func (m *Fetcher) offer(ctx context.Context, file *domain.MediaFile, shown posting.MediaStatus) error {
	shown.Button, shown.WAMID = m.Localizer.ForChannel(domain.T("media.again")), file.WAMID
	return m.Files.ShowMedia(ctx, file.PostID, shown)
}

// over tells that further tries make no sense, and why; nil = they do.
func (m *Fetcher) over(job jobqueue.Job, file *domain.MediaFile, err error) *mediaTrouble {
	var trouble *mediaTrouble
	var request *whatsapp.RequestError
	switch {
	case errors.As(err, &trouble):
		return trouble
	case errors.As(err, &request): // an address that is not Meta's, a token that cannot be sent
		return &mediaTrouble{domain.T("media.failed_refused")}
	case job.Attempts < certainTries:
		return nil
	case errors.Is(err, posting.ErrRefused): // another plugin's filter of files
		return &mediaTrouble{domain.T("withheld.file")}
	case errors.Is(err, whatsapp.ErrFileDiffers):
		return &mediaTrouble{domain.T("media.failed_different")}
	case whatsapp.MediaUnknown(err):
		return &mediaTrouble{domain.T("media.failed_gone")}
	case m.Clock.Now() > file.At+mediaKept.Milliseconds():
		return &mediaTrouble{domain.T("media.failed")}
	}
	return nil
}

// reasonOf is an error for an administrator's eyes: Meta's code where there is one.
func reasonOf(err error) string {
	if v := whatsapp.Classify(err); v.Outcome == whatsapp.Refused && v.Code != 0 {
		return fmt.Sprintf("Meta's error %d", v.Code)
	}
	return err.Error()
}

func megabytes(bytes int64) string {
	return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
}
