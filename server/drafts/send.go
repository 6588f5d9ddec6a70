package drafts

import (
	"context"
	"strconv"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	// sendTimeout is how long somebody who clicked a button waits while another node sends the drafts.
	sendTimeout = 8 * time.Second
	// postGap keeps two posts of an author from having the same CreateAt, because that is their order on the way to the customer.
	postGap = 2 * time.Millisecond
)

// SendDrafts posts an author's chosen drafts in a conversation; see service.DraftSender.
func (d *Sender) SendDrafts(ctx context.Context, conversationID, authorID string, ids []string) (map[string]domain.Text, error) {
	defer d.Wake() // the offer shows what became of them
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	refused := map[string]domain.Text{}
	for end := time.Now().Add(sendTimeout); ; {
		job, why, err := d.sendNext(ctx, conversationID, authorID)
		switch {
		case err == nil:
			switch {
			case why.Key != "" && asked[job.ID]:
				refused[job.ID] = why
			default:
				d.tellRefusal(ctx, job, why)
			}
			continue
		case !errors.Is(err, domain.ErrNotFound):
			return nil, err
		}
		left, err := d.Store.ChosenLeft(ctx, ids)
		if err != nil || left == 0 || time.Now().After(end) {
			return refused, err
		}
		select { // another node is sending them
		case <-ctx.Done():
			return refused, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// tellRefusal tells the person who chose a draft why it was not sent.
func (d *Sender) tellRefusal(ctx context.Context, job *domain.DraftJob, why domain.Text) {
	if why.Key != "" {
		d.Posts.SendEphemeral(ctx, job.ChannelID, job.ChosenBy, "", d.Localizer.ForUser(ctx, job.ChosenBy, why))
	}
}

// sendNext claims the first chosen draft of an author in a conversation, or of
// anybody if conversationID is "", and makes a post of it. It returns no job if it
// could not claim one, and domain.ErrNotFound if there is none to claim.
func (d *Sender) sendNext(ctx context.Context, conversationID, authorID string) (job *domain.DraftJob, refused domain.Text, err error) {
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(draftLease))
	defer lease.End()
	job, err = d.Store.ClaimDraft(ctx, conversationID, authorID, draftLease)
	if err != nil {
		return nil, domain.Text{}, err
	}
	refused, err = d.send(ctx, job)
	return job, refused, err
}

// send makes a post of one draft, once. A draft that may not be posted is held again, and the reason is returned.
func (d *Sender) send(ctx context.Context, job *domain.DraftJob) (refused domain.Text, err error) {
	if job.Attempts > 1 { // an earlier try may have got through
		id, err := d.Posts.FindPostOf(ctx, job.ChannelID, job.AuthorID, job.ChosenAt-time.Minute.Milliseconds(), posting.PropDraft, job.ID)
		if err == nil {
			return domain.Text{}, d.sent(ctx, job, id)
		} else if !errors.Is(err, domain.ErrNotFound) {
			return domain.Text{}, err
		}
	}
	root, err := d.threadOf(ctx, job)
	if err != nil {
		return domain.Text{}, err
	}
	refused, err = d.checkPost(ctx, job, root)
	if err != nil {
		return domain.Text{}, err
	}
	if refused.Key != "" {
		return refused, d.back(ctx, job, refused)
	}
	time.Sleep(postGap)
	seal := d.Seals.Seal(posting.IncomingPost{ChannelID: job.ChannelID, RootID: root, UserID: job.AuthorID, Message: job.Text, FileIDs: job.FileIDs, DraftID: job.ID})
	id, err := d.Posts.CreatePost(ctx, posting.Post{
		ChannelID: job.ChannelID, RootID: root, UserID: job.AuthorID, Message: job.Text, FileIDs: job.FileIDs,
		Props: map[string]any{posting.PropDraft: job.ID, posting.PropSeal: seal}, PendingID: "draft:" + job.ID,
	})
	if err == nil {
		return domain.Text{}, d.sent(ctx, job, id)
	}
	if lost := jobqueue.CheckLease(ctx); lost != nil {
		return domain.Text{}, lost
	}
	// the hook may have decided differently a moment later
	refused, checkErr := d.checkPost(ctx, job, root)
	switch {
	case checkErr != nil:
		return domain.Text{}, checkErr
	case refused.Key == "" && job.Attempts < draftTries && !errors.Is(err, posting.ErrRefused):
		return domain.Text{}, err
	case refused.Key == "":
		refused = domain.T("draft.not_posted")
	}
	return refused, d.back(ctx, job, refused)
}

// back makes a draft a held one again. Of one that was to be sent by itself its author gets a direct message, because
// they may be elsewhere by now.
func (d *Sender) back(ctx context.Context, job *domain.DraftJob, refused domain.Text) error {
	now := d.Clock.Now()
	if job.SendAt != 0 {
		key := "scheduled.text_kept"
		if refused.Key == "draft.expired" || refused.Key == "draft.waiting" {
			key = "scheduled.text_window"
		}
		notice := &domain.Notice{
			Key: "text:" + job.ID + ":" + strconv.FormatInt(job.SendAt, 10), UserID: job.AuthorID, ConversationID: job.ConversationID, TextKey: key,
			Data: map[string]any{"At": job.SendAt}, CreatedAt: now,
		}
		if err := d.Store.AddNotice(ctx, notice); err != nil {
			return err
		}
	}
	return d.Store.DraftBack(ctx, job.ID, now)
}

// sent records the post that a draft became. If several processes made a post of it,
// the first one counts; see postpolicy.Intake.
func (d *Sender) sent(ctx context.Context, job *domain.DraftJob, postID string) error {
	if job.Attempts > 1 || jobqueue.CheckLease(ctx) != nil {
		post := posting.Post{ChannelID: job.ChannelID, UserID: job.AuthorID, Props: map[string]any{posting.PropDraft: job.ID}}
		var err error
		if postID, err = posting.AgreeOnPost(ctx, d.Posts, post, posting.PropDraft, postID); err != nil {
			return err
		}
	}
	return d.Store.DraftSent(ctx, job.ID, postID, d.Clock.Now())
}

// threadOf returns the post whose thread the draft was written in, or "" if that post was deleted.
func (d *Sender) threadOf(ctx context.Context, job *domain.DraftJob) (string, error) {
	if job.RootID == "" {
		return "", nil
	}
	_, err := d.Posts.PostType(ctx, job.RootID)
	if errors.Is(err, domain.ErrNotFound) {
		return "", nil
	}
	return job.RootID, err
}

// checkPost returns why a draft may not be posted. The server does not check whether the author
// may still post in the channel, because it is the plugin that posts in their name.
func (d *Sender) checkPost(ctx context.Context, job *domain.DraftJob, root string) (refused domain.Text, err error) {
	may, err := d.MaySpeak(ctx, job.AuthorID, job.ChannelID)
	if err != nil {
		return domain.Text{}, err
	}
	if !may {
		name, err := d.Username(ctx, job.AuthorID)
		return domain.T("draft.author_left", "Who", domain.Username(name)), err
	}
	if job.SendAt != 0 && d.Clock.Now()-job.SendAt > domain.DraftPatience.Milliseconds() {
		return domain.T("scheduled.text_late"), nil
	}
	decision, _, err := d.CheckPost(ctx, posting.IncomingPost{
		ChannelID: job.ChannelID, RootID: root, UserID: job.AuthorID, Message: job.Text, FileIDs: job.FileIDs,
	})
	if err != nil || decision.Destination != posting.Reject {
		return domain.Text{}, err
	}
	switch decision.RefusalText.Key {
	case "post.expired":
		return domain.T("draft.expired"), nil
	case "post.waiting":
		return domain.T("draft.waiting"), nil
	}
	return decision.RefusalText, nil
}
