package doctor

import (
	"context"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// strays looks for channels in which customers write and nobody reads: those of
// open conversations, and those of queues.
func (d *Doctor) strays(ctx context.Context) ([]domain.Finding, error) {
	archived, public, err := d.Store.CountStrays(ctx)
	if err != nil {
		return nil, err
	}
	open := domain.Finding{Check: "channel_archived", OK: archived+public == 0, Text: domain.T("doctor.channel_archived", "Archived", archived, "Public", public)}
	if !open.OK {
		open.Fix = domain.T("doctor.channel_archived_fix")
	}
	lost, err := d.Store.LostQueues(ctx)
	if err != nil {
		return nil, err
	}
	queues := domain.Finding{Check: "queue_channel", OK: len(lost) == 0, Text: domain.T("doctor.queue_channel", "Queues", strings.Join(lost, ", "))}
	if !queues.OK {
		queues.Fix = domain.T("doctor.queue_channel_fix")
	}
	return []domain.Finding{open, queues}, nil
}
