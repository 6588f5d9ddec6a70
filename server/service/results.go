package service

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Results adds up what came of templates and conversations, of the queues that the actor
// supervises; a system admin gets those of all. CodeForbidden for anybody else. queueID "" = all
// that the actor may see. A filter without a period is for the current month, which is that of the queue's time zone where it is one queue.
func (s *Service) Results(ctx context.Context, actorID, queueID string, f domain.ResultsFilter) (*domain.Results, error) {
	var err error
	if f.QueueIDs, f.All, err = s.supervised(ctx, actorID, queueID); err != nil {
		return nil, err
	}
	zone, err := s.zoneOf(ctx, f.QueueIDs)
	if err != nil {
		return nil, err
	}
	f.Zone = s.zone().String()
	if f.Period != "" {
		var known bool
		if f.From, f.To, known = domain.Period(f.Period, time.UnixMilli(s.Clock.Now()).In(zone)); !known {
			return nil, domain.Refuse(domain.CodeInvalidField, domain.T("command.results_period"))
		}
	}
	if f.To == 0 {
		f.To = s.Clock.Now() + 1 // what happened in this millisecond is in
	}
	if f.From == 0 {
		to := time.UnixMilli(f.To - 1).In(zone)
		f.From = time.Date(to.Year(), to.Month(), 1, 0, 0, 0, 0, zone).UnixMilli()
	}
	results := &domain.Results{From: f.From, To: f.To, Zone: zone}
	results.Groups, results.Totals, err = s.Store.Results(ctx, &f)
	return results, err
}

// ResultsNow counts who waits for whom at this moment, in the queues whose results the actor may see.
func (s *Service) ResultsNow(ctx context.Context, actorID, queueID string) (*domain.ResultsNow, error) {
	queues, all, err := s.supervised(ctx, actorID, queueID)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	counts, err := s.Store.ResultsNow(ctx, queues, all, now)
	if err != nil {
		return nil, err
	}
	openings, err := s.openings(ctx, nil, false)
	if err != nil {
		return nil, err
	}
	total := &domain.ResultsNow{}
	for _, n := range counts {
		if n.LongestWaitSince > 0 {
			n.LongestWait = openings[n.QueueID].OpenTime(n.LongestWaitSince, now)
		}
		total.Add(n)
	}
	return total, nil
}

// zoneOf is the time zone in which the days of some queues begin: that of the settings where they are several.
func (s *Service) zoneOf(ctx context.Context, queueIDs []string) (*time.Location, error) {
	if len(queueIDs) != 1 {
		return s.zone(), nil
	}
	queue, err := s.Store.Queue(ctx, queueIDs[0])
	if errors.Is(err, domain.ErrNotFound) { // it was removed
		return s.zone(), nil
	} else if err != nil {
		return nil, err
	}
	return domain.ZoneOf(queue.TimeZone, s.zone()), nil
}

// zone is the time zone of days, where a queue has none of its own.
func (s *Service) zone() *time.Location {
	if zone := s.Settings().TimeZone; zone != nil {
		return zone
	}
	return time.UTC
}

// supervised returns the queues whose figures the actor may see, or whether they are those of all queues;
// CodeForbidden where they are none. queueID narrows them to one.
func (s *Service) supervised(ctx context.Context, actorID, queueID string) (ids []string, all bool, err error) {
	queues, all, err := s.supervisedQueues(ctx, actorID)
	if err != nil {
		return nil, false, err
	}
	if all && queueID != "" { // which may have been removed
		return []string{queueID}, false, nil
	}
	if all {
		return nil, true, nil
	}
	for _, queue := range queues {
		if queueID == "" || queue.ID == queueID {
			ids = append(ids, queue.ID)
		}
	}
	if len(ids) == 0 {
		return nil, false, domain.Refuse(domain.CodeForbidden, domain.T("refusal.supervisors_only"))
	}
	return ids, false, nil
}
