package host

import (
	"encoding/json"
	"maps"
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

const postColumns = `p.id, coalesce(p.createat, 0), coalesce(p.updateat, 0), coalesce(p.editat, 0), coalesce(p.deleteat, 0), p.userid, p.channelid, coalesce(p.rootid, ''),
	coalesce(p.originalid, ''), coalesce(p.message, ''), coalesce(p.type, ''), coalesce(p.props, '{}')::text, coalesce(nullif(p.fileids, ''), '[]')`

// post reads a post; nil if there is none.
func (s *Server) post(id string) *model.Post {
	p := &model.Post{}
	var props, files string
	if !s.one("SELECT "+postColumns+" FROM posts p WHERE p.id = $1", []any{id},
		&p.Id, &p.CreateAt, &p.UpdateAt, &p.EditAt, &p.DeleteAt, &p.UserId, &p.ChannelId, &p.RootId, &p.OriginalId, &p.Message, &p.Type, &props, &files) {
		return nil
	}
	p.SetProps(unpack(props))
	_ = json.Unmarshal([]byte(files), &p.FileIds)
	return p
}

func unpack(text string) model.StringInterface {
	props := model.StringInterface{}
	if _ = json.Unmarshal([]byte(text), &props); props == nil { // "null"
		props = model.StringInterface{}
	}
	return props
}

// plain is a post as it goes over the wire to a plugin and back.
func plain(p *model.Post) *model.Post {
	c := p.Clone()
	c.SetProps(unpack(asJSON(p.GetProps())))
	c.FileIds = append(model.StringArray{}, p.FileIds...)
	return c
}

// createPost is what the server does with a new post, whoever makes it.
func (n *Node) createPost(c *plugin.Context, post *model.Post) (*model.Post, *model.AppError) {
	s := n.server
	channel := s.channel(post.ChannelId)
	switch {
	case channel == nil:
		return nil, notFound("CreatePost")
	case channel.DeleteAt != 0:
		return nil, refused("CreatePost", "api.post.create_post.can_not_post_to_deleted.error", http.StatusBadRequest)
	}
	if post.RootId != "" {
		root := s.post(post.RootId)
		if root == nil || root.ChannelId != post.ChannelId || root.DeleteAt != 0 {
			return nil, refused("CreatePost", "api.post.create_post.root_id.app_error", http.StatusBadRequest)
		}
	}
	post = plain(post)
	if n.rules.Refuses(n.Name, post) {
		return nil, refused("CreatePost", "Post rejected by plugin. another plugin does not want it", http.StatusBadRequest)
	}
	if hooks := n.hooks(); hooks != nil {
		changed, rejection := hooks.MessageWillBePosted(c, plain(post))
		if rejection != "" {
			return nil, refused("CreatePost", "Post rejected by plugin. "+rejection, http.StatusBadRequest)
		}
		if changed != nil { // the server decodes the answer into the post that it has
			props := post.GetProps()
			maps.Copy(props, unpack(asJSON(changed.GetProps())))
			changed.SetProps(props)
			post = changed
		}
	} else if s.isGuarded(post.ChannelId) && c.SessionId != "" {
		return nil, refused("CreatePost", "plugin.channel_guard.app_error", http.StatusForbidden)
	}
	if channel = s.channel(post.ChannelId); channel == nil { // it may have gone while the hook ran
		return nil, notFound("CreatePost")
	}
	post.Id, post.CreateAt = s.NewID(), millis()
	post.UpdateAt = post.CreateAt
	props := post.GetProps()
	for name, value := range props {
		if value == nil {
			delete(props, name)
		}
	}
	s.exec(`WITH made AS (INSERT INTO posts (id, channelid, userid, type, createat, updateat, props, rootid, message, fileids) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9)),
		hung AS (UPDATE fileinfo SET postid = $1, channelid = $2 WHERE postid = '' AND id IN (SELECT json_array_elements_text($9::json)) AND (creatorid = $3 OR creatorid = 'nouser'))
		UPDATE channels SET lastpostat = greatest(lastpostat, $5), totalmsgcount = totalmsgcount + 1 WHERE id = $2`,
		post.Id, post.ChannelId, post.UserId, post.Type, post.CreateAt, asJSON(props), post.RootId, post.Message, asJSON(fileIDs(post)))
	if len(post.FileIds) > 0 { // one that hangs on another post does not hang on this one
		var hung string
		s.one(`WITH hung AS (SELECT coalesce(json_agg(f.id ORDER BY f.n), '[]') AS ids FROM json_array_elements_text($2::json) WITH ORDINALITY f (id, n) WHERE EXISTS (SELECT FROM fileinfo i WHERE i.id = f.id AND i.postid = $1))
			UPDATE posts SET fileids = (SELECT ids::text FROM hung) WHERE id = $1 RETURNING fileids`, []any{post.Id, asJSON(fileIDs(post))}, &hung)
		post.FileIds = nil
		_ = json.Unmarshal([]byte(hung), &post.FileIds)
	}
	n.posted(post.ChannelId, post.CreateAt)
	s.lookedAt(post)
	told := plain(post)
	name := PostedByBot
	if c.SessionId != "" {
		name = PostedByPerson
	}
	n.after(name, func(h Hooks) { h.MessageHasBeenPosted(c, told) })
	return plain(post), nil
}

func fileIDs(post *model.Post) []string {
	if post.FileIds == nil {
		return []string{}
	}
	return post.FileIds
}

// updatePost is what the server does with a changed post.
func (n *Node) updatePost(c *plugin.Context, changed *model.Post) (*model.Post, *model.AppError) {
	s := n.server
	old := s.post(changed.Id)
	if old == nil || old.DeleteAt != 0 {
		return nil, notFound("UpdatePost")
	}
	if channel := s.channel(old.ChannelId); channel == nil || channel.DeleteAt != 0 {
		return nil, refused("UpdatePost", "api.post.update_post.can_not_update_post_in_deleted.error", http.StatusBadRequest)
	}
	post := plain(old)
	post.Message, post.FileIds = changed.Message, append(model.StringArray{}, changed.FileIds...)
	post.SetProps(unpack(asJSON(changed.GetProps())))
	if hooks := n.hooks(); hooks != nil {
		answer, rejection := hooks.MessageWillBeUpdated(c, plain(post), plain(old))
		if answer == nil && rejection != "" {
			return nil, refused("UpdatePost", "Post rejected by plugin. "+rejection, http.StatusBadRequest)
		}
		if answer != nil {
			post = answer
		}
	}
	post.UpdateAt = max(millis(), old.UpdateAt+1)
	if post.Message != old.Message {
		post.EditAt = post.UpdateAt
	}
	if s.exec(`WITH hung AS (UPDATE fileinfo SET postid = $1, channelid = posts.channelid FROM posts WHERE posts.id = $1 AND fileinfo.postid = ''
			AND fileinfo.id IN (SELECT json_array_elements_text($5::json)))
		UPDATE posts SET message = $2, props = $3, updateat = $4, fileids = $5, editat = $6 WHERE id = $1 AND deleteat = 0`,
		post.Id, post.Message, asJSON(post.GetProps()), post.UpdateAt, asJSON(fileIDs(post)), post.EditAt) == 0 {
		return nil, notFound("UpdatePost")
	}
	return plain(post), nil
}

// deletePost hides a post and its replies. by is "" for a plugin.
func (n *Node) deletePost(id, by string) *model.AppError {
	s := n.server
	post := s.post(id)
	if post == nil || post.DeleteAt != 0 {
		return refused("DeletePost", "app.post.get.app_error", http.StatusNotFound)
	}
	if channel := s.channel(post.ChannelId); channel != nil && channel.DeleteAt != 0 {
		return refused("DeletePost", "api.post.delete_post.can_not_delete_post_in_deleted.error", http.StatusBadRequest)
	}
	s.exec(`UPDATE posts SET deleteat = $2, updateat = $2, props = props || jsonb_build_object('deleteBy', $3::text) WHERE (id = $1 OR rootid = $1) AND deleteat = 0`, id, millis(), by)
	post.AddProp(model.PostPropsDeleteBy, by)
	n.after("MessageHasBeenDeleted", func(h Hooks) { h.MessageHasBeenDeleted(&plugin.Context{}, plain(post)) })
	return nil
}

// react adds or removes a reaction.
func (n *Node) react(r *model.Reaction, remove bool) (*model.Reaction, *model.AppError) {
	s := n.server
	post := s.post(r.PostId)
	if post == nil || post.DeleteAt != 0 {
		return nil, notFound("Reaction")
	}
	if channel := s.channel(post.ChannelId); channel == nil || channel.DeleteAt != 0 {
		return nil, refused("Reaction", "api.reaction.save.archived_channel.app_error", http.StatusForbidden)
	}
	reaction := *r
	reaction.CreateAt = millis()
	if remove {
		s.exec("UPDATE reactions SET deleteat = $4 WHERE postid = $1 AND userid = $2 AND emojiname = $3", r.PostId, r.UserId, r.EmojiName, millis())
		n.after("ReactionHasBeenRemoved", func(h Hooks) { h.ReactionHasBeenRemoved(&plugin.Context{}, &reaction) })
		return &reaction, nil
	}
	reaction.ChannelId = post.ChannelId
	s.exec(`INSERT INTO reactions (userid, postid, emojiname, createat) VALUES ($1, $2, $3, $4)
		ON CONFLICT (postid, userid, emojiname) DO UPDATE SET deleteat = 0, createat = $4`, r.UserId, r.PostId, r.EmojiName, reaction.CreateAt)
	n.after("ReactionHasBeenAdded", func(h Hooks) { h.ReactionHasBeenAdded(&plugin.Context{}, &reaction) })
	return &reaction, nil
}
