package inbound

import (
	"context"
	"encoding/json"
	"maps"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	// fileWait is for how long all files together may hold up one message.
	fileWait = 2 * time.Second
	// fileFirstPause is the first pause of a message that waits for its file. The file wakes it;
	// a wake-up that comes just before the wait is made up for by the next look.
	fileFirstPause = 100 * time.Millisecond
	// filesAhead is how many messages of a lane are looked at for files to fetch beside the first one's.
	filesAhead = 100
)

// fileFor returns the file with which a message's post is made (its id in Mattermost), so that
// the post need not be edited. A file that is not there yet is fetched, together with those of the
// messages behind, and wait says for how long the message waits for it. "" without a wait: the
// post is made without the file, which is attached to it later.
func (h *Handler) fileFor(ctx context.Context, job jobqueue.Job, message *domain.Message, channelID string, m *whatsapp.Message, left time.Duration) (fileID string, wait time.Duration, err error) {
	progress, err := h.Store.MediaProgress(ctx, message.WAMID)
	if errors.Is(err, domain.ErrNotFound) {
		err = h.fetchAhead(ctx, job, message, channelID, m)
	}
	if err != nil || progress.FileID != "" || progress.Over || left <= 0 {
		return progress.FileID, 0, err
	}
	return "", jobqueue.GrowingPause(fileFirstPause, left, job.Attempts), nil
}

// fetchAhead begins to fetch a message's file and those of the messages behind it in its lane,
// which are the same customer's. Should one belong to another conversation, it is posted there:
// the file goes wherever its post is.
func (h *Handler) fetchAhead(ctx context.Context, job jobqueue.Job, message *domain.Message, channelID string, m *whatsapp.Message) error {
	waiting, err := h.Store.WaitingInLane(ctx, job.Lane, filesAhead)
	if err != nil {
		return err
	}
	files := []domain.MediaFile{mediaFile(message, channelID, m)}
	for _, payload := range waiting {
		var item whatsapp.Item
		if json.Unmarshal(payload, &item) != nil || item.Kind != whatsapp.KindMessage {
			continue // its own job deals with it
		}
		next, err := item.Message()
		if err != nil || !Fetchable(next) {
			continue
		}
		at := item.Timestamp
		if at <= 0 {
			at = message.CreatedAt
		}
		files = append(files, mediaFile(&domain.Message{ConversationID: message.ConversationID, WAMID: next.ID, CreatedAt: at}, channelID, next))
	}
	err = h.Store.PrefetchMedia(ctx, message.AccountID, files)
	h.WakeMedia()
	return err
}

// mediaFile describes the file of a message to the media queue.
func mediaFile(message *domain.Message, channelID string, m *whatsapp.Message) domain.MediaFile {
	return domain.MediaFile{
		ConversationID: message.ConversationID, ChannelID: channelID, PostID: message.PostID, WAMID: message.WAMID, At: message.CreatedAt,
		Kind: m.Type, Label: mediaLabel(m), MediaID: m.Media.ID, MimeType: m.Media.MimeType, SHA256: m.Media.SHA256, Filename: m.Media.Filename,
	}
}

// withFile adds to a post the message's file, or says that it is being fetched.
func (h *Handler) withFile(post posting.Post, m *whatsapp.Message, fileID string) posting.Post {
	switch {
	case fileID != "":
		post.FileIDs = []string{fileID}
	case Fetchable(m):
		file := mediaFile(&domain.Message{}, post.ChannelID, m)
		maps.Copy(post.Props, posting.MediaProps(h.Localizer, &file))
	}
	return post
}

// fileWaits remembers for how long lanes have waited for files, so that a heap of them holds up
// no message for longer than fileWait. It is this process's memory alone: where another one goes
// on, a message may wait once more.
type fileWaits struct {
	mu    sync.Mutex
	lanes map[string]laneWait
}

// laneWait is the last wait of a lane.
type laneWait struct {
	jobID    int64         // of the message that waits; 0 = the wait is over
	attempt  int           // the one that ended with the wait
	mayExist bool          // whether the message may have had a post before that attempt
	at       time.Time     // when the wait began, or was over
	spent    time.Duration // on waits that held up the same messages
}

// maxLaneWaits is how many lanes are remembered before those are forgotten that wait no more.
const maxLaneWaits = 256

// resume counts what a job has waited. It returns how much longer it may wait, and whether its
// message may have a post: an attempt that only waited made none.
func (w *fileWaits) resume(job jobqueue.Job, mayExist bool) (left time.Duration, stillMayExist bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now, accepted := time.Now(), time.UnixMilli(job.CreatedAt)
	lane, known := w.lanes[job.Lane]
	switch {
	case known && lane.jobID == job.ID && lane.attempt == job.Attempts-1:
		lane.spent += now.Sub(lane.at)
		mayExist = lane.mayExist
	case job.Attempts > 1: // another process, or a failure: from when it was accepted
		lane.spent = now.Sub(accepted)
	case accepted.After(lane.at): // it was held up by none of the waits so far
		lane.spent = 0
	}
	if len(w.lanes) >= maxLaneWaits {
		maps.DeleteFunc(w.lanes, func(_ string, l laneWait) bool { return now.Sub(l.at) > 2*fileWait })
	}
	if w.lanes == nil {
		w.lanes = map[string]laneWait{}
	}
	w.lanes[job.Lane] = laneWait{at: now, spent: lane.spent}
	return fileWait - lane.spent, mayExist
}

// begin notes that a job's attempt ends with a wait.
func (w *fileWaits) begin(job jobqueue.Job, mayExist bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lanes[job.Lane] = laneWait{jobID: job.ID, attempt: job.Attempts, mayExist: mayExist, at: time.Now(), spent: w.lanes[job.Lane].spent}
}
