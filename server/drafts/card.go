package drafts

import (
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	// draftsURL is where clicks on the buttons go.
	draftsURL = domain.PluginPath + "/api/v1/actions/drafts"
	// maxListed is how many drafts one post lists.
	maxListed = 50
	// maxExcerpt is how much of a draft's text an offer shows, in characters.
	maxExcerpt = 400
)

// showOffer posts an offer, or updates its post.
func (d *Sender) showOffer(ctx context.Context, o *domain.DraftOffer) error {
	drafts, err := d.Store.OfferedDrafts(ctx, o.ConversationID, o.AuthorID, o.Opening)
	if err != nil {
		return err
	}
	left := anyLeft(drafts)
	if o.ChannelID == "" || o.PostID == "" && o.Attempts < 2 && !left {
		return d.Store.OfferShown(ctx, o) // dropped or sent before there was anything to see
	}
	say := func(key string, pairs ...any) string {
		return d.Localizer.ForChannel(domain.T(key, pairs...).In(o.TimeZone))
	}
	name, err := d.Username(ctx, o.AuthorID)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	message := say("draft.offer", "Who", domain.Username(name))
	if !left {
		message = say("draft.offer_done", "Who", domain.Username(name))
	}
	key := "drafts:" + o.ConversationID + ":" + o.AuthorID + ":" + strconv.FormatInt(o.Opening, 10)
	props := map[string]any{posting.PropEvent: key, "attachments": DraftAttachments(drafts, o.ConversationID, o.AuthorID, say)}
	again := o.Attempts > 1 // a crashed try may have posted it, with what it listed then
	if o.PostID == "" {
		o.PostID, err = posting.EnsurePostOrFallback(ctx, d.Posts, posting.Post{ChannelID: o.ChannelID, Type: posting.TypeEvent, Message: message, Props: props, PendingID: key},
			posting.PropEvent, say("withheld.line"), again, posting.OwnPostsSince())
	} else {
		again = true
	}
	if err == nil && again && o.PostID != "" {
		err = d.Posts.EditPost(ctx, o.PostID, message, props)
		if errors.Is(err, domain.ErrNotFound) || errors.Is(err, posting.ErrRefused) || o.Attempts >= draftTries { // somebody deleted it, or archived the channel
			err = nil
		}
	}
	if err != nil {
		return err
	}
	return d.Store.OfferShown(ctx, o)
}

// anyLeft reports whether any of the drafts can still be sent or is being sent.
func anyLeft(drafts []*domain.Draft) bool {
	return slices.ContainsFunc(drafts, func(d *domain.Draft) bool {
		return d.State == domain.DraftHeld || d.State == domain.DraftChosen
	})
}

// DraftAttachments lists drafts as Mattermost's message attachments; a held one has buttons.
// say returns a text in the reader's language, with times in the time zone of the queue.
func DraftAttachments(drafts []*domain.Draft, conversationID, authorID string, say func(key string, pairs ...any) string) []any {
	list := make([]any, 0, min(len(drafts), maxListed)+1)
	held := 0
	for i, draft := range drafts {
		if draft.State == domain.DraftHeld {
			held++
		}
		if i == maxListed {
			list = append(list, map[string]any{"text": say("draft.more", "More", len(drafts)-maxListed)})
		}
		if i < maxListed {
			list = append(list, draftAttachment(i+1, draft, say))
		}
	}
	if held > 1 {
		list = append(list, map[string]any{"actions": []any{
			button("all"+conversationID, "primary", say("draft.send_all", "Count", held), map[string]any{"do": "all", "conversation_id": conversationID, "author_id": authorID}),
		}})
	}
	return list
}

func draftAttachment(number int, draft *domain.Draft, say func(key string, pairs ...any) string) map[string]any {
	text := "**" + strconv.Itoa(number) + ".** "
	if draft.State == domain.DraftDropped {
		return map[string]any{"text": text + say("draft.is_dropped")}
	}
	text += excerpt(draft.Text)
	if draft.SendAt != 0 && draft.State == domain.DraftHeld {
		text += "\n" + say("draft.scheduled", "At", draft.SendAt)
	}
	if n := len(draft.FileIDs); n > 0 {
		text += "\n" + say("draft.files", "Count", n)
	}
	switch draft.State {
	case domain.DraftSent:
		return map[string]any{"text": text + "\n" + say("draft.is_sent")}
	case domain.DraftChosen:
		return map[string]any{"text": text + "\n" + say("draft.is_chosen")}
	}
	do := func(what string) map[string]any { return map[string]any{"do": what, "draft_id": draft.ID} }
	return map[string]any{"text": text, "actions": []any{
		button("send"+draft.ID, "primary", say("draft.send"), do("send")),
		button("edit"+draft.ID, "default", say("draft.edit"), do("edit")),
		button("drop"+draft.ID, "default", say("draft.drop"), do("drop")),
	}}
}

func button(id, style, name string, data map[string]any) map[string]any {
	return map[string]any{
		"id": id, "type": "button", "style": style, "name": name,
		"integration": map[string]any{"url": draftsURL, "context": data},
	}
}

// excerpt returns the beginning of a draft's text, in which no mention and no link works.
func excerpt(text string) string {
	if utf8.RuneCountInString(text) > maxExcerpt {
		text = string([]rune(text)[:maxExcerpt]) + "…"
	}
	return markdown.ToMattermost(text)
}
