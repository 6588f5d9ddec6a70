package doctor

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// nearlyFull is the part of a team's channels, in percent, from which there is a warning.
const nearlyFull = 90

// channels looks whether the queues' teams have room for more channels:
// each conversation needs one.
func (d *Doctor) channels(ctx context.Context) ([]domain.Finding, error) {
	limit := d.ChannelLimit()
	if limit < 0 {
		return nil, nil
	}
	queues, err := d.Store.Queues(ctx)
	if err != nil {
		return nil, err
	}
	var findings []domain.Finding
	seen := map[string]bool{}
	for _, q := range queues {
		if seen[q.TeamID] {
			continue
		}
		seen[q.TeamID] = true
		channels, waiting, err := d.Store.ChannelsOfTeam(ctx, q.TeamID)
		if err != nil {
			return nil, err
		}
		team := d.TeamName(ctx, q.TeamID)
		f := domain.Finding{Check: "channels", OK: true, Text: domain.T("doctor.channels", "Team", team, "Channels", channels, "Limit", limit)}
		if (channels+waiting)*100 >= limit*nearlyFull {
			f.OK, f.Fix = false, domain.T("doctor.channels_fix")
		}
		if channels >= limit && waiting > 0 {
			f.Text = domain.T("doctor.channels_full", "Team", team, "Channels", channels, "Limit", limit, "Waiting", waiting)
		}
		findings = append(findings, f)
	}
	return findings, nil
}
