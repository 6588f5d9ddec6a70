package jobs

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// NoticeDirectory looks up what is not stored with a notice, at the moment at
// which it is sent: who gets it now, and how the customer and the channel that it
// is about are called now.
type NoticeDirectory struct {
	Account      func(ctx context.Context, id string) (*domain.Account, error)
	Queue        func(ctx context.Context, id string) (*domain.Queue, error)
	Conversation func(ctx context.Context, id string) (*domain.Conversation, error)
	// SystemAdmins are those who are active, Members the people of a channel.
	SystemAdmins func(ctx context.Context) ([]string, error)
	Members      func(ctx context.Context, channelID string) ([]domain.Member, error)
	// Link returns the address of a conversation's channel; "" = it has no channel yet.
	Link func(ctx context.Context, c *domain.Conversation) string
}

// Recipients returns who gets a notice: the person that it names, else the supervisors of
// its queue, else the system admins, who also stand in for a queue without supervisors.
// subject is the account's name, which is put before the text for people who look after
// several accounts.
func (d *NoticeDirectory) Recipients(ctx context.Context, notice *domain.Notice) (userIDs []string, subject string, err error) {
	if notice.UserID != "" {
		return []string{notice.UserID}, "", nil
	}
	if notice.QueueID != "" {
		if userIDs, err = d.supervisors(ctx, notice.QueueID); err != nil || len(userIDs) > 0 {
			return userIDs, "", err
		}
	}
	if notice.AccountID != "" {
		account, err := d.Account(ctx, notice.AccountID)
		if err != nil && !errors.Is(err, domain.ErrNotFound) {
			return nil, "", err
		}
		if err == nil {
			subject = account.Name
		}
	}
	userIDs, err = d.SystemAdmins(ctx)
	return userIDs, subject, err
}

// supervisors returns the supervisors of a queue; none if the queue or its channel is gone.
func (d *NoticeDirectory) supervisors(ctx context.Context, queueID string) ([]string, error) {
	queue, err := d.Queue(ctx, queueID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	members, err := d.Members(ctx, queue.ChannelID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var userIDs []string
	for _, m := range members {
		if m.Supervisor {
			userIDs = append(userIDs, m.UserID)
		}
	}
	return userIDs, nil
}

// DescribeConversation returns the customer's name, the address of the channel
// and the time zone of the queue ("" = the plugin's). It returns
// domain.ErrNotFound if the person was erased.
func (d *NoticeDirectory) DescribeConversation(ctx context.Context, conversationID string) (customer, link, zone string, err error) {
	c, err := d.Conversation(ctx, conversationID)
	if err != nil {
		return "", "", "", err
	}
	if c.ErasedAt != 0 {
		return "", "", "", domain.ErrNotFound
	}
	queue, err := d.Queue(ctx, c.QueueID)
	if errors.Is(err, domain.ErrNotFound) { // the queue was removed meanwhile
		queue = &domain.Queue{}
	} else if err != nil {
		return "", "", "", err
	}
	return domain.DisplayName(c), d.Link(ctx, c), queue.TimeZone, nil
}
