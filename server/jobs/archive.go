package jobs

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

const (
	archiveLease       = 30 * time.Second
	archiveBatch       = 20
	archiveConcurrency = 2 // few at a time, because archiving is not urgent
)

// Archive archives the channels of conversations that were closed long enough ago, because
// the server limits how many channels a team may have.
type Archive struct {
	Store    Store
	Posts    Mattermost
	Settings func() domain.Settings
	Clock    domain.Clock
	Log      jobqueue.Logger
}

// Run archives a batch.
func (a *Archive) Run(ctx context.Context) (more bool, err error) {
	now := a.Clock.Now()
	before := int64(0) // nothing was closed before that, so nothing is archived
	if days := a.Settings().ArchiveDays; days > 0 {
		before = now - int64(days)*24*time.Hour.Milliseconds()
	}
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(archiveLease))
	defer lease.End()
	claimed, err := a.Store.ClaimArchive(ctx, before, now, archiveLease, archiveBatch)
	if err != nil {
		return false, err
	}
	jobqueue.InParallel(archiveConcurrency, claimed, func(job domain.ArchiveJob) {
		if err := a.archive(ctx, job); err != nil && ctx.Err() == nil { // it is tried again when the lease has expired
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
		return nil // the conversation was erased meanwhile
	}
	if err != nil || still {
		return err
	}
	return a.Posts.Restore(ctx, job.ChannelID)
}
