package domain

// Queue (Fila) is a Mattermost channel whose members are the agents of one team, such as Sales. It
// uses one account.
type Queue struct {
	ID                string `db:"id"`
	Name              string `db:"name"`
	TeamID            string `db:"team_id"`
	ChannelID         string `db:"channel_id"`
	AccountID         string `db:"account_id"`
	InactivityMinutes int    `db:"inactivity_minutes"` // 0 = the plugin's setting
	TimeZone          string `db:"time_zone"`          // time zone in which its times are written, IANA name; "" = the plugin's setting
	// Hours are the times at which somebody answers; waits count within them only. TemplateHours are those
	// at which templates may go. Holidays close both.
	Hours         Hours  `db:"hours"`
	TemplateHours Hours  `db:"template_hours"`
	Holidays      Days   `db:"holidays"`
	AwayMessage   string `db:"away_message"` // sent to who writes outside of Hours; "" = none
	// ReportChannelID is the channel that gets the queue's results each Monday; "" = none.
	ReportChannelID string `db:"report_channel_id"`
	// ClosingReasonRequired is set if its conversations are closed with one of its closing reasons; it has no
	// effect on a queue that has none.
	ClosingReasonRequired bool  `db:"closing_reason_required"`
	CreatedAt             int64 `db:"created_at"`
	UpdatedAt             int64 `db:"updated_at"`
}

// Opening returns when somebody answers in the queue.
func (q *Queue) Opening(s Settings) Opening {
	return Opening{Hours: q.Hours, Holidays: q.Holidays, Zone: ZoneOf(q.TimeZone, s.TimeZone)}
}

// TemplateOpening returns when templates of the queue may go to customers.
func (q *Queue) TemplateOpening(s Settings) Opening {
	return Opening{Hours: q.TemplateHours, Holidays: q.Holidays, Zone: ZoneOf(q.TimeZone, s.TimeZone)}
}

// Member is a member of a queue's channel.
type Member struct {
	UserID      string `db:"user_id"`
	Username    string `db:"username"`
	Name        string `db:"name"`       // full name; "" = none
	Supervisor  bool   `db:"supervisor"` // admin of the channel
	SystemAdmin bool   `db:"system_admin"`
}
