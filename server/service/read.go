package service

import (
	"context"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// View returns a conversation if the actor may see it, else a refusal with CodeNotFound.
func (s *Service) View(ctx context.Context, actorID, id string) (*domain.View, error) {
	conv, queue, err := s.conversationToSee(ctx, actorID, id)
	if err != nil {
		return nil, err
	}
	if err := s.Store.AddLastMessages(ctx, []*domain.Conversation{conv}); err != nil {
		return nil, err
	}
	view := s.view(conv)
	view.NextTemplate = s.nextTemplate(view, queue)
	if err := s.addTextPrice(ctx, view); err != nil {
		return nil, err
	}
	if conv.WaitsSince != 0 && queue != nil {
		view.Waits = queue.Opening(s.Settings()).OpenTime(conv.WaitsSince, s.Clock.Now())
	}
	return view, nil
}

// ViewChannel returns the conversation of a channel.
func (s *Service) ViewChannel(ctx context.Context, actorID, channelID string) (*domain.View, error) {
	conv, err := s.Store.ConversationByChannel(ctx, channelID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, domain.Refuse(domain.CodeNotFound, domain.T("refusal.not_a_conversation"))
	} else if err != nil {
		return nil, err
	}
	return s.View(ctx, actorID, conv.ID)
}

// nextTemplate returns why no template may go to a conversation's customer now; nil = one may. What the template itself
// brings, such as a customer who wants no marketing, is not known here.
func (s *Service) nextTemplate(view *domain.View, queue *domain.Queue) *domain.Refusal {
	if queue == nil {
		return queueGone()
	}
	now := s.Clock.Now()
	settings := s.Settings()
	check := &domain.SendCheck{Contact: &view.Contact, QueueID: queue.ID, RequireConsent: settings.RequireConsent, Hours: queue.TemplateOpening(settings)}
	refusal := check.AnyTemplate(now, queue.TimeZone)
	if refusal != nil && refusal.Code != domain.CodeQuietHours || view.CooldownUntil <= now {
		return refusal
	}
	at := view.CooldownUntil
	if opens := check.Hours.NextOpening(at); opens > at {
		at = opens
	}
	refusal = domain.Refuse(domain.CodeCooldown, domain.T("refusal.next_template", "Until", at).In(queue.TimeZone))
	refusal.NextAt = at
	return refusal
}

// addTextPrice adds to an open conversation what the next free text would cost, by the plan of its queue: nothing while its
// number has free ones left this month. What Meta lets go free for reasons of its own is not known before it was sent.
func (s *Service) addTextPrice(ctx context.Context, view *domain.View) error {
	if view.State != domain.Open {
		return nil
	}
	now := s.Clock.Now()
	plan, err := s.Store.PlanOfQueue(ctx, view.QueueID)
	if errors.Is(err, domain.ErrNotFound) || err == nil && !plan.Approved {
		return nil
	} else if err != nil {
		return err
	}
	price := plan.PricesAt(now).Service
	if price == 0 {
		return nil
	}
	free := s.Settings().FreeServiceMessages
	used, err := s.Store.ServiceMessages(ctx, view.AccountID, domain.MonthStart(now), free)
	if err == nil && used >= free {
		view.NextText, view.Currency = price, plan.Currency
	}
	return err
}

// List returns a page of the conversations the actor may see, and how many there are.
func (s *Service) List(ctx context.Context, actorID string, f domain.Filter) ([]*domain.View, int, error) {
	queues, all, err := s.visibleQueues(ctx, actorID)
	if err != nil {
		return nil, 0, err
	}
	openings, err := s.openings(ctx, queues, all)
	if err != nil {
		return nil, 0, err
	}
	filter := s.listFilter(f, openings)
	convs, total, err := s.Store.ListConversations(ctx, actorID, idsOf(queues), all, filter)
	if err != nil {
		return nil, 0, err
	}
	if err := s.Store.AddLastMessages(ctx, convs); err != nil {
		return nil, 0, err
	}
	views := make([]*domain.View, len(convs))
	for i, c := range convs {
		views[i] = s.view(c)
		if c.WaitsSince != 0 {
			views[i].Waits = openings[c.QueueID].OpenTime(c.WaitsSince, filter.Now)
		}
	}
	return views, total, nil
}

// openings says when somebody answers in each queue, by its id, for a reader whose queues visibleQueues returned. All queues are in it,
// because people see conversations of others too, as members of their channels.
func (s *Service) openings(ctx context.Context, queues []*domain.Queue, all bool) (map[string]domain.Opening, error) {
	if !all {
		var err error
		if queues, err = s.Store.Queues(ctx); err != nil {
			return nil, err
		}
	}
	openings := make(map[string]domain.Opening, len(queues))
	for _, queue := range queues {
		openings[queue.ID] = queue.Opening(s.Settings())
	}
	return openings, nil
}

// waitsSince returns when a wait must have begun to have lasted for as long as a filter asks, in the queues that are not always open.
func waitsSince(openings map[string]domain.Opening, f domain.ListFilter) map[string]int64 {
	if f.Waiting == nil || *f.Waiting == 0 {
		return nil
	}
	latest := map[string]int64{}
	for id, opening := range openings {
		if !opening.Hours.Empty() {
			latest[id] = opening.Before(f.Now, f.Waiting.Milliseconds())
		}
	}
	return latest
}

// EachConversation calls fn with every conversation of a list, oldest first, until fn returns an
// error. The page of the filter is ignored. That somebody takes all of a list away is audited.
func (s *Service) EachConversation(ctx context.Context, actorID string, f domain.Filter, fn func(*domain.ConversationRow) error) error {
	queues, all, err := s.visibleQueues(ctx, actorID)
	if err != nil {
		return err
	}
	if err := s.Store.Audit(ctx, actorID, "conversations_exported", f.QueueID, nil); err != nil {
		return err
	}
	filter, err := s.listFilterOf(ctx, f, queues, all)
	if err != nil {
		return err
	}
	return s.Store.EachConversation(ctx, actorID, idsOf(queues), all, filter, fn)
}

// listFilterOf is listFilter for a caller who needs the openings for nothing else: they are read only where a wait is asked for.
func (s *Service) listFilterOf(ctx context.Context, f domain.Filter, queues []*domain.Queue, all bool) (filter domain.ListFilter, err error) {
	var openings map[string]domain.Opening
	if f.Waiting != nil {
		if openings, err = s.openings(ctx, queues, all); err != nil {
			return filter, err
		}
	}
	return s.listFilter(f, openings), nil
}

// listFilter adds what the store cannot know: the time, whether the query is a document, and since when somebody must have waited.
func (s *Service) listFilter(f domain.Filter, openings map[string]domain.Opening) domain.ListFilter {
	lf := domain.ListFilter{Filter: f, Now: s.Clock.Now()}
	lf.Query = strings.TrimSpace(lf.Query)
	if doc, ok := domain.ParseDocument(lf.Query); ok {
		lf.Document = doc
	}
	lf.WaitsSince = waitsSince(openings, lf)
	return lf
}

// QueuesOf returns the queues in which the user is an agent and may therefore start conversations.
func (s *Service) QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error) {
	return s.People.QueuesOf(ctx, userID)
}

// Messages returns a page of a conversation's messages, oldest first.
func (s *Service) Messages(ctx context.Context, actorID, id string, page, perPage int) ([]*domain.Message, int, error) {
	if _, _, err := s.conversationToSee(ctx, actorID, id); err != nil {
		return nil, 0, err
	}
	return s.Store.Messages(ctx, id, page, perPage)
}

// MessageOfPost returns the message of a post in a conversation; ErrNotFound if the post is no message.
func (s *Service) MessageOfPost(ctx context.Context, actorID, id, postID string) (*domain.Message, error) {
	if _, _, err := s.conversationToSee(ctx, actorID, id); err != nil {
		return nil, err
	}
	message, err := s.Store.MessageByPost(ctx, postID)
	if err == nil && message.ConversationID != id {
		return nil, domain.ErrNotFound
	}
	return message, err
}

// conversationToSee reads a conversation and its queue for somebody who may see it. The
// queue is nil if it was removed: the conversations that were closed in it stay readable.
func (s *Service) conversationToSee(ctx context.Context, actorID, id string) (*domain.Conversation, *domain.Queue, error) {
	notFound := domain.Refuse(domain.CodeNotFound, domain.T("refusal.not_found"))
	conv, err := s.Store.Conversation(ctx, id)
	if errors.Is(err, domain.ErrNotFound) || err == nil && conv.AbortedAt != 0 {
		return nil, nil, notFound
	} else if err != nil {
		return nil, nil, err
	}
	queue, err := s.queueOf(ctx, conv)
	if err != nil {
		return nil, nil, err
	}
	may, err := s.maySee(ctx, actorID, conv, queue)
	if err != nil {
		return nil, nil, err
	}
	if !may {
		return nil, nil, notFound
	}
	return conv, queue, nil
}

func (s *Service) maySee(ctx context.Context, actorID string, c *domain.Conversation, queue *domain.Queue) (bool, error) {
	if actorID != "" && (c.OwnerID == actorID || c.AttendantID == actorID) {
		return true, nil
	}
	if queue != nil {
		member, err := s.People.InQueue(ctx, actorID, queue)
		if err != nil || member {
			return member, err
		}
	}
	return s.People.SystemAdmin(ctx, actorID)
}

// queueOf returns a conversation's queue; nil = it was removed.
func (s *Service) queueOf(ctx context.Context, c *domain.Conversation) (*domain.Queue, error) {
	queue, err := s.Store.Queue(ctx, c.QueueID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	}
	return queue, err
}

// queueGone returns the refusal for an action that needs the conversation's queue, which was removed.
func queueGone() *domain.Refusal {
	return domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.queue_gone"))
}

func (s *Service) view(c *domain.Conversation) *domain.View { return s.ViewAt(c, s.Clock.Now()) }

// ViewAt returns a conversation, as the caller has read it, in the state of a moment, milliseconds since epoch.
func (s *Service) ViewAt(c *domain.Conversation, at int64) *domain.View {
	return &domain.View{Conversation: c, State: c.StateAt(at), CooldownUntil: s.cooldownUntil(c, at)}
}
