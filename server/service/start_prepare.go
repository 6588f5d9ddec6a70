package service

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// startPlan is a start that has passed all checks that need no lock.
type startPlan struct {
	templateUse
	wanted domain.ContactWanted
}

// templateUse is a template that somebody is about to send, with everything that is known of it before
// the rows are locked.
type templateUse struct {
	actorID    string
	account    *domain.Account
	queue      *domain.Queue
	template   *domain.Template
	composed   domain.Composed
	supervisor bool
	confirm    bool
	reason     string
	since      int64
	scheduled  string                // id of the scheduled start that is carried out; "" = none
	due        int64                 // when that was due, milliseconds since epoch; 0 = it was not scheduled
	request    string                // token of an API request with an idempotency key; "" = none
	customer   *domain.ContactWanted // what a start says about its customer; nil = this is no start
	consent    domain.ConsentGiven   // what the actor says of the customer's consent
	overHours  bool                  // a supervisor confirmed that it may go outside of the queue's hours
	consented  bool                  // that consent was new, and is to be stored
	renames    bool                  // the actor may replace the stored name and document of the customer
}

// sendCheck returns the check that decides whether the template may be sent. contact and within are
// nil as long as they are not known.
func (s *Service) sendCheck(u *templateUse, contact *domain.Contact, within *domain.Conversation) *domain.SendCheck {
	settings := s.Settings()
	check := &domain.SendCheck{
		Account: u.account, Contact: contact, Conversation: within, Template: u.template, QueueID: u.queue.ID, Since: u.due, RequireConsent: settings.RequireConsent,
	}
	if contact != nil && !u.overHours { // who chooses a template does not send it yet
		check.Hours = u.queue.TemplateOpening(settings)
	}
	return check
}

// prepareStart makes all checks of a start that need no lock. It returns a refusal that names all
// fields that are wrong.
func (s *Service) prepareStart(ctx context.Context, req *domain.StartRequest) (*startPlan, error) {
	p, fields, err := s.readStart(ctx, req)
	if err != nil {
		return nil, err
	}
	if len(fields) > 0 {
		return nil, &domain.Refusal{Code: domain.CodeInvalidField, Text: domain.T("refusal.check_fields"), Fields: fields}
	}
	return p, nil
}

// readStart makes the same checks, and returns what could be read beside the fields that are wrong.
// Only the template may be missing then.
func (s *Service) readStart(ctx context.Context, req *domain.StartRequest) (p *startPlan, fields map[string]domain.Text, err error) {
	queue, err := s.Store.Queue(ctx, req.QueueID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil, domain.RefuseField("queue", domain.T("refusal.unknown_queue"))
	} else if err != nil {
		return nil, nil, err
	}
	member, err := s.People.InQueue(ctx, req.ActorID, queue)
	if err != nil {
		return nil, nil, err
	}
	if !member {
		return nil, nil, domain.Refuse(domain.CodeForbidden, domain.T("refusal.not_in_queue", "Queue", queue.Name))
	}
	if req.AccountID != "" && req.AccountID != queue.AccountID {
		return nil, nil, domain.RefuseField("account_id", domain.T("refusal.account_not_of_queue"))
	}
	if err := s.fillIn(ctx, req.ActorID, &req.Customer); err != nil {
		return nil, nil, err
	}
	use, err := s.prepareTemplate(ctx, req.ActorID, queue, queue.AccountID, req.Template, req.Variables, req.SendAt)
	fields = map[string]domain.Text{}
	if err != nil {
		r, ok := domain.AsRefusal(err)
		if !ok || len(r.Fields) == 0 {
			return nil, nil, err
		}
		fields = r.Fields // go on with the customer's fields, so that the agent sees everything that is wrong at once
	}
	wanted, err := s.checkCustomer(req.Customer, fields)
	if err != nil {
		return nil, nil, err
	}
	if use == nil {
		use = &templateUse{actorID: req.ActorID, queue: queue}
	}
	use.confirm, use.reason, use.since, use.request = req.Confirm, cleanReason(req.Reason), req.Since, req.Request
	use.customer = &wanted
	if req.Scheduled != "" {
		use.scheduled, use.due = req.Scheduled, req.SendAt
	} else if problem := s.checkSendAt(req.SendAt); problem.Key != "" {
		fields["send_at"] = problem
	}
	if use.consent = req.Consent; use.consent.Origin != "" {
		if problem := checkOrigin(use.consent.Origin); problem.Key != "" {
			fields["consent_origin"] = problem
		}
	}
	return &startPlan{templateUse: *use, wanted: wanted}, fields, nil
}

// prepareTemplate makes all checks of a template that need no lock, and fills in its variables. Where
// only the values of variables are wrong it returns the rest beside the refusal. sendAt is when it is to
// be sent, milliseconds since epoch; 0 = at once.
func (s *Service) prepareTemplate(ctx context.Context, actorID string, queue *domain.Queue, accountID string, ref domain.TemplateRef, values map[string]string, sendAt int64) (*templateUse, error) {
	account, err := s.Store.Account(ctx, accountID)
	if err != nil {
		return nil, err
	}
	template, err := s.findTemplate(ctx, accountID, ref)
	if err != nil {
		return nil, err
	}
	use := &templateUse{actorID: actorID, account: account, queue: queue, template: template}
	if refusal := s.sendCheck(use, nil, nil).Refusal(s.Clock.Now(), queue.TimeZone); refusal != nil {
		return nil, refusal
	}
	if use.supervisor, err = s.People.Supervises(ctx, actorID, queue); err != nil {
		return nil, err
	}
	if broken := template.Rules.Broken(values); broken != nil {
		return use, &domain.Refusal{Code: domain.CodeInvalidField, Text: domain.T("refusal.check_fields"), Fields: broken}
	}
	now := s.Clock.Now()
	by := domain.Reading{Now: now, After: max(now, sendAt), Zone: domain.ZoneOf(queue.TimeZone, s.Settings().TimeZone)}
	if use.composed, err = s.Compose(ctx, actorID, template, values, by); err != nil {
		return use, err
	}
	return use, nil
}

func (s *Service) findTemplate(ctx context.Context, accountID string, ref domain.TemplateRef) (*domain.Template, error) {
	var template *domain.Template
	var err error
	if ref.ID != "" {
		template, err = s.Store.Template(ctx, ref.ID)
	} else {
		template, err = s.Store.TemplateByName(ctx, accountID, ref.Name, ref.Language)
	}
	if errors.Is(err, domain.ErrNotFound) || err == nil && template.AccountID != accountID {
		return nil, domain.RefuseField("template", domain.T("refusal.unknown_template"))
	}
	return template, err
}

// checkCustomer reads what was typed about the customer. For each field that is wrong it adds a text
// to fields.
func (s *Service) checkCustomer(c domain.Customer, fields map[string]domain.Text) (domain.ContactWanted, error) {
	settings := s.Settings()
	wanted := domain.ContactWanted{Name: domain.CleanName(c.Name)}
	switch {
	case wanted.Name == "":
		fields["customer_name"] = domain.T("refusal.name_empty")
	case utf8.RuneCountInString(strings.TrimSpace(c.Name)) > domain.MaxNameLength:
		fields["customer_name"] = domain.T("refusal.name_long", "Max", domain.MaxNameLength)
	}
	phone, ok := domain.ParsePhone(c.Phone, settings.DefaultRegion)
	if !ok {
		fields["phone"] = domain.T("refusal.phone_invalid")
	}
	wanted.Phone = phone
	if strings.TrimSpace(c.CPF) == "" {
		if settings.RequireCPF {
			fields["cpf"] = domain.T("refusal.cpf_empty")
		}
		return wanted, nil
	}
	document, ok := domain.ParseDocument(c.CPF)
	if !ok {
		fields["cpf"] = domain.T("refusal.cpf_invalid")
		return wanted, nil
	}
	wanted.Document = document
	return wanted, nil
}

func cleanReason(reason string) string {
	reason = strings.TrimSpace(reason)
	if utf8.RuneCountInString(reason) > 1000 {
		reason = string([]rune(reason)[:1000])
	}
	return reason
}
