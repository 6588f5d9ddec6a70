package drafts

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	draftLease = 20 * time.Second
	offerBatch = 16
	offerHands = 4
	// draftPatience is how long somebody who pressed a button waits while another node is at it.
	draftPatience = 8 * time.Second
	// draftTries is how often a post is tried that the server does not take for reasons of its own.
	draftTries = 5
	// postGap keeps two posts of an author from having the same CreateAt, which is their order on the way to the customer.
	postGap = 2 * time.Millisecond
)

// Store is what sending and offering drafts needs.
type Store interface {
	// ClaimDraft leases the first chosen draft of an author in a conversation, or
	// ("", "") of anybody, unless another of the same author there is leased;
	// domain.ErrNotFound where there is none.
	ClaimDraft(ctx context.Context, conversationID, authorID string, lease time.Duration) (*domain.DraftJob, error)
	DraftSent(ctx context.Context, id, postID string, now int64) error
	// DraftBack holds a draft again that may not be sent.
	DraftBack(ctx context.Context, id string, now int64) error
	// ChosenLeft counts which of the drafts are still on their way.
	ChosenLeft(ctx context.Context, ids []string) (int, error)
	ClaimOffers(ctx context.Context, lease time.Duration, n int) ([]*domain.DraftOffer, error)
	// OfferShown records the post of an offer and which version it shows, and gives the lease back.
	OfferShown(ctx context.Context, o *domain.DraftOffer) error
	OfferedDrafts(ctx context.Context, conversationID, authorID string, opening int64) ([]*domain.Draft, error)
}

// Mattermost is what drafts need of Mattermost.
type Mattermost interface {
	posting.Poster
	EditPost(ctx context.Context, postID, message string, props map[string]any) error
	// FindPostOf is FindPost for the posts of a user other than the bot.
	FindPostOf(ctx context.Context, channelID, userID string, since int64, prop, value string) (id string, err error)
	PostType(ctx context.Context, postID string) (string, error)
	SendEphemeral(ctx context.Context, channelID, userID, rootID, message string)
	// OwnFiles are those of the files that the user uploaded and that no post has.
	OwnFiles(ctx context.Context, userID string, fileIDs []string) ([]string, error)
}

// Sender makes posts of the drafts that were chosen, and keeps the posts that offer them up to
// date. It implements service.DraftSender.
type Sender struct {
	Store     Store
	Posts     Mattermost
	CheckPost func(ctx context.Context, p posting.IncomingPost) (decision posting.Decision, ours bool, err error) // see postpolicy.Intake.CheckPost
	MaySpeak  func(ctx context.Context, userID, channelID string) (bool, error)
	Seals     *posting.Seals
	Localizer posting.Localizer
	Username  func(ctx context.Context, userID string) (string, error)
	Clock     domain.Clock
	Wake      func() // asks for a run
	Log       jobqueue.Logger
}

// Run posts what was chosen and updates the offers.
func (d *Sender) Run(ctx context.Context) (more bool, err error) {
	for {
		job, refused, err := d.sendNext(ctx, "", "")
		if errors.Is(err, domain.ErrNotFound) {
			break
		}
		if err != nil && job == nil {
			return false, err
		}
		if err != nil {
			d.Log.Warn("Could not post a draft", "draft", job.ID, "error", err.Error())
			break // its lease runs out, and then it is tried again
		}
		d.whisperRefusal(ctx, job, refused)
	}
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(draftLease))
	defer lease.End()
	offers, err := d.Store.ClaimOffers(ctx, draftLease, offerBatch)
	if err != nil {
		return false, err
	}
	jobqueue.InParallel(offerHands, offers, func(o *domain.DraftOffer) {
		if err := d.showOffer(ctx, o); err != nil && ctx.Err() == nil {
			d.Log.Warn("Could not offer drafts", "conversation", o.ConversationID, "error", err.Error())
		}
	})
	return len(offers) == offerBatch, nil
}

// DraftsChanged asks for a run.
func (d *Sender) DraftsChanged() { d.Wake() }

// OwnFiles are those of the files that the user may post; see service.DraftSender.
func (d *Sender) OwnFiles(ctx context.Context, userID string, fileIDs []string) ([]string, error) {
	return d.Posts.OwnFiles(ctx, userID, fileIDs)
}

// SendDrafts posts what is chosen of an author; see service.DraftSender.
func (d *Sender) SendDrafts(ctx context.Context, conversationID, authorID string, ids []string) (map[string]domain.Text, error) {
	defer d.Wake() // the offer shows what became of them
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	refused := map[string]domain.Text{}
	for end := time.Now().Add(draftPatience); ; {
		job, why, err := d.sendNext(ctx, conversationID, authorID)
		switch {
		case err == nil:
			switch {
			case why.Key != "" && asked[job.ID]:
				refused[job.ID] = why
			default:
				d.whisperRefusal(ctx, job, why)
			}
			continue
		case !errors.Is(err, domain.ErrNotFound):
			return nil, err
		}
		left, err := d.Store.ChosenLeft(ctx, ids)
		if err != nil || left == 0 || time.Now().After(end) {
			return refused, err
		}
		select { // another node is at them
		case <-ctx.Done():
			return refused, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// whisperRefusal tells the person who chose a draft why it was not sent.
func (d *Sender) whisperRefusal(ctx context.Context, job *domain.DraftJob, why domain.Text) {
	if why.Key != "" {
		d.Posts.SendEphemeral(ctx, job.ChannelID, job.ChosenBy, "", d.Localizer.ForUser(ctx, job.ChosenBy, why))
	}
}

// sendNext makes a post of the first chosen draft of an author in a
// conversation, or ("", "") of anybody, while its lease holds. job is nil where
// none was to be had; domain.ErrNotFound where there is none.
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

// send makes a post of one draft, once. What may not be posted is held again, and the reason is returned.
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
		return refused, d.Store.DraftBack(ctx, job.ID, d.Clock.Now())
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
	refused, judgeErr := d.checkPost(ctx, job, root)
	switch {
	case judgeErr != nil:
		return domain.Text{}, judgeErr
	case refused.Key == "" && job.Attempts < draftTries && !errors.Is(err, posting.ErrRefused):
		return domain.Text{}, err
	case refused.Key == "":
		refused = domain.T("draft.not_posted")
	}
	return refused, d.Store.DraftBack(ctx, job.ID, d.Clock.Now())
}

// sent records the post that a draft became. Of several the first that was taken
// for the customer stands; see Intake.
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

// threadOf is the thread the draft was written in, if that is still there.
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

// checkPost asks what the server and the posting hook would say about the post: the server does
// not check whether the author may post where a plugin posts in their name. A draft goes to
// the customer or nowhere.
func (d *Sender) checkPost(ctx context.Context, job *domain.DraftJob, root string) (refused domain.Text, err error) {
	may, err := d.MaySpeak(ctx, job.AuthorID, job.ChannelID)
	if err != nil {
		return domain.Text{}, err
	}
	if !may {
		name, err := d.Username(ctx, job.AuthorID)
		return domain.T("draft.author_left", "Who", domain.Username(name)), err
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
