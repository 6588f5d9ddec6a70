package dialog

import (
	"context"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Names of the elements of `respostas`. Those of the second form are the fields of the REST API, so that a refusal finds its
// element; but for scope, whose value is also a queue's id.
const (
	elementReply     = "reply"
	elementScope     = "scope"
	elementShortcut  = "shortcut"
	elementTitle     = "title"
	elementReplyText = "text"
	elementRemove    = "remove"
)

// offeredReplies is how many replies a search in the form offers; who wants another one types more.
const offeredReplies = 20

// QuickReplies are what agents keep of their own, and supervisors of their queues; *service.Service has these methods.
type QuickReplies interface {
	// QuickReplies is a page of the quick replies that a filter selects, of those that the actor may use.
	QuickReplies(ctx context.Context, actorID string, f domain.QuickReplyFilter) ([]*domain.QuickReply, int, error)
	// QuickReplyToEdit is a reply for somebody who may change it; domain.ErrNotFound where there is none.
	QuickReplyToEdit(ctx context.Context, actorID, id string) (*domain.QuickReply, error)
	CreateQuickReply(ctx context.Context, actorID string, reply *domain.QuickReply) error
	UpdateQuickReply(ctx context.Context, actorID string, reply *domain.QuickReply, fields ...string) (*domain.QuickReply, error)
	DeleteQuickReply(ctx context.Context, actorID, id string) (*domain.QuickReply, error)
	// SupervisedQueues are the queues whose replies the actor may change.
	SupervisedQueues(ctx context.Context, actorID string) ([]*domain.Queue, error)
}

// Replies makes the dialog of `respostas`, without a trigger id. With a shortcut it is that of the reply with it, or of a new one.
func (d *Dialogs) Replies(ctx context.Context, userID, shortcut string) (*model.OpenDialogRequest, error) {
	r := d.readerOf(ctx, userID)
	s := state{Kind: kindReplies, Step: stepReply}
	var form *model.Dialog
	var err error
	if shortcut == "" {
		form, err = d.replyStep(r, &s)
	} else {
		form, err = d.contentOf(ctx, r, &s, shortcut)
	}
	if err != nil {
		return nil, err
	}
	return &model.OpenDialogRequest{URL: RepliesURL, Dialog: *form}, nil
}

// contentOf makes the second form for the reply with a shortcut, the user's own before a queue's, or for a new one.
func (d *Dialogs) contentOf(ctx context.Context, r reader, s *state, shortcut string) (*model.Dialog, error) {
	found, _, err := d.Service.QuickReplies(ctx, r.userID, domain.QuickReplyFilter{Editable: true, Query: shortcut, PerPage: domain.MaxQuickReplies})
	if err != nil {
		return nil, err
	}
	kept := &domain.QuickReply{Shortcut: shortcut}
	if at := slices.IndexFunc(found, func(one *domain.QuickReply) bool { return one.Shortcut == shortcut }); at >= 0 {
		kept = found[at]
	}
	return d.contentStep(ctx, r, s, kept)
}

// repliesStep takes a submission of `respostas`: the first form chooses a reply or a new one, the second one changes it.
func (d *Dialogs) repliesStep(ctx context.Context, r reader, s *state, submission map[string]any) (*model.SubmitDialogResponse, error) {
	kept, err := d.chosenReply(ctx, r, s, submission)
	if err != nil {
		return nil, err
	}
	elements := contentElements(r, kept, nil)
	if s.Step == stepReply && !hasAny(submission, elements) {
		return formResponse(d.contentStep(ctx, r, s, kept))
	}
	removed, _ := submission[elementRemove].(bool)
	problems := map[string]string{}
	for name, value := range map[string]*string{elementShortcut: &kept.Shortcut, elementTitle: &kept.Title, elementReplyText: &kept.Text} {
		given, _, problem := field(submission, name)
		if *value = given; problem != "" {
			problems[name] = r.text(problem)
		}
	}
	if len(problems) > 0 {
		return &model.SubmitDialogResponse{Errors: problems}, nil
	}
	done := "reply.kept"
	switch {
	case kept.ID == "":
		kept.OwnerID = r.userID
		if scope := earlierValue(submission, elementScope, domain.ScopePersonal); scope != domain.ScopePersonal {
			kept.OwnerID, kept.QueueID = "", scope
		}
		err = d.Service.CreateQuickReply(ctx, r.userID, kept)
	case removed:
		done = "reply.removed"
		kept, err = d.Service.DeleteQuickReply(ctx, r.userID, kept.ID)
	default:
		kept, err = d.Service.UpdateQuickReply(ctx, r.userID, kept, elementShortcut, elementTitle, elementReplyText)
	}
	if refusal, ok := domain.AsRefusal(err); ok {
		return refusalResponse(r, refusal, elements), nil
	} else if err != nil {
		return nil, replyGone(err)
	}
	if r.channelID != "" { // nothing else shows it
		d.Tell(ctx, r.channelID, r.userID, r.markdown(done, "Shortcut", kept.Shortcut))
	}
	return &model.SubmitDialogResponse{}, nil
}

// chosenReply is the reply that the first form chose; one without an id is new.
func (d *Dialogs) chosenReply(ctx context.Context, r reader, s *state, submission map[string]any) (*domain.QuickReply, error) {
	if s.Step == stepReply {
		s.ReplyID = earlierValue(submission, elementReply, s.ReplyID)
	}
	if s.ReplyID == "" {
		return &domain.QuickReply{}, nil
	}
	kept, err := d.Service.QuickReplyToEdit(ctx, r.userID, s.ReplyID)
	return kept, replyGone(err)
}

func replyGone(err error) error {
	if errors.Is(err, domain.ErrNotFound) {
		return domain.Refuse(domain.CodeNotFound, domain.T("reply.gone"))
	}
	return err
}

// replyStep asks which reply is to be changed.
func (d *Dialogs) replyStep(r reader, s *state) (*model.Dialog, error) {
	reply := choice(elementReply, r.text("reply.which"), r.text("reply.which_help"))
	reply.Optional, reply.DataSource, reply.DataSourceURL = true, "dynamic", lookupRepliesURL
	return d.form(r, s, model.Dialog{Elements: []model.DialogElement{reply}, SubmitLabel: r.text("dialog.next")})
}

// contentStep asks for all of a reply, and of a new one also whose it is to be.
func (d *Dialogs) contentStep(ctx context.Context, r reader, s *state, kept *domain.QuickReply) (*model.Dialog, error) {
	s.Step, s.ReplyID = stepContent, kept.ID
	if len(kept.Text) > model.DialogElementTextareaMaxLength {
		return nil, domain.Refuse(domain.CodeInvalidField, domain.T("reply.too_long_here"))
	}
	var queues []*domain.Queue
	if kept.ID == "" {
		var err error
		if queues, err = d.Service.SupervisedQueues(ctx, r.userID); err != nil {
			return nil, err
		}
	}
	return d.form(r, s, model.Dialog{IntroductionText: r.markdown("reply.variables"), Elements: contentElements(r, kept, queues), SubmitLabel: r.text("reply.keep")})
}

// contentElements are the elements of a reply; queues are those for which a new one can be kept.
func contentElements(r reader, kept *domain.QuickReply, queues []*domain.Queue) []model.DialogElement {
	shortcut := text(elementShortcut, r.label("reply.shortcut_label"), r.text("reply.shortcut_example"), domain.MaxQuickReplyShortcut)
	title := text(elementTitle, r.label("reply.title_label"), "", domain.MaxQuickReplyTitle)
	title.Optional = true
	content := lines(elementReplyText, r.label("ask.body"), "")
	shortcut.Default, title.Default, content.Default = truncate(kept.Shortcut, maxDefault), kept.Title, kept.Text
	elements := []model.DialogElement{shortcut, title, content}
	if kept.ID != "" {
		return append(elements, model.DialogElement{DisplayName: r.label("reply.remove"), Name: elementRemove, Type: "bool", Optional: true, Placeholder: r.text("reply.remove_text")})
	}
	if len(queues) == 0 {
		return elements
	}
	scope := choice(elementScope, r.text("reply.whose"), r.text("reply.whose_help"))
	scope.Default, scope.Options = domain.ScopePersonal, []*model.PostActionOptions{{Text: r.text("reply.mine"), Value: domain.ScopePersonal}}
	for _, queue := range queues {
		scope.Options = append(scope.Options, &model.PostActionOptions{Text: queue.Name, Value: queue.ID})
	}
	return append([]model.DialogElement{scope}, elements...)
}

// findReplies returns what the first form may offer for what is typed: the replies that the reader may change.
func (d *Dialogs) findReplies(ctx context.Context, r reader, query string) ([]model.DialogSelectOption, error) {
	found, _, err := d.Service.QuickReplies(ctx, r.userID, domain.QuickReplyFilter{Editable: true, Query: query, PerPage: offeredReplies})
	if err != nil {
		return nil, err
	}
	options := make([]model.DialogSelectOption, len(found))
	for i, one := range found {
		options[i] = model.DialogSelectOption{Text: "/r " + one.Shortcut, Value: one.ID}
		if one.Title != "" {
			options[i].Text += " · " + one.Title
		}
		if one.QueueID != "" {
			options[i].Text += " · " + r.text("reply.of_queue")
		}
	}
	return options, nil
}
