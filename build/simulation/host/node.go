package host

import (
	"sync"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// Hooks are the plugin's that the server calls.
type Hooks interface {
	MessageWillBePosted(c *plugin.Context, post *model.Post) (*model.Post, string)
	MessageHasBeenPosted(c *plugin.Context, post *model.Post)
	MessageWillBeUpdated(c *plugin.Context, updated, old *model.Post) (*model.Post, string)
	MessageHasBeenDeleted(c *plugin.Context, post *model.Post)
	ReactionHasBeenAdded(c *plugin.Context, reaction *model.Reaction)
	ReactionHasBeenRemoved(c *plugin.Context, reaction *model.Reaction)
	ChannelWillBeArchived(c *plugin.Context, channel *model.Channel) string
	ChannelWillBeUpdated(c *plugin.Context, updated, old *model.Channel) (*model.Channel, string)
	ChannelMemberWillBeAdded(c *plugin.Context, member *model.ChannelMember) (*model.ChannelMember, string)
	UserHasJoinedChannel(c *plugin.Context, member *model.ChannelMember, actor *model.User)
	UserHasLeftChannel(c *plugin.Context, member *model.ChannelMember, actor *model.User)
}

// Node is one server of the cluster, with its caches.
type Node struct {
	Name   string
	server *Server
	rules  Rules
	hooks  func() Hooks // nil while the plugin is down

	mu       sync.Mutex
	channels map[string]*model.Channel // the caches
	users    map[string]*model.User
	newest   map[string]lastPost // by channel
}

// lastPost is when the last post of a channel was made, as a node knows it.
type lastPost struct{ at, known int64 }

// lastPostFor is how long, in milliseconds, a node believes what it knows of a channel's last post. Posts over
// this node change that, posts over others do not: without a licence nodes do not tell each other.
const lastPostFor = 15 * 60 * 1000

// AddNode makes a node. hooks returns the plugin's hooks, or nil while it is down.
func (s *Server) AddNode(name string, rules Rules, hooks func() Hooks) *Node {
	n := &Node{Name: name, server: s, rules: rules, hooks: hooks, channels: map[string]*model.Channel{}, users: map[string]*model.User{}, newest: map[string]lastPost{}}
	s.nodes = append(s.nodes, n)
	return n
}

// As returns what a person can do through this node.
func (n *Node) As(userID string) Person { return Person{node: n, UserID: userID} }

// Session returns the id of a person's session, for hooks and commands.
func (n *Node) Session(userID string) string { return n.server.sessionOf(userID) }

// The hook of a new post, by whether somebody's client made it.
const (
	PostedByPerson = "MessageHasBeenPosted by a person"
	PostedByBot    = "MessageHasBeenPosted by a plugin"
)

// after tells the plugin of what has happened, when the rules say.
func (n *Node) after(name string, tell func(Hooks)) {
	n.rules.After(n.Name, name, func() {
		if hooks := n.hooks(); hooks != nil {
			tell(hooks)
		}
	})
}

// cachedChannel reads a channel as this node knows it.
func (n *Node) cachedChannel(name, id string) *model.Channel {
	n.mu.Lock()
	cached := n.channels[id]
	n.mu.Unlock()
	if cached != nil && n.rules.Stale(n.Name, name) {
		return cached.DeepCopy()
	}
	channel := n.server.channel(id)
	n.mu.Lock()
	defer n.mu.Unlock()
	if channel == nil {
		delete(n.channels, id)
		return nil
	}
	n.channels[id] = channel
	return channel.DeepCopy()
}

// posted keeps when a channel's last post was made.
func (n *Node) posted(channelID string, at int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.newest[channelID] = lastPost{at: at, known: millis()}
}

// lookedAt is what half of the posts bring about on the other nodes: people there look at the channel, so that
// a node that did not know when its last post was made does now.
func (s *Server) lookedAt(post *model.Post) {
	if post.Id[0]%2 == 0 {
		return
	}
	for _, n := range s.nodes {
		n.mu.Lock()
		if last, known := n.newest[post.ChannelId]; !known || millis()-last.known >= lastPostFor {
			n.newest[post.ChannelId] = lastPost{at: post.CreateAt, known: millis()}
		}
		n.mu.Unlock()
	}
}

// lastPostAt is when a channel's last post was made, as this node knows it.
func (n *Node) lastPostAt(channelID string) int64 {
	n.mu.Lock()
	last, known := n.newest[channelID]
	n.mu.Unlock()
	if known && millis()-last.known < lastPostFor {
		return last.at
	}
	channel := n.server.channel(channelID)
	if channel == nil {
		return 0
	}
	n.posted(channelID, channel.LastPostAt)
	return channel.LastPostAt
}

// cachedUser reads a user as this node knows it.
func (n *Node) cachedUser(name, id string) *model.User {
	n.mu.Lock()
	cached := n.users[id]
	n.mu.Unlock()
	if cached != nil && n.rules.Stale(n.Name, name) {
		return cached.DeepCopy()
	}
	user := n.server.user("id", id)
	n.mu.Lock()
	defer n.mu.Unlock()
	if user == nil {
		delete(n.users, id)
		return nil
	}
	n.users[id] = user
	return user.DeepCopy()
}

// changed makes this node forget what it knew of a channel; the others are not told.
func (n *Node) changed(channelID string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.channels, channelID)
}
