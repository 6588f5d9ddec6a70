package dialog

import (
	"context"
	"strconv"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Names of the elements of `perguntar`. Those of the second form are the fields of the REST API, so that a refusal finds its element.
const (
	elementType     = "type"
	elementBody     = "body"
	elementHeader   = "header"
	elementFooter   = "footer"
	elementButtons  = "buttons"
	elementButton   = "button"
	elementSections = "sections"
	elementURL      = "url"
)

// Limits of what is typed into the elements of one line, in characters; Meta's, which the service checks too.
const (
	maxAskLine   = 60
	maxAskButton = 20
)

// askTypes are the types of a question in the order in which they are offered.
func askTypes() []string {
	return []string{whatsapp.AskButtons, whatsapp.AskList, whatsapp.AskLink, whatsapp.AskLocation, whatsapp.AskPhone}
}

// AskFor is who asks the customer of a channel something, and what is already known about the question.
type AskFor struct {
	UserID, ChannelID string
	Type              string // of whatsapp.Question; "" = the agent chooses it
	Text              string // what was typed behind the command
}

// Ask makes the dialog of a question to the customer, without a trigger id. A *domain.Refusal says why the user cannot have it.
func (d *Dialogs) Ask(ctx context.Context, who AskFor) (*model.OpenDialogRequest, error) {
	if err := d.MayAsk(ctx, who.UserID, who.ChannelID); err != nil {
		return nil, err
	}
	r := d.readerOf(ctx, who.UserID)
	s := state{Kind: kindAsk, Step: stepType, ChannelID: who.ChannelID, AskType: who.Type, Text: truncate(who.Text, model.DialogElementTextareaMaxLength)}
	step := d.typeStep
	if s.AskType != "" {
		s.Step, step = stepQuestion, d.questionStep
	}
	form, err := step(r, &s)
	if err != nil {
		return nil, err
	}
	return &model.OpenDialogRequest{URL: AskURL, Dialog: *form}, nil
}

// askStep takes a submission of `perguntar`: the first form chooses the type, the second one has what a question of that type
// consists of. A client may also send all at once.
func (d *Dialogs) askStep(ctx context.Context, r reader, s *state, submission map[string]any) (*model.SubmitDialogResponse, error) {
	if err := d.MayAsk(ctx, r.userID, s.ChannelID); err != nil {
		return nil, err
	}
	if s.Step == stepType {
		s.AskType = earlierValue(submission, elementType, s.AskType)
	}
	elements := questionElements(r, s)
	if len(elements) == 0 {
		return &model.SubmitDialogResponse{Errors: map[string]string{elementType: r.text("dialog.required")}}, nil
	}
	if s.Step == stepType && !hasAny(submission, elements) {
		s.Step = stepQuestion
		return formResponse(d.questionStep(r, s))
	}
	q, problems := readQuestion(r, s.AskType, submission)
	if len(problems) > 0 {
		return &model.SubmitDialogResponse{Errors: problems}, nil
	}
	if _, err := d.AskCustomer(ctx, r.userID, s.ChannelID, s.formName(), q); err != nil {
		if refusal, ok := domain.AsRefusal(err); ok {
			return refusalResponse(r, refusal, elements), nil
		}
		return nil, err
	}
	return &model.SubmitDialogResponse{}, nil // the post itself appears
}

// hasAny reports whether a submission has something for one of the elements.
func hasAny(submission map[string]any, elements []model.DialogElement) bool {
	for _, e := range elements {
		if submission[e.Name] != nil {
			return true
		}
	}
	return false
}

// readQuestion reads the second form, or says by element what is no text.
func readQuestion(r reader, kind string, submission map[string]any) (q whatsapp.Question, problems map[string]string) {
	problems = map[string]string{}
	read := func(name string) string {
		value, _, problem := field(submission, name)
		if problem != "" {
			problems[name] = r.text(problem)
		}
		return value
	}
	return whatsapp.Question{
		Type: kind, Body: read(elementBody), Header: read(elementHeader), Footer: read(elementFooter), Button: read(elementButton), URL: read(elementURL),
		Buttons: buttonsOf(read(elementButtons)), Sections: sectionsOf(read(elementSections)),
	}, problems
}

// buttonsOf reads buttons, one a line.
func buttonsOf(text string) (buttons []whatsapp.InteractiveID) {
	for line := range strings.Lines(text) {
		if title := strings.TrimSpace(line); title != "" {
			buttons = append(buttons, whatsapp.InteractiveID{ID: strconv.Itoa(len(buttons) + 1), Title: title})
		}
	}
	return buttons
}

// sectionsOf reads the options of a list, one a line, with a description behind a bar. A line that begins with # is the title
// of a section, to which the following options belong.
func sectionsOf(text string) (sections []whatsapp.InteractiveSection) {
	rows := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		title, isSection := strings.CutPrefix(line, "#")
		if isSection || line != "" && len(sections) == 0 {
			sections = append(sections, whatsapp.InteractiveSection{})
		}
		switch last := len(sections) - 1; {
		case isSection:
			sections[last].Title = strings.TrimSpace(title)
		case line != "":
			rows++
			title, description, _ := strings.Cut(line, "|")
			sections[last].Rows = append(sections[last].Rows, whatsapp.InteractiveRow{
				ID: strconv.Itoa(rows), Title: strings.TrimSpace(title), Description: strings.TrimSpace(description),
			})
		}
	}
	return sections
}

// typeStep asks for the type of the question.
func (d *Dialogs) typeStep(r reader, s *state) (*model.Dialog, error) {
	kind := choice(elementType, r.text("ask.type_label"), "")
	for _, one := range askTypes() {
		kind.Options = append(kind.Options, &model.PostActionOptions{Text: r.text("ask.type_" + one), Value: one})
	}
	return d.form(r, s, model.Dialog{Elements: []model.DialogElement{kind}, SubmitLabel: r.text("dialog.next")})
}

// questionStep asks for what a question of the chosen type consists of.
func (d *Dialogs) questionStep(r reader, s *state) (*model.Dialog, error) {
	return d.form(r, s, model.Dialog{
		IntroductionText: r.markdown("ask.intro_" + s.AskType), Elements: questionElements(r, s), SubmitLabel: r.text("dialog.send"),
	})
}

// questionElements are the elements for a question of the chosen type; none if there is no such type.
func questionElements(r reader, s *state) []model.DialogElement {
	body := lines(elementBody, r.label("ask.body"), "")
	body.Default = s.Text
	header := text(elementHeader, r.label("ask.header"), "", maxAskLine)
	footer := text(elementFooter, r.label("ask.footer"), "", maxAskLine)
	header.Optional, footer.Optional = true, true
	button := text(elementButton, r.label("ask.button_label"), r.text("ask.button_example"), maxAskButton)
	switch s.AskType {
	case whatsapp.AskButtons:
		return []model.DialogElement{body, lines(elementButtons, r.label("ask.buttons_label"), r.text("ask.buttons_help")), header, footer}
	case whatsapp.AskList:
		return []model.DialogElement{body, button, lines(elementSections, r.label("ask.sections_label"), r.text("ask.sections_help")), header, footer}
	case whatsapp.AskLink:
		link := lines(elementURL, r.label("ask.url_label"), "") // a field of one line takes no long address
		link.Placeholder = "https://"
		return []model.DialogElement{body, button, link, header, footer}
	case whatsapp.AskLocation, whatsapp.AskPhone:
		body.Optional = true // there is a text of ours
		return []model.DialogElement{body}
	}
	return nil
}

// lines makes an element for several lines of text.
func lines(name, label, help string) model.DialogElement {
	return model.DialogElement{
		DisplayName: label, Name: name, Type: "textarea", MaxLength: model.DialogElementTextareaMaxLength,
		HelpText: truncate(help, model.DialogElementHelpTextMaxLength),
	}
}
