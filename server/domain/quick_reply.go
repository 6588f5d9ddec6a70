package domain

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// QuickReply (Resposta rápida) is a text that agents keep for what they answer again and again. It is one
// person's own, or a queue's.
type QuickReply struct {
	ID        string `db:"id"`
	OwnerID   string `db:"owner_id"` // whose own it is; "" = a queue's
	QueueID   string `db:"queue_id"` // "" = a person's own
	Shortcut  string `db:"shortcut"` // what is typed behind /r; unique among those of its owner or queue
	Title     string `db:"title"`    // "" = none
	Text      string `db:"body"`     // Markdown, with variables
	CreatedAt int64  `db:"created_at"`
	UpdatedAt int64  `db:"updated_at"`
}

// Whose a quick reply is. The REST API uses these words.
const (
	ScopePersonal = "personal"
	ScopeQueue    = "queue"
)

// Scope returns whose the reply is.
func (r *QuickReply) Scope() string {
	if r.QueueID == "" {
		return ScopePersonal
	}
	return ScopeQueue
}

// QuickReplyFilter selects the quick replies of a list, of those that the reader may use. A field that is
// zero does not restrict it.
type QuickReplyFilter struct {
	QueueID        string // only those of this queue, beside the reader's own
	ConversationID string // only those of its queue, beside the reader's own
	Scope          string // ScopeQueue leaves out the reader's own, ScopePersonal all others
	Editable       bool   // only those that the reader may change: their own, and those of the queues they supervise
	Query          string // occurs in the shortcut, the title or the text
	Page, PerPage  int
}

// Limits of quick replies; lengths are in characters.
const (
	MaxQuickReplies       = 2000 // of one person or queue
	MaxQuickReplyShortcut = 32
	MaxQuickReplyTitle    = 100
	MaxQuickReplyText     = 4096 // WhatsApp's limit of a text
)

var (
	shortcut = regexp.MustCompile("^[a-z0-9-]{1," + strconv.Itoa(MaxQuickReplyShortcut) + "}$")
	variable = regexp.MustCompile(`\{\{([^{}]*)\}\}`)
)

// QuickReplyValues are what the variables of a quick reply stand for, written so that nothing in them acts.
type QuickReplyValues struct {
	Customer  string    // the customer's name; "" = unknown
	First     string    // the first word of it
	Attendant string    // who serves the conversation, or who sends the reply where nobody does
	Owner     string    // who is responsible for it
	Queue     string    // the queue's name
	Now       time.Time // in the queue's time zone
}

// value returns what a variable stands for; known is false where there is none of that name.
func (v QuickReplyValues) value(name string) (text string, known bool) {
	switch strings.TrimSpace(name) {
	case "nome":
		return v.Customer, true
	case "primeiro_nome":
		return v.First, true
	case "atendente":
		return v.Attendant, true
	case "responsavel":
		return v.Owner, true
	case "fila":
		return v.Queue, true
	case "saudacao":
		return Greeting(v.Now), true
	}
	return "", false
}

// Greeting returns how Brazilians greet each other at that time of the day.
func Greeting(now time.Time) string {
	switch hour := now.Hour(); {
	case hour >= 5 && hour < 12:
		return "bom dia"
	case hour >= 12 && hour < 18:
		return "boa tarde"
	default:
		return "boa noite"
	}
}

// Check trims what somebody wrote of a quick reply and returns what is wrong with it, by field.
func (r *QuickReply) Check() map[string]Text {
	wrong := map[string]Text{}
	r.Shortcut = strings.TrimSpace(r.Shortcut)
	if !shortcut.MatchString(r.Shortcut) {
		wrong["shortcut"] = T("reply.shortcut")
	}
	if text, ok := checkLine(&r.Title, MaxQuickReplyTitle, false); !ok {
		wrong["title"] = text
	}
	r.Text = strings.TrimSpace(r.Text)
	if r.Text == "" {
		wrong["text"] = T("closing.required")
	}
	for _, found := range variable.FindAllStringSubmatch(r.Text, -1) {
		if _, known := (QuickReplyValues{}).value(found[1]); !known {
			wrong["text"] = T("reply.unknown_variable", "Name", found[0])
		}
	}
	return wrong
}

// Fill returns the text with its variables replaced. A value that looks like a variable stays as it is.
func (r *QuickReply) Fill(values QuickReplyValues) string {
	return variable.ReplaceAllStringFunc(r.Text, func(found string) string {
		if text, known := values.value(strings.Trim(found, "{}")); known {
			return text
		}
		return found
	})
}

// FirstName returns the first word of a name.
func FirstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}
