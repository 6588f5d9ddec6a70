package api

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
)

var errDown = errors.New("the database is down")

// fakeFailingStore is the real store, of which a test can see what a change named, and make parts fail.
type fakeFailingStore struct {
	*store.Store
	wrote          []string // the fields of the last change
	auditErr       error
	rightsErr      error        // of everything that says what somebody may do
	beforeTemplate func() error // runs before a template is looked up by its name
	breakAt        int          // EachCharge and EachExported fail before the row of this index; -1 = they do not
}

func (s *fakeFailingStore) UpdateAccount(ctx context.Context, account *domain.Account, now int64, fields ...string) error {
	s.wrote = fields
	return s.Store.UpdateAccount(ctx, account, now, fields...)
}

func (s *fakeFailingStore) UpdateQueue(ctx context.Context, queue *domain.Queue, now int64, fields ...string) error {
	s.wrote = fields
	return s.Store.UpdateQueue(ctx, queue, now, fields...)
}

func (s *fakeFailingStore) UpdatePlan(ctx context.Context, plan *domain.Plan, by string, now int64, fields ...string) (*domain.Plan, error) {
	s.wrote = fields
	return s.Store.UpdatePlan(ctx, plan, by, now, fields...)
}

func (s *fakeFailingStore) AllowTemplate(ctx context.Context, id string, approved bool, queueIDs []string, by string, now int64, fields ...string) (*domain.Template, error) {
	s.wrote = fields
	return s.Store.AllowTemplate(ctx, id, approved, queueIDs, by, now, fields...)
}

func (s *fakeFailingStore) Audit(ctx context.Context, actorID, action, objectID string, details map[string]string) error {
	if s.auditErr != nil {
		return s.auditErr
	}
	return s.Store.Audit(ctx, actorID, action, objectID, details)
}

func (s *fakeFailingStore) EachCharge(ctx context.Context, filter domain.LedgerFilter, fn func(*domain.Charge) error) error {
	i := -1
	return s.Store.EachCharge(ctx, filter, func(charge *domain.Charge) error {
		if i++; i == s.breakAt {
			return errDown
		}
		return fn(charge)
	})
}

func (s *fakeFailingStore) EachExported(ctx context.Context, conversationID string, fn func(*domain.ExportedMessage) error) error {
	i := -1
	return s.Store.EachExported(ctx, conversationID, func(message *domain.ExportedMessage) error {
		if i++; i == s.breakAt {
			return errDown
		}
		return fn(message)
	})
}

func (s *fakeFailingStore) Membership(ctx context.Context, userID, teamID, channelID, queueChannelID string) (domain.Membership, string, error) {
	if s.rightsErr != nil {
		return domain.Membership{}, "", s.rightsErr
	}
	return s.Store.Membership(ctx, userID, teamID, channelID, queueChannelID)
}

func (s *fakeFailingStore) SpeakerRoles(ctx context.Context, userID, channelID string) ([]string, error) {
	if s.rightsErr != nil {
		return nil, s.rightsErr
	}
	return s.Store.SpeakerRoles(ctx, userID, channelID)
}

func (s *fakeFailingStore) TemplateByName(ctx context.Context, accountID, name, language string) (*domain.Template, error) {
	if s.beforeTemplate != nil {
		if err := s.beforeTemplate(); err != nil {
			return nil, err
		}
	}
	return s.Store.TemplateByName(ctx, accountID, name, language)
}
