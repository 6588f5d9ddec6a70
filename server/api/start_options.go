package api

import (
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// startOptionsView is what somebody can choose from to start.
type startOptionsView struct {
	Queues    []startQueueView     `json:"queues"`
	QueueID   string               `json:"queue_id"`
	Templates []templateOptionView `json:"templates"`
	Left      *domain.Money        `json:"left"`
	Currency  string               `json:"currency"`
}

type startQueueView struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	AccountID string `json:"account_id"`
	TeamID    string `json:"team_id"`
	ChannelID string `json:"channel_id"`
}

// templateOptionView has the parts of the message as Meta keeps them, so that a client can show what leaves.
type templateOptionView struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Title    string        `json:"title"`
	Language string        `json:"language"`
	Category string        `json:"category"`
	Price    *domain.Money `json:"price"`
	Currency string        `json:"currency"`
	partView
	Offer     string               `json:"offer"` // the text of a limited-time offer
	Cards     []partView           `json:"cards"`
	Variables []optionVariableView `json:"variables"`
	Usable    bool                 `json:"usable"`
	Why       string               `json:"why"`
}

// partView is the message itself, or one card of its carousel.
type partView struct {
	Header  headerView   `json:"header"`
	Text    string       `json:"text"`
	Footer  string       `json:"footer"`
	Buttons []buttonView `json:"buttons"`
}

type headerView struct {
	Format string `json:"format"`
	Text   string `json:"text"`
}

type buttonView struct {
	Type string `json:"type"`
	Text string `json:"text"`
	URL  string `json:"url"`
}

// optionVariableView is a variable with the limit of what may be typed.
type optionVariableView struct {
	variableView
	Max int `json:"max"`
}

func (a *API) getStartOptions(r *http.Request) (reply, error) {
	q := readQuery(r)
	queueID := q.id("queue_id")
	if err := q.err(); err != nil {
		return reply{}, err
	}
	options, err := a.Service.StartOptions(r.Context(), userID(r), queueID)
	if err != nil {
		return reply{}, errors.Wrap(err, "read what somebody can start with")
	}
	view := startOptionsView{Queues: []startQueueView{}, QueueID: options.QueueID, Templates: []templateOptionView{}, Currency: options.Currency}
	for _, q := range options.Queues {
		view.Queues = append(view.Queues, startQueueView{ID: q.ID, Name: q.Name, AccountID: q.AccountID, TeamID: q.TeamID, ChannelID: q.ChannelID})
	}
	if options.Currency != "" {
		view.Left = &options.Left
	}
	for i := range options.Templates {
		view.Templates = append(view.Templates, a.viewTemplateOption(r, &options.Templates[i], options.Currency))
	}
	return ok(view)
}

func (a *API) viewTemplateOption(r *http.Request, option *domain.TemplateOption, currency string) templateOptionView {
	t := option.Template
	view := templateOptionView{
		ID: t.ID, Name: t.Name, Title: t.Title, Language: t.Language, Category: t.Category, Currency: currency,
		Cards: []partView{}, Variables: []optionVariableView{},
	}
	if currency != "" {
		view.Price = &option.Price
	}
	template, err := whatsapp.ReadTemplate(t.Definition)
	if view.Usable = option.Why.Key == ""; !view.Usable {
		view.Why = a.Localize(r, option.Why)
	}
	view.partView = viewPart(template.Components)
	if err != nil && view.Text == "" {
		view.Text = t.Text // all there is to show
	}
	for _, c := range template.Components {
		if c.Offer != nil {
			view.Offer = c.Offer.Text
		}
		for _, card := range c.Cards {
			view.Cards = append(view.Cards, viewPart(card.Components))
		}
	}
	for _, v := range template.Variables() {
		view.Variables = append(view.Variables, optionVariableView{a.viewVariable(r, t, v), t.Rules.Limit(v.Element, valueLimit(v))})
	}
	return view
}

// viewPart shows header, body, footer and buttons.
func viewPart(components []whatsapp.TemplateComponent) partView {
	v := partView{Buttons: []buttonView{}}
	for _, c := range components {
		switch c.Type {
		case "HEADER":
			v.Header = headerView{Format: c.Format, Text: c.Text}
		case "BODY":
			v.Text = c.Text
		case "FOOTER":
			v.Footer = c.Text
		case "BUTTONS":
			for _, b := range c.Buttons {
				v.Buttons = append(v.Buttons, buttonView{Type: b.Type, Text: b.Text, URL: b.URL})
			}
		}
	}
	return v
}
