package posting

import (
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// questionText writes a question as the channel shows it: everything that the customer reads, and what they can tap
// as code, as buttons of templates are.
func questionText(q *whatsapp.Question) string {
	var parts []string
	if q.Header != "" {
		parts = append(parts, "**"+markdown.Escape(q.Header)+"**")
	}
	parts = append(parts, markdown.ToMattermost(q.Body))
	if q.Footer != "" {
		parts = append(parts, "_"+markdown.Escape(q.Footer)+"_")
	}
	switch q.Type {
	case whatsapp.AskButtons:
		var buttons []string
		for _, b := range q.Buttons {
			buttons = append(buttons, markdown.Code(b.Title))
		}
		parts = append(parts, strings.Join(buttons, " "))
	case whatsapp.AskList:
		parts = append(parts, "**"+markdown.Escape(q.Button)+"**")
		for _, section := range q.Sections {
			parts = append(parts, sectionText(section))
		}
	case whatsapp.AskLink:
		parts = append(parts, markdown.Code(q.Button)+" "+markdown.Code(q.URL))
	case whatsapp.AskLocation:
		parts = append(parts, markdown.Code("📍"))
	case whatsapp.AskPhone:
		parts = append(parts, markdown.Code("📞"))
	}
	return strings.Join(parts, "\n\n")
}

func sectionText(section whatsapp.InteractiveSection) string {
	var lines []string
	if section.Title != "" {
		lines = append(lines, markdown.Escape(section.Title))
	}
	for _, row := range section.Rows {
		line := "- " + markdown.Code(row.Title)
		if row.Description != "" {
			line += " " + markdown.Escape(row.Description)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// questionWords returns all texts of a question that somebody typed.
func questionWords(q *whatsapp.Question) string {
	words := []string{q.Header, q.Body, q.Footer, q.Button, q.URL}
	for _, b := range q.Buttons {
		words = append(words, b.Title)
	}
	for _, section := range q.Sections {
		words = append(words, section.Title)
		for _, row := range section.Rows {
			words = append(words, row.Title, row.Description)
		}
	}
	return strings.Join(words, "\n")
}
