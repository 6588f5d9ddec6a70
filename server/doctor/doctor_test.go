package doctor_test

import (
	"cmp"
	"context"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/doctor"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

const now = int64(1_795_000_000_000)

// fakeInstallation is an installation that is well; each test makes it ill in one way.
type fakeInstallation struct {
	account   domain.Account
	noAccount bool
	noQueue   bool
	noPlan    bool
	templates []*domain.Template
	known     domain.Health
	probe     domain.Probe
	probeErr  error
	backlog   domain.Backlog
	channels  int
	waiting   int // conversations without their channel
	noLimit   bool
	erasures  domain.ErasureState
	sealed    int  // values that no key opens
	keeps     bool // the server's settings keep posts
	nameless  bool // the server shows no names but the authors'
	stuck     []*domain.Stuck
	archived  int // channels of open conversations
	public    int
	lost      []string // queues
	service   int      // messages of the month
	version   string   // of the Graph API, as it is set
	answered  string
	limit     int64 // of the messages that the server shows
	receivers []*domain.EventSubscription
	problems  []domain.SettingProblem
	webhook   int64 // seen by this process
	err       error
}

func healthy() *fakeInstallation {
	return &fakeInstallation{
		account:   domain.Account{ID: "a", Name: "Loja", AccessToken: "token", Enabled: true, DefaultQueueID: "q", WebhookAt: now},
		templates: []*domain.Template{{Approved: true, Status: "APPROVED", QueueIDs: []string{"q"}}, {Status: "APPROVED"}},
		probe: domain.Probe{Health: domain.Health{
			OK: true, QualityRating: "GREEN", MessagingLimit: "TIER_1K", NumberStatus: "CONNECTED", Subscribed: true,
			Scopes: []string{"whatsapp_business_management", "whatsapp_business_messaging"},
		}},
	}
}

func (p *fakeInstallation) Accounts(context.Context, int, int) ([]*domain.Account, int, error) {
	if p.noAccount {
		return nil, 0, p.err
	}
	return []*domain.Account{&p.account}, 1, p.err
}
func (p *fakeInstallation) Forgetting(context.Context, string) (domain.ErasureState, error) {
	return p.erasures, nil
}

func (p *fakeInstallation) Queues(context.Context) ([]*domain.Queue, error) {
	if p.noQueue {
		return nil, nil
	}
	return []*domain.Queue{{ID: "q", Name: "Vendas"}}, nil
}
func (p *fakeInstallation) TemplatesOf(context.Context, string) ([]*domain.Template, error) {
	return p.templates, nil
}
func (p *fakeInstallation) HasPlan(context.Context, string) (bool, error) { return !p.noPlan, nil }
func (p *fakeInstallation) Healths(context.Context) (map[string]*domain.Health, error) {
	return map[string]*domain.Health{"a": &p.known}, nil
}
func (p *fakeInstallation) Backlog(context.Context) (*domain.Backlog, error) { return &p.backlog, nil }
func (p *fakeInstallation) StuckLanes(context.Context, int64) ([]*domain.Stuck, error) {
	return p.stuck, nil
}
func (p *fakeInstallation) ChannelsOfTeam(context.Context, string) (channels, waiting int, err error) {
	return p.channels, p.waiting, nil
}
func (p *fakeInstallation) CountStrays(context.Context) (archived, public int, err error) {
	return p.archived, p.public, nil
}
func (p *fakeInstallation) EventSubscriptions(context.Context, int, int) ([]*domain.EventSubscription, int, error) {
	return p.receivers, len(p.receivers), nil
}
func (p *fakeInstallation) LostQueues(context.Context) ([]string, error) { return p.lost, nil }
func (p *fakeInstallation) ServiceMessages(context.Context, string, int64, int) (int, error) {
	return p.service, nil
}
func (p *fakeInstallation) channelLimit() int {
	if p.noLimit {
		return -1
	}
	return 2000
}
func (p *fakeInstallation) Probe(context.Context, *domain.Account) (domain.Probe, error) {
	return p.probe, p.probeErr
}
func (p *fakeInstallation) Now() int64 { return now }

func (p *fakeInstallation) examine(t *testing.T) []domain.Finding {
	t.Helper()
	d := &doctor.Doctor{
		Store: p, Probe: p.Probe, Clock: p, Problems: func() []domain.SettingProblem { return p.problems }, LastWebhook: func(string) int64 { return p.webhook },
		FreeMessages: func() int { return 1000 }, GraphVersion: func() (string, string) { return cmp.Or(p.version, "v25.0"), p.answered }, MessageLimit: func() int64 { return p.limit },
		ChannelLimit: p.channelLimit, Lost: func() int { return p.sealed }, MayErase: func() (bool, bool) { return !p.keeps, !p.keeps }, ShowsNames: func() bool { return !p.nameless }, TeamName: func(context.Context, string) string { return "Loja" },
	}
	findings, err := d.Examine(context.Background())
	require.NoError(t, err)
	return findings
}

// wrong are the findings that are not well, as "check text key".
func wrong(t *testing.T, findings []domain.Finding) []string {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	bad := []string{}
	for _, f := range findings {
		for _, language := range []string{"pt-BR", "en"} {
			require.NotEmpty(t, texts.Text(language, f.Text.Key, f.Text.Data), f.Check)
		}
		if f.OK {
			require.Empty(t, f.Fix.Key, f.Check)
			continue
		}
		bad = append(bad, f.Check+" "+f.Text.Key)
		require.NotEmpty(t, texts.Text("pt-BR", f.Fix.Key, f.Fix.Data), "%s has no fix", f.Check)
	}
	return bad
}

func TestExamine(t *testing.T) {
	for name, c := range map[string]struct {
		ill  func(*fakeInstallation)
		want []string
	}{
		"all is well":       {func(*fakeInstallation) {}, nil},
		"nothing is set up": {func(p *fakeInstallation) { p.noAccount, p.noQueue = true, true }, []string{"accounts doctor.no_account", "queues doctor.no_queue"}},
		"nothing moves": {func(p *fakeInstallation) {
			p.stuck = []*domain.Stuck{
				{Queue: "inbox", AccountID: "a", Reason: domain.WaitsForDefaultQueue, Lanes: 1, Since: now},
				{Queue: "inbox", AccountID: "a", Reason: domain.WaitsForTeamRoom, Lanes: 2, Since: now},
				{Queue: "outbox", AccountID: "gone", Reason: "something else", Lanes: 3, Since: now}, {Queue: "channels", Lanes: 4, Since: now},
			}
		}, []string{"stuck_lane stuck.inbox", "stuck_lane stuck.inbox", "stuck_lane stuck.outbox", "stuck_lane stuck.channels"}},
		"a setting cannot be used": {func(p *fakeInstallation) {
			p.problems = []domain.SettingProblem{{Setting: "TimeZone", Text: domain.T("config.wrong_zone")}}
		}, []string{"settings doctor.setting"}},
		"a disabled number is left": {func(p *fakeInstallation) {
			p.account.Enabled, p.account.AccessToken, p.account.WebhookAt = false, "", 0
		}, nil},
		"no token": {func(p *fakeInstallation) { p.account.AccessToken = "" }, []string{"token doctor.token_unset"}},
		"Meta refuses the token": {func(p *fakeInstallation) {
			p.probeErr = domain.Refuse(domain.CodeMetaRefused, domain.T("doctor.token_fix"))
			p.account.BlockedCode, p.account.BlockedAt = 190, now
		}, []string{"token doctor.token", "blocked doctor.blocked"}},
		"Meta cannot be reached":       {func(p *fakeInstallation) { p.probeErr = errors.New("connection refused") }, []string{"token doctor.token"}},
		"the number is stopped":        {func(p *fakeInstallation) { p.account.BlockedCode = 131031 }, []string{"blocked doctor.blocked"}},
		"a scope is missing":           {func(p *fakeInstallation) { p.probe.Scopes = p.probe.Scopes[:1] }, []string{"scopes doctor.scopes_missing"}},
		"the scopes are not told":      {func(p *fakeInstallation) { p.probe.Scopes = nil }, nil},
		"the token expires soon":       {func(p *fakeInstallation) { p.probe.TokenExpiresAt = now + 6*24*time.Hour.Milliseconds() }, []string{"token_expiry doctor.token_expires"}},
		"the token expires much later": {func(p *fakeInstallation) { p.probe.TokenExpiresAt = now + 8*24*time.Hour.Milliseconds() }, nil},
		"no app is subscribed":         {func(p *fakeInstallation) { p.probe.Subscribed = false }, []string{"subscription doctor.not_subscribed"}},
		"the quality is low":           {func(p *fakeInstallation) { p.probe.QualityRating = "RED" }, []string{"quality doctor.quality"}},
		"the quality is middling":      {func(p *fakeInstallation) { p.probe.QualityRating = "YELLOW" }, nil},
		"the number is not connected":  {func(p *fakeInstallation) { p.probe.NumberStatus = "PENDING" }, []string{"quality doctor.quality"}},
		"Meta restricts the account":   {func(p *fakeInstallation) { p.known.Restriction = "RESTRICTED_BIZ_INITIATED_MESSAGING" }, []string{"quality doctor.restricted"}},
		"our clock is behind":          {func(p *fakeInstallation) { p.probe.ClockSkew = -31_000 }, []string{"clock doctor.clock"}},
		"our clock is nearly right":    {func(p *fakeInstallation) { p.probe.ClockSkew = 29_000 }, nil},
		"no method of payment":         {func(p *fakeInstallation) { p.probe.ProblemCodes = []int{141006} }, []string{"payment doctor.payment_missing"}},
		"Meta refused for the payment": {func(p *fakeInstallation) { p.account.BlockedCode = 131042 }, []string{"payment doctor.payment_missing", "blocked doctor.blocked"}},
		"another problem of Meta's":    {func(p *fakeInstallation) { p.probe.ProblemCodes = []int{141000} }, nil},
		"799 of 1000 free messages":    {func(p *fakeInstallation) { p.service = 799 }, nil},
		"80 % of the free messages":    {func(p *fakeInstallation) { p.service = 800 }, []string{"free_messages doctor.free_messages"}},
		"no free messages are left":    {func(p *fakeInstallation) { p.service = 1000 }, []string{"free_messages doctor.free_messages_used"}},
		"Meta answers as another":      {func(p *fakeInstallation) { p.answered = "v26.0" }, []string{"graph_version doctor.graph_version_other"}},
		"Meta answers as asked":        {func(p *fakeInstallation) { p.answered = "v25.0" }, nil},
		"the version is over":          {func(p *fakeInstallation) { p.version = "v20.0" }, []string{"graph_version doctor.graph_version_over"}},
		"the version ends soon":        {func(p *fakeInstallation) { p.version = "v21.0" }, []string{"graph_version doctor.graph_version_ends"}},
		"a version without an end":     {func(p *fakeInstallation) { p.version = "v27.0" }, nil},
		"the server hides messages":    {func(p *fakeInstallation) { p.limit = 10000 }, []string{"edition doctor.edition_limited"}},
		"a review takes two weeks": {func(p *fakeInstallation) {
			p.templates = append(p.templates, &domain.Template{Name: "a", Status: "PENDING", UpdatedAt: now - 15*24*time.Hour.Milliseconds()})
		}, []string{"template_review doctor.review"}},
		"a review takes a week": {func(p *fakeInstallation) {
			p.templates = append(p.templates, &domain.Template{Name: "a", Status: "PENDING", UpdatedAt: now - 7*24*time.Hour.Milliseconds()})
		}, nil},
		"no webhook ever":             {func(p *fakeInstallation) { p.account.WebhookAt = 0 }, []string{"webhook doctor.webhook_never"}},
		"this process saw a webhook":  {func(p *fakeInstallation) { p.account.WebhookAt, p.webhook = 0, now }, nil},
		"no default queue":            {func(p *fakeInstallation) { p.account.DefaultQueueID = "" }, []string{"default_queue doctor.no_default_queue"}},
		"no template can be used":     {func(p *fakeInstallation) { p.templates[0].Status = "PAUSED" }, []string{"templates doctor.templates"}},
		"the only template is gone":   {func(p *fakeInstallation) { p.templates[0].GoneAt = now }, []string{"templates doctor.templates"}},
		"no queue may use a template": {func(p *fakeInstallation) { p.templates[0].QueueIDs = nil }, []string{"templates doctor.templates"}},
		"no plan":                     {func(p *fakeInstallation) { p.noPlan = true }, []string{"plan doctor.no_plan"}},
		"work is stuck": {func(p *fakeInstallation) {
			p.backlog = domain.Backlog{Inbox: 3, OldestInbox: now - time.Minute.Milliseconds(), Outbox: 1, OldestOutbox: now - time.Hour.Milliseconds()}
		}, []string{"inbox doctor.inbox", "outbox doctor.outbox"}},
		"the team is nearly full":              {func(p *fakeInstallation) { p.channels = 1800 }, []string{"channels doctor.channels"}},
		"the team has room":                    {func(p *fakeInstallation) { p.channels = 1799 }, nil},
		"those who wait count":                 {func(p *fakeInstallation) { p.channels, p.waiting = 1799, 1 }, []string{"channels doctor.channels"}},
		"the team is full":                     {func(p *fakeInstallation) { p.channels, p.waiting = 2000, 3 }, []string{"channels doctor.channels_full"}},
		"any number of channels":               {func(p *fakeInstallation) { p.channels, p.noLimit = 9000, true }, nil},
		"work waits for a moment":              {func(p *fakeInstallation) { p.backlog = domain.Backlog{Inbox: 500, OldestInbox: now - 59_000} }, nil},
		"nothing can be removed for good":      {func(p *fakeInstallation) { p.keeps = true }, nil},
		"an erasure fails":                     {func(p *fakeInstallation) { p.erasures = domain.ErasureState{Late: 2, Stays: []string{"posts"}} }, []string{"erasure doctor.erasure_late"}},
		"an erased person's posts stay":        {func(p *fakeInstallation) { p.keeps, p.erasures.Stays = true, []string{"posts"} }, []string{"erasure doctor.erasure_stays"}},
		"dead letters of both":                 {func(p *fakeInstallation) { p.backlog.DeadInbox, p.backlog.DeadOutbox = 2, 3 }, []string{"dead_letters doctor.dead_letters"}},
		"a conversation's channel is archived": {func(p *fakeInstallation) { p.archived = 1 }, []string{"channel_archived doctor.channel_archived"}},
		"a conversation's channel is public":   {func(p *fakeInstallation) { p.public = 1 }, []string{"channel_archived doctor.channel_archived"}},
		"a queue's channel is archived":        {func(p *fakeInstallation) { p.lost = []string{"Vendas"} }, []string{"queue_channel doctor.queue_channel"}},
		"customers' names are not shown":       {func(p *fakeInstallation) { p.nameless = true }, []string{"identity_override doctor.names"}},
		"a receiver takes no events": {func(p *fakeInstallation) {
			p.receivers = []*domain.EventSubscription{{URL: "https://crm.example/s3cret", FailingSince: now, Backlog: 3}, {}}
		}, []string{"event_subscription doctor.receivers_failing"}},
		"values that no key opens": {func(p *fakeInstallation) { p.sealed = 3 }, []string{"keys doctor.keys_lost"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := healthy()
			c.ill(p)
			findings := p.examine(t)
			require.ElementsMatch(t, c.want, wrong(t, findings))
			for _, f := range findings {
				if f.Check == "dead_letters" {
					require.Equal(t, p.backlog.DeadInbox+p.backlog.DeadMedia+p.backlog.DeadOutbox, f.Text.Data["Count"])
				}
			}
		})
	}
}

func TestWhatMetaSaysIsTheFix(t *testing.T) {
	p := healthy()
	p.probeErr = errors.Wrap(domain.Refuse(domain.CodeMetaRefused, domain.T("refusal.meta", "Words", "expired")), "ask Meta")
	for _, f := range p.examine(t) {
		if f.Check == "token" {
			require.Equal(t, "refusal.meta", f.Fix.Key)
			require.Equal(t, "a", f.AccountID)
			return
		}
	}
	t.Fatal("there is no finding about the token")
}

func TestADatabaseThatDoesNotAnswerIsNoFinding(t *testing.T) {
	p := healthy()
	p.err = errors.New("no database")
	d := &doctor.Doctor{Store: p, Probe: p.Probe, Clock: p, Problems: func() []domain.SettingProblem { return nil }, LastWebhook: func(string) int64 { return 0 }, Lost: func() int { return 0 }, ShowsNames: func() bool { return true }}
	_, err := d.Examine(context.Background())
	require.ErrorIs(t, err, p.err)
}
