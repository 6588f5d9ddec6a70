// Package host is a Mattermost server as the plugin sees it: the truth is in the server's
// own tables of a real PostgreSQL; each node implements the plugin API, calls the hooks, and
// has caches of its own that nobody tells of changes, as servers without a licence.
package host

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
)

// Rules is what the scheduler decides for a node.
type Rules interface {
	// Stale reports whether a read is to be answered from the node's cache.
	Stale(node, name string) bool
	// After runs a hook that reports what has happened: at once, late, or never.
	After(node, name string, hook func())
	// AwaitHours returns when no hours are passing at once.
	AwaitHours()
	// Refuses reports whether another plugin refuses a post.
	Refuses(node string, post *model.Post) bool
}

// AddTeam makes a team and returns its id.
func (s *Server) AddTeam(ctx context.Context, name string) string { return s.addTeam(ctx, name) }

// AddUser makes a user and returns its id. Roles are system_user and what is given, such as system_admin.
func (s *Server) AddUser(ctx context.Context, username string, roles ...string) string {
	return s.addUser(ctx, username, roles)
}

// AddToTeam makes a user a member of a team.
func (s *Server) AddToTeam(ctx context.Context, teamID, userID string) {
	s.addToTeam(ctx, teamID, userID)
}

// AddChannel makes a channel ("O" or "P") and returns its id. Its first member, if any, is its admin.
func (s *Server) AddChannel(ctx context.Context, teamID, name string, kind model.ChannelType, members ...string) string {
	return s.addChannel(ctx, teamID, name, kind, members)
}

// Deactivate deactivates or activates a user, without any hook.
func (s *Server) Deactivate(ctx context.Context, userID string, active bool) {
	s.deactivate(ctx, userID, active)
}

// SetStatus sets a user's status, such as "online", "dnd" or "ooo".
func (s *Server) SetStatus(ctx context.Context, userID, status string) {
	s.setStatus(ctx, userID, status)
}

// Person is somebody at a client that is connected to one node. Each act goes through the
// hooks of that node as the server would call them; an *model.AppError says that the
// server or a hook refused it.
type Person struct {
	node   *Node
	UserID string
}

// NewPost is what a person posts.
type NewPost struct {
	ChannelID, Message, RootID, Type string
	FileIDs                          []string
	Props                            map[string]any
}

// Post posts a message; the post is there and MessageHasBeenPosted is on its way when it returns.
func (p Person) Post(ctx context.Context, post NewPost) (*model.Post, *model.AppError) {
	return p.post(ctx, post)
}

// EditPost changes a post's text.
func (p Person) EditPost(ctx context.Context, postID, message string) *model.AppError {
	return p.editPost(ctx, postID, message)
}

// DeletePost deletes a post.
func (p Person) DeletePost(ctx context.Context, postID string) *model.AppError {
	return p.deletePost(ctx, postID)
}

// React adds a reaction, or removes it.
func (p Person) React(ctx context.Context, postID, emoji string, remove bool) *model.AppError {
	return p.react(ctx, postID, emoji, remove)
}

// AddMember invites somebody into a channel.
func (p Person) AddMember(ctx context.Context, channelID, userID string) *model.AppError {
	return p.addMember(ctx, channelID, userID)
}

// RemoveMember takes somebody out of a channel, or leaves it.
func (p Person) RemoveMember(ctx context.Context, channelID, userID string) *model.AppError {
	return p.removeMember(ctx, channelID, userID)
}

// ArchiveChannel archives a channel by hand, or brings it back.
func (p Person) ArchiveChannel(ctx context.Context, channelID string, back bool) *model.AppError {
	return p.archiveChannel(ctx, channelID, back)
}

// RenameChannel changes a channel's name, display name and header by hand; "" leaves one as it is.
func (p Person) RenameChannel(ctx context.Context, channelID, name, displayName, header string) *model.AppError {
	return p.changeChannel(ctx, channelID, name, displayName, header, "")
}

// Publish makes a channel public ("O") or private ("P").
func (p Person) Publish(ctx context.Context, channelID string, kind model.ChannelType) *model.AppError {
	return p.changeChannel(ctx, channelID, "", "", "", kind)
}

// Upload makes a file that hangs on no post yet and returns its id.
func (p Person) Upload(ctx context.Context, channelID, name, mime string, content []byte) string {
	return p.upload(ctx, channelID, name, mime, content)
}

// Inbox returns what only this person was shown: ephemeral posts, on whatever node.
func (p Person) Inbox() []*model.Post { return p.node.server.ephemeral(p.UserID) }
