package main

import (
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
)

// cleaned makes a post that is about to be accepted say nothing that is not its
// author's to say. The server decodes the hook's answer into the post that came,
// so that a property cannot be taken off here: it is emptied, and taken off once the post is there.
func cleaned(post *model.Post, ruling posting.Decision) *model.Post {
	for _, name := range postpolicy.ForeignProps(post.GetProps(), ruling) {
		post.AddProp(name, nil)
	}
	if ruling.CardText != "" { // shows what the customer gets
		post.Message = ruling.CardText
	}
	return post
}

// keepProps puts the properties back as they were that are nobody's to change.
func keepProps(updated, old *model.Post) {
	for name := range updated.GetProps() {
		if postpolicy.ProtectedProp(name, old.Type) {
			updated.DelProp(name)
		}
	}
	for name, value := range old.GetProps() {
		if postpolicy.ProtectedProp(name, old.Type) {
			updated.AddProp(name, value)
		}
	}
}
