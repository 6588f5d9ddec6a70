//go:build unix

package scenario

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

// openLimit is how long a dialog may take to appear.
const openLimit = 15 * time.Second

// Dialog is an open dialog of an agent, used as a client uses it.
type Dialog struct {
	// Form is the step that is currently shown.
	Form model.Dialog
	// Resend sends the values of earlier steps again with each step, as the web client does and other clients do not.
	Resend bool

	client *model.Client4
	open   model.OpenDialogRequest
	args   model.SubmitDialogRequest
	before map[string]any
}

// NoDialog is the error for a command that opened no dialog. Text is what the agent was told instead.
type NoDialog struct{ Text string }

// Error contains the text that the agent was told.
func (e *NoDialog) Error() string { return "no dialog opened, the answer is: " + e.Text }

// OpenDialog runs a slash command as an agent and returns the dialog that the server opens over the agent's web socket. If the command
// replies with a text instead, the error is a *NoDialog.
func (w *World) OpenDialog(ctx context.Context, agent int, channelID, command string) (*Dialog, error) {
	return w.OpenDialogAs(ctx, w.Agent(agent), w.User(agent).ID, channelID, command)
}

// OpenDialogAs is OpenDialog for any user, given by client and id.
func (w *World) OpenDialogAs(ctx context.Context, client *model.Client4, userID, channelID, command string) (*Dialog, error) {
	ctx, cancel := context.WithTimeout(ctx, openLimit)
	defer cancel() // closes the web socket
	events, err := w.Env.Listen(ctx, 0, client)
	if err != nil {
		return nil, err
	}
	response, err := w.Env.ExecuteSlash(ctx, client, channelID, command)
	if err != nil {
		return nil, err
	}
	if response.Text != "" {
		return nil, &NoDialog{response.Text}
	}
	for {
		select {
		case event, alive := <-events:
			if !alive {
				return nil, errors.New("the web socket ended before a dialog opened")
			}
			if event.EventType() != model.WebsocketEventOpenDialog {
				continue
			}
			d := &Dialog{client: client, before: map[string]any{}}
			content, _ := event.GetData()["dialog"].(string)
			if err := json.Unmarshal([]byte(content), &d.open); err != nil {
				return nil, errors.Wrap(err, "cannot read the dialog")
			}
			d.Form = d.open.Dialog
			d.args = model.SubmitDialogRequest{URL: d.open.URL, UserId: userID, ChannelId: channelID, TeamId: w.Env.Team.ID}
			return d, errors.Wrap(d.open.IsValid(), "the dialog breaks the server's rules")
		case <-ctx.Done():
			return nil, errors.Wrap(context.Cause(ctx), "no dialog opened")
		}
	}
}

// Request builds the request that the client sends when a step is submitted.
func (d *Dialog) Request(values map[string]any) model.SubmitDialogRequest {
	request := d.args
	request.Type, request.CallbackId, request.State = "dialog_submission", d.Form.CallbackId, d.Form.State
	request.Submission = map[string]any{}
	if d.Resend {
		maps.Copy(request.Submission, d.before)
	}
	maps.Copy(request.Submission, values)
	return request
}

// Submit submits a step. If the response is a next step, Form is that step afterwards.
func (d *Dialog) Submit(ctx context.Context, values map[string]any) (*model.SubmitDialogResponse, error) {
	answer, _, err := d.client.SubmitInteractiveDialog(ctx, d.Request(values))
	if err != nil {
		return nil, errors.Wrap(err, "the server refused the submission")
	}
	if answer.Type == string(model.SubmitDialogResponseTypeForm) {
		if answer.Form == nil {
			return nil, errors.New("a next step was announced and none came")
		}
		maps.Copy(d.before, values)
		d.Form = *answer.Form
		next := d.open
		next.Dialog = d.Form
		return answer, errors.Wrap(next.IsValid(), "the next step breaks the server's rules")
	}
	return answer, nil
}

// Next submits a step and requires that another step follows.
func (d *Dialog) Next(ctx context.Context, values map[string]any) error {
	answer, err := d.Submit(ctx, values)
	if err != nil {
		return err
	}
	return errorUnless(answer.Type == string(model.SubmitDialogResponseTypeForm), "no next step followed: %s", describe(answer))
}

// Finish submits a step and requires that the dialog ends with it.
func (d *Dialog) Finish(ctx context.Context, values map[string]any) error {
	answer, err := d.Submit(ctx, values)
	if err != nil {
		return err
	}
	return errorUnless(answer.Type != string(model.SubmitDialogResponseTypeForm) && answer.Error == "" && len(answer.Errors) == 0, "the dialog stays open: %s", describe(answer))
}

// Elements returns the names of the step's elements, in order.
func (d *Dialog) Elements() []string {
	names := make([]string, len(d.Form.Elements))
	for i := range d.Form.Elements {
		names[i] = d.Form.Elements[i].Name
	}
	return names
}

// Element returns the step's element with a name, or nil if there is none.
func (d *Dialog) Element(name string) *model.DialogElement {
	at := slices.Index(d.Elements(), name)
	if at < 0 {
		return nil
	}
	return &d.Form.Elements[at]
}

// describe turns a dialog's response into the text of an error.
func describe(answer *model.SubmitDialogResponse) string {
	content, err := json.Marshal(answer)
	if err != nil {
		return err.Error()
	}
	return shorten(content)
}
