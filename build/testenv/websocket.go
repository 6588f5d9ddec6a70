//go:build unix

package testenv

import (
	"context"
	"strings"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

// Listen opens a web socket to a server as the client's user and returns its events. The events come in order and none is dropped, however
// slowly they are read. Listen returns after the server's greeting, so that no later event is missed. The channel closes when ctx is done
// or the server closes the connection.
func (e *Env) Listen(ctx context.Context, node int, client *model.Client4) (<-chan *model.WebSocketEvent, error) {
	socket, err := model.NewWebSocketClient4("ws"+strings.TrimPrefix(e.Nodes[node].URL, "http"), client.AuthToken)
	if err != nil {
		return nil, errors.Wrap(err, "cannot open the web socket")
	}
	socket.Listen()
	for greeted := false; !greeted; {
		select {
		case event, open := <-socket.EventChannel:
			if !open {
				return nil, errors.New("the server closed the web socket")
			}
			greeted = event.EventType() == model.WebsocketEventHello
		case <-socket.ResponseChannel:
		case <-ctx.Done():
			socket.Close()
			return nil, errors.Wrap(context.Cause(ctx), "the server did not greet on the web socket")
		}
	}
	events := make(chan *model.WebSocketEvent)
	go forward(ctx, socket, events)
	return events, nil
}

// forward passes the socket's events on and keeps those that nobody has read yet, so that a slow test never blocks the server.
func forward(ctx context.Context, socket *model.WebSocketClient, events chan<- *model.WebSocketEvent) {
	defer close(events)
	defer socket.Close()
	var unread []*model.WebSocketEvent
	incoming, answers, timeouts := socket.EventChannel, socket.ResponseChannel, socket.PingTimeoutChannel
	for incoming != nil || len(unread) > 0 {
		var next *model.WebSocketEvent
		var out chan<- *model.WebSocketEvent
		if len(unread) > 0 {
			next, out = unread[0], events
		}
		select {
		case <-ctx.Done():
			return
		case event, open := <-incoming:
			if !open {
				incoming = nil
				continue
			}
			unread = append(unread, event)
		case out <- next:
			unread = unread[1:]
		case _, open := <-answers:
			if !open {
				answers = nil
			}
		case <-timeouts:
		}
	}
}
