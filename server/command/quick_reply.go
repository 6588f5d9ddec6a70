package command

import (
	"context"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

// ReplyTrigger is the command that posts a quick reply. It is short because it is typed all day.
const ReplyTrigger = "r"

// suggestReplies is where Mattermost asks what can follow the command, below the plugin's address.
const suggestReplies = "api/v1/quick-replies/autocomplete"

// ReplyDefinition is the command of quick replies as Mattermost registers it.
func ReplyDefinition(texts *i18n.Bundle, locale string) *model.Command {
	in := &call{lang: i18n.Lang(locale), texts: texts}
	help, hint := in.text("command.reply"), in.text("command.reply_hint")
	data := model.NewAutocompleteData(ReplyTrigger, hint, help)
	data.AddDynamicListArgument(help, suggestReplies, true)
	return &model.Command{
		Trigger: ReplyTrigger, DisplayName: "WhatsApp Ativo", Description: help,
		AutoComplete: true, AutoCompleteDesc: help, AutoCompleteHint: hint, AutocompleteData: data,
	}
}

// behindReplyTrigger returns what was typed behind the command of quick replies; ok is false where another was typed.
func behindReplyTrigger(text string) (rest string, ok bool) {
	word, rest := splitWord(text)
	return rest, strings.EqualFold(word, "/"+ReplyTrigger)
}

// quickReply posts a quick reply as the user's own text.
func (c *Command) quickReply(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err != nil {
		return "", err
	}
	shortcut, more := splitWord(in.rest)
	if shortcut == "" || more != "" {
		return in.text("command.reply_usage"), nil
	}
	text, err := c.Service.FillQuickReplyByShortcut(ctx, in.UserID, view.ID, shortcut)
	if err != nil {
		return "", err
	}
	return "", c.SendText(ctx, in.UserID, in.ChannelID, in.RootID, text) // no answer: the post itself appears
}

// replies shows the dialog in which quick replies are kept, of one's own and of the queues that one supervises.
func (c *Command) replies(ctx context.Context, in *call) (string, error) {
	shortcut := strings.ToLower(strings.TrimPrefix(unquote(in.rest), "/"+ReplyTrigger+" "))
	request, err := c.RepliesDialog(ctx, in.UserID, shortcut)
	return "", c.open(ctx, in, request, err)
}
