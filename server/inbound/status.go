package inbound

import (
	"context"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// StatusHandler applies what Meta reports about the messages that we sent.
type StatusHandler struct {
	Store    Store
	Settings func() domain.Settings
	// ApplyFailure does what a failure requires beyond its message; leftAt is when
	// that left, milliseconds since epoch. See outbound.FailureEffects.
	ApplyFailure   func(ctx context.Context, m *domain.Message, v whatsapp.Verdict, leftAt int64) error
	WakeStatusSync func()
}

// unknownMessageTimeout is how long a status may be ahead of its message: the answer
// to our request, which carries the wamid, may still be on its way.
const unknownMessageTimeout = 30 * time.Second

// Handle moves a message's status forward, settles its charge and acts on a failure.
func (s *StatusHandler) Handle(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	status, err := item.Status()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	account, err := s.Store.AccountByNumber(ctx, item.PhoneNumberID)
	if errors.Is(err, domain.ErrNotFound) {
		return jobqueue.Dead("the number was removed"), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	change := domain.StatusChange{
		MessageID: status.CallbackData, WAMID: status.ID, Status: statusOf(status.Status), At: status.Timestamp,
		Person:       domain.WhatsAppIdentity{WAID: status.RecipientID, UserID: status.RecipientUserID, PhoneKey: domain.PhoneKey(status.RecipientID)},
		ServiceQuota: s.Settings().FreeServiceMessages,
	}
	if p := status.Pricing; p != nil {
		change.Priced, change.Category, change.PricingType = true, strings.ToLower(p.Category), strings.ToLower(p.Type)
		change.Billable = p.Billable == nil || *p.Billable
	}
	if len(status.Errors) > 0 {
		change.Reason = status.Errors[0].Code
	}
	m, advanced, err := s.Store.ApplyStatus(ctx, account.ID, change)
	if errors.Is(err, domain.ErrNotFound) {
		// measured by the job's age, so that several statuses of one such message wait together and not one after the other
		if time.Since(time.UnixMilli(job.CreatedAt)) < unknownMessageTimeout && change.MessageID == "" {
			return jobqueue.RetryIn(time.Second, "its message is not known yet"), nil
		}
		return jobqueue.Done(), nil // sent by another program over the same number
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	if m.Kind == whatsapp.TypeTemplate && m.Status.Reached() {
		if err := s.Store.Adopt(ctx, m.ID, change.At); err != nil {
			return jobqueue.Outcome{}, err
		}
	}
	if advanced {
		if m.Status == domain.Failed {
			if err := s.ApplyFailure(ctx, m, whatsapp.ClassifyCode(change.Reason), LeftAt(m, change.At)); err != nil {
				return jobqueue.Outcome{}, err
			}
		}
		s.WakeStatusSync()
	}
	return jobqueue.Done(), nil
}

// LeftAt is when a message left, milliseconds since epoch. A status may come long
// after that, and is about what was true then.
func LeftAt(m *domain.Message, statusAt int64) int64 {
	left := m.SentAt
	if left == 0 {
		left = m.CreatedAt // its acceptance is not recorded yet
	}
	if statusAt > 0 {
		left = min(left, statusAt)
	}
	return left
}

// statusOf translates Meta's word; "" is a word that we do not know, which changes nothing.
func statusOf(word string) domain.Status {
	switch word {
	case "sent":
		return domain.Sent
	case "delivered":
		return domain.Delivered
	case "read", "played":
		return domain.Read
	case "failed":
		return domain.Failed
	default:
		return ""
	}
}
