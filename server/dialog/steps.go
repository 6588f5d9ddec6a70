package dialog

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Names of the elements that do not come from the template.
const (
	elementQueue       = "queue"
	elementTemplate    = "template"
	elementCustomer    = "customer"
	elementName        = "customer_name"
	elementCPF         = "cpf"
	elementPhone       = "phone"
	elementOrigin      = "consent_origin"
	elementConsentNote = "consent_note"
	elementSendAt      = "send_at"
	elementConfirm     = "confirm"
	elementReason      = "reason"
)

// Limits of what an agent types, in characters.
const (
	maxValue       = 1024 // of a variable whose template has no limit: Meta's limit for a body
	maxCPF         = 40   // with any punctuation
	maxPhone       = 150  // it may be a link to a chat
	maxReason      = 1000
	maxConsentNote = 150
)

// maxDefault is how long a text element's default may be, in bytes.
const maxDefault = model.DialogElementTextMaxLength

// templateStep makes the first form: which template, from which queue.
func (d *Dialogs) templateStep(r reader, s *state, o *offer, channelID string) (*model.Dialog, error) {
	var elements []model.DialogElement
	if len(o.queues) > 1 {
		queue := choice(elementQueue, r.text("dialog.queue"), r.text("dialog.queue_help"))
		for _, q := range o.queues {
			queue.Options = append(queue.Options, &model.PostActionOptions{Text: q.Name, Value: q.ID})
			if channelID != "" && q.ChannelID == channelID {
				queue.Default = q.ID
			}
		}
		distinctOptions(queue.Options, func(id string) string { return o.accounts[o.queue(id).AccountID].Name })
		elements = append(elements, queue)
	}
	template := choice(elementTemplate, r.text("dialog.template"), r.text("dialog.template_help"))
	for _, t := range sorted(o.templates) {
		text := t.Shown() + " (" + t.Language + ") · " + r.category(t.Category)
		if len(o.accounts) > 1 {
			text += " · " + o.accounts[t.AccountID].Name
		}
		template.Options = append(template.Options, &model.PostActionOptions{Text: text, Value: t.ID})
	}
	distinctOptions(template.Options, func(id string) string { return o.accounts[o.template(id).AccountID].DisplayPhone })
	if len(o.templates) == 1 {
		template.Default = o.templates[0].ID
	}
	return d.form(r, s, model.Dialog{Elements: append(elements, template), SubmitLabel: r.text("dialog.next")})
}

// valuesStep makes the second form: the template's text and price, its variables, and the customer. Of a carousel it is a form
// for the message and then one for each card. notice (Markdown) stands above it.
func (d *Dialogs) valuesStep(r reader, s *state, p *pick, notice string) (*model.Dialog, error) {
	s.Step = stepValues
	text, label := introduction(r, p), "dialog.send"
	if s.Card > 0 {
		text = cardIntroduction(r, p, s.Card)
	}
	if s.Card < p.parsed.Cards() {
		label = "dialog.next"
	}
	if notice != "" {
		text = notice + "\n\n" + text
	}
	return d.form(r, s, model.Dialog{IntroductionText: text, Elements: d.valueElements(r, s, p), SubmitLabel: r.text(label)})
}

// valueElements are the fields of the second form.
func (d *Dialogs) valueElements(r reader, s *state, p *pick) []model.DialogElement {
	elements := variableElements(r, s, p)
	if s.Kind == kindStart && s.Card == 0 {
		elements = append(elements, d.customerElements(r, s)...)
	}
	return elements
}

// confirmStep makes the third form: what the agent has to confirm.
func (d *Dialogs) confirmStep(r reader, s *state, refusal *domain.Refusal) (*model.Dialog, error) {
	elements := []model.DialogElement{{
		DisplayName: r.label("dialog.confirm"), Name: elementConfirm, Type: "bool",
		Placeholder: truncate(r.text("dialog.confirm_text"), model.DialogElementBoolMaxLength),
	}}
	if refusal.NeedsReason {
		elements = append(elements, model.DialogElement{
			DisplayName: r.label("dialog.reason"), Name: elementReason, Type: "textarea", MaxLength: maxReason,
			Placeholder: r.text("dialog.reason_placeholder"),
			HelpText:    truncate(r.text("dialog.reason_help"), model.DialogElementHelpTextMaxLength),
		})
	}
	return d.form(r, s, model.Dialog{
		IntroductionText: r.texts.Markdown(r.lang, refusal.Text.Key, refusal.Text.Data),
		Elements:         elements,
		SubmitLabel:      r.text("dialog.send"),
	})
}

// form adds what all steps have in common.
func (d *Dialogs) form(r reader, s *state, form model.Dialog) (*model.Dialog, error) {
	sealed, err := s.seal(d.Keys(), r.userID, d.Clock.Now())
	if err != nil {
		return nil, err
	}
	distinctLabels(form.Elements)
	title := r.text("dialog.title_" + s.Kind)
	form.CallbackId, form.Title, form.State = "whatsapp_"+s.Kind, truncate(title, model.DialogTitleMaxLength), sealed
	return &form, nil
}

func (d *Dialogs) customerElements(r reader, s *state) []model.DialogElement {
	known := choice(elementCustomer, r.text("dialog.customer"), r.text("dialog.customer_help"))
	known.Optional, known.DataSource, known.DataSourceURL = true, "dynamic", customersURL
	known.Placeholder = truncate(r.text("dialog.customer_placeholder"), model.DialogElementSelectMaxLength)
	name := text(elementName, r.label("dialog.customer_name"), r.text("dialog.customer_name_placeholder"), domain.MaxNameLength)
	name.Default, name.Optional = s.Customer.Name, true // a known customer fills it in; submit asks for what is missing
	cpf := text(elementCPF, r.label("dialog.cpf"), r.text("dialog.cpf_placeholder"), maxCPF)
	cpf.Optional = true
	phone := text(elementPhone, r.label("dialog.phone"), r.text("dialog.phone_placeholder"), maxPhone)
	phone.SubType, phone.Default, phone.Optional = "tel", s.Customer.Phone, true
	elements := []model.DialogElement{known, name, cpf, phone}
	later := model.DialogElement{
		DisplayName: r.label("dialog.send_at"), Name: elementSendAt, Type: "datetime", Optional: true, HelpText: truncate(r.text("dialog.send_at_help"), model.DialogElementHelpTextMaxLength),
		DateTimeConfig: &model.DialogDateTimeConfig{MinDate: "today", MaxDate: "+60d", TimeInterval: 15}, // servers before 11.6 leave it out
	}
	if !d.Settings().RequireConsent {
		return append(elements, later)
	}
	// optional, because the customer's consent may be on record already; the service says where it is not
	origin := choice(elementOrigin, r.text("dialog.consent_origin"), r.text("dialog.consent_origin_help"))
	origin.Optional = true
	for _, one := range domain.ConsentOrigins() {
		origin.Options = append(origin.Options, &model.PostActionOptions{Text: r.text("consent.origin_" + one), Value: one})
	}
	note := text(elementConsentNote, r.label("dialog.consent_note"), r.text("dialog.consent_note_placeholder"), maxConsentNote)
	note.Optional = true
	return append(elements, origin, note, later)
}

// variableElements are the fields for the variables of the message, or of the card whose turn it is.
func variableElements(r reader, s *state, p *pick) []model.DialogElement {
	elements, rules := []model.DialogElement{}, p.template.Rules // never null in JSON
	for _, v := range p.parsed.Variables() {
		if v.Card != s.Card {
			continue
		}
		placeholder := ""
		if v.Example != "" {
			placeholder = r.text("dialog.example", "Example", strings.Join(strings.Fields(v.Example), " "))
		}
		if v.Kind.Media() {
			placeholder = r.text("dialog.header_media_placeholder")
		}
		element := text(v.Element, r.localize(v.Caption(p.template.Labels[v.Element])), placeholder, rules.Limit(v.Element, cmp.Or(v.MaxLength, maxValue)))
		if v.Kind == whatsapp.VariableMoment {
			element.Type, element.MaxLength, element.DateTimeConfig = "datetime", 0, &model.DialogDateTimeConfig{MinDate: "today", TimeInterval: 15}
		}
		if given := cmp.Or(s.Variables[v.Element], rules[v.Element].Default); len(given) <= maxDefault && utf8.RuneCountInString(given) <= cmp.Or(element.MaxLength, maxDefault) {
			element.Default = given
		}
		elements = append(elements, element)
	}
	return elements
}

func (r reader) label(key string) string {
	return truncate(r.text(key), model.DialogElementDisplayNameMaxLength)
}

// category is Meta's category in the reader's language; one that we do not know stays as Meta writes it.
func (r reader) category(category string) string {
	key := "dialog.category_" + strings.ToLower(category)
	if name := r.text(key); name != key {
		return name
	}
	return category
}

func text(name, label, placeholder string, maxLength int) model.DialogElement {
	return model.DialogElement{
		DisplayName: label, Name: name, Type: "text", MaxLength: maxLength,
		Placeholder: truncate(placeholder, model.DialogElementTextMaxLength),
	}
}

func choice(name, label, help string) model.DialogElement {
	return model.DialogElement{
		DisplayName: truncate(label, model.DialogElementDisplayNameMaxLength), Name: name, Type: "select",
		HelpText: truncate(help, model.DialogElementHelpTextMaxLength),
	}
}

func sorted(templates []*domain.Template) []*domain.Template {
	return slices.SortedFunc(slices.Values(templates), func(a, b *domain.Template) int {
		return cmp.Or(cmp.Compare(a.Shown(), b.Shown()), cmp.Compare(a.Language, b.Language), cmp.Compare(a.ID, b.ID))
	})
}
