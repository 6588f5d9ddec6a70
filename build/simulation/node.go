package simulation

import (
	"context"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulation/host"
)

// Node is one Mattermost server with its instance of the plugin. When the instance is
// dropped, the node starts another.
type Node struct {
	Name string // "a", "b", ...
	Host *host.Node
	// TeamID, ... of what every world begins with are in World.Host; see host.Server.

	*instance
}

// Request calls the plugin's HTTP handler as the server would for a user who is logged in
// ("" = nobody): REST, buttons, dialogs. path begins with /api/v1 or /dialog or whatever the
// contract says. body is sent as JSON, or as it is if it is []byte; nil = none. If the instance is down,
// the status is 503; if it is dropped meanwhile, 0.
func (n *Node) Request(ctx context.Context, userID, method, path string, body any) (status int, answer []byte) {
	return n.request(ctx, userID, method, path, body, nil)
}

// RequestWith is Request with headers, such as Idempotency-Key.
func (n *Node) RequestWith(ctx context.Context, userID, method, path string, body any, header map[string]string) (status int, answer []byte) {
	return n.request(ctx, userID, method, path, body, header)
}

// Command executes a slash command ("/whatsapp nota ..."). It returns nil if the instance
// is down or dropped meanwhile.
func (n *Node) Command(ctx context.Context, userID, channelID, text string) *model.CommandResponse {
	return n.command(ctx, userID, channelID, text)
}

// As returns what a person can do in Mattermost through this node.
func (n *Node) As(userID string) host.Person { return n.Host.As(userID) }

// Up reports whether the node's instance of the plugin is active.
func (n *Node) Up() bool { return n.up() }

// Drop ends the instance where it stands, as kill -9 does. The node starts another by itself a little later.
func (n *Node) Drop() { n.DropFor(0) }

// DropFor is Drop where the node starts another so long later; 0 = a little later.
func (n *Node) DropFor(pause time.Duration) { n.drop("as the life says", pause) }
