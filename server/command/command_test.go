package command

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/dialog"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

// fakeOffice is a Mattermost with one conversation in the channel "here", which
// notes what was asked of it.
type fakeOffice struct {
	locale   string
	view     *domain.View
	views    map[domain.State][]*domain.View
	costs    []domain.QueueCosts
	findings []domain.Finding
	admin    bool
	optedOut []*domain.Contact
	planned  []*domain.Scheduled
	answer   error
	panics   bool

	box     fakeDrafts
	closing domain.ClosingOptions
	asked   []string
	opened  []model.OpenDialogRequest
	logged  []string
}

func (o *fakeOffice) SendEphemeralWithAttachments(_ context.Context, channelID, userID, message string, attachments []any) {
	o.asked = append(o.asked, fmt.Sprintf("whisper %s %s %s %v", channelID, userID, message, attachments))
}

// fakeDrafts has one draft of the user's and one of somebody else's.
type fakeDrafts struct{ drafts []*domain.Draft }

func (b fakeDrafts) List(context.Context, string, string, int, int) ([]*domain.Draft, int, error) {
	return b.drafts, len(b.drafts), nil
}

func idsOf(drafts []*domain.Draft, _, _ string, _ func(key string, pairs ...any) string) []any {
	var ids []any
	for _, d := range drafts {
		ids = append(ids, d.ID)
	}
	return ids
}

func buttonOf(do, id, _, _ string) map[string]any { return map[string]any{"button": do + " " + id} }

func newFakeOffice() *fakeOffice {
	c := &domain.Conversation{
		ID: "conv", ContactID: "person", TeamID: "team", QueueID: "sales", OwnerID: "me", AttendantID: "me", WindowUntil: 52_320_000,
		Contact: domain.Contact{Name: "Ana |*x*| [y](http://z)", Phone: "+5511987654321", CPFMasked: "***.982.247-**"},
	}
	return &fakeOffice{locale: "pt-BR", view: &domain.View{Conversation: c, State: domain.Open}}
}

func (o *fakeOffice) ask(format string, args ...any) (*domain.View, error) {
	o.asked = append(o.asked, fmt.Sprintf(format, args...))
	return o.view, o.answer
}

func (o *fakeOffice) ViewChannel(_ context.Context, _, channelID string) (*domain.View, error) {
	if o.panics {
		panic("text of a customer")
	}
	if channelID != "here" {
		return nil, domain.Refuse(domain.CodeNotFound, domain.T("refusal.not_a_conversation"))
	}
	return o.view, nil
}

func (o *fakeOffice) List(_ context.Context, _ string, f domain.Filter) ([]*domain.View, int, error) {
	return o.views[f.State], len(o.views[f.State]) * 2, o.answer
}

func (o *fakeOffice) SetConsent(_ context.Context, _, contactID string, status domain.ConsentStatus, said domain.ConsentGiven) (*domain.Contact, error) {
	_, err := o.ask("consent %s %s %s %s", contactID, status.Word(), said.Origin, said.Note)
	return nil, err
}

func (o *fakeOffice) Consents(context.Context, string, domain.ConsentStatus, string, int, int) ([]*domain.Contact, int, error) {
	return o.optedOut, len(o.optedOut), o.answer
}

func (o *fakeOffice) ListScheduled(context.Context, string, domain.ScheduledFilter) ([]*domain.Scheduled, int, error) {
	return o.planned, len(o.planned), o.answer
}

func (o *fakeOffice) ScheduleText(_ context.Context, _, id, text string, at int64) (*domain.Draft, error) {
	_, err := o.ask("schedule %s %s %d", id, text, at)
	return nil, err
}

func (o *fakeOffice) Results(context.Context, string, string, domain.ResultsFilter) (*domain.Results, error) {
	median := 90_000.0
	group := &domain.ResultsGroup{Name: "cobranca (pt_BR)", Sent: 4, Delivered: 3, Read: 2, Answered: 1, MedianAnswer: &median, Cost: 312_500, Currency: "BRL"}
	return &domain.Results{Zone: time.UTC, Groups: []*domain.ResultsGroup{group, {}}, Totals: group}, o.answer
}

func (o *fakeOffice) ResultsNow(context.Context, string, string) (*domain.ResultsNow, error) {
	return &domain.ResultsNow{WaitingForUs: 7, LongestWaitSince: 1_789_990_000_000, LongestWait: 11_100_000}, o.answer
}

func (o *fakeOffice) Note(_ context.Context, _, id, text string) (*domain.View, error) {
	return o.ask("note %s %s", id, text)
}

func (o *fakeOffice) TransferToUser(_ context.Context, _, id, userID string) (*domain.View, error) {
	return o.ask("user %s %s", id, userID)
}

func (o *fakeOffice) TransferToQueue(_ context.Context, _, id, queueID string) (*domain.View, error) {
	return o.ask("queue %s %s", id, queueID)
}

func (o *fakeOffice) SetOwner(_ context.Context, _, id, userID string) (*domain.View, error) {
	return o.ask("owner %s %s", id, userID)
}

func (o *fakeOffice) Claim(_ context.Context, _, id string) (*domain.View, error) {
	return o.ask("claim %s", id)
}

func (o *fakeOffice) Close(_ context.Context, _, id string, closing domain.Closing) (*domain.View, error) {
	return o.ask("close %s %s", id, closing.Note)
}

func (o *fakeOffice) ClosingOptions(context.Context, string, string) (*domain.ClosingOptions, error) {
	return &o.closing, nil
}

func (o *fakeOffice) CloseDialog(_ context.Context, _, id, note string) (*model.OpenDialogRequest, error) {
	_, err := o.ask("close dialog %s %s", id, note)
	return &model.OpenDialogRequest{URL: dialog.CloseURL}, err
}

func (o *fakeOffice) Reopen(_ context.Context, _, id string) (*domain.View, error) {
	return o.ask("reopen %s", id)
}

func (o *fakeOffice) Start(_ context.Context, who dialog.StartFor) (*model.OpenDialogRequest, error) {
	_, err := o.ask("start %s|%s|%s", who.ChannelID, who.Phone, who.Name)
	return &model.OpenDialogRequest{URL: dialog.StartURL}, err
}

func (o *fakeOffice) Template(_ context.Context, _, id string) (*model.OpenDialogRequest, error) {
	_, err := o.ask("template %s", id)
	return &model.OpenDialogRequest{URL: dialog.TemplateURL}, err
}

func (o *fakeOffice) Open(_ context.Context, request model.OpenDialogRequest) error {
	o.opened = append(o.opened, request)
	return nil
}

func (o *fakeOffice) UserByName(_ context.Context, username string) (string, error) {
	if username != "maria.silva" {
		return "", domain.ErrNotFound
	}
	return "maria", nil
}

func (o *fakeOffice) Username(_ context.Context, userID string) (string, error) { return userID, nil }

func (o *fakeOffice) ChannelByName(_ context.Context, teamID, name string) (string, error) {
	if teamID != "team" || name != "suporte" {
		return "", errors.Wrap(domain.ErrNotFound, "channel")
	}
	return "support-channel", nil
}

func (o *fakeOffice) Link(_ context.Context, c *domain.Conversation) string {
	return "http://mm/team/channels/wa-" + c.ID
}

func (o *fakeOffice) SystemAdmin(context.Context, string) (bool, error) { return o.admin, nil }

func (o *fakeOffice) Queues(context.Context) ([]*domain.Queue, error) {
	queues := []*domain.Queue{
		{ID: "sales", Name: "Vendas", TeamID: "team", ChannelID: "sales-channel"},
		{ID: "support", Name: "Suporte Técnico", TeamID: "team", ChannelID: "support-channel"},
		{ID: "elsewhere", Name: "Cobrança", TeamID: "other", ChannelID: "c3"},
		{ID: "collect", Name: "Cobrança", TeamID: "team", ChannelID: "c4"},
	}
	for i := range o.costs {
		queues[i].Name = o.costs[i].Queue
	}
	return queues, nil
}

// MonthOf is the month of the queues that have costs, in their order.
func (o *fakeOffice) MonthOf(_ context.Context, queueID string, _ int64) (*domain.QueueCosts, error) {
	for i := range o.costs {
		if queues, _ := o.Queues(context.Background()); queues[i].ID == queueID {
			month := o.costs[i]
			return &month, o.answer
		}
	}
	return nil, o.answer
}

// Supervises is true for the queues that have costs.
func (o *fakeOffice) Supervises(_ context.Context, _ string, queue *domain.Queue) (bool, error) {
	month, err := o.MonthOf(context.Background(), queue.ID, 0)
	return month != nil, err
}

func (o *fakeOffice) Now() int64 { return 1_790_000_000_000 }

func (o *fakeOffice) Examine(context.Context) ([]domain.Finding, error) { return o.findings, o.answer }
func (o *fakeOffice) Reader(context.Context, string) (string, *time.Location) {
	return o.locale, time.UTC
}
func (o *fakeOffice) Error(message string, _ ...any) { o.logged = append(o.logged, message) }

func texts(t *testing.T) *i18n.Bundle {
	t.Helper()
	bundle, err := i18n.New()
	require.NoError(t, err)
	return bundle
}

func (o *fakeOffice) in(t *testing.T, channelID, text string) string {
	t.Helper()
	c := New(Deps{
		Service: o, Mattermost: o, Store: o, IsSystemAdmin: o.SystemAdmin, Supervises: o.Supervises, Examine: o.Examine,
		StartDialog: o.Start, TemplateDialog: o.Template, CloseDialog: o.CloseDialog, AskDialog: o.AskDialog, RepliesDialog: o.RepliesDialog, SendLocation: o.SendLocation, SendContact: o.SendContact, SendText: o.SendText, Ask: o.Ask,
		ListDrafts: o.box.List, DraftAttachments: idsOf, ScheduledButton: buttonOf, ScheduleText: o.ScheduleText, Reader: o.Reader, Texts: texts(t), Clock: o, LogError: o.Error,
	})
	return c.Execute(context.Background(), Args{UserID: "me", ChannelID: channelID, TeamID: "team", TriggerID: "trigger", Text: text}).Text
}

func TestCloseAsksForAReason(t *testing.T) {
	reasons := []*domain.ClosingReason{{ID: "sold", Label: "Vendido"}}
	for name, c := range map[string]struct {
		closing     domain.ClosingOptions
		typed, want string
	}{
		"no reasons":                  {domain.ClosingOptions{}, "encerrar", "close conv "},
		"reasons":                     {domain.ClosingOptions{Reasons: reasons}, "encerrar", "close dialog conv "},
		"reasons, and a text":         {domain.ClosingOptions{Reasons: reasons}, "close resolvido", "close conv resolvido"},
		"a required reason":           {domain.ClosingOptions{Reasons: reasons, Required: true}, "encerrar", "close dialog conv "},
		"a required reason, and text": {domain.ClosingOptions{Reasons: reasons, Required: true}, `encerrar "ligou de volta"`, "close dialog conv ligou de volta"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newFakeOffice()
			o.closing = c.closing
			answer := o.in(t, "here", c.typed)
			require.Equal(t, []string{c.want}, o.asked)
			if strings.HasPrefix(c.want, "close dialog") {
				require.Empty(t, answer, "the dialog is all")
				require.Equal(t, "trigger", o.opened[0].TriggerId)
				require.Equal(t, dialog.CloseURL, o.opened[0].URL)
			}
		})
	}
}

func TestWhatIsAskedOfTheService(t *testing.T) {
	for typed, want := range map[string]string{
		"/whatsapp novo":                            "start here||",
		"/whatsapp new":                             "start here||",
		"/WhatsApp NOVO":                            "start here||",
		"novo 11987654321 Ana":                      "start here|11987654321|Ana",
		"novo (11) 98765-4321 José da Silva":        "start here|(11) 98765-4321|José da Silva",
		`novo "11 98765-4321" "José da Silva"`:      "start here|11 98765-4321|José da Silva",
		"novo +55 11 98765-4321 “José d'Ávila”":     "start here|+55 11 98765-4321|José d'Ávila",
		"novo José da Silva":                        "start here||José da Silva",
		"novo https://wa.me/5511987654321 Ana":      "start here|https://wa.me/5511987654321|Ana",
		"novo (0xx11) 98765-4321 Ana Souza":         "start here|(0xx11) 98765-4321|Ana Souza",
		"novo tel:+5511987654321":                   "start here|tel:+5511987654321|",
		"novo +55\u00a011\u00a098765\u20114321 Ana": "start here|+55\u00a011\u00a098765\u20114321|Ana",
		"novo 00351 912 345 678 Rui":                "start here|00351 912 345 678|Rui",
		"novo 3 Irmãos Ltda":                        "start here||3 Irmãos Ltda",
		"novo 1234":                                 "start here|1234|",
		"/whatsapp modelo":                          "template conv",
		"template":                                  "template conv",
		"nota o cliente ligou\n\n- duas   vezes":    "note conv o cliente ligou\n\n- duas   vezes",
		`note "entre aspas"`:                        "note conv entre aspas",
		`nota "a" e "b"`:                            `note conv "a" e "b"`,
		"nóta á":                                    "note conv á",
		"transferir @maria.silva":                   "user conv maria",
		"transfer @Maria.Silva, por favor":          "user conv maria",
		"transferir ~suporte":                       "queue conv support",
		"transferir ~Vendas":                        "queue conv sales",
		"transferir ~suporte tecnico":               "queue conv support",
		`transferir "~Cobrança"`:                    "queue conv collect",
		"assumir":                                   "claim conv",
		"CLAIM":                                     "claim conv",
		"encerrar":                                  "close conv ",
		"close resolvido por telefone":              "close conv resolvido por telefone",
		"reabrir":                                   "reopen conv",
		"reopen":                                    "reopen conv",
		"consentimento telefone ligou hoje":         "consent person granted telefone ligou hoje",
		"consent Revoke":                            "consent person revoked  ",
	} {
		t.Run(typed, func(t *testing.T) {
			o := newFakeOffice()
			o.in(t, "here", typed)
			require.Equal(t, []string{want}, o.asked, typed)
			if strings.HasPrefix(want, "start") || strings.HasPrefix(want, "template") {
				require.Len(t, o.opened, 1, typed)
				require.Equal(t, "trigger", o.opened[0].TriggerId)
			}
		})
	}
}

func TestWhatNeedsAConversation(t *testing.T) {
	for _, typed := range []string{"modelo", "nota x", "transferir @maria.silva", "assumir", "encerrar", "reabrir", "status"} {
		t.Run(typed, func(t *testing.T) {
			o := newFakeOffice()
			require.Contains(t, o.in(t, "town-square", typed), "só funciona no canal de um atendimento", typed)
			require.Empty(t, o.asked, typed)
		})
	}
	o := newFakeOffice()
	require.Empty(t, o.in(t, "town-square", "novo"))
	require.Equal(t, []string{"start town-square||"}, o.asked)
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	for typed, want := range map[string]string{
		"nota":                "Escreva a nota",
		"transferir":          "Diga para quem",
		"transferir maria":    "Diga para quem",
		"transferir @ninguem": "ninguem",
		"transferir @":        "nome de usuário",
		"transferir ~nada":    "Nenhuma fila",
		"transferir ~":        "Nenhuma fila",
		"dançar":              "Não conheço",
		"":                    "/whatsapp novo",
		"ajuda":               "/whatsapp transferir",
		"doctor":              "administradores",
		"meus":                "não tem atendimentos",
		"custos":              "não supervisiona",
	} {
		t.Run(typed, func(t *testing.T) {
			o := newFakeOffice()
			require.Contains(t, o.in(t, "here", typed), want, typed)
			require.Empty(t, o.asked, typed)
		})
	}
}

func TestRefusalsAndErrors(t *testing.T) {
	o := newFakeOffice()
	o.answer = domain.Refuse(domain.CodeNoPlan, domain.T("dialog.no_plan", "Queues", "Vendas"))
	for _, typed := range []string{"novo", "modelo", "nota x", "assumir", "encerrar", "reabrir", "transferir ~suporte", "meus", "custos"} {
		t.Run(typed, func(t *testing.T) {
			require.Contains(t, o.in(t, "here", typed), "sem plano", typed)
		})
	}
	require.Empty(t, o.opened)
	o.locale = "fr"
	require.Contains(t, o.in(t, "here", "new"), "without an approved spending plan")
	require.Empty(t, o.logged)

	o.answer = errors.New("the database is away")
	require.Contains(t, o.in(t, "here", "claim"), "Something went wrong")
	o.panics = true
	require.Contains(t, o.in(t, "here", "status"), "Something went wrong")
	require.Len(t, o.logged, 2)
}

func TestReports(t *testing.T) {
	o := newFakeOffice()
	o.view.NextTemplate = domain.Refuse(domain.CodeCooldown, domain.T("refusal.next_template", "Until", int64(60_000)))
	status := o.in(t, "here", "status")
	for _, want := range []string{"Ana \\|\\*x\\*\\| \\[y\\]\u2060(http:\u2060//z)", "+5511987654321", "`***.982.247-**`", "Janela aberta até 01/01/1970 14:32", "Vendas", "@me", "00:01"} {
		t.Run(want, func(t *testing.T) {
			require.Contains(t, status, want)
		})
	}

	other := *o.view.Conversation
	other.AttendantID, other.LastInboundAt = "", 60_000
	o.views = map[domain.State][]*domain.View{
		domain.Open:    {o.view},
		domain.Expired: {{Conversation: &other, State: domain.Expired}},
	}
	mine := o.in(t, "here", "meus")
	for _, want := range []string{"http://mm/team/channels/wa-conv", "Janela aberta até", "Janela encerrada", "na fila, sem atendente", "e mais 1", "00:01"} {
		t.Run(want, func(t *testing.T) {
			require.Contains(t, mine, want)
		})
	}

	o.costs = []domain.QueueCosts{
		{Queue: "Vendas | a", Currency: "BRL", Planned: true, Limit: 500_000_000, Billed: 120_350_000, Reserved: 350_000, Messages: 344},
		{Queue: "Suporte"},
	}
	costs := o.in(t, "here", "custos")
	for _, want := range []string{"Vendas \\| a", "344", "R$ 120,35", "R$ 0,35", "R$ 379,30 de R$ 500,00", "| Suporte |", "sem plano"} {
		t.Run(want, func(t *testing.T) {
			require.Contains(t, costs, want)
		})
	}

	o.admin, o.locale = true, "en"
	o.findings = []domain.Finding{{OK: true, Text: domain.T("command.claimed")}}
	require.Contains(t, o.in(t, "here", "doctor"), "All is well")
	o.findings = append(o.findings, domain.Finding{Text: domain.T("command.closed"), Fix: domain.T("command.reopened")})
	doctor := o.in(t, "here", "doctor")
	require.Contains(t, doctor, "something to fix")
	require.Contains(t, doctor, "Conversation reopened.")
}

func TestDefinition(t *testing.T) {
	for _, locale := range []string{"pt-BR", "en"} {
		t.Run(locale, func(t *testing.T) {
			definition := Definition(texts(t), locale)
			require.NoError(t, definition.AutocompleteData.IsValid())
			offered := map[string]*model.AutocompleteData{}
			for _, s := range definition.AutocompleteData.SubCommands {
				require.NotContains(t, offered, s.Trigger)
				require.NotContains(t, s.HelpText+s.Hint, "command.", "a text is missing")
				offered[s.Trigger] = s
			}
			for _, s := range subcommands() {
				require.Contains(t, offered, s.portuguese)
				require.Contains(t, offered, s.english)
			}
			require.Equal(t, model.SystemAdminRoleId, offered["doctor"].RoleID)
			o := newFakeOffice()
			o.locale = locale
			require.NotContains(t, o.in(t, "x", "help"), "command.")
		})
	}
	require.Equal(t, "novo", Definition(texts(t), "pt-BR").AutocompleteData.SubCommands[0].Trigger)
	require.Equal(t, "new", Definition(texts(t), "en").AutocompleteData.SubCommands[0].Trigger)
}
