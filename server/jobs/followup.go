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
	// followUpLate is how long after its hour a missed follow-up is still sent. It is short enough
	// that nobody gets one at night.
	followUpLate = 9 * time.Hour
)

// FollowUp lists, once a day and for each owner, the customers who have not answered a
// template. It only stores the notices; Notices sends them with the lists.
type FollowUp struct {
	Store       Store
	Zone        func() *time.Location // the time zone of queues without one of their own
	WakeNotices func()
	Clock       domain.Clock
	Log         jobqueue.Logger
}

// Run checks whether the hour has come in one of the queues' time zones, if it is this node's turn.
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

// addIfDue stores the day's notices of a zone, once.
func (f *FollowUp) addIfDue(ctx context.Context, name string, zone *time.Location) error {
	now := f.Clock.Now()
	local := time.UnixMilli(now).In(zone)
	due := time.Date(local.Year(), local.Month(), local.Day(), domain.FollowUpHour, 0, 0, 0, zone)
	if local.Before(due) || !local.Before(due.Add(followUpLate)) {
		return nil
	}
	state := "followup:" + name
	done, err := f.Store.State(ctx, state)
	if err != nil || done >= due.UnixMilli() {
		return err
	}
	steps := domain.UnansweredSteps()
	before := due.Add(-steps[len(steps)-1].Least).UnixMilli()
	if err := f.Store.AddFollowUps(ctx, name, due.Format(time.DateOnly), before, now); err != nil {
		return err
	}
	f.WakeNotices()
	return f.Store.SetState(ctx, state, due.UnixMilli())
}
