package service

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// holdFor is how long the outbound worker does not take the message of a start, which the start
// sends itself. It only has to cover the moment until its own sender has taken the message.
const holdFor = 10_000 // milliseconds

// Start begins an atendimento: it stores the conversation and its first message, sends the template,
// and only then lets the channel be made. If Meta refuses the template there is no channel, and
// Start returns a refusal. If the outcome is unknown the channel is made, and Started.Status says so.
// For a customer with an open conversation see startInExisting.
func (s *Service) Start(ctx context.Context, req domain.StartRequest) (*domain.Started, error) {
	p, err := s.prepareStart(ctx, &req)
	if err != nil {
		return nil, err
	}
	renames, err := s.mayRename(ctx, req.ActorID, p)
	if err != nil {
		return nil, err
	}
	var conv *domain.Conversation
	var existing *domain.Conversation
	messageID := s.NewID()
	err = s.Store.InTx(ctx, func(tx domain.Tx) error {
		contact, err := tx.LockContact(p.account, p.wanted)
		if err != nil {
			return err
		}
		existing, err = tx.OpenConversation(p.account.ID, contact.ID)
		if err == nil {
			return errExists // this rolls the transaction back, so nothing is written
		}
		if !errors.Is(err, domain.ErrNotFound) {
			return err
		}
		existing, p.renames = nil, renames == contact.ID
		now := s.moment(&p.templateUse)
		if err := s.checkStart(ctx, tx, contact, &p.templateUse, now); err != nil {
			return err
		}
		conv = &domain.Conversation{
			ID: s.NewID(), AccountID: p.account.ID, ContactID: contact.ID, QueueID: p.queue.ID, TeamID: p.queue.TeamID,
			OwnerID: req.ActorID, AttendantID: req.ActorID, LastTemplateAt: now, CreatedAt: now, UpdatedAt: now, Contact: *contact,
		}
		if err := tx.InsertConversation(conv); err != nil {
			return err
		}
		return s.storeTemplate(tx, conv, contact, &p.templateUse, messageID, now)
	})
	switch {
	case errors.Is(err, errExists):
		return s.startInExisting(ctx, &req, p, existing)
	case err != nil:
		s.noteBudget(ctx, p.queue.ID, err)
		return nil, err
	}
	return s.deliverTemplate(ctx, conv, &p.templateUse, messageID)
}

// errExists rolls back the transaction of a start whose customer has an open conversation.
var errExists = errors.New("the customer has an open conversation")

// checkStart makes those checks of a start for a person without an open conversation that need the
// rows, except for the plan.
func (s *Service) checkStart(ctx context.Context, tx domain.Tx, contact *domain.Contact, use *templateUse, now int64) error {
	if err := s.checkSend(tx, contact, nil, use, now); err != nil {
		return err
	}
	if err := s.checkCooldown(ctx, tx, contact, nil, use, now); err != nil {
		return err
	}
	if err := tx.LockQueue(use.queue.ID); errors.Is(err, domain.ErrNotFound) {
		return domain.RefuseField("queue", domain.T("refusal.unknown_queue"))
	} else if err != nil {
		return err
	}
	return s.checkTeamHasRoom(tx, use.queue)
}

// checkTeamHasRoom refuses a start if its channel could not be made because the team has as many
// channels as the server allows. It is called before anything is sent or charged.
func (s *Service) checkTeamHasRoom(tx domain.Tx, queue *domain.Queue) error {
	if s.ChannelLimit == nil {
		return nil
	}
	limit := s.ChannelLimit()
	if limit < 0 {
		return nil
	}
	room, err := tx.TeamHasRoom(queue.TeamID, limit)
	if err != nil || room {
		return err
	}
	return domain.Refuse(domain.CodeUnavailable, domain.T("refusal.team_full", "Limit", limit, "Queue", queue.Name))
}

// startInExisting handles a start for a customer who has an open conversation already. An actor who
// may see it gets a refusal that names it, and if they may act in it and have confirmed, the template
// is sent there instead. Anybody else gets a refusal without its id.
func (s *Service) startInExisting(ctx context.Context, req *domain.StartRequest, p *startPlan, existing *domain.Conversation) (*domain.Started, error) {
	refusal, err := s.refuseExisting(ctx, req, p, existing)
	if err != nil {
		return nil, err
	}
	if !refusal.Agree || !req.Confirm {
		return nil, refusal
	}
	use := p.templateUse
	use.renames = true // the actor may see the conversation, see mayRename
	started, err := s.sendTemplate(ctx, existing.ID, &use)
	if started != nil {
		started.Existing = true
	}
	return started, err
}

// refuseExisting returns the refusal of a start for a customer who has an open conversation. It names
// the conversation if the actor may see it, and can be confirmed if they may act in it.
func (s *Service) refuseExisting(ctx context.Context, req *domain.StartRequest, p *startPlan, existing *domain.Conversation) (*domain.Refusal, error) {
	queue, err := s.queueOf(ctx, existing)
	if err != nil {
		return nil, err
	}
	name := ""
	if queue != nil {
		name = queue.Name
	}
	visible, err := s.maySee(ctx, req.ActorID, existing, queue)
	if err != nil {
		return nil, err
	}
	refusal := domain.Refuse(domain.CodeConversationExists, domain.T("refusal.conversation_exists", "Customer", existing.Contact.Name, "Owner", s.username(ctx, existing.OwnerID), "Queue", name))
	if !visible {
		return refusal, nil
	}
	refusal.ConversationID = existing.ID
	if err := s.mayAct(ctx, req.ActorID, existing, queue); err != nil {
		if _, no := domain.AsRefusal(err); no {
			return refusal, nil
		}
		return nil, err
	}
	refusal.Agree = true
	now := s.Clock.Now()
	refusal.NeedsReason = p.supervisor && (s.coolingDown(existing, now) || !p.queue.TemplateOpening(s.Settings()).OpenAt(now))
	return refusal, nil
}

func (s *Service) username(ctx context.Context, userID string) domain.Username {
	if userID == "" {
		return ""
	}
	name, err := s.People.Username(ctx, userID)
	if err != nil {
		return ""
	}
	return domain.Username(name)
}
