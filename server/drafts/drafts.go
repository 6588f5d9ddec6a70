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
	draftLease       = 20 * time.Second
	offerBatch       = 16
	offerConcurrency = 4
	// draftTries is how often a post is tried that the server does not accept for reasons of its own.
	draftTries = 5
)

// Store is what sending and offering drafts needs.
type Store interface {
	// ClaimDraft leases the first chosen draft of an author in a conversation, or of anybody if
	// conversationID is "". An author's drafts are leased one after the other, so that they are
	// posted in order. domain.ErrNotFound if there is none.
	ClaimDraft(ctx context.Context, conversationID, authorID string, lease time.Duration) (*domain.DraftJob, error)
	// ChooseDueDrafts claims for sending what was scheduled and is due by the database's clock.
	ChooseDueDrafts(ctx context.Context, ahead, now int64) error
	// AddNotice stores a direct message to somebody, once per key.
	AddNotice(ctx context.Context, n *domain.Notice) error
	DraftSent(ctx context.Context, id, postID string, now int64) error
	// DraftBack makes a chosen draft a held one again.
	DraftBack(ctx context.Context, id string, now int64) error
	// ChosenLeft counts those of the drafts that are chosen and not posted yet.
	ChosenLeft(ctx context.Context, ids []string) (int, error)
	ClaimOffers(ctx context.Context, lease time.Duration, n int) ([]*domain.DraftOffer, error)
	// OfferShown records an offer's post and the version that it shows, and ends the lease.
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
	// OwnFiles returns those of the files that the user uploaded and that are in no post.
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
	Ahead     func() int64 // how far the plugin's clock is ahead of the real one, milliseconds; 0 except in development
	Wake      func()       // asks for a run
	Log       jobqueue.Logger
}

// Run posts what was chosen and updates the offers.
func (d *Sender) Run(ctx context.Context) (more bool, err error) {
	if err := d.Store.ChooseDueDrafts(ctx, d.Ahead(), d.Clock.Now()); err != nil {
		return false, err
	}
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
		d.tellRefusal(ctx, job, refused)
	}
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(draftLease))
	defer lease.End()
	offers, err := d.Store.ClaimOffers(ctx, draftLease, offerBatch)
	if err != nil {
		return false, err
	}
	jobqueue.InParallel(offerConcurrency, offers, func(o *domain.DraftOffer) {
		if err := d.showOffer(ctx, o); err != nil && ctx.Err() == nil {
			d.Log.Warn("Could not offer drafts", "conversation", o.ConversationID, "error", err.Error())
		}
	})
	return len(offers) == offerBatch, nil
}

// DraftsChanged asks for a run.
func (d *Sender) DraftsChanged() { d.Wake() }

// OwnFiles returns those of the files that the user may post; see service.DraftSender.
func (d *Sender) OwnFiles(ctx context.Context, userID string, fileIDs []string) ([]string, error) {
	return d.Posts.OwnFiles(ctx, userID, fileIDs)
}
