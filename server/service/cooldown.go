package service

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// checkCooldown refuses a template that comes too soon after another one to the same contact,
// from whatever agent, queue or number. within is the conversation it would be sent in; nil =
// a new one.
//
// If the customer has answered (the window is open or over), an earlier template of the same
// conversation is no reason to wait, because they are talking. One of another conversation is.
//
// A supervisor may go on by confirming with a written reason, which is audited.
func (s *Service) checkCooldown(ctx context.Context, tx domain.Tx, contact *domain.Contact, within *domain.Conversation, use *templateUse, now int64) error {
	cooldown := s.cooldown()
	if cooldown == 0 || contact.LastTemplateAt == 0 || contact.LastTemplateAt+cooldown <= now {
		return nil
	}
	if within != nil && within.StateAt(now) != domain.Waiting && within.LastTemplateAt == contact.LastTemplateAt {
		return nil
	}
	last, err := tx.LastTemplate(contact.ID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil // the last one failed, so the customer has nothing
	} else if err != nil {
		return err
	}
	until := last.CreatedAt + cooldown
	if until <= now {
		return nil
	}
	who := s.username(ctx, last.AuthorID)
	name, err := tx.TemplateName(last.TemplateID)
	if err != nil {
		return err
	}
	refusal := domain.Refuse(domain.CodeCooldown, domain.T("refusal.cooldown", "Who", who, "Template", name, "At", last.CreatedAt, "Until", until).In(use.queue.TimeZone))
	refusal.NextAt = until
	if !use.supervisor {
		return refusal
	}
	refusal.Agree, refusal.NeedsReason = true, true
	if !use.confirm || use.reason == "" {
		if use.confirm {
			refusal.Fields = map[string]domain.Text{"reason": domain.T("refusal.reason_needed")}
		}
		return refusal
	}
	return tx.Audit(use.actorID, "cooldown_override", contact.ID, map[string]string{"reason": use.reason, "template": use.template.ID})
}

// coolingDown reports whether the cooldown would refuse a template in the conversation now.
func (s *Service) coolingDown(c *domain.Conversation, now int64) bool {
	return s.cooldownUntil(c, now) > now
}

// cooldownUntil is when another template may follow in the conversation, milliseconds since
// epoch; 0 = at once. Meta's own block of the contact counts too.
func (s *Service) cooldownUntil(c *domain.Conversation, now int64) int64 {
	until := c.Contact.BlockedUntil
	if c.StateAt(now) == domain.Waiting || c.LastTemplateAt != c.Contact.LastTemplateAt {
		if c.Contact.LastTemplateAt != 0 {
			until = max(until, c.Contact.LastTemplateAt+s.cooldown())
		}
	}
	if until <= now {
		return 0
	}
	return until
}

// cooldown returns the setting in milliseconds; 0 = there is no cooldown.
func (s *Service) cooldown() int64 {
	return int64(s.Settings().CooldownHours) * time.Hour.Milliseconds()
}
