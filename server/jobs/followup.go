package jobs

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

const (
	followUpEvery = 10 * time.Second
	// followUpLate is until how long after its hour a missed follow-up is made up for: nobody is written to at night.
	followUpLate = 9 * time.Hour
)

// FollowUpStore is what the daily follow-up needs.
type FollowUpStore interface {
	TryInterval(ctx context.Context, name string, every time.Duration) (bool, error)
	State(ctx context.Context, name string) (int64, error)
	SetState(ctx context.Context, name string, value int64) error
	// QueueZones are the time zones (IANA names) that queues have, "" among them.
	QueueZones(ctx context.Context) ([]string, error)
	// AddFollowUps leaves a notice, one a person and day, for whoever is
	// responsible for a conversation of a queue in the zone whose customer has
	// not answered a template sent before a moment.
	AddFollowUps(ctx context.Context, zone, day string, before, now int64) error
}

// FollowUp tells everybody who is responsible, once a day, which customers have
// not answered. The notices that it leaves are told by Notices.
type FollowUp struct {
	Store FollowUpStore
	Zone  func() *time.Location // of queues that have none
	WakeNotices  func()                // wakes the notices
	Clock domain.Clock
	Log   jobqueue.Logger
}

// Round looks whether it is time in some zone, if it is this node's turn.
func (f *FollowUp) Run(ctx context.Context) (more bool, err error) {
	mine, err := f.Store.TryInterval(ctx, "followup", followUpEvery)
	if err != nil || !mine {
		return false, err
	}
	zones, err := f.Store.QueueZones(ctx)
	if err != nil {
		return false, err
	}
	for _, name := range zones {
		zone, err := f.zone(name)
		if err != nil {
			f.Log.Warn("A queue has no such time zone", "zone", name)
			continue
		}
		if err := f.addIfDue(ctx, name, zone); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (f *FollowUp) zone(name string) (*time.Location, error) {
	if name == "" {
		return f.Zone(), nil
	}
	zone, err := time.LoadLocation(name)
	return zone, errors.Wrap(err, "could not load a time zone")
}

// look leaves the day's notices of a zone, once.
func (f *FollowUp) addIfDue(ctx context.Context, name string, zone *time.Location) error {
	now := f.Clock.Now()
	local := time.UnixMilli(now).In(zone)
	due := time.Date(local.Year(), local.Month(), local.Day(), domain.FollowUpHour, 0, 0, 0, zone)
	if local.Before(due) || !local.Before(due.Add(followUpLate)) {
		return nil
	}
	fact := "followup:" + name
	done, err := f.Store.State(ctx, fact)
	if err != nil || done >= due.UnixMilli() {
		return err
	}
	steps := domain.UnansweredSteps()
	before := due.Add(-steps[len(steps)-1].Least).UnixMilli()
	if err := f.Store.AddFollowUps(ctx, name, due.Format(time.DateOnly), before, now); err != nil {
		return err
	}
	f.WakeNotices()
	return f.Store.SetState(ctx, fact, due.UnixMilli())
}
