package jobs

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	reportEvery = 10 * time.Second
	// reportLate is how long after its hour a missed report still comes: on the same day.
	reportLate = 15 * time.Hour
	// reportRows is how many templates a report tells of at the most.
	reportRows = 10
)

// WeeklyReport tells a channel, each Monday, what came of a queue's templates in the week before. It only
// stores the notices; Notices posts them, each once.
type WeeklyReport struct {
	Store Store
	Zone  func() *time.Location // the time zone of queues without one of their own
	// ChannelTeam returns the team of a channel; domain.ErrNotFound if it is gone or archived.
	ChannelTeam func(ctx context.Context, channelID string) (teamID string, err error)
	Localizer   posting.Localizer
	WakeNotices func()
	Clock       domain.Clock
	Log         jobqueue.Logger
}

// Run leaves the reports whose hour has come, if it is this node's turn.
func (w *WeeklyReport) Run(ctx context.Context) (more bool, err error) {
	mine, err := w.Store.TryInterval(ctx, "weekly_report", reportEvery)
	if err != nil || !mine {
		return false, err
	}
	queues, err := w.Store.Queues(ctx)
	if err != nil {
		return false, err
	}
	for _, queue := range queues {
		if queue.ReportChannelID == "" {
			continue
		}
		if err := w.addIfDue(ctx, queue); err != nil { // the others get theirs
			w.Log.Warn("Could not leave a weekly report", "queue", queue.ID, "error", err.Error())
		}
	}
	return false, nil
}

// addIfDue stores the notice of a queue's report of last week, once.
func (w *WeeklyReport) addIfDue(ctx context.Context, queue *domain.Queue) error {
	now := w.Clock.Now()
	monday := w.monday(queue, now)
	due := time.Date(monday.Year(), monday.Month(), monday.Day(), domain.FollowUpHour, 0, 0, 0, monday.Location())
	if now < due.UnixMilli() || now >= due.Add(reportLate).UnixMilli() {
		return nil
	}
	state := "report:" + queue.ID
	done, err := w.Store.State(ctx, state)
	if err != nil || done >= due.UnixMilli() {
		return err
	}
	notice := &domain.Notice{
		Key: state + ":" + monday.Format(time.DateOnly), QueueID: queue.ID, TextKey: domain.WeeklyReportText,
		Data: map[string]any{"From": monday.AddDate(0, 0, -7).UnixMilli(), "To": monday.UnixMilli()}, CreatedAt: now,
	}
	if err := w.Store.AddNotice(ctx, notice); err != nil {
		return err
	}
	w.WakeNotices()
	return w.Store.SetState(ctx, state, due.UnixMilli())
}

// monday is the beginning of the week in which a moment lies, in the queue's time zone.
func (w *WeeklyReport) monday(queue *domain.Queue, now int64) time.Time {
	local := time.UnixMilli(now).In(domain.ZoneOf(queue.TimeZone, w.Zone()))
	since := (int(local.Weekday()) + 6) % 7
	return time.Date(local.Year(), local.Month(), local.Day()-since, 0, 0, 0, 0, local.Location())
}

// Write is the ChannelText of a report: the queue's numbers as they are now, in the server's language.
func (w *WeeklyReport) Write(ctx context.Context, notice *domain.Notice) (channelID, text string, err error) {
	queue, err := w.Store.Queue(ctx, notice.QueueID)
	if errors.Is(err, domain.ErrNotFound) || err == nil && queue.ReportChannelID == "" { // nobody wants it any more
		return "", "", nil
	} else if err != nil {
		return "", "", err
	}
	if _, err := w.ChannelTeam(ctx, queue.ReportChannelID); errors.Is(err, domain.ErrNotFound) {
		return "", "", w.tellOfLostChannel(ctx, notice, queue)
	} else if err != nil {
		return "", "", err
	}
	from, to := noticeText(notice).Data["From"].(int64), noticeText(notice).Data["To"].(int64)
	week, err := w.results(ctx, queue, from, to)
	if err != nil {
		return "", "", err
	}
	monday := time.UnixMilli(from).In(domain.ZoneOf(queue.TimeZone, w.Zone()))
	before, err := w.results(ctx, queue, monday.AddDate(0, 0, -7).UnixMilli(), from)
	if err != nil {
		return "", "", err
	}
	line := domain.T("report.weekly", "Queue", queue.Name, "From", from, "To", to-1,
		"Sent", week.Totals.Sent, "Rate", posting.ResultsRate(week.Totals), "Started", week.Totals.Started, "Closed", week.Totals.Closed,
		"SentBefore", before.Totals.Sent, "RateBefore", posting.ResultsRate(before.Totals)).In(monday.Location().String())
	text = w.Localizer.ForChannel(line)
	if len(week.Groups) > 0 {
		text += "\n\n" + posting.ResultsTable(w.Localizer.ForChannel, week, reportRows)
	}
	return queue.ReportChannelID, text, nil
}

func (w *WeeklyReport) results(ctx context.Context, queue *domain.Queue, from, to int64) (*domain.Results, error) {
	r := &domain.Results{From: from, To: to}
	var err error
	r.Groups, r.Totals, err = w.Store.Results(ctx, &domain.ResultsFilter{From: from, To: to, By: domain.ResultsByTemplate, QueueIDs: []string{queue.ID}})
	return r, err
}

// tellOfLostChannel tells the queue's supervisors that their report has no channel to go to, once a report.
func (w *WeeklyReport) tellOfLostChannel(ctx context.Context, notice *domain.Notice, queue *domain.Queue) error {
	defer w.WakeNotices()
	return w.Store.AddNotice(ctx, &domain.Notice{
		Key: "lost_" + notice.Key, QueueID: queue.ID, TextKey: "report.channel_gone", Data: map[string]any{"Queue": queue.Name}, CreatedAt: w.Clock.Now(),
	})
}
