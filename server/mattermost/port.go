package mattermost

import (
	"context"
	"net/http"
	"strings"

	"github.com/blang/semver/v4"
	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// Port speaks to Mattermost as our bot.
type Port struct {
	api     plugin.API
	botID   string
	records Records
	seals   *posting.Seals
	can     Capabilities
}

// Capabilities are what newer servers can do beyond the oldest one we run on.
type Capabilities struct {
	ChannelGuards bool // 11.9: a channel stays locked while the plugin is down
	Restore       bool // 11.10: an archived channel can be restored by a plugin
}

// CapabilitiesOf decides from the server's version. An unknown method answers
// "success" on an older server, so the version is the only way to tell.
func CapabilitiesOf(serverVersion string) Capabilities {
	v, err := semver.ParseTolerant(serverVersion)
	if err != nil {
		return Capabilities{}
	}
	return Capabilities{
		ChannelGuards: v.GTE(semver.MustParse("11.9.0")),
		Restore:       v.GTE(semver.MustParse("11.10.0")),
	}
}

// New makes the port of the plugin API, our bot's user id, the server's own tables, and what proves that a change is ours.
func New(api plugin.API, botID string, records Records, seals *posting.Seals) *Port {
	return &Port{api: api, botID: botID, records: records, seals: seals, can: CapabilitiesOf(api.GetServerVersion())}
}

// BotID is the user id of our bot.
func (p *Port) BotID() string { return p.botID }

// errNothing stands for an RPC that broke: the generated client then answers zero values.
var errNothing = errors.Wrap(posting.ErrUnavailable, "the server gave no answer")

// wrap turns the API's error into ours; a 404 becomes domain.ErrNotFound.
func wrap(appErr *model.AppError, doing string) error {
	switch {
	case appErr == nil:
		return nil
	case archived(appErr):
		return errors.Wrap(posting.ErrArchived, doing)
	case appErr.StatusCode == http.StatusNotFound:
		return errors.Wrap(domain.ErrNotFound, doing)
	default:
		return errors.Wrap(judge(appErr), doing)
	}
}

// judge tells what another try is worth. The words of another plugin's hook are
// left out, because they may quote what it refused.
func judge(appErr *model.AppError) error {
	id := appErr.Id
	if strings.ContainsAny(id, " \t\n") {
		id = "a hook refused it"
	}
	switch status := appErr.StatusCode; {
	case status == http.StatusBadRequest, status == http.StatusForbidden, status == http.StatusRequestEntityTooLarge, status == http.StatusUnprocessableEntity:
		return errors.Wrap(posting.ErrRefused, id)
	case status == 0, status >= http.StatusInternalServerError, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return errors.Wrap(posting.ErrUnavailable, id)
	default:
		return errors.New(id)
	}
}

// Guard makes the server refuse posts in the channel while we are not there to
// judge them (11.9 and later). On older servers it does nothing.
func (p *Port) Guard(_ context.Context, channelID string) error {
	if !p.can.ChannelGuards {
		return nil
	}
	return wrap(p.api.RegisterChannelGuard(channelID), "could not guard the channel")
}

// Unguard takes the guard off; the channel is then an ordinary one.
func (p *Port) Unguard(_ context.Context, channelID string) error {
	if !p.can.ChannelGuards {
		return nil
	}
	return wrap(p.api.UnregisterChannelGuard(channelID), "could not release the channel's guard")
}

// UnguardAll takes the guards off channels, in their order, and returns how many it came to.
func (p *Port) UnguardAll(ctx context.Context, channelIDs []string) (released int, err error) {
	for _, channelID := range channelIDs {
		if err := p.Unguard(ctx, channelID); err != nil {
			return released, err
		}
		released++
	}
	return released, nil
}
