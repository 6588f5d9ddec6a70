package relay

import (
	"context"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Statuses takes what Meta says became of our messages.
type Statuses struct {
	Store interface {
		StatusStore
		AccountByNumber(ctx context.Context, phoneNumberID string) (*conversation.Account, error)
	}
	Effects interface {
		OfFailure(ctx context.Context, m *conversation.Message, v whatsapp.Verdict, left int64) error
	}
	Settings func() conversation.Settings
	Shown    func() // wakes the ticks
}

// statusPatience is how long a status may be ahead of its message: the answer
// to our request, which carries the wamid, may still be on its way.
const statusPatience = 30 * time.Second

// Handle moves a message's status forward, settles its charge and acts on a failure.
func (s *Statuses) Handle(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	status, err := item.Status()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	account, err := s.Store.AccountByNumber(ctx, item.PhoneNumberID)
	if errors.Is(err, conversation.ErrNotFound) {
		return jobqueue.Dead("the number was removed"), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	change := StatusChange{
		MessageID: status.CallbackData, WAMID: status.ID, Status: statusOf(status.Status), At: status.Timestamp,
		Person:       Person{WAID: status.RecipientID, UserID: status.RecipientUserID, PhoneKey: conversation.PhoneKey(status.RecipientID)},
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
	if errors.Is(err, conversation.ErrNotFound) {
		// by age, so that several statuses of one such message wait together and not one after the other
		if time.Since(time.UnixMilli(job.CreatedAt)) < statusPatience && change.MessageID == "" {
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
		if m.Status == conversation.Failed {
			if err := s.Effects.OfFailure(ctx, m, whatsapp.ClassifyCode(change.Reason), leftAt(m, change.At)); err != nil {
				return jobqueue.Outcome{}, err
			}
		}
		s.Shown()
	}
	return jobqueue.Done(), nil
}

// leftAt is when a message left, milliseconds since epoch: its status, with
// Meta's timestamp, may tell long after what was true then.
func leftAt(m *conversation.Message, statusAt int64) int64 {
	left := m.SentAt
	if left == 0 {
		left = m.CreatedAt // its acceptance is not recorded yet
	}
	if statusAt > 0 {
		left = min(left, statusAt)
	}
	return left
}

// statusOf reads Meta's word; a word without meaning to us is "" and moves nothing.
func statusOf(word string) conversation.Status {
	switch word {
	case "sent":
		return conversation.Sent
	case "delivered":
		return conversation.Delivered
	case "read", "played":
		return conversation.Read
	case "failed":
		return conversation.Failed
	default:
		return ""
	}
}
