package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// OpenForInbound finds, reopens or makes the open conversation of a customer who
// writes without having one; see package inbound. It locks the customer's identities and
// row, so that two nodes never make two conversations.
func (s *Store) OpenForInbound(ctx context.Context, w domain.NewSender) (c *domain.Conversation, how domain.ResolveResult, err error) {
	w.Who = truncateIdentity(w.Who)
	err = s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		c, how, err = s.openForInbound(ctx, t, w)
		return err
	})
	if err != nil {
		return nil, how, err
	}
	return c, how, nil
}

func (s *Store) openForInbound(ctx context.Context, r sqlx.ExtContext, w domain.NewSender) (*domain.Conversation, domain.ResolveResult, error) {
	asked, err := answeredConversation(ctx, r, w.AccountID, truncate(w.Answers, maxWAMID))
	if err != nil {
		return nil, 0, err
	}
	contact, err := s.lockSender(ctx, r, w, asked)
	if err != nil {
		return nil, 0, err
	}
	c, err := openConversation(ctx, r, w.AccountID, contact.ID)
	if !errors.Is(err, domain.ErrNotFound) {
		return c, domain.Found, err
	}
	last, err := lastClosed(ctx, r, w.AccountID, contact.ID)
	if err != nil {
		return nil, 0, err
	}
	for _, candidate := range []*domain.Conversation{asked, last} {
		if candidate == nil {
			continue
		}
		// read again under its lock: it may have been archived meanwhile
		c, err := getConversation(ctx, r, conversationSelect()+" WHERE c.id = $1 FOR UPDATE OF c", candidate.ID)
		if err != nil {
			return nil, 0, err
		}
		if !w.Reopens(c) {
			continue
		}
		if err := holdQueue(ctx, r, c.QueueID, w.AccountID); err == nil {
			return c, domain.Reopened, s.reopenForSender(ctx, r, c, w)
		} else if !errors.Is(err, domain.ErrNotFound) { // in a queue that is gone nobody would see it
			return nil, 0, err
		}
	}
	queue, err := queueForReturn(ctx, r, w, last)
	if err != nil {
		return nil, 0, err
	}
	c = &domain.Conversation{
		ID: s.newID(), AccountID: w.AccountID, ContactID: contact.ID, QueueID: queue.ID, TeamID: queue.TeamID,
		CreatedAt: w.Now, UpdatedAt: w.Now, Contact: *contact,
	}
	if last != nil {
		c.PreviousID = last.ID
	}
	return c, domain.Created, insertConversation(ctx, r, c, w.Now)
}

// lockSender locks the contact of somebody who writes: that of the conversation whose
// message is answered, whatever the sender's identities are now, else the one behind
// the identities.
func (s *Store) lockSender(ctx context.Context, r sqlx.ExtContext, w domain.NewSender, asked *domain.Conversation) (*domain.Contact, error) {
	if asked == nil {
		return s.lockPerson(ctx, r, w.AccountID, w.Who, func(c *domain.Contact) { learnIdentity(c, w.Who) })
	}
	if err := lockIdentities(ctx, r, identitiesOf(w.Who)); err != nil {
		return nil, err
	}
	c := &domain.Contact{}
	if err := sqlx.GetContext(ctx, r, c, "SELECT "+contactColumns+" FROM waa_contacts WHERE id = $1 FOR UPDATE", asked.ContactID); err != nil {
		return nil, wrapErr(err, "could not hold the contact")
	}
	if learnIdentity(c, w.Who) {
		query := "UPDATE waa_contacts SET " + assignColumns(contactFields) + ", updated_at = " + clock + " WHERE id = :id"
		if err := updateContact(ctx, r, query, c); err != nil {
			return nil, err
		}
	}
	_, err := exec(ctx, r, newIdentities, w.AccountID, c.ID, w.Who.PhoneKey, w.Who.UserID)
	return c, wrapErr(err, "could not store the identities")
}

// reopenForSender takes the close back for a customer who wrote again. The attendant
// goes on serving, unless they cannot any more: then the conversation waits in its queue.
func (s *Store) reopenForSender(ctx context.Context, r sqlx.ExtContext, c *domain.Conversation, w domain.NewSender) error {
	if c.AttendantID != "" {
		present, err := canServe(ctx, r, c.TeamID, c.AttendantID)
		if err != nil {
			return err
		}
		if !present {
			c.AttendantID = ""
		}
	}
	c.Reopen("", w.Now)
	if err := updateConversation(ctx, r, c); err != nil {
		return err
	}
	if c.StateAt(w.Now) == domain.Open { // else the message opens the window first, and makes it due
		if _, err := exec(ctx, r, "UPDATE waa_conversations SET "+refreshSoon("refresh_at", "$2")+" WHERE id = $1", c.ID, w.Now); err != nil {
			return wrapErr(err, "could not make the conversation due")
		}
	}
	return s.audit(ctx, r, "", "returned", c.ID, nil)
}

// canServe reports whether a user is active and a member of a team. It asks the server's
// tables, because the caches of the server's nodes may be behind.
func canServe(ctx context.Context, r sqlx.ExtContext, teamID, userID string) (is bool, err error) {
	err = sqlx.GetContext(ctx, r, &is, `SELECT EXISTS (SELECT 1 FROM users u JOIN teammembers t ON t.userid = u.id
		WHERE u.id = $1 AND u.deleteat = 0 AND t.teamid = $2 AND t.deleteat = 0)`, userID, teamID)
	return is, wrapErr(err, "could not look for an attendant")
}

// answeredConversation is the one whose message is answered, closed or not; nil = none of ours.
func answeredConversation(ctx context.Context, r sqlx.ExtContext, accountID, wamid string) (*domain.Conversation, error) {
	if wamid == "" {
		return nil, nil //nolint:nilnil // none
	}
	c, err := getConversation(ctx, r, conversationSelect()+` WHERE c.aborted_at = 0
		AND c.id = (SELECT m.conversation_id FROM waa_messages m WHERE `+sameMessage("m", "$1::text")+` AND m.account_id = $2 LIMIT 1)`, wamid, accountID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil //nolint:nilnil // none
	}
	return c, err
}

// lastClosed is the contact's conversation on the account that was closed last; nil = none.
func lastClosed(ctx context.Context, r sqlx.ExtContext, accountID, contactID string) (*domain.Conversation, error) {
	c, err := getConversation(ctx, r, conversationSelect()+` WHERE c.contact_id = $2 AND c.account_id = $1 AND c.closed_at > 0 AND c.aborted_at = 0
		ORDER BY c.closed_at DESC, c.id LIMIT 1`, accountID, contactID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil //nolint:nilnil // none
	}
	return c, err
}

// ClosedSince lists a sender's conversations on an account that were closed since a moment
// (milliseconds since epoch), the latest first, and the one whose message was answered, which may be another
// person's to us; see package inbound.
func (s *Store) ClosedSince(ctx context.Context, accountID string, who domain.WhatsAppIdentity, answers string, since int64) ([]*domain.Conversation, error) {
	who = truncateIdentity(who)
	closed := []*domain.Conversation{}
	err := s.db.SelectContext(ctx, &closed, conversationSelect()+` WHERE c.account_id = $1 AND c.id IN (
			SELECT o.id FROM waa_identities i JOIN waa_conversations o ON o.contact_id = i.contact_id AND o.account_id = $1
			WHERE i.account_id = $1 AND (i.kind, i.value) IN (('bsuid', $2), ('phone', $3)) AND i.value <> ''
			UNION ALL SELECT a.conversation_id FROM waa_messages a WHERE `+sameMessage("a", "$5::text")+` AND a.account_id = $1
		) AND c.closed_at >= $4 AND c.closed_at > 0 AND c.aborted_at = 0 AND c.erased_at = 0 AND c.channel_id <> ''
		ORDER BY c.closed_at DESC`, accountID, who.UserID, who.PhoneKey, since, truncate(answers, maxWAMID))
	return closed, wrapErr(err, "could not list a sender's closed conversations")
}

// queueForReturn is the queue of the last conversation while it is still the
// number's, else the number's default queue; domain.ErrNoQueue.
func queueForReturn(ctx context.Context, r sqlx.ExtContext, w domain.NewSender, last *domain.Conversation) (*domain.Queue, error) {
	lastQueue := ""
	if last != nil {
		lastQueue = last.QueueID
	}
	q := &domain.Queue{}
	err := wrapErr(sqlx.GetContext(ctx, r, q, "SELECT "+queueColumns+` FROM waa_queues
		WHERE id = $1 AND account_id = $3 OR id = $2 ORDER BY id = $1 DESC LIMIT 1 FOR KEY SHARE`, lastQueue, w.DefaultQueueID, w.AccountID), "could not read the queue")
	if errors.Is(err, domain.ErrNotFound) {
		return nil, domain.ErrNoQueue
	}
	return q, err
}
