package domain

import "time"

// StuckAfter is from when on a lane in which nothing moves is told of.
const StuckAfter = 10 * time.Minute

// Why jobs wait for long: reasons that the doctor has advice for.
const (
	WaitsForDefaultQueue = "the number has no default queue"
	WaitsForTeamRoom     = "the channel could not be made yet"
)

// Stuck are lanes of jobs in which nothing moved for long.
type Stuck struct {
	Queue     string `db:"queue"`      // inbox, outbox; channels: what Mattermost is to show of conversations
	AccountID string `db:"account_id"` // "" = of no one account
	Reason    string `db:"reason"`     // what the job that holds them up said last; "" = nothing
	Lanes     int    `db:"lanes"`
	Since     int64  `db:"since"` // milliseconds since epoch
}

// Texts are what to tell an administrator, and what to do about it; account is the number's name.
func (s *Stuck) Texts(account string) (text, fix Text) {
	data := []any{"Account", account, "Lanes", s.Lanes, "Since", s.Since}
	switch s.Queue {
	case "inbox":
		text = T("stuck.inbox", data...)
	case "outbox":
		text = T("stuck.outbox", data...)
	default:
		text = T("stuck.channels", data...)
	}
	switch s.Reason {
	case WaitsForDefaultQueue:
		fix = T("doctor.no_default_queue_fix")
	case WaitsForTeamRoom:
		fix = T("doctor.channels_fix")
	default:
		fix = T("stuck.fix")
	}
	return text, fix
}
