package domain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFreeTextGoesToWhomTheWindowBelongs(t *testing.T) {
	person := Contact{Phone: "+5511987654321", UserID: "BR.1"}
	for name, c := range map[string]struct {
		phone, user string
		want        Address
	}{
		"nobody noted it":               {"", "", Address{Phone: "+5511987654321"}},
		"the person's number":           {"5511987654321", "BR.1", Address{Phone: "+5511987654321"}},
		"the same without its nine":     {"551187654321", "", Address{Phone: "+5511987654321"}},
		"another number":                {"5521999998888", "BR.1", Address{Phone: "+5521999998888"}},
		"who wrote without a number":    {"", "BR.2", Address{UserID: "BR.2"}},
		"another number, another user":  {"5521999998888", "BR.2", Address{Phone: "+5521999998888"}},
		"a number of another country":   {"351912345678", "", Address{Phone: "+351912345678"}},
		"a number with anything around": {"+55 21 99999-8888", "", Address{Phone: "+5521999998888"}},
	} {
		t.Run(name, func(t *testing.T) {
			conv := &Conversation{WindowUntil: 100, WindowPhone: c.phone, WindowUserID: c.user}
			text := &SendCheck{Account: &Account{Enabled: true}, Contact: &person, Conversation: conv}
			require.Equal(t, c.want, text.To())
			require.Zero(t, text.Reason(50))
			template := *text
			template.Template = &Template{}
			require.Equal(t, Address{Phone: "+5511987654321"}, template.To(), "a template goes to the person: %s")
		})
	}
	known := &SendCheck{Account: &Account{Enabled: true}, Contact: &Contact{UserID: "BR.1"}, Template: &Template{}}
	require.Equal(t, Address{UserID: "BR.1"}, known.To())
	nobody := &SendCheck{Account: &Account{Enabled: true}, Contact: &Contact{}, Conversation: &Conversation{WindowUntil: 100}}
	require.Equal(t, ReasonNoAddress, nobody.Reason(50))
}

// Each obstacle has words for the person who starts, and none is passed over in silence.
func TestEveryObstacleRefusesAStart(t *testing.T) {
	marketing := Template{Name: "oi", Category: "marketing", Status: StatusApproved, Approved: true, QueueIDs: []string{"q"}}
	fine := func() *SendCheck {
		template := marketing
		return &SendCheck{
			Account: &Account{Enabled: true}, Contact: &Contact{Phone: "+5511987654321"}, Conversation: &Conversation{LastTemplateAt: 1},
			Template: &template, QueueID: "q", Since: 90,
		}
	}
	require.Nil(t, fine().Refusal(100, ""))
	for name, c := range map[string]struct {
		change func(*SendCheck)
		reason int
		code   string
	}{
		"closed":                     {func(l *SendCheck) { l.Conversation.ClosedAt = 5 }, ReasonClosed, CodeConversationClosed},
		"aborted":                    {func(l *SendCheck) { l.Conversation.AbortedAt = 5 }, ReasonClosed, CodeConversationClosed},
		"not approved here":          {func(l *SendCheck) { l.Template.Approved = false }, ReasonTemplate, CodeTemplateNotAllowed},
		"not approved at Meta":       {func(l *SendCheck) { l.Template.Status = "PAUSED" }, ReasonTemplate, CodeTemplateNotAllowed},
		"of another queue":           {func(l *SendCheck) { l.QueueID = "other" }, ReasonTemplate, CodeTemplateNotAllowed},
		"opted out":                  {func(l *SendCheck) { l.Contact.ConsentStatus = ConsentRevoked }, ReasonOptedOut, CodeOptedOut},
		"quiet hours":                {func(l *SendCheck) { l.Hours = Opening{Hours: Hours{"mon": {{"08:00", "09:00"}}}} }, ReasonQuietHours, CodeQuietHours},
		"no consent":                 {func(l *SendCheck) { l.RequireConsent = true }, ReasonNoConsent, CodeConsentRequired},
		"stopped":                    {func(l *SendCheck) { l.Contact.MarketingStopAt = 5 }, ReasonStopped, CodeCooldown},
		"blocked":                    {func(l *SendCheck) { l.Contact.BlockedUntil = 101 }, ReasonBlocked, CodeCooldown},
		"waited for more than a day": {func(l *SendCheck) { l.Since = 99 - TemplateShelfLife.Milliseconds() }, ReasonTooOld, CodeUnavailable},
		"number disabled":            {func(l *SendCheck) { l.Account.Enabled = false }, ReasonDisabled, CodeUnavailable},
		"erased":                     {func(l *SendCheck) { *l.Contact = Contact{} }, ReasonNoAddress, CodeUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			l := fine()
			c.change(l)
			require.Equal(t, c.reason, l.Reason(100))
			refusal := l.Refusal(100, "")
			require.Equal(t, c.code, refusal.Code)
			require.NotEmpty(t, refusal.Text.Key)
		})
	}
	l := fine()
	l.Contact.MarketingStopAt, l.Template.Category = 5, "UTILITY"
	require.Zero(t, l.Reason(100), "who wants no marketing may still get what is none")
	l.Contact.BlockedUntil = 100
	require.Zero(t, l.Reason(100), "the block is over")
}
