//go:build unix

package testenv

import (
	"context"
	"os"
	"path/filepath"

	"github.com/pkg/errors"
)

// These are the slash command of build/devserver that creates a support packet, and the folder of its files.
const (
	packetCommand = "/devserver-support-packet"
	packetFolder  = "support-packet"
)

// MakesSupportPackets reports whether SupportPacket works. An official release makes support packets only with a license.
func (e *Env) MakesSupportPackets() bool { return !e.release }

// SupportPacket has a server create its support packet, including what the plugins add to it, and returns its files by name.
func (e *Env) SupportPacket(ctx context.Context, node int) (map[string]string, error) {
	admin := e.AdminClient(node)
	lobby, _, err := admin.GetChannelByName(ctx, "town-square", e.Team.ID, "")
	if err != nil {
		return nil, errors.Wrap(err, "cannot find the team's lobby")
	}
	answer, err := e.ExecuteSlash(ctx, admin, lobby.Id, packetCommand)
	if err != nil {
		return nil, err
	}
	if answer.Text != "" {
		return nil, errors.New("there is no support packet: " + answer.Text)
	}
	folder := filepath.Join(e.Nodes[node].Dir, packetFolder)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the support packet")
	}
	files := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(folder, entry.Name())) //nolint:gosec // our own folder
		if err != nil {
			return nil, errors.Wrap(err, "cannot read the support packet")
		}
		files[entry.Name()] = string(content)
	}
	return files, nil
}
