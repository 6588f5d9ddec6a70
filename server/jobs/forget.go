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
	forgetLease = 2 * time.Minute
	forgetRound = 90 * time.Second // what one conversation may take of it
	forgetHands = 4
	forgetPosts = 200 // of one conversation in a round
	// forgetAgain is when a conversation is gone through once more: by then
	// whoever was in the middle of something when the person was erased is done.
	forgetAgain = 2 * time.Minute
	// forgetPause grows with each failure in a row, to forgetLongest.
	forgetPause   = 5 * time.Second
	forgetLongest = 6 * time.Hour
	// forgetStubborn is after how many failures in a row one goes on without files that no post can be made for.
	forgetStubborn = 6
)

// What the server's settings can keep of a person: kinds of Remains.
const (
	StayPosts = "posts" // texts, hidden, in its table of posts
	StayFiles = "files" // files and what it knows of them
)

// ErasureStore is what Forgetting reads and notes.
type ErasureStore interface {
	ClaimForget(ctx context.Context, contactID string, lease time.Duration, n int) ([]domain.ErasedConversation, error)
	ForgetLater(ctx context.Context, conversationID string, delay time.Duration) error
	ForgetOn(ctx context.Context, conversationID string) error
	ForgetPassed(ctx context.Context, conversationID string, stays []string, next time.Duration) error
	ForgetStays(ctx context.Context) error
	Remains(ctx context.Context, f *domain.ErasedConversation, botIDs []string, n int) (*domain.Remains, error)
	Unmention(ctx context.Context, conversationID string, postIDs []string) error
	EraseAgain(ctx context.Context, contactID string, now int64) error
}

// ErasurePosts is what it lets Mattermost do. What is not there (any more) is no error.
type ErasurePosts interface {
	// MayErase tells what the server's settings let us remove for good.
	MayErase() (posts, channels bool)
	// ErasePosts removes posts for good, with their files, replies and reactions.
	ErasePosts(ctx context.Context, postIDs []string) error
	// EraseChannel removes a channel for good, with its posts.
	EraseChannel(ctx context.Context, channelID string) error
	// Nameless takes name and header off a channel.
	Nameless(ctx context.Context, channelID string) error
	// HidePosts deletes posts as people do: nobody sees them, the rows stay.
	HidePosts(ctx context.Context, postIDs []string) error
	// Unarchive brings an archived channel back: the server hides no post of one.
	Unarchive(ctx context.Context, channelID string) error
	Archive(ctx context.Context, channelID string) error
	// HangLoose puts files that are on no post onto one, by which they can be removed.
	HangLoose(ctx context.Context, channelID, userID string, fileIDs []string) error
	DropDraft(ctx context.Context, channelID string, d domain.ServerDraft) error
	EditPost(ctx context.Context, postID, message string, props map[string]any) error
}

// Erasure takes out of Mattermost what an erasure left to do: the channel of
// each conversation, its posts and files, and what our own posts elsewhere say
// of it. Each conversation is a row that was stored with the erasure; it is
// gone through again until nothing is left, and once more after a while. One
// that fails holds up no other.
type Erasure struct {
	Store  ErasureStore
	Posts  ErasurePosts
	BotIDs []string // the users as whom we post
	Clock  domain.Clock
	Log    jobqueue.Logger

	allowed [2]bool // MayErase in the last round
}

// Round goes through a batch.
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

// Of goes through the conversations of one contact now, each once. What is
// left, or fails, is the rounds' business.
func (f *Erasure) RunFor(ctx context.Context, contactID string) error {
	for {
		if more, err := f.batch(ctx, contactID); err != nil || !more {
			return err
		}
	}
}

func (f *Erasure) batch(ctx context.Context, contactID string) (more bool, err error) {
	claimed, err := f.Store.ClaimForget(ctx, contactID, forgetLease, forgetHands)
	if err != nil {
		return false, err
	}
	jobqueue.InParallel(forgetHands, claimed, func(c domain.ErasedConversation) {
		if err := f.eraseConversation(ctx, &c); err != nil && ctx.Err() == nil {
			f.Log.Warn("Could not forget a conversation, it is tried again", "conversation", c.ConversationID, "attempts", c.Attempts+1, "error", err.Error())
			if err := f.Store.ForgetLater(ctx, c.ConversationID, jobqueue.GrowingPause(forgetPause, forgetLongest, c.Attempts+1)); err != nil {
				f.Log.Warn("Could not put off forgetting", "conversation", c.ConversationID, "error", err.Error())
			}
		}
	})
	return len(claimed) == forgetHands, nil
}

// one goes through one conversation, or as far as a round takes.
func (f *Erasure) eraseConversation(ctx context.Context, c *domain.ErasedConversation) error {
	ctx, cancel := context.WithTimeout(ctx, forgetRound)
	defer cancel()
	if c.Passes > 0 {
		if err := f.Store.EraseAgain(ctx, c.ContactID, f.Clock.Now()); err != nil {
			return err
		}
	}
	r, err := f.Store.Remains(ctx, c, f.BotIDs, forgetPosts)
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
		next = forgetAgain
	}
	kinds := []string{}
	for _, kind := range []string{StayPosts, StayFiles} {
		if stays[kind] {
			kinds = append(kinds, kind)
		}
	}
	return f.Store.ForgetPassed(ctx, c.ConversationID, kinds, next)
}

// channel takes the conversation's channel away; whole is false where there is more to do.
func (f *Erasure) eraseChannel(ctx context.Context, c *domain.ErasedConversation, r *domain.Remains, stays map[string]bool) (whole bool, err error) {
	for _, d := range r.Drafts {
		if err := f.Posts.DropDraft(ctx, c.ChannelID, d); err != nil {
			return false, err
		}
	}
	posts, channels := f.Posts.MayErase()
	if c.Attempts >= forgetStubborn && len(r.Loose) > 0 { // they keep the rest no longer
		r.Loose, stays[StayFiles] = nil, true
	}
	files := len(r.WithFiles) > 0 || len(r.Loose) > 0
	switch {
	case posts && files:
		if err := f.erasePostsWithFiles(ctx, c, r); err != nil {
			return false, err
		}
		return false, nil // look again: what is left has no files
	case channels && !files: // with files they could never be removed any more: nobody could name them
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
	if len(left) == forgetPosts {
		return false, nil
	}
	return true, f.Posts.Archive(ctx, c.ChannelID)
}

// files removes the posts that have files, and with them the files. Those that
// are on no post get one first.
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

// elsewhere removes our posts in other channels that tell of the conversation.
// From one that lists several conversations it takes the lines of this one.
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
			continue // done, and what it said before is in its old versions
		}
		if err := f.Posts.EditPost(ctx, post.ID, rest, nil); err != nil && !errors.Is(err, domain.ErrNotFound) {
			return false, err
		}
		return false, nil // look again, for what it said before
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
	return len(r.Elsewhere) < forgetPosts || !posts, err
}

func idsOf(posts []domain.RemainingPost) []string {
	ids := make([]string, len(posts))
	for i, p := range posts {
		ids[i] = p.ID
	}
	return ids
}

// shownOf are those of some posts that people still see.
func shownOf(posts []domain.RemainingPost, ids []string) []string {
	var shown []string
	for _, p := range posts {
		if !p.Hidden && slices.Contains(ids, p.ID) {
			shown = append(shown, p.ID)
		}
	}
	return shown
}
