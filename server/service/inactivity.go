package service

import (
	"context"
	"strconv"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// CheckInactivity acts if a customer has waited for our answer longer than the queue allows. An
// attendant who belongs to the queue is reminded once and keeps the conversation. An attendant
// who does not belong to it loses the conversation, which goes back to the queue. If nobody
// serves it, the queue is reminded once. Time counts within the queue's hours only. Nothing happens if we wait for the customer.
//
// The decision and the line or reminder about it are stored in one transaction, so that it
// happens once however many nodes check, and however often.
func (s *Service) CheckInactivity(ctx context.Context, id string) error {
	seen, err := s.Store.Conversation(ctx, id)
	if err != nil {
		return err
	}
	queue, err := s.Store.Queue(ctx, seen.QueueID)
	if err != nil {
		return err
	}
	linked := false
	if seen.AttendantID != "" {
		if linked, err = s.People.InQueue(ctx, seen.AttendantID, queue); err != nil {
			return err
		}
	}
	now := s.Clock.Now()
	conv, changed, err := s.applyAssignment(ctx, "", id, "idle", func(tx domain.Tx, c *domain.Conversation) (*assignmentChange, error) {
		if c.AttendantID != seen.AttendantID || c.QueueID != seen.QueueID {
			return nil, nil // the next check sees the new state
		}
		since, err := tx.CustomerWaits(id)
		if err != nil {
			return nil, err
		}
		// for an attendant who came later the time counts from then on
		begin := max(since, c.AttendedAt)
		limit := s.inactivityLimit(queue)
		switch {
		case since == 0 || c.ClosedAt != 0 || c.AbortedAt != 0 || c.RemindedAt == begin:
			return nil, tx.CheckInactivityAfter(id, 0)
		case limit == 0:
			return nil, tx.CheckInactivityAfter(id, begin)
		}
		if opening := queue.Opening(s.Settings()); opening.OpenTime(begin, now) < limit {
			due := opening.After(begin, limit)
			if due == 0 { // it never opens
				return nil, tx.CheckInactivityAfter(id, 0)
			}
			return nil, tx.CheckInactivityAfter(id, due-limit) // so that it is found again when it is due, and not at each round before
		}
		return s.applyInactivity(ctx, tx, c, linked, since, begin)
	})
	if err != nil || !changed {
		return err
	}
	return s.ChannelSync.SyncNow(ctx, conv.ID)
}

func (s *Service) applyInactivity(ctx context.Context, tx domain.Tx, c *domain.Conversation, linked bool, since, begin int64) (*assignmentChange, error) {
	details := map[string]string{"attendant": c.AttendantID, "since": strconv.FormatInt(since, 10)}
	switch {
	case c.AttendantID == "": // channelsync makes a new card of it
		c.RemindedAt = begin
		return &assignmentChange{details: details}, tx.CheckInactivityAfter(c.ID, 0)
	case linked:
		c.RemindedAt = begin
		key := "idle:" + c.ID + ":" + strconv.FormatInt(begin, 10)
		if err := tx.Remind(key, c.AttendantID, c.ID, domain.T("people.waiting", "Since", since), s.Clock.Now()); err != nil {
			return nil, err
		}
		return &assignmentChange{details: details}, tx.CheckInactivityAfter(c.ID, 0)
	default:
		line := domain.T("event.idle", "Who", s.username(ctx, c.AttendantID), "Since", since, "Owner", s.username(ctx, c.OwnerID))
		s.returnToQueue(c, c.QueueID, domain.QueuedIdle)
		return &assignmentChange{line, details}, tx.CheckInactivityAfter(c.ID, c.AttendedAt)
	}
}

// inactivityLimit returns how long a customer may wait in a queue, in milliseconds; 0 = for ever.
func (s *Service) inactivityLimit(queue *domain.Queue) int64 {
	minutes := queue.InactivityMinutes
	if minutes == 0 {
		minutes = s.Settings().InactivityMinutes
	}
	return int64(minutes) * time.Minute.Milliseconds()
}
