package service

import (
	"context"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
)

// FillQuickReply returns the text of a quick reply as it would go out in a conversation: Markdown, its
// variables replaced. domain.ErrNotFound where the reply is neither the actor's own nor the queue's.
func (s *Service) FillQuickReply(ctx context.Context, actorID, conversationID, replyID string) (string, error) {
	conv, queue, err := s.conversationToAct(ctx, actorID, conversationID)
	if err != nil {
		return "", err
	}
	reply, err := s.Store.QuickReply(ctx, replyID)
	if err != nil {
		return "", err
	}
	if reply.OwnerID != actorID && (reply.QueueID == "" || reply.QueueID != conv.QueueID) {
		return "", domain.ErrNotFound
	}
	return s.fill(ctx, actorID, reply, conv, queue)
}

// FillQuickReplyByShortcut is FillQuickReply for what was typed behind /r; the actor's own come before the queue's.
func (s *Service) FillQuickReplyByShortcut(ctx context.Context, actorID, conversationID, shortcut string) (string, error) {
	conv, queue, err := s.conversationToAct(ctx, actorID, conversationID)
	if err != nil {
		return "", err
	}
	reply, err := s.Store.QuickReplyByShortcut(ctx, actorID, conv.QueueID, strings.ToLower(strings.TrimSpace(shortcut)))
	if errors.Is(err, domain.ErrNotFound) {
		return "", domain.RefuseField("shortcut", domain.T("reply.unknown", "Shortcut", shortcut))
	} else if err != nil {
		return "", err
	}
	return s.fill(ctx, actorID, reply, conv, queue)
}

func (s *Service) fill(ctx context.Context, actorID string, reply *domain.QuickReply, conv *domain.Conversation, queue *domain.Queue) (string, error) {
	zone := s.Settings().TimeZone
	name := domain.CleanName(conv.Contact.Name)
	values := domain.QuickReplyValues{Customer: markdown.Escape(name), First: markdown.Escape(domain.FirstName(name))}
	if queue != nil {
		zone = domain.ZoneOf(queue.TimeZone, zone)
		values.Queue = markdown.Escape(queue.Name)
	}
	if zone == nil {
		zone = time.UTC
	}
	values.Now = time.UnixMilli(s.Clock.Now()).In(zone)
	serves := conv.AttendantID
	if serves == "" {
		serves = actorID
	}
	var err error
	if values.Attendant, err = s.escapedName(ctx, serves); err != nil {
		return "", err
	}
	if values.Owner, err = s.escapedName(ctx, conv.OwnerID); err != nil {
		return "", err
	}
	return reply.Fill(values), nil
}

// escapedName returns somebody's name as a part of a text in which nothing of it acts; "" for nobody.
func (s *Service) escapedName(ctx context.Context, userID string) (string, error) {
	if userID == "" {
		return "", nil
	}
	name, err := s.People.FullName(ctx, userID)
	return markdown.Escape(name), err
}
