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

// Port carries out the plugin's actions on the Mattermost server, in the name of the
// plugin's bots.
type Port struct {
	api     plugin.API
	bots    Bots
	joined  *joined
	records Records
	seals   *posting.Seals
	can     Capabilities
	// settings are shared by all copies of the port.
	settings *serverSettings
}

// Capabilities are the features of newer servers that the oldest supported server does
// not have.
type Capabilities struct {
	ChannelGuards bool // since 11.9: a channel stays locked while the plugin is down
	Restore       bool // since 11.10: a plugin can restore an archived channel
}

// CapabilitiesOf derives the capabilities from the server's version. Trying a call out
// is no alternative: an older server reports success for a method that it does not
// know. A version that cannot be parsed has no capabilities.
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

// New returns a Port. Records reads the server's own tables, and seals proves to our
// own hooks that a change of a post comes from the plugin.
func New(api plugin.API, bots Bots, records Records, seals *posting.Seals) *Port {
	return &Port{api: api, bots: bots, joined: newJoined(), records: records, seals: seals, can: CapabilitiesOf(api.GetServerVersion()), settings: &serverSettings{}}
}

// With returns a copy of the port that reads the server's tables through other records.
func (p *Port) With(records Records) *Port {
	other := *p
	other.records = records
	return &other
}

// BotID returns the user id of the bot that speaks for the plugin.
func (p *Port) BotID() string { return p.bots.Plugin }

// BotIDs returns the user ids of both of the plugin's bots.
func (p *Port) BotIDs() []string { return []string{p.bots.Plugin, p.bots.Customer} }

// IsBot reports whether a user is one of the plugin's bots.
func (p *Port) IsBot(userID string) bool { return userID == p.bots.Plugin || userID == p.bots.Customer }

// errNothing stands for a call to the server that failed on the way: the plugin API's
// generated client then returns zero values and no error.
var errNothing = errors.Wrap(posting.ErrUnavailable, "the server gave no answer")

// wrap converts an error of the plugin API into one of ours and says what was being
// done. A 404 becomes domain.ErrNotFound, and a refusal because of an archived channel
// becomes posting.ErrArchived. It returns nil if appErr is nil.
func wrap(appErr *model.AppError, doing string) error {
	switch {
	case appErr == nil:
		return nil
	case archived(appErr):
		return errors.Wrap(posting.ErrArchived, doing)
	case appErr.StatusCode == http.StatusNotFound:
		return errors.Wrap(domain.ErrNotFound, doing)
	default:
		return errors.Wrap(classify(appErr), doing)
	}
}

// classify decides whether another attempt makes sense: it returns posting.ErrRefused if
// it does not, posting.ErrUnavailable if it does, and an ordinary error if that is not
// known. The message of another plugin's hook is left out, because it may quote the
// text that the hook refused.
func classify(appErr *model.AppError) error {
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

// Guard makes the server refuse posts in the channel while the plugin is not running
// and cannot check them. Only servers from 11.9 on can do that; on older ones Guard
// does nothing.
func (p *Port) Guard(_ context.Context, channelID string) error {
	if !p.can.ChannelGuards {
		return nil
	}
	return wrap(p.api.RegisterChannelGuard(channelID), "could not guard the channel")
}

// Unguard removes the guard, so that the channel is an ordinary one again.
func (p *Port) Unguard(_ context.Context, channelID string) error {
	if !p.can.ChannelGuards {
		return nil
	}
	return wrap(p.api.UnregisterChannelGuard(channelID), "could not release the channel's guard")
}

// UnguardAll removes the guards of channels in the given order. It stops at the first
// error and returns how many guards it had removed by then.
func (p *Port) UnguardAll(ctx context.Context, channelIDs []string) (released int, err error) {
	for _, channelID := range channelIDs {
		if err := p.Unguard(ctx, channelID); err != nil {
			return released, err
		}
		released++
	}
	return released, nil
}
