package dialog

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/encryption"
)

// Kinds of dialog.
const (
	kindStart    = "start"
	kindTemplate = "template"
	kindClose    = "close"
	kindAsk      = "ask"
	kindReplies  = "replies"
)

// Steps of a dialog, by what its form asks for.
const (
	stepTemplate = 1 // which template, from which queue
	stepValues   = 2 // the template's variables and the customer
	stepConfirm  = 3 // only where there is something to confirm

	// Those of `encerrar`.
	stepReason  = 1
	stepDetails = 2 // the reason's fields and the note

	// Those of `perguntar`.
	stepType     = 1
	stepQuestion = 2

	// Those of `respostas`.
	stepReply   = 1
	stepContent = 2
)

// stateLife is how long an open dialog can be submitted.
const stateLife = 8 * time.Hour

// maxState bounds what is opened, in bytes; a full template's values are far below it.
const maxState = 256 << 10

var errState = errors.New("not a state of ours, or out of date")

// state is what earlier steps decided. It travels with the client, who may change or replay anything, so it is authenticated
// and bound to the user. It is also encrypted, because it can hold the customer's document.
type state struct {
	Kind           string              `json:"kind"`
	Step           int                 `json:"step"` // of the form it is sent with
	At             int64               `json:"at"`   // when the form was made, milliseconds since epoch
	QueueID        string              `json:"queue,omitempty"`
	TemplateID     string              `json:"template,omitempty"`
	ConversationID string              `json:"conversation,omitempty"`
	Customer       domain.Customer     `json:"customer"`
	Consent        domain.ConsentGiven `json:"consent"`
	Variables      map[string]string   `json:"variables,omitempty"`
	SendAt         string              `json:"send_at,omitempty"` // as the client sent it; "" = at once
	Card           int                 `json:"card,omitempty"`    // of the carousel, which the form asks for; 0 = the message itself
	NeedsReason    bool                `json:"needs_reason,omitempty"`
	ReasonID       string              `json:"reason,omitempty"` // of `encerrar`
	Note           string              `json:"note,omitempty"`
	ChannelID      string              `json:"channel,omitempty"` // of `perguntar`
	AskType        string              `json:"ask,omitempty"`     // of whatsapp.Question
	Text           string              `json:"text,omitempty"`    // what was typed behind the command
	ReplyID        string              `json:"reply,omitempty"`   // of `respostas`; "" = a new one
}

// seal stamps the state with the time and encrypts it for one user.
func (s *state) seal(keys [][]byte, userID string, now int64) (string, error) {
	s.At = now
	plain, err := json.Marshal(s)
	if err != nil {
		return "", errors.Wrap(err, "could not write the dialog's state")
	}
	token, err := encryption.EncryptToken(keys, userID, plain)
	return token, errors.Wrap(err, "could not encrypt the dialog's state")
}

// formName returns the name of the form that the state came with: its user sees no other one with that name.
func (s *state) formName() string { return "form:" + s.Kind + ":" + strconv.FormatInt(s.At, 36) }

// openState decrypts what seal made for the same user, unless it is too old. With several keys, a dialog that was opened
// before the key changed can still be submitted.
func openState(keys [][]byte, sealed, userID string, now int64) (*state, error) {
	if len(sealed) > maxState {
		return nil, errState
	}
	plain, err := encryption.DecryptToken(keys, userID, sealed)
	if errors.Is(err, encryption.ErrWrongKey) || errors.Is(err, encryption.ErrNotEncrypted) {
		return nil, errState
	} else if err != nil {
		return nil, err
	}
	var s state
	if err := json.Unmarshal(plain, &s); err != nil {
		return nil, errState
	}
	if now-s.At > stateLife.Milliseconds() {
		return nil, errState
	}
	return &s, nil
}
