package command

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

// Drafts lists held drafts; *domain.Drafts does.
type Drafts interface {
	List(ctx context.Context, actorID, conversationID string, page, perPage int) ([]*domain.Draft, int, error)
}

// Whisperer shows a text with message attachments to one person only.
type Whisperer interface {
	WhisperWith(ctx context.Context, channelID, userID, message string, attachments []any)
}

// DraftList makes message attachments with buttons of drafts.
type DraftList func(drafts []*domain.Draft, conversationID, authorID string, say func(key string, pairs ...any) string) []any

func (c *Command) drafts(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err != nil {
		return "", err
	}
	all, _, err := c.Drafts.List(ctx, in.UserID, view.ID, 0, 2*domain.MaxDrafts)
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
	c.Whisperer.WhisperWith(ctx, in.ChannelID, in.UserID, in.text("draft.list"), c.DraftList(mine, view.ID, in.UserID, in.text))
	return "", nil
}

// NoteTriggers are commands of their own, the same as `/whatsapp nota`.
func NoteTriggers() []string { return []string{"nota", "note"} }

// NoteDefinition is such a command as Mattermost registers it.
func NoteDefinition(texts *i18n.Bundle, locale, trigger string) *model.Command {
	in := &call{lang: i18n.Lang(locale), texts: texts}
	data := model.NewAutocompleteData(trigger, in.text("command.note_hint"), in.text("command.note"))
	data.AddTextArgument(in.text("command.note"), in.text("command.note_hint"), "")
	return &model.Command{
		Trigger: trigger, DisplayName: "WhatsApp Ativo", Description: in.text("command.note"),
		AutoComplete: true, AutoCompleteDesc: in.text("command.note"), AutoCompleteHint: in.text("command.note_hint"), AutocompleteData: data,
	}
}
