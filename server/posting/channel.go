package posting

import (
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ErrArchived says that a change was refused because the channel is archived.
// It is a domain.ErrNotFound: to most it is as if the channel were not there.
var ErrArchived = errors.Wrap(domain.ErrNotFound, "the channel is archived")

// MatchesChannelName tells whether a channel's name is the wanted one, or that with a number.
func MatchesChannelName(name, wanted string) bool {
	rest, ok := strings.CutPrefix(name, wanted)
	if !ok || rest == "" {
		return ok
	}
	number, ok := strings.CutPrefix(rest, "-")
	_, err := strconv.Atoi(number)
	return ok && err == nil
}
