package command

import (
	"context"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/dialog"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// here is the conversation of the channel in which the command was typed.
func (c *Command) here(ctx context.Context, in *call) (*domain.View, error) {
	view, err := c.Service.ViewChannel(ctx, in.UserID, in.ChannelID)
	if r, ok := domain.AsRefusal(err); ok && r.Code == domain.CodeNotFound {
		return nil, domain.Refuse(r.Code, domain.T("command.not_here"))
	}
	return view, err
}

func (c *Command) start(ctx context.Context, in *call) (string, error) {
	phone, name := splitPhone(in.rest)
	request, err := c.StartDialog(ctx, dialog.StartFor{UserID: in.UserID, ChannelID: in.ChannelID, Phone: phone, Name: name})
	return "", c.open(ctx, in, request, err)
}

// open shows a dialog that was made, unless making it failed.
func (c *Command) open(ctx context.Context, in *call, request *model.OpenDialogRequest, err error) error {
	if err != nil {
		return err
	}
	request.TriggerId = in.TriggerID
	return c.Mattermost.Open(ctx, *request)
}

func (c *Command) template(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err != nil {
		return "", err
	}
	request, err := c.TemplateDialog(ctx, in.UserID, view.ID)
	return "", c.open(ctx, in, request, err)
}

func (c *Command) note(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err != nil {
		return "", err
	}
	if in.rest == "" {
		return in.text("command.note_usage"), nil
	}
	_, err = c.Service.Note(ctx, in.UserID, view.ID, unquote(in.rest))
	return "", err // no answer: the note itself appears
}

func (c *Command) claim(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err == nil {
		_, err = c.Service.Claim(ctx, in.UserID, view.ID)
	}
	return in.text("command.claimed"), err
}

// close asks for a reason where the queue has some, unless the agent has given one in their own words that will do.
func (c *Command) close(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err != nil {
		return "", err
	}
	note := unquote(in.rest)
	options, err := c.Service.ClosingOptions(ctx, in.UserID, view.ID)
	if err != nil {
		return "", err
	}
	if options.Required || len(options.Reasons) > 0 && note == "" {
		request, err := c.CloseDialog(ctx, in.UserID, view.ID, note)
		return "", c.open(ctx, in, request, err)
	}
	_, err = c.Service.Close(ctx, in.UserID, view.ID, domain.Closing{Note: note})
	return in.text("command.closed"), err
}

func (c *Command) reopen(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err == nil {
		_, err = c.Service.Reopen(ctx, in.UserID, view.ID)
	}
	return in.text("command.reopened"), err
}

func (c *Command) transfer(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err != nil {
		return "", err
	}
	target := unquote(in.rest)
	switch {
	case strings.HasPrefix(target, "@"):
		return c.transferToUser(ctx, in, view, target[1:])
	case strings.HasPrefix(target, "~"):
		return c.transferToQueue(ctx, in, view, unquote(target[1:]))
	default:
		return in.text("command.transfer_usage"), nil
	}
}

// owner makes another user responsible for the conversation.
func (c *Command) owner(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err != nil {
		return "", err
	}
	mention, ok := strings.CutPrefix(unquote(in.rest), "@")
	if !ok {
		return in.text("command.owner_usage"), nil
	}
	name, userID, err := c.findUser(ctx, mention)
	if err != nil {
		return "", err
	}
	_, err = c.Service.SetOwner(ctx, in.UserID, view.ID, userID)
	return in.text("command.owner_done", "To", domain.Username(name)), err
}

// findUser finds a user by the text behind an @, and returns a refusal where there is none.
func (c *Command) findUser(ctx context.Context, mention string) (name, userID string, err error) {
	name, _ = splitWord(mention)
	name = strings.ToLower(strings.TrimRight(name, ",;:!?)")) // a user name may end with . _ or -
	userID, err = c.Mattermost.UserByName(ctx, name)
	if errors.Is(err, domain.ErrNotFound) {
		err = domain.Refuse(domain.CodeInvalidField, domain.T("command.unknown_user", "Name", name))
	}
	return name, userID, err
}

func (c *Command) transferToUser(ctx context.Context, in *call, view *domain.View, mention string) (string, error) {
	name, userID, err := c.findUser(ctx, mention)
	if err != nil {
		return "", err
	}
	_, err = c.Service.TransferToUser(ctx, in.UserID, view.ID, userID)
	return in.text("command.transferred", "To", domain.Username(name)), err
}

func (c *Command) transferToQueue(ctx context.Context, in *call, view *domain.View, name string) (string, error) {
	queue, err := c.findQueue(ctx, view.TeamID, name)
	if err != nil {
		return "", err
	}
	if queue == nil {
		return in.text("command.unknown_queue", "Name", name), nil
	}
	_, err = c.Service.TransferToQueue(ctx, in.UserID, view.ID, queue.ID)
	return in.text("command.transferred", "To", queue.Name), err
}

// findQueue finds a queue by the mention of its channel or by its own name, first in the team; nil where there is none.
func (c *Command) findQueue(ctx context.Context, teamID, name string) (*domain.Queue, error) {
	queues, err := c.Store.Queues(ctx)
	if err != nil {
		return nil, err
	}
	mention, _ := splitWord(name)
	channelID, err := c.Mattermost.ChannelByName(ctx, teamID, strings.ToLower(strings.TrimRight(mention, ".,;:!?)")))
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return nil, err
	}
	for _, q := range queues {
		if err == nil && q.ChannelID == channelID {
			return q, nil
		}
	}
	var here, elsewhere []*domain.Queue
	for _, q := range queues {
		switch {
		case domain.Fold(q.Name) != domain.Fold(name):
		case q.TeamID == teamID:
			here = append(here, q)
		default:
			elsewhere = append(elsewhere, q)
		}
	}
	switch {
	case len(here) > 1:
		return nil, domain.Refuse(domain.CodeInvalidField, domain.T("command.ambiguous_queue", "Name", name))
	case len(here) == 1:
		return here[0], nil
	case len(elsewhere) > 0: // the service refuses it and says why
		return elsewhere[0], nil
	}
	return nil, nil
}
