package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"maps"
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// exportView ends with the conversations, and each conversation with its messages, because what stands last can be
// written piece by piece.
type exportView struct {
	ID              string                   `json:"id"`
	Name            string                   `json:"name"`
	Phone           string                   `json:"phone"`
	WAID            string                   `json:"wa_id"`
	UserID          string                   `json:"user_id"`
	Username        string                   `json:"username"`
	CPF             string                   `json:"cpf"`
	LastTemplateAt  millisOrNull             `json:"last_template_at"`
	BlockedUntil    millisOrNull             `json:"blocked_until"`
	MarketingStopAt millisOrNull             `json:"marketing_stop_at"`
	Consent         consentView              `json:"consent"`
	CreatedAt       millisOrNull             `json:"created_at"`
	UpdatedAt       millisOrNull             `json:"updated_at"`
	Identities      []domain.ContactIdentity `json:"identities"`
	Scheduled       []exportScheduledView    `json:"scheduled"`
	Conversations   []exportConversationView `json:"conversations"`
}

type exportConversationView struct {
	ID            string              `json:"id"`
	AccountID     string              `json:"account_id"`
	QueueID       string              `json:"queue_id"`
	ChannelID     string              `json:"channel_id"`
	OwnerID       string              `json:"owner_id"`
	AttendantID   string              `json:"attendant_id"`
	LastInboundAt millisOrNull        `json:"last_inbound_at"`
	ClosedAt      millisOrNull        `json:"closed_at"`
	CloseReason   string              `json:"close_reason"`
	Closing       *closingView        `json:"closing"`
	CreatedAt     millisOrNull        `json:"created_at"`
	Drafts        []exportDraftView   `json:"drafts"`
	Messages      []exportMessageView `json:"messages"`
}

type exportScheduledView struct {
	ID        string                 `json:"id"`
	OwnerID   string                 `json:"owner_id"`
	Name      string                 `json:"name"`
	Phone     string                 `json:"phone"`
	CPF       string                 `json:"cpf"`
	Template  string                 `json:"template"`
	Variables map[string]string      `json:"variables"`
	Status    domain.ScheduledStatus `json:"status"`
	SendAt    millisOrNull           `json:"send_at"`
	CreatedAt millisOrNull           `json:"created_at"`
}

type exportDraftView struct {
	ID        string            `json:"id"`
	AuthorID  string            `json:"author_id"`
	State     domain.DraftState `json:"state"`
	Text      string            `json:"text"`
	CreatedAt millisOrNull      `json:"created_at"`
}

type exportMessageView struct {
	messageView
	Text  string                `json:"text"`
	Files []domain.ExportedFile `json:"files"`
}

// exportBuffer is how much of an export waits to be written, in bytes. As long as nothing was written, a failure is
// answered like any other.
const exportBuffer = 64 << 10

// exportContact writes everything about a person. The history may be long, so it is never in memory as a whole. Where
// writing fails half-way the JSON has no end, so that nobody takes it for complete.
func (a *API) exportContact(w http.ResponseWriter, r *http.Request) {
	tracked := &trackedWriter{ResponseWriter: w}
	out := bufio.NewWriterSize(tracked, exportBuffer)
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	err := a.writeExport(out, r)
	switch {
	case err == nil:
		_ = out.Flush() // an error means that the client is gone
	case !tracked.begun:
		a.fail(w, r, err)
	default:
		a.LogError("The export of a contact could not be written to its end", "error", err.Error())
	}
}

func (a *API) writeExport(out *bufio.Writer, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	export, err := a.readExport(r, id)
	if err != nil {
		return errors.Wrap(err, "export the contact")
	}
	drafts := map[string][]exportDraftView{}
	for _, d := range export.Drafts {
		drafts[d.ConversationID] = append(drafts[d.ConversationID], exportDraftView{d.ID, d.AuthorID, d.State, d.Text, millisOrNull(d.CreatedAt)})
	}
	lang := a.language(r)
	return writeWithItems(out, viewExport(export), func(conversations *listWriter) error {
		for _, c := range export.Conversations {
			view := viewExported(c)
			view.Drafts = append(view.Drafts, drafts[c.ID]...)
			if err := conversations.next(); err != nil {
				return err
			}
			err := writeWithItems(out, view, func(messages *listWriter) error {
				return a.Store.EachExported(r.Context(), c.ID, func(m *domain.ExportedMessage) error {
					if err := messages.next(); err != nil {
						return err
					}
					return writeJSON(out, exportMessageView{a.viewMessage(lang, &m.Message), m.Text, append([]domain.ExportedFile{}, m.Files...)})
				})
			})
			if err != nil {
				return errors.Wrap(err, "export the messages")
			}
		}
		return nil
	})
}

// readExport reads what is stored about a person, with the document in the clear, and audits that it was asked for.
func (a *API) readExport(r *http.Request, id string) (*domain.PersonExport, error) {
	export, err := a.Store.ExportContact(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if export.CPF, err = a.Store.Document(&export.Contact); err != nil {
		return nil, err
	}
	return export, a.Store.Audit(r.Context(), userID(r), auditExported, id, nil)
}

// writeWithItems writes an object that ends with an empty list, with what items writes in that list.
func writeWithItems(out *bufio.Writer, object any, items func(*listWriter) error) error {
	data, err := json.Marshal(object)
	if err != nil {
		return errors.Wrap(err, "encode a part of the export")
	}
	end := []byte("]}")
	if _, err := out.Write(bytes.TrimSuffix(data, end)); err != nil {
		return errors.Wrap(err, "write the export")
	}
	if err := items(&listWriter{out: out}); err != nil {
		return err
	}
	_, err = out.Write(end)
	return errors.Wrap(err, "write the export")
}

// listWriter puts commas between the items of a list.
type listWriter struct {
	out   *bufio.Writer
	begun bool
}

func (l *listWriter) next() error {
	if !l.begun {
		l.begun = true
		return nil
	}
	return errors.Wrap(l.out.WriteByte(','), "write the export")
}

func writeJSON(out *bufio.Writer, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return errors.Wrap(err, "encode a part of the export")
	}
	_, err = out.Write(data)
	return errors.Wrap(err, "write the export")
}

func viewExport(export *domain.PersonExport) exportView {
	c := export.Contact
	scheduled := make([]exportScheduledView, 0, len(export.Scheduled))
	for _, s := range export.Scheduled {
		variables := map[string]string{}
		maps.Copy(variables, s.Asked.Variables)
		scheduled = append(scheduled, exportScheduledView{
			s.ID, s.OwnerID, s.Name, s.Phone, s.Asked.CPF, s.TemplateName, variables, s.Status, millisOrNull(s.SendAt), millisOrNull(s.CreatedAt),
		})
	}
	return exportView{
		ID: c.ID, Name: c.Name, Phone: c.Phone, WAID: c.WAID, UserID: c.UserID, Username: c.Username, CPF: export.CPF,
		LastTemplateAt: millisOrNull(c.LastTemplateAt), BlockedUntil: millisOrNull(c.BlockedUntil), MarketingStopAt: millisOrNull(c.MarketingStopAt), Consent: viewConsent(c.Consent()),
		CreatedAt: millisOrNull(c.CreatedAt), UpdatedAt: millisOrNull(c.UpdatedAt),
		Identities: append([]domain.ContactIdentity{}, export.Identities...), Scheduled: scheduled, Conversations: []exportConversationView{},
	}
}

func viewExported(c *domain.Conversation) exportConversationView {
	return exportConversationView{
		ID: c.ID, AccountID: c.AccountID, QueueID: c.QueueID, ChannelID: c.ChannelID,
		OwnerID: c.OwnerID, AttendantID: c.AttendantID, LastInboundAt: millisOrNull(c.LastInboundAt),
		ClosedAt: millisOrNull(c.ClosedAt), CloseReason: c.CloseReason, Closing: viewClosing(c), CreatedAt: millisOrNull(c.CreatedAt),
		Drafts: []exportDraftView{}, Messages: []exportMessageView{},
	}
}
