package jobs

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

const (
	archiveLease = 30 * time.Second
	archiveBatch = 20
	archiveHands = 2 // archiving is in no hurry
)

// ArchiveStore is what archiving needs.
type ArchiveStore interface {
	// ClaimArchive leases up to n conversations that were closed before a moment
	// and are shown to the end, and those an earlier try left. From then on they
	// count as archived: no customer's message reopens them.
	ClaimArchive(ctx context.Context, closedBefore, now int64, lease time.Duration, n int) ([]domain.ArchiveJob, error)
	// Archived ends it; still is false where the conversation was reopened meanwhile.
	Archived(ctx context.Context, id string) (still bool, err error)
}

// Archive archives the channels of conversations that were closed long enough
// ago: a team may have so many channels and no more.
type Archive struct {
	Store ArchiveStore
	Posts interface {
		Archive(ctx context.Context, channelID string) error
		Restore(ctx context.Context, channelID string) error
	}
	Settings func() domain.Settings
	Clock    domain.Clock
	Log      jobqueue.Logger
}

// Round archives a batch.
func (a *Archive) Run(ctx context.Context) (more bool, err error) {
	now := a.Clock.Now()
	before := int64(0) // never
	if days := a.Settings().ArchiveDays; days > 0 {
		before = now - int64(days)*24*time.Hour.Milliseconds()
	}
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(archiveLease))
	defer lease.End()
	claimed, err := a.Store.ClaimArchive(ctx, before, now, archiveLease, archiveBatch)
	if err != nil {
		return false, err
	}
	jobqueue.InParallel(archiveHands, claimed, func(job domain.ArchiveJob) {
		if err := a.archive(ctx, job); err != nil && ctx.Err() == nil { // the lease runs out, then it is tried again
			a.Log.Warn("Could not archive a conversation's channel", "conversation", job.ID, "error", err.Error())
		}
	})
	return len(claimed) >= archiveBatch, nil
}

func (a *Archive) archive(ctx context.Context, job domain.ArchiveJob) error {
	if job.Archive {
		if err := a.Posts.Archive(ctx, job.ChannelID); err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	still, err := a.Store.Archived(ctx, job.ID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil // erased meanwhile
	}
	if err != nil || still {
		return err
	}
	return a.Posts.Restore(ctx, job.ChannelID)
}
