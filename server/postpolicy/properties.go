package postpolicy

import (
	"maps"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// plainProps are properties of a person's post that the server sets itself, or
// that show nothing. All others could show in the channel what the customer
// does not get, or make a post look like somebody else's: the channel is the
// record of what left, so they are taken off.
var plainProps = map[string]bool{
	model.PostPropsChannelMentions:          true,
	model.PostPropsGroupHighlightDisabled:   true,
	model.PostPropsMentionHighlightDisabled: true,
	model.PostPropsPreviewedPost:            true,
	model.PostPropsUnsafeLinks:              true,
	model.PostPropsForceNotification:        true,
	model.PostPropsFromOAuthApp:             true,
	model.PostPropsAIGeneratedByUserID:      true,
	model.PostPropsAIGeneratedByUsername:    true,
}

// provenMarks are those of ours that a post made in somebody's name may have, with its seal.
var provenMarks = []string{posting.PropDraft, posting.PropCard, posting.PropSeal}

// ForeignProps names the properties of a fresh post that are not its author's to give.
func ForeignProps(props map[string]any, decision posting.Decision) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(props)), func(name string) bool {
		switch {
		case posting.IsOurProp(name):
			return decision.IsSealed && slices.Contains(provenMarks, name)
		case name == model.PostPropsAttachments && decision.Destination == posting.Note:
			return true // it says that the post is a note
		}
		return decision.Destination == posting.Internal || plainProps[name] // another plugin's post needs its own
	})
}

// ProtectedProp reports whether a change by hand, or by another plugin, may not touch a
// property of a post of such a type.
func ProtectedProp(name, postType string) bool {
	theirs := postType != "" && postType != model.PostTypeMe && !posting.IsOurType(postType)
	return posting.IsOurProp(name) || !theirs && !plainProps[name]
}
