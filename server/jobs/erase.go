package jobs

import (
	"context"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

const (
	eraseLease       = 2 * time.Minute
	eraseTimeout     = 90 * time.Second // for one conversation, within the lease
	eraseConcurrency = 4
	erasePostBatch   = 200 // posts of one conversation in a run
	// eraseAgain is how long after a pass a conversation gets one more: by then everything
	// that was still running when the person was erased has ended.
	eraseAgain = 2 * time.Minute
	// erasePause grows with each failure in a row, to eraseLongestPause.
	erasePause        = 5 * time.Second
	eraseLongestPause = 6 * time.Hour
	// eraseStubborn is the number of failures in a row after which a run goes on without the
	// files that cannot be put onto a post.
	eraseStubborn = 6
)

// The kinds of data about an erased person that the server's settings can force us to keep.
const (
	StayPosts = "posts" // texts of deleted posts, which stay in its table of posts
	StayFiles = "files" // files and the server's rows about them
)

// Erasure removes from Mattermost what is left of people who were erased: the channel of each
// conversation, its posts and files, and what our own posts elsewhere say about it. The
// database's rows are already gone by then; each conversation still to be removed is a row
// stored in the same transaction. It is gone through until nothing is left, and once more
// after a while. A conversation that fails holds up no other.
type Erasure struct {
	Store  Store
	Posts  Mattermost
	BotIDs []string // ids of the users in whose name the plugin posts
	Clock  domain.Clock
	Log    jobqueue.Logger

	allowed [2]bool // MayErase in the last run
}

// Run goes through a batch.
func (f *Erasure) Run(ctx context.Context) (more bool, err error) {
	posts, channels := f.Posts.MayErase()
	if now := [2]bool{posts, channels}; now != f.allowed {
		if err := f.Store.ForgetStays(ctx); err != nil {
			return false, err
		}
		f.allowed = now
	}
	return f.batch(ctx, "")
}

// RunFor goes through the conversations of one contact now, each once. What is left or fails
// is left to Run.
func (f *Erasure) RunFor(ctx context.Context, contactID string) error {
	for {
		if more, err := f.batch(ctx, contactID); err != nil || !more {
			return err
		}
	}
}

func (f *Erasure) batch(ctx context.Context, contactID string) (more bool, err error) {
	claimed, err := f.Store.ClaimForget(ctx, contactID, eraseLease, eraseConcurrency)
	if err != nil {
		return false, err
	}
	jobqueue.InParallel(eraseConcurrency, claimed, func(c domain.ErasedConversation) {
		if err := f.eraseConversation(ctx, &c); err != nil && ctx.Err() == nil {
			f.Log.Warn("Could not forget a conversation, it is tried again", "conversation", c.ConversationID, "attempts", c.Attempts+1, "error", err.Error())
			if err := f.Store.ForgetLater(ctx, c.ConversationID, jobqueue.GrowingPause(erasePause, eraseLongestPause, c.Attempts+1)); err != nil {
				f.Log.Warn("Could not put off forgetting", "conversation", c.ConversationID, "error", err.Error())
			}
		}
	})
	return len(claimed) == eraseConcurrency, nil
}

// eraseConversation removes one conversation, or as much of it as one run may take.
func (f *Erasure) eraseConversation(ctx context.Context, c *domain.ErasedConversation) error {
	ctx, cancel := context.WithTimeout(ctx, eraseTimeout)
	defer cancel()
	if c.Passes > 0 {
		if err := f.Store.EraseAgain(ctx, c.ContactID, f.Clock.Now()); err != nil {
			return err
		}
	}
	r, err := f.Store.Remains(ctx, c, f.BotIDs, erasePostBatch)
	if err != nil {
		return err
	}
	stays := map[string]bool{}
	told, err := f.erasePostsElsewhere(ctx, c, r, stays)
	if err != nil {
		return err
	}
	whole := true
	if r.Exists {
		if whole, err = f.eraseChannel(ctx, c, r, stays); err != nil {
			return err
		}
	}
	if !told || !whole {
		return f.Store.ForgetOn(ctx, c.ConversationID)
	}
	next := time.Duration(0)
	if c.Passes == 0 {
		next = eraseAgain
	}
	kinds := []string{}
	for _, kind := range []string{StayPosts, StayFiles} {
		if stays[kind] {
			kinds = append(kinds, kind)
		}
	}
	return f.Store.ForgetPassed(ctx, c.ConversationID, kinds, next)
}

// eraseChannel removes the conversation's channel; whole is false if another pass is needed.
func (f *Erasure) eraseChannel(ctx context.Context, c *domain.ErasedConversation, r *domain.Remains, stays map[string]bool) (whole bool, err error) {
	for _, d := range r.Drafts {
		if err := f.Posts.DropDraft(ctx, c.ChannelID, d); err != nil {
			return false, err
		}
	}
	posts, channels := f.Posts.MayErase()
	if c.Attempts >= eraseStubborn && len(r.Loose) > 0 { // go on without these files, so that they no longer hold up the rest
		r.Loose, stays[StayFiles] = nil, true
	}
	files := len(r.WithFiles) > 0 || len(r.Loose) > 0
	switch {
	case posts && files:
		if err := f.erasePostsWithFiles(ctx, c, r); err != nil {
			return false, err
		}
		return false, nil // the next pass removes the rest, which has no files
	case channels && !files: // a channel with files in it stays until they are gone, because afterwards nothing would lead to them
		return true, f.Posts.EraseChannel(ctx, c.ChannelID)
	}
	if err := f.Posts.Nameless(ctx, c.ChannelID); err != nil {
		return false, err
	}
	left := r.Posts
	if posts {
		if err := f.Posts.ErasePosts(ctx, idsOf(left)); err != nil {
			return false, err
		}
	} else {
		left = slices.DeleteFunc(slices.Clone(left), func(p domain.RemainingPost) bool { return p.Hidden })
		if len(left) > 0 {
			if err := f.Posts.Unarchive(ctx, c.ChannelID); err != nil {
				return false, err
			}
			if err := f.Posts.HidePosts(ctx, idsOf(left)); err != nil {
				return false, err
			}
		}
		stays[StayPosts], stays[StayFiles] = stays[StayPosts] || len(r.Posts) > 0, stays[StayFiles] || files
	}
	if len(left) == erasePostBatch {
		return false, nil
	}
	return true, f.Posts.Archive(ctx, c.ChannelID)
}

// erasePostsWithFiles removes the posts that have files, and with them the files. Files that
// are on no post are put onto one first.
func (f *Erasure) erasePostsWithFiles(ctx context.Context, c *domain.ErasedConversation, r *domain.Remains) error {
	byCreator := map[string][]string{}
	for _, file := range r.Loose {
		byCreator[file.CreatorID] = append(byCreator[file.CreatorID], file.ID)
	}
	for creator, files := range byCreator {
		if err := f.Posts.HangLoose(ctx, c.ChannelID, creator, files); err != nil {
			return err
		}
	}
	return f.Posts.ErasePosts(ctx, r.WithFiles)
}

// erasePostsElsewhere removes our posts in other channels that are about the conversation.
// From a post that lists several conversations it takes out the lines about this one.
func (f *Erasure) erasePostsElsewhere(ctx context.Context, c *domain.ErasedConversation, r *domain.Remains, stays map[string]bool) (whole bool, err error) {
	posts, _ := f.Posts.MayErase()
	var whose []string
	for _, post := range r.Elsewhere {
		rest, lists := c.WithoutLines(post.Message)
		if !lists || post.Old || post.Hidden {
			whose = append(whose, post.ID)
			continue
		}
		if rest == post.Message {
			continue // this one is done: only its earlier versions still name the conversation
		}
		if err := f.Posts.EditPost(ctx, post.ID, rest, nil); err != nil && !errors.Is(err, domain.ErrNotFound) {
			return false, err
		}
		return false, nil // the next pass finds the earlier version that the edit made
	}
	if len(whose) > 0 {
		if posts {
			err = f.Posts.ErasePosts(ctx, whose)
		} else {
			stays[StayPosts] = true
			err = f.Posts.HidePosts(ctx, shownOf(r.Elsewhere, whose))
		}
		if err != nil {
			return false, err
		}
	}
	if posts {
		err = f.Store.Unmention(ctx, c.ConversationID, idsOf(r.Elsewhere))
	}
	return len(r.Elsewhere) < erasePostBatch || !posts, err
}

func idsOf(posts []domain.RemainingPost) []string {
	ids := make([]string, len(posts))
	for i, p := range posts {
		ids[i] = p.ID
	}
	return ids
}

// shownOf returns those of the posts with the ids that people still see.
func shownOf(posts []domain.RemainingPost, ids []string) []string {
	var shown []string
	for _, p := range posts {
		if !p.Hidden && slices.Contains(ids, p.ID) {
			shown = append(shown, p.ID)
		}
	}
	return shown
}
