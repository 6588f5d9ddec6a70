package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/outbound"
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
	ID        string               `json:"id"`
	Name      string               `json:"name"`
	Title     string               `json:"title"`
	Language  string               `json:"language"`
	Category  string               `json:"category"`
	Price     *domain.Money        `json:"price"`
	Currency  string               `json:"currency"`
	Header    headerView           `json:"header"`
	Text      string               `json:"text"`
	Footer    string               `json:"footer"`
	Buttons   []buttonView         `json:"buttons"`
	Variables []optionVariableView `json:"variables"`
	Usable    bool                 `json:"usable"`
	Why       string               `json:"why"`
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

type optionVariableView struct {
	Element string `json:"element"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Label   string `json:"label"`
	Example string `json:"example"`
	Default string `json:"default"`
	Max     int    `json:"max"`
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
		ID: t.ID, Name: t.Name, Title: t.Title, Language: t.Language, Category: t.Category, Currency: currency, Text: t.Text,
		Buttons: []buttonView{}, Variables: []optionVariableView{},
	}
	if currency != "" {
		view.Price = &option.Price
	}
	variables, _, err := outbound.Preview(t)
	why := option.Why
	if why.Key == "" && err != nil {
		why = domain.T("admin.template_is_unsendable")
	}
	if view.Usable = why.Key == ""; !view.Usable {
		view.Why = a.Localize(r, why)
	}
	view.addComponents(t.Definition)
	for _, v := range variables {
		view.Variables = append(view.Variables, optionVariableView{
			Element: v.Element, Kind: variableKind(v), Name: v.Name, Label: a.Localize(r, v.Caption(t.Labels[v.Element])),
			Example: v.Example, Default: t.Rules[v.Element].Default, Max: t.Rules.Limit(v.Element, valueLimit(v)),
		})
	}
	return view
}

// addComponents adds header, footer and buttons. A definition that cannot be read has none.
func (v *templateOptionView) addComponents(definition []byte) {
	var template whatsapp.Template
	if json.Unmarshal(definition, &template) != nil {
		return
	}
	for _, c := range template.Components {
		switch strings.ToUpper(c.Type) {
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
}
