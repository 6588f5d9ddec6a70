//go:build !release

package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/shared/i18n"
	"github.com/mattermost/mattermost/server/public/shared/request"
	"github.com/mattermost/mattermost/server/v8/channels/app"
)

const (
	// packetCommand is the slash command that creates a support packet.
	packetCommand = "devserver-support-packet"
	// packetFolder is the folder of the packet's files, below the server's working folder.
	packetFolder = "support-packet"
)

// supportPacket is a slash command for system administrators that has the server create its support packet, including what the plugins add
// to it. It exists because the server's own way to create one needs a license, which a development server does not have.
type supportPacket struct{}

func (supportPacket) GetTrigger() string { return packetCommand }

func (supportPacket) GetCommand(*app.App, i18n.TranslateFunc) *model.Command {
	return &model.Command{Trigger: packetCommand, DisplayName: packetCommand}
}

func (supportPacket) DoCommand(a *app.App, rctx request.CTX, args *model.CommandArgs, _ string) *model.CommandResponse {
	answer := func(text string) *model.CommandResponse {
		return &model.CommandResponse{ResponseType: model.CommandResponseTypeEphemeral, Text: text}
	}
	if !a.HasPermissionTo(args.UserId, model.PermissionManageSystem) {
		return answer("not permitted")
	}
	if err := writeFiles(packetFolder, a.GenerateSupportPacket(rctx, &model.SupportPacketOptions{IncludeLogs: true})); err != nil {
		return answer(err.Error())
	}
	return answer("")
}

// writeFiles writes a packet's files into a new folder. A path in a file's name becomes part of the name.
func writeFiles(folder string, files []model.FileData) error {
	if err := os.RemoveAll(folder); err != nil {
		return errors.Wrap(err, "cannot remove the last packet")
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return errors.Wrap(err, "cannot make the packet's folder")
	}
	for _, file := range files {
		name := strings.NewReplacer("/", "_", `\`, "_").Replace(file.Filename)
		if err := os.WriteFile(filepath.Join(folder, name), file.Body, 0o600); err != nil {
			return errors.Wrap(err, "cannot write a file of the packet")
		}
	}
	return nil
}
