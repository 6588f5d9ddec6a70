package service

import (
	"context"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// SendTemplate sends another template in a conversation, if its state, the
// cooldown and the plan allow it.
func (s *Service) SendTemplate(ctx context.Context, req domain.TemplateRequest) (*domain.Started, error) {
	conv, queue, err := s.conversationToAct(ctx, req.ActorID, req.ConversationID)
	if err != nil {
		return nil, err
	}
	if queue == nil {
		return nil, queueGone()
	}
	use, err := s.prepareTemplate(ctx, req.ActorID, queue, conv.AccountID, req.Template, req.Variables, 0)
	if err != nil {
		return nil, err
	}
	use.confirm, use.reason, use.since, use.request = req.Confirm, cleanReason(req.Reason), req.Since, req.Request
	return s.sendTemplate(ctx, conv.ID, use)
}

func (s *Service) sendTemplate(ctx context.Context, conversationID string, use *templateUse) (*domain.Started, error) {
	var conv *domain.Conversation
	messageID := s.NewID()
	err := s.Store.InTx(ctx, func(tx domain.Tx) error {
		var err error
		if conv, err = tx.LockConversation(conversationID); err != nil {
			return err
		}
		contact := &conv.Contact
		now := s.moment(use)
		if use.since != 0 && conv.LastTemplateAt > use.since { // one form, submitted twice: one confirmation, one template
			return domain.Refuse(domain.CodeCooldown, domain.T("refusal.sent_meanwhile"))
		}
		if err := s.checkTemplate(ctx, tx, contact, conv, use, now); err != nil {
			return err
		}
		conv.LastTemplateAt, conv.UpdatedAt = now, now
		if err := tx.UpdateConversation(conv); err != nil {
			return err
		}
		return s.storeTemplate(tx, conv, contact, use, messageID, now)
	})
	if err != nil {
		s.noteBudget(ctx, use.queue.ID, err)
		return nil, err
	}
	return s.deliverTemplate(ctx, conv, use, messageID)
}

// checkTemplate makes those checks of another template in a conversation that need its row, except for the plan.
func (s *Service) checkTemplate(ctx context.Context, tx domain.Tx, contact *domain.Contact, conv *domain.Conversation, use *templateUse, now int64) error {
	if err := s.checkSend(tx, contact, conv, use, now); err != nil {
		return err
	}
	if conv.StateAt(now) == domain.Open && !use.confirm {
		text := domain.T("refusal.window_open_template")
		return &domain.Refusal{Code: domain.CodeInvalidField, Text: text, Fields: map[string]domain.Text{"confirm": text}, Agree: true}
	}
	return s.checkCooldown(ctx, tx, contact, conv, use, now)
}

// storeTemplate reserves the money and stores the message with its outbox job.
func (s *Service) storeTemplate(tx domain.Tx, conv *domain.Conversation, contact *domain.Contact, use *templateUse, messageID string, now int64) error {
	plan, spent, err := tx.LockPlan(use.queue.ID, domain.MonthStart(now))
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	price, refusal := priceOf(plan, spent, use.queue, use.template, now)
	if refusal != nil {
		return refusal
	}
	m := &domain.Message{
		ID: messageID, ConversationID: conv.ID, AccountID: conv.AccountID, ContactID: contact.ID,
		Direction: domain.Outbound, Kind: domain.KindTemplate, AuthorID: use.actorID, Status: domain.Pending,
		Text: use.composed.Text, TemplateID: use.template.ID, Category: strings.ToLower(use.template.Category), OverHours: use.overHours, CreatedAt: now,
	}
	if err := tx.InsertMessage(m); err != nil {
		return err
	}
	if err := tx.InsertCharge(&domain.Charge{
		MessageID: m.ID, ConversationID: conv.ID, AccountID: conv.AccountID, QueueID: use.queue.ID, AgentID: use.actorID,
		TemplateID: m.TemplateID, Category: m.Category, Amount: price, Currency: plan.Currency, State: domain.ChargeReserved, At: now,
	}); err != nil {
		return err
	}
	contact.LastTemplateAt, contact.UpdatedAt = now, now
	if err := tx.UpdateContact(contact); err != nil {
		return err
	}
	if use.consented {
		if err := tx.Audit(use.actorID, domain.AuditConsent, contact.ID, contact.Consent().Details(domain.ConsentNone)); err != nil {
			return err
		}
	}
	if err := linkRequest(tx, use.request, conv.ID, messageID); err != nil {
		return err
	}
	if err := linkScheduled(tx, use.scheduled, conv.ID, messageID); err != nil {
		return err
	}
	if err := s.storeWantedContact(tx, contact, use, messageID, now); err != nil {
		return err
	}
	if err := tx.Enqueue(m, use.composed.Outgoing, holdFor); err != nil {
		return err
	}
	return tx.Audit(use.actorID, "template_sent", conv.ID, map[string]string{"template": m.TemplateID, "message": m.ID})
}

// priceOf returns what a template costs by a queue's approved plan (nil = it has none), of which
// some was spent this month, or the refusal of one that the plan does not bear. The price is
// returned beside the refusal of a plan that has too little left.
func priceOf(plan *domain.Plan, spent domain.Money, queue *domain.Queue, template *domain.Template, now int64) (domain.Money, *domain.Refusal) {
	if plan == nil {
		return 0, domain.Refuse(domain.CodeNoPlan, domain.T("refusal.no_plan", "Queue", queue.Name))
	}
	price := plan.PricesAt(now).Of(template.Category)
	if spent+price > plan.MonthlyLimit {
		return price, domain.Refuse(domain.CodeBudgetSpent, domain.T("refusal.budget_spent", "Queue", queue.Name, "Limit", int64(plan.MonthlyLimit), "Spent", int64(spent), "Currency", plan.Currency))
	}
	return price, nil
}

// noteBudget reports that a queue's plan refused a template. The transaction was rolled back, so
// nothing else records it.
func (s *Service) noteBudget(ctx context.Context, queueID string, err error) {
	if refusal, ok := domain.AsRefusal(err); ok && refusal.Code == domain.CodeBudgetSpent && s.BudgetSpent != nil {
		s.BudgetSpent(ctx, queueID)
	}
}

// deliverTemplate sends what storeTemplate stored, and returns the result or a refusal.
func (s *Service) deliverTemplate(ctx context.Context, conv *domain.Conversation, use *templateUse, messageID string) (*domain.Started, error) {
	delivery, err := s.SendNow(ctx, messageID)
	if err != nil {
		return nil, err
	}
	if delivery.Status == domain.NotSent && delivery.Reason != 0 { // somebody stopped it since it was confirmed
		contact := &conv.Contact
		if now, err := s.Store.Conversation(ctx, conv.ID); err == nil {
			contact = &now.Contact
		}
		return nil, s.sendCheck(use, contact, conv).RefusalFor(delivery.Reason, s.Clock.Now(), use.queue.TimeZone)
	}
	if delivery.Status == domain.Failed || delivery.Status == domain.NotSent {
		return nil, s.refusedDelivery(ctx, conv, delivery)
	}
	if err := s.ChannelSync.SyncNow(ctx, conv.ID); err != nil {
		delivery.Status = domain.Unknown // it went out; channelsync's own runs make the channel
	}
	if delivery.Status == domain.Pending {
		delivery.Status = domain.Unknown // the outbound worker goes on with it
	}
	if conv, err = s.Store.Conversation(ctx, conv.ID); err != nil {
		return nil, err
	}
	if conv.AbortedAt != 0 { // refused while the outbound worker went on with it: the agent gets a direct message with the reason
		return nil, domain.Refuse(domain.CodeMetaRefused, domain.T("refusal.refused_meanwhile"))
	}
	return &domain.Started{Conversation: conv, Status: delivery.Status}, nil
}

// refusedDelivery returns the refusal for a template that Meta did not take. If the customer wrote
// while a start was being carried out, its conversation goes on all the same and the refusal names it.
func (s *Service) refusedDelivery(ctx context.Context, conv *domain.Conversation, d domain.Delivery) error {
	r := refusedByMeta(d)
	if conv.ChannelID != "" {
		return r
	}
	if now, err := s.Store.Conversation(ctx, conv.ID); err != nil || now.AbortedAt != 0 {
		return r // the agent needs to know why the template failed, not this error
	}
	r.ConversationID = conv.ID
	r.Text = domain.T("refusal.refused_but_wrote", "Words", d.Words)
	_ = s.ChannelSync.SyncNow(ctx, conv.ID) // if it fails, channelsync's own runs make the channel
	return r
}

// refusedByMeta returns a refusal with Meta's explanation, at the field that caused it if that is known.
func refusedByMeta(d domain.Delivery) *domain.Refusal {
	if d.Words == nil {
		return domain.Refuse(domain.CodeUnavailable, domain.T("refusal.whatsapp_unavailable"))
	}
	text := domain.T("refusal.meta", "Words", d.Words)
	r := &domain.Refusal{Code: domain.CodeMetaRefused, Text: text, MetaCode: d.MetaCode}
	if d.Element != "" {
		r.Fields = map[string]domain.Text{d.Element: text}
	}
	return r
}
