package command

import (
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

// Definition is the command as Mattermost registers it, its hints in the server's language.
func Definition(texts *i18n.Bundle, locale string) *model.Command {
	in := &call{lang: i18n.Lang(locale), texts: texts}
	data := model.NewAutocompleteData(Trigger, in.text("command.hint"), in.text("command.description"))
	var twins []*model.AutocompleteData
	for _, s := range subcommands() {
		word, twin := s.words(in.lang)
		data.AddCommand(in.autocomplete(s, word, in.text("command."+s.english)))
		if twin != word {
			twins = append(twins, in.autocomplete(s, twin, in.text("command.twin", "Word", word)))
		}
	}
	for _, twin := range twins {
		data.AddCommand(twin)
	}
	return &model.Command{
		Trigger:          Trigger,
		DisplayName:      "WhatsApp Ativo",
		Description:      in.text("command.description"),
		AutoComplete:     true,
		AutoCompleteDesc: in.text("command.description"),
		AutoCompleteHint: in.text("command.hint"),
		AutocompleteData: data,
	}
}

// autocomplete is what Mattermost offers for one word of a subcommand.
func (c *call) autocomplete(s subcommand, word, help string) *model.AutocompleteData {
	data := model.NewAutocompleteData(word, "", help)
	if s.argument {
		data.Hint = c.text("command." + s.english + "_hint")
	}
	if s.required { // Mattermost knows no optional argument without a name
		data.AddTextArgument(help, data.Hint, "")
	}
	if s.admin {
		data.RoleID = model.SystemAdminRoleId
	}
	return data
}

// words returns the subcommand's word in a language, and the one in the other language.
func (s subcommand) words(lang string) (word, twin string) {
	if lang == i18n.Portuguese {
		return s.portuguese, s.english
	}
	return s.english, s.portuguese
}

// help lists all subcommands with their arguments.
func (c *call) help() string {
	lines := []string{c.text("command.help_title"), ""}
	for _, s := range subcommands() {
		word, twin := s.words(c.lang)
		usage := "/" + Trigger + " " + word
		if s.argument {
			usage += " " + c.text("command."+s.english+"_hint")
		}
		line := "- `" + usage + "`"
		if twin != word {
			line += " (`" + twin + "`)"
		}
		lines = append(lines, line+": "+c.text("command."+s.english))
	}
	return strings.Join(lines, "\n")
}
