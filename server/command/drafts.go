package command

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

// drafts shows the user their held drafts of the conversation, each with its buttons.
func (c *Command) drafts(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err != nil {
		return "", err
	}
	all, _, err := c.ListDrafts(ctx, in.UserID, view.ID, 0, 2*domain.MaxDrafts)
	if err != nil {
		return "", err
	}
	var mine []*domain.Draft
	for _, draft := range all {
		if draft.AuthorID == in.UserID {
			mine = append(mine, draft)
		}
	}
	if len(mine) == 0 {
		return in.text("draft.none"), nil
	}
	zones, err := c.zones(ctx)
	if err != nil {
		return "", err
	}
	say := func(key string, pairs ...any) string {
		return in.localize(domain.T(key, pairs...).In(zones[view.QueueID]))
	}
	c.Mattermost.SendEphemeralWithAttachments(ctx, in.ChannelID, in.UserID, say("draft.list"), c.DraftAttachments(mine, view.ID, in.UserID, say))
	return "", nil
}

// NoteTriggers are commands of their own that do what `/whatsapp nota` does.
func NoteTriggers() []string { return []string{"nota", "note"} }

// NoteDefinition is one of the NoteTriggers as Mattermost registers it.
func NoteDefinition(texts *i18n.Bundle, locale, trigger string) *model.Command {
	in := &call{lang: i18n.Lang(locale), texts: texts}
	data := model.NewAutocompleteData(trigger, in.text("command.note_hint"), in.text("command.note"))
	data.AddTextArgument(in.text("command.note"), in.text("command.note_hint"), "")
	return &model.Command{
		Trigger: trigger, DisplayName: "WhatsApp Ativo", Description: in.text("command.note"),
		AutoComplete: true, AutoCompleteDesc: in.text("command.note"), AutoCompleteHint: in.text("command.note_hint"), AutocompleteData: data,
	}
}
