package whatsapp

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/pkg/errors"
)

// Submitted is what Meta made of a template that was submitted.
type Submitted struct {
	ID       string
	Status   string // upper case; PENDING until Meta has reviewed it
	Category string // upper case; Meta may choose another than was asked for
}

// submission is the JSON body of a template that is submitted or edited.
type submission struct {
	Name            string          `json:"name,omitempty"`
	Language        string          `json:"language,omitempty"`
	Category        string          `json:"category,omitempty"`
	ParameterFormat string          `json:"parameter_format,omitempty"`
	Components      json.RawMessage `json:"components"`
}

// SubmitTemplate asks Meta to review a new template. Its components go as they are in Definition.
func (c *Client) SubmitTemplate(ctx context.Context, cred Credentials, t Template) (Submitted, error) {
	if cred.WABAID == "" {
		return Submitted{}, &RequestError{Err: errors.New("no WABA id")}
	}
	body := submission{Name: t.Name, Language: t.Language, Category: t.Category, Components: t.Definition}
	if t.named() {
		body.ParameterFormat = "NAMED"
	}
	answer, err := c.postJSON(ctx, cred, body, cred.WABAID, "message_templates")
	if err != nil {
		return Submitted{}, err
	}
	made := Submitted{ID: answer.str("id"), Status: strings.ToUpper(answer.str("status")), Category: strings.ToUpper(answer.str("category"))}
	if made.ID == "" {
		return Submitted{}, &TransportError{Left: true, HTTPStatus: 200, Err: errors.New("answer names no template")}
	}
	return made, nil
}

// EditTemplate asks Meta to review other components of a template, and another category unless that is "".
func (c *Client) EditTemplate(ctx context.Context, cred Credentials, id, category string, components json.RawMessage) error {
	if id == "" {
		return &RequestError{Err: errors.New("no template id")}
	}
	_, err := c.postJSON(ctx, cred, submission{Category: category, Components: components}, id)
	return err
}

// postJSON posts a value to a node of the Graph API.
func (c *Client) postJSON(ctx context.Context, cred Credentials, value any, parts ...string) (node, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return node{}, &RequestError{Err: errors.Wrap(err, "encode")}
	}
	return c.do(ctx, cred, post(c.endpoint(nil, parts...), body))
}
