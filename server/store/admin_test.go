package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestAccounts(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_accounts WHERE access_token = 'token' OR app_secret = 'secret' OR verify_token = 'verify'"), "sealed at rest")
		for _, read := range []func() (*domain.Account, error){
			func() (*domain.Account, error) { return f.Account(ctx(), f.account.ID) },
			func() (*domain.Account, error) { return f.AccountByNumber(ctx(), "100") },
			func() (*domain.Account, error) {
				list, err := f.AccountsByWABA(ctx(), "200")
				return list[0], err
			},
			func() (*domain.Account, error) {
				list, total, err := f.Accounts(ctx(), 0, 60)
				require.Equal(t, 1, total)
				return list[0], err
			},
		} {
			got, err := read()
			require.NoError(t, err)
			require.Equal(t, f.account, got)
		}
		twin := &domain.Account{Name: "Outro", PhoneNumberID: "100", WABAID: "200"}
		require.ErrorIs(t, f.CreateAccount(ctx(), twin, now), domain.ErrConflict)
		twin.PhoneNumberID = "101"
		require.NoError(t, f.CreateAccount(ctx(), twin, now))
		twin.PhoneNumberID = "100"
		require.ErrorIs(t, f.UpdateAccount(ctx(), twin, now), domain.ErrConflict)

		edit := *f.account
		edit.Name, edit.AccessToken, edit.AppSecret, edit.VerifyToken, edit.Enabled, edit.DefaultQueueID = "Novo", "new", "", "", false, f.queue.ID
		require.NoError(t, f.UpdateAccount(ctx(), &edit, now+1))
		got, err := f.Account(ctx(), f.account.ID)
		require.NoError(t, err)
		edit.AppSecret, edit.VerifyToken = "secret", "verify" // an empty secret leaves the stored one
		require.Equal(t, &edit, got)
		require.NoError(t, f.WebhookSeen(ctx(), edit.ID, now+9))
		require.NoError(t, f.WebhookSeen(ctx(), edit.ID, now+5))
		got, err = f.Account(ctx(), f.account.ID)
		require.NoError(t, err)
		require.Equal(t, now+9, got.WebhookAt)

		_, err = f.db.Exec("UPDATE waa_accounts SET access_token = 'of another key'")
		require.NoError(t, err)
		got, err = f.Account(ctx(), f.account.ID)
		require.NoError(t, err)
		require.Empty(t, got.AccessToken, "it has to be given again")

		for _, id := range []string{"", "no"} {
			_, err = f.Account(ctx(), id)
			require.ErrorIs(t, err, domain.ErrNotFound)
			require.ErrorIs(t, f.DeleteAccount(ctx(), id), domain.ErrNotFound)
			require.ErrorIs(t, f.UpdateAccount(ctx(), &domain.Account{ID: id}, now), domain.ErrNotFound)
		}
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		require.ErrorIs(t, f.DeleteAccount(ctx(), f.account.ID), domain.ErrConflict)
		f.abort(t, conv.ID)
		require.ErrorIs(t, f.DeleteAccount(ctx(), f.account.ID), domain.ErrHasQueues)
		require.NoError(t, f.DeleteQueue(ctx(), f.queue.ID))
		require.NoError(t, f.DeleteAccount(ctx(), f.account.ID))
		_, err = f.AccountByNumber(ctx(), "100")
		require.ErrorIs(t, err, domain.ErrNotFound)
	})
}

func TestQueues(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		got, err := f.Queue(ctx(), f.queue.ID)
		require.NoError(t, err)
		require.Equal(t, f.queue, got)
		other := f.newQueue(t, "Cobrança")
		all, err := f.Queues(ctx())
		require.NoError(t, err)
		require.Equal(t, []*domain.Queue{other, f.queue}, all)
		mine, err := f.QueuesOfAccount(ctx(), f.account.ID)
		require.NoError(t, err)
		require.Equal(t, all, mine)
		page, total, err := f.QueuePage(ctx(), 1, 1)
		require.NoError(t, err)
		require.Equal(t, 2, total)
		require.Equal(t, []*domain.Queue{f.queue}, page)
		taken := *other
		taken.ChannelID = f.queue.ChannelID
		require.ErrorIs(t, f.UpdateQueue(ctx(), &taken, now), domain.ErrConflict)
		other.Name, other.InactivityMinutes = "Outra", 30
		require.NoError(t, f.UpdateQueue(ctx(), other, now+1))
		got, err = f.Queue(ctx(), other.ID)
		require.NoError(t, err)
		require.Equal(t, other, got)

		f.account.DefaultQueueID = f.queue.ID
		require.NoError(t, f.UpdateAccount(ctx(), f.account, now))
		_, _, _, _, err = f.SyncTemplates(ctx(), f.account.ID, []domain.Template{{Name: "oi", Language: "pt_BR"}}, now)
		require.NoError(t, err)
		template, err := f.TemplateByName(ctx(), f.account.ID, "oi", "pt_BR")
		require.NoError(t, err)
		_, err = f.AllowTemplate(ctx(), template.ID, true, []string{f.queue.ID, other.ID}, "admin", now)
		require.NoError(t, err)
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		require.ErrorIs(t, f.DeleteQueue(ctx(), f.queue.ID), domain.ErrConflict)
		f.abort(t, conv.ID)
		require.NoError(t, f.DeleteQueue(ctx(), f.queue.ID))
		require.ErrorIs(t, f.DeleteQueue(ctx(), f.queue.ID), domain.ErrNotFound)
		_, err = f.PlanOfQueue(ctx(), f.queue.ID)
		require.ErrorIs(t, err, domain.ErrNotFound)
		account, err := f.Account(ctx(), f.account.ID)
		require.NoError(t, err)
		require.Empty(t, account.DefaultQueueID)
		template, err = f.Template(ctx(), template.ID)
		require.NoError(t, err)
		require.Equal(t, []string{other.ID}, template.QueueIDs)
	})
}

func TestWhatMetaSaysOfATemplatesOrigin(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		meta := domain.Template{MetaID: "1", Name: "a", Language: "pt_BR", Category: "UTILITY", Status: "APPROVED", Text: "Oi"}
		sync := func() *domain.Template {
			t.Helper()
			_, _, _, _, err := f.SyncTemplates(ctx(), f.account.ID, []domain.Template{meta}, now)
			require.NoError(t, err)
			got, err := f.TemplateByName(ctx(), f.account.ID, "a", "pt_BR")
			require.NoError(t, err)
			return got
		}
		allowed, err := f.AllowTemplate(ctx(), sync().ID, true, []string{f.queue.ID}, "admin", now)
		require.NoError(t, err)
		require.True(t, allowed.Usable(f.queue.ID))

		told := f.templateChanged(t, domain.TemplateChange{MetaID: "1", CorrectCategory: "MARKETING", At: now + 1}, now)
		require.True(t, told.Miscategorized())
		require.True(t, told.Usable(f.queue.ID), "only announced")
		told = f.templateChanged(t, domain.TemplateChange{MetaID: "1", Category: "MARKETING", At: now + 2}, now)
		require.Equal(t, []any{"", false}, []any{told.CorrectCategory, told.Approved})

		_, err = f.AllowTemplate(ctx(), told.ID, true, []string{f.queue.ID}, "admin", now)
		require.NoError(t, err)
		meta.Category, meta.Source = "MARKETING", domain.SourceGenerated
		got := sync()
		require.False(t, got.Approved)
		_, err = f.db.Exec("UPDATE waa_templates SET approved = true") // as a node of an earlier version may leave it
		require.NoError(t, err)
		usable, err := f.UsableTemplates(ctx(), f.queue.ID)
		require.NoError(t, err)
		require.Empty(t, usable)
	})
}

func TestSyncTemplates(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		meta := func(name, category, status string) domain.Template {
			return domain.Template{MetaID: "id " + name, Name: name, Language: "pt_BR", Category: category, Status: status, Text: "Olá {{1}}", Definition: []byte(`{"name": "` + name + `"}`)}
		}
		sync := func(want [4]int, fetched ...domain.Template) {
			t.Helper()
			added, updated, gone, total, err := f.SyncTemplates(ctx(), f.account.ID, fetched, now)
			require.NoError(t, err)
			require.Equal(t, want, [4]int{added, updated, gone, total})
		}
		get := func(name string) *domain.Template {
			t.Helper()
			got, err := f.TemplateByName(ctx(), f.account.ID, name, "pt_BR")
			require.NoError(t, err)
			return got
		}
		a, b := meta("a", "MARKETING", "APPROVED"), meta("b", "UTILITY", "APPROVED")
		english := a
		english.Language = "en"
		sync([4]int{3, 0, 0, 3}, a, b, english)
		sync([4]int{0, 0, 0, 3}, a, b, english)
		got := get("a")
		require.JSONEq(t, string(a.Definition), string(got.Definition))
		require.Equal(t, "Olá {{1}}", got.Text)
		require.False(t, got.Usable(f.queue.ID))
		for _, name := range []string{"a", "b"} {
			allowed, err := f.AllowTemplate(ctx(), get(name).ID, true, []string{f.queue.ID}, "admin", now)
			require.NoError(t, err)
			require.True(t, allowed.Usable(f.queue.ID))
			require.Equal(t, "admin", allowed.ApprovedBy)
		}
		usable := func(want ...string) {
			t.Helper()
			templates, err := f.UsableTemplates(ctx(), f.queue.ID)
			require.NoError(t, err)
			names := []string{}
			for _, u := range templates {
				require.True(t, u.Usable(f.queue.ID))
				names = append(names, u.Name)
			}
			require.Equal(t, append([]string{}, want...), names)
		}
		usable("a", "b")

		b.Status, b.Text = "PAUSED", "Oi"
		sync([4]int{0, 1, 1, 2}, a, b)
		usable("a")
		require.NotZero(t, f.number(t, "SELECT gone_at FROM waa_templates WHERE language = 'en'"))
		b.Status = "APPROVED"
		sync([4]int{0, 2, 0, 3}, a, b, english)
		usable("a") // what Meta stopped is looked at again before it is used again
		_, err := f.AllowTemplate(ctx(), get("b").ID, true, []string{f.queue.ID}, "admin", now)
		require.NoError(t, err)
		usable("a", "b")
		require.Zero(t, f.number(t, "SELECT gone_at FROM waa_templates WHERE language = 'en'"), "it is back")

		b.Category = "MARKETING"
		sync([4]int{0, 1, 0, 3}, a, b, english)
		usable("a")
		got = get("b")
		require.False(t, got.Approved)
		require.Empty(t, got.ApprovedBy)
		require.Equal(t, []string{f.queue.ID}, got.QueueIDs, "the allow-list stays")

		// other words or buttons were never approved; another example is none
		_, err = f.AllowTemplate(ctx(), got.ID, true, []string{f.queue.ID}, "admin", now)
		require.NoError(t, err)
		for _, step := range []struct { // one after the other
			name       string
			components string
			approved   bool
		}{
			{"another text", `[{"type": "BODY", "text": "Oi"}]`, false},
			{"an example", `[{"type": "BODY", "text": "Oi", "example": {"body_text": [["Ana"]]}}]`, true},
			{"a button", `[{"type": "body", "text": "Oi"}, {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Ver", "url": "https://example.com/{{1}}"}]}]`, false},
			{"an example of the button", `[{"type": "BODY", "text": "Oi"}, {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Ver", "url": "https://example.com/{{1}}", "example": ["https://example.com/a"]}]}]`, true},
			{"another address", `[{"type": "BODY", "text": "Oi"}, {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Ver", "url": "https://example.org/{{1}}"}]}]`, false},
		} {
			t.Run(step.name, func(t *testing.T) {
				notices := f.number(t, "SELECT count(*) FROM waa_notices WHERE data->>'Changes' LIKE '%components%'")
				b.Definition = []byte(`{"components": ` + step.components + `}`)
				sync([4]int{0, 1, 0, 3}, a, b, english)
				got = get("b")
				require.Equal(t, step.approved, got.Approved, step.name)
				if !step.approved {
					notices++
					_, err = f.AllowTemplate(ctx(), got.ID, true, []string{f.queue.ID}, "admin", now)
					require.NoError(t, err)
				}
				require.Equal(t, notices, f.number(t, "SELECT count(*) FROM waa_notices WHERE data->>'Changes' LIKE '%components%'"), "the admins are told of what lost its approval, and of nothing else")
			})
		}
		_, err = f.AllowTemplate(ctx(), got.ID, false, []string{f.queue.ID}, "admin", now)
		require.NoError(t, err)

		sync([4]int{0, 0, 3, 0})
		usable()
		sync([4]int{0, 3, 0, 3}, a, b, english, a)
		usable("a")
		require.EqualValues(t, 3, f.number(t, "SELECT count(*) FROM waa_templates"))
		templates, total, err := f.Templates(ctx(), f.account.ID, "", "", 0, 2)
		require.NoError(t, err)
		require.Equal(t, 3, total)
		require.Len(t, templates, 2)
		_, total, err = f.Templates(ctx(), "another", "", "", 0, 2)
		require.NoError(t, err)
		require.Zero(t, total)
	})
}

// templateChanged tells the change of the template a in Portuguese, and returns it as it is then.
func (f *fixture) templateChanged(t *testing.T, change domain.TemplateChange, at int64) *domain.Template {
	t.Helper()
	_, err := f.TemplateChanged(ctx(), f.account.ID, change, at)
	require.NoError(t, err)
	after, err := f.TemplateByName(ctx(), f.account.ID, "a", "pt_BR")
	require.NoError(t, err)
	return after
}

func TestTemplateWebhooks(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		_, _, _, _, err := f.SyncTemplates(ctx(), f.account.ID, []domain.Template{
			{MetaID: "1", Name: "a", Language: "pt_BR", Category: "UTILITY", Status: "APPROVED"}, {Name: "b", Language: "pt_BR", Category: "UTILITY", Status: "APPROVED"},
		}, now)
		require.NoError(t, err)
		a, err := f.TemplateByName(ctx(), f.account.ID, "a", "pt_BR")
		require.NoError(t, err)
		_, err = f.AllowTemplate(ctx(), a.ID, true, nil, "admin", now)
		require.NoError(t, err)

		after := f.templateChanged(t, domain.TemplateChange{MetaID: "1", Status: "PAUSED", Quality: "RED", At: now}, now+1)
		require.Equal(t, []any{"PAUSED", "RED", false}, []any{after.Status, after.Quality, after.Approved})
		_, err = f.TemplateChanged(ctx(), f.account.ID, domain.TemplateChange{MetaID: "1", Status: "PAUSED", At: now}, now+1)
		require.NoError(t, err)
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_notices WHERE text_key = 'admin.template_status'"), "what changes nothing tells nothing")
		after = f.templateChanged(t, domain.TemplateChange{MetaID: "1", Status: "APPROVED", At: now + 1}, now+1)
		require.False(t, after.Approved, "it is asked for again")
		_, err = f.AllowTemplate(ctx(), a.ID, true, nil, "admin", now)
		require.NoError(t, err)
		after = f.templateChanged(t, domain.TemplateChange{Name: "a", Language: "pt_BR", Category: "MARKETING", At: now + 2}, now+2)
		require.Equal(t, []any{"APPROVED", "MARKETING", false}, []any{after.Status, after.Category, after.Approved})
		after = f.templateChanged(t, domain.TemplateChange{Name: "a", Language: "pt_BR", Status: "REJECTED", Reason: "SCAM", At: now + 3}, now+2)
		require.Equal(t, []any{"REJECTED", "SCAM", "RED"}, []any{after.Status, after.RejectedReason, after.Quality})
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_notices WHERE text_key = 'admin.template_category'"))
		for _, later := range []int64{0, 1} {
			tied, err := f.TemplateChanged(ctx(), f.account.ID, domain.TemplateChange{MetaID: "1", Status: "REJECTED", At: now + 3 + later}, now)
			require.NoError(t, err)
			require.Equal(t, later == 0, tied, "of two reports of one second nobody knows which is the later")
		}
		for _, who := range []domain.TemplateChange{{}, {MetaID: "2", Name: "c", Language: "pt_BR"}, {Name: "a", Language: "en"}} {
			who.Status, who.At = "PAUSED", now+9
			_, err = f.TemplateChanged(ctx(), f.account.ID, who, now)
			require.ErrorIs(t, err, domain.ErrNotFound)
		}
		_, err = f.TemplateChanged(ctx(), "another", domain.TemplateChange{MetaID: "1", Name: "a", Language: "pt_BR", Status: "PAUSED", At: now + 9}, now)
		require.ErrorIs(t, err, domain.ErrNotFound)
		b, err := f.TemplateByName(ctx(), f.account.ID, "b", "pt_BR")
		require.NoError(t, err)
		require.Equal(t, "APPROVED", b.Status)
		all, err := f.TemplatesOf(ctx(), f.account.ID)
		require.NoError(t, err)
		require.Len(t, all, 2)
		_, err = f.AllowTemplate(ctx(), "no", true, nil, "admin", now)
		require.ErrorIs(t, err, domain.ErrNotFound)
	})
}

func TestBudgets(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		f.template(t, conv, "utility")
		_, _, err := f.ApplyStatus(ctx(), f.account.ID, change(f.template(t, conv, "marketing"), domain.Delivered))
		require.NoError(t, err)
		plan, spent, err := f.Budget(ctx(), f.queue.ID, domain.MonthStart(now))
		require.NoError(t, err)
		require.Equal(t, f.plan.MonthlyLimit, plan.MonthlyLimit)
		require.Equal(t, money(7), spent)
		month, err := f.MonthOf(ctx(), f.queue.ID, domain.MonthStart(now))
		require.NoError(t, err)
		require.Equal(t, &domain.QueueCosts{Planned: true, Currency: "USD", Limit: money(100), Billed: money(5), Reserved: money(2), Messages: 1}, month)
		planned, err := f.HasPlan(ctx(), f.queue.ID)
		require.NoError(t, err)
		require.True(t, planned)
		require.NoError(t, f.DeletePlan(ctx(), f.plan.ID, "boss", now))
		_, _, err = f.Budget(ctx(), f.queue.ID, 0)
		require.ErrorIs(t, err, domain.ErrNotFound)
		planned, err = f.HasPlan(ctx(), f.queue.ID)
		require.NoError(t, err)
		require.False(t, planned)
	})
}

// What a node says whose clock is an hour ahead is not the last word for an hour.
func TestANumberIsUnblockedThoughANodesClockWasAhead(t *testing.T) {
	f := direct(t)
	here := time.Now().UnixMilli()
	ahead := here + time.Hour.Milliseconds()
	for _, step := range []struct {
		code int
		at   int64
	}{{190, ahead}, {0, here + 1000}, {190, here + 2000}, {0, ahead}, {190, here + 3000}} {
		changed, err := f.BlockAccount(ctx(), f.account.ID, step.code, step.at)
		require.NoError(t, err)
		require.True(t, changed, "%+v", step)
	}
}
