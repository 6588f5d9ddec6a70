package jobs

import (
	"context"
	"time"
)

const (
	// lateAfter is how long after an agreement a post of the other process can still come:
	// a process that lost its lease lives no longer than that without agreeing itself.
	lateAfter = 20 * time.Second
	// secondBatch is how many agreements are looked at in one run.
	secondBatch = 200
)

// SecondPosts takes back posts that stand twice. Processes that make the same post agree on
// one (see posting.EnsurePost). One that dies after its post, and before it agrees, leaves
// a second post, which nobody knows of if it came after the other process had looked. So
// each agreement is looked at once more when nothing can come any more. It does no harm on
// several nodes.
type SecondPosts struct {
	Store Store
	Posts Mattermost
}

// Run looks at a batch of agreements.
func (s *SecondPosts) Run(ctx context.Context) (more bool, err error) {
	agreed, err := s.Store.AgreedPosts(ctx, lateAfter, secondBatch)
	if err != nil {
		return false, err
	}
	looked := make([]string, 0, len(agreed))
	for _, a := range agreed {
		if err := s.Posts.RemoveSeconds(ctx, a.Key, a.PostID); err != nil {
			return false, err
		}
		looked = append(looked, a.Key)
	}
	return len(agreed) == secondBatch, s.Store.LookedAtAgreed(ctx, looked)
}
