package jobs

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

const (
	// absenceEvery is how often one of the nodes compares conversations with the statuses of their attendants.
	absenceEvery = 5 * time.Second
	absenceBatch = 100
)

// Absences finds customers who wait for an attendant who is out of office or does not want to be disturbed, and
// attendants who are back. What is done about each is decided by service.Service.ChangeAbsence.
type Absences struct {
	Store    Store
	Change   func(ctx context.Context, change domain.AbsenceChange) error
	Settings func() domain.Settings
	Clock    domain.Clock
	Log      jobqueue.Logger
}

// Run changes a batch, if it is this node's turn. A conversation that fails does not hold up the others, and is tried again.
// While a queue is closed nobody waits in it, so that a stand-in is looked for when it opens.
func (a *Absences) Run(ctx context.Context) (more bool, err error) {
	mine, err := a.Store.TryInterval(ctx, "absences", absenceEvery)
	if err != nil || !mine {
		return false, err
	}
	queues, err := a.Store.Queues(ctx)
	if err != nil {
		return false, err
	}
	settings, now := a.Settings(), a.Clock.Now()
	var open []string
	for _, queue := range queues {
		if queue.Opening(settings).OpenAt(now) {
			open = append(open, queue.ID)
		}
	}
	changes, err := a.Store.AbsenceChanges(ctx, open, absenceBatch)
	if err != nil {
		return false, err
	}
	for _, change := range changes {
		if err := a.Change(ctx, change); err != nil && ctx.Err() == nil {
			a.Log.Warn("Could not follow the absence of an attendant", "conversation", change.ID, "error", err.Error())
		}
	}
	return false, nil
}
