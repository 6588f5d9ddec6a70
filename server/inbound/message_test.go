package inbound

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// desk is a store with one conversation, a poster, and what happened in order.
type fakeInbound struct {
	Store
	arrival  *domain.InboundTarget // nil = nobody we know
	account  domain.Account
	opened   bool
	rootGone bool
	found    string // the post that an earlier try made
	back     bool   // the customer has written since, named as before
	did      []string
	posts    []posting.Post

	messages map[string]*domain.Message // by wamid
	closed   *domain.Conversation
	files    []*domain.MediaFile
	archived bool                 // the channel of who comes back
	deleted  bool                 // there is no channel to post to
	justShut *domain.Conversation // closed since the job was stored

	progress *domain.MediaProgress // of the message's file; nil = nothing fetches it
	waiting  [][]byte              // behind it in its lane
	fetching []domain.MediaFile
	detached bool // the server makes posts without their files
}

func (d *fakeInbound) ClosedSince(context.Context, string, domain.WhatsAppIdentity, string, int64) ([]*domain.Conversation, error) {
	if d.justShut == nil {
		return nil, nil
	}
	return []*domain.Conversation{d.justShut}, nil
}

func (d *fakeInbound) AccountByNumber(context.Context, string) (*domain.Account, error) {
	return &domain.Account{ID: d.account.ID}, nil
}
func (d *fakeInbound) Account(context.Context, string) (*domain.Account, error) {
	return &d.account, nil
}
func (d *fakeInbound) ResolveTarget(context.Context, string, string, string, domain.WhatsAppIdentity) (*domain.InboundTarget, error) {
	if d.arrival == nil {
		return nil, domain.ErrNotFound
	}
	a := *d.arrival
	return &a, nil
}
func (d *fakeInbound) OpenForInbound(_ context.Context, w domain.NewSender) (*domain.Conversation, domain.ResolveResult, error) {
	closed := d.closed
	switch {
	case closed != nil && w.Reopens(closed):
		c := *closed
		c.Reopen("", w.Now)
		return &c, domain.Reopened, nil
	case w.DefaultQueueID == "":
		return nil, domain.Created, domain.ErrNoQueue
	}
	d.opened = true
	return &domain.Conversation{ID: "new", CreatedAt: w.Now}, domain.Created, nil
}
func (d *fakeInbound) SaveInboundAway(ctx context.Context, m *domain.Message, who domain.WhatsAppIdentity, opensWindow bool, away domain.Away, now int64) (*domain.Message, *domain.Conversation, *domain.Conversation, error) {
	d.did = append(d.did, away.Text)
	return d.SaveInbound(ctx, m, who, opensWindow, now)
}

func (d *fakeInbound) Queue(context.Context, string) (*domain.Queue, error) {
	return nil, domain.ErrNotFound
}

func (d *fakeInbound) SaveConsentWord(ctx context.Context, m *domain.Message, who domain.WhatsAppIdentity, opensWindow bool, status domain.ConsentStatus, now int64) (*domain.Message, *domain.Conversation, *domain.Conversation, error) {
	d.did = append(d.did, string(status))
	return d.SaveInbound(ctx, m, who, opensWindow, now)
}

func (d *fakeInbound) SaveInbound(_ context.Context, m *domain.Message, _ domain.WhatsAppIdentity, _ bool, _ int64) (*domain.Message, *domain.Conversation, *domain.Conversation, error) {
	d.did = append(d.did, "save")
	before := domain.Conversation{ID: m.ConversationID}
	switch {
	case d.justShut != nil && m.ConversationID == d.justShut.ID:
		before.ChannelID = d.justShut.ChannelID
	case d.arrival != nil:
		before = d.arrival.Conversation
	case d.closed != nil && m.ConversationID == d.closed.ID:
		before.ChannelID = d.closed.ChannelID
	}
	after := before
	after.ExtendWindow(m.CreatedAt)
	return m, &before, &after, nil
}
func (d *fakeInbound) CompleteInbound(_ context.Context, owner string, jobID int64, a *domain.InboundTarget, m *domain.Message, _ domain.WhatsAppIdentity, opens bool, _ int64, lease time.Duration) (*jobqueue.Job, error) {
	d.did = append(d.did, "posted "+m.PostID)
	if owner != "me" || jobID != 7 || lease != time.Minute || !opens || a == nil {
		d.did = append(d.did, "wrongly")
	}
	return nil, nil
}
func (d *fakeInbound) SetKind(_ context.Context, _, kind string) error {
	d.did = append(d.did, "kind "+kind)
	return nil
}
func (d *fakeInbound) ChannelArchived(context.Context, string) (bool, error) { return d.archived, nil }
func (d *fakeInbound) MakeDue(_ context.Context, id string, _ int64) error {
	d.did = append(d.did, "due "+id)
	return nil
}
func (d *fakeInbound) CreatePost(_ context.Context, p posting.Post) (string, error) {
	if d.deleted {
		return "", domain.ErrNotFound
	}
	d.did, d.posts = append(d.did, "post"), append(d.posts, p)
	if d.detached && len(p.FileIDs) > 0 {
		return "post", posting.ErrNotAttached
	}
	return "post", nil
}
func (d *fakeInbound) AgreeOnPost(_ context.Context, _, id string) (string, error) { return id, nil }
func (d *fakeInbound) FindPost(context.Context, string, int64, string, string) (string, error) {
	d.did = append(d.did, "find")
	if d.found == "" {
		return "", domain.ErrNotFound
	}
	return d.found, nil
}
func (d *fakeInbound) RootOf(_ context.Context, postID string) (root, channel string, err error) {
	if d.rootGone {
		return "", "", domain.ErrNotFound
	}
	return postID, "channel", nil
}
func (d *fakeInbound) EditPost(_ context.Context, postID, _ string, _ map[string]any) error {
	d.did = append(d.did, "edit "+postID)
	return nil
}

func (d *fakeInbound) React(_ context.Context, postID, emoji string) (bool, error) {
	d.did = append(d.did, "react "+postID+" "+emoji)
	return emoji != "?", nil
}
func (d *fakeInbound) MessageByWAMID(_ context.Context, _, wamid string) (*domain.Message, error) {
	if m := d.messages[wamid]; m != nil {
		return m, nil
	}
	return nil, domain.ErrNotFound
}
func (d *fakeInbound) Conversation(context.Context, string) (*domain.Conversation, error) {
	return d.closed, nil
}
func (d *fakeInbound) SaveReaction(_ context.Context, _, _, emoji string, _ int64) (string, error) {
	d.did = append(d.did, "reaction "+emoji)
	return emoji, nil
}
func (d *fakeInbound) AddMedia(_ context.Context, _ string, f *domain.MediaFile) error {
	d.did, d.files = append(d.did, "fetch "+f.PostID), append(d.files, f)
	return nil
}

func (d *fakeInbound) MediaProgress(context.Context, string) (domain.MediaProgress, error) {
	if d.progress == nil {
		return domain.MediaProgress{}, domain.ErrNotFound
	}
	return *d.progress, nil
}
func (d *fakeInbound) PrefetchMedia(_ context.Context, _ string, files []domain.MediaFile) error {
	d.did, d.fetching, d.progress = append(d.did, "prefetch"), files, &domain.MediaProgress{}
	return nil
}
func (d *fakeInbound) WaitingInLane(context.Context, string, int) ([][]byte, error) {
	return d.waiting, nil
}

// A post in an archived channel is seen by nobody: the message waits until the channel is back.
func TestNothingIsPostedToAChannelThatIsNotThere(t *testing.T) {
	const now, hour = int64(1_794_744_000_000), int64(3600_000)
	open := domain.Conversation{ID: "c", ChannelID: "channel", WindowFrom: now - 1000, WindowUntil: now + 1000}
	for name, test := range map[string]struct {
		d     *fakeInbound
		did   []string
		again bool
	}{
		"archived":                     {&fakeInbound{arrival: &domain.InboundTarget{Conversation: open, Archived: true}}, []string{"due c"}, true},
		"deleted":                      {&fakeInbound{arrival: &domain.InboundTarget{Conversation: open}, deleted: true}, []string{"due c"}, true},
		"archived, and it is reopened": {&fakeInbound{closed: &domain.Conversation{ID: "c", ChannelID: "channel", ClosedAt: now - hour}, archived: true}, []string{"due c"}, true},
		"back":                         {&fakeInbound{arrival: &domain.InboundTarget{Conversation: open}}, []string{"post", "posted post"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			refreshed := false
			in := &Handler{
				Store: test.d, Posts: test.d, Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}, Clock: fake.Clock(now),
				NewID: func() string { return "id" }, WakeChannels: func() { refreshed = true }, Settings: func() domain.Settings { return domain.Settings{ReopenHours: 24} },
			}
			outcome, err := in.Handle(t.Context(), jobqueue.Job{ID: 7, Order: now, Attempts: 1, Payload: []byte(
				`{"Kind":"message","PhoneNumberID":"1","Data":{"id":"wamid.1","from":"5511987654321","type":"text","text":{"body":"oi"}}}`)})
			require.NoError(t, err)
			if finish := outcome.Finish(); finish != nil {
				_, err = finish(t.Context(), "me", time.Minute)
				require.NoError(t, err)
			}
			require.Equal(t, test.did, test.d.did)
			require.Equal(t, test.again, outcome.IsRetry())
			require.Equal(t, test.again, refreshed)
		})
	}
}

// words has no texts: a label is its key.
func TestInboundTakesAMessage(t *testing.T) {
	const now, hour = int64(1_794_744_000_000), int64(3600_000)
	open := domain.Conversation{ID: "c", ChannelID: "channel", WindowFrom: now - 1000, WindowUntil: now + 1000}
	waiting := domain.Conversation{ID: "c", ChannelID: "channel"}
	shut := domain.Conversation{ID: "shut", ChannelID: "channel", ClosedAt: now - 1}
	for name, test := range map[string]struct {
		arrival   *domain.InboundTarget
		closed    *domain.Conversation
		justShut  *domain.Conversation
		queue     string
		kind      string
		attempts  int
		found     string
		did       []string
		refreshes int
		again     bool
	}{
		"an open window: the post first, all else in one statement": {arrival: &domain.InboundTarget{Conversation: open}, did: []string{"post", "posted post"}},
		"a locked channel opens before the post is seen":            {arrival: &domain.InboundTarget{Conversation: waiting}, did: []string{"save", "post", "posted post"}, refreshes: 1},
		"a second try looks for the post":                           {arrival: &domain.InboundTarget{Conversation: open}, attempts: 2, found: "old", did: []string{"find", "posted old"}},
		"a second try that got nowhere":                             {arrival: &domain.InboundTarget{Conversation: open}, attempts: 2, did: []string{"find", "post", "posted post"}},
		"a second try whose conversation was closed after its post": {
			arrival: &domain.InboundTarget{Conversation: open}, justShut: &shut, attempts: 2, found: "old", did: []string{"find", "save", "find", "posted old"}, refreshes: 1,
		},
		"a second try whose conversation was closed before its post": {
			arrival: &domain.InboundTarget{Conversation: open}, justShut: &shut, attempts: 2, did: []string{"find", "find", "post", "posted post"},
		},
		"stored without a post": {arrival: &domain.InboundTarget{Conversation: open, MessageID: "m", Kind: "text"}, did: []string{"find", "post", "posted post"}},
		"delivered again":       {arrival: &domain.InboundTarget{Conversation: open, MessageID: "m", Kind: "text", PostID: "p"}},
		"the real one of a placeholder": {
			arrival: &domain.InboundTarget{Conversation: open, MessageID: "m", Kind: "unsupported", PostID: "p"}, did: []string{"save", "edit p", "kind text"},
		},
		"a placeholder after the real one": {arrival: &domain.InboundTarget{Conversation: open, MessageID: "m", Kind: "text", PostID: "p"}, kind: "unsupported"},
		"before its channel":               {arrival: &domain.InboundTarget{Conversation: domain.Conversation{ID: "c"}}, did: []string{"save"}, refreshes: 1, again: true},
		"somebody new":                     {queue: "queue", did: []string{"save"}, refreshes: 1, again: true},
		"a customer who comes back the next day": {
			closed: &domain.Conversation{ID: "c", ChannelID: "channel", ClosedAt: now - 23*hour}, queue: "queue", did: []string{"save", "post", "posted post"}, refreshes: 2,
		},
		"a customer who comes back while the old window is open": {
			closed: &domain.Conversation{ID: "c", ChannelID: "channel", ClosedAt: now - hour, WindowUntil: now + hour}, queue: "queue", did: []string{"post", "posted post"}, refreshes: 1,
		},
		"a customer who comes back later": {
			closed: &domain.Conversation{ID: "c", ChannelID: "channel", ClosedAt: now - 25*hour}, queue: "queue", did: []string{"save"}, refreshes: 1, again: true,
		},
		"somebody new without a queue": {again: true},
	} {
		t.Run(name, func(t *testing.T) {
			kind := test.kind
			if kind == "" {
				kind = "text"
			}
			d := &fakeInbound{arrival: test.arrival, closed: test.closed, justShut: test.justShut, account: domain.Account{ID: "a", DefaultQueueID: test.queue}, found: test.found}
			refreshes := 0
			in := &Handler{
				Store: d, Posts: d, Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}, Clock: fake.Clock(now),
				NewID: func() string { return "id" }, WakeChannels: func() { refreshes++ }, Settings: func() domain.Settings { return domain.Settings{ReopenHours: 24, ArchiveDays: 7} },
			}
			payload, err := json.Marshal(whatsapp.Item{
				Kind: whatsapp.KindMessage, PhoneNumberID: "1", Contact: whatsapp.Contact{WaID: "5511987654321"},
				Data: json.RawMessage(`{"id":"wamid.1","from":"5511987654321","type":"` + kind + `","text":{"body":"oi"}}`),
			})
			require.NoError(t, err)
			outcome, err := in.Handle(context.Background(), jobqueue.Job{ID: 7, Order: now, Attempts: max(1, test.attempts), Payload: payload})
			require.NoError(t, err)
			if finish := outcome.Finish(); finish != nil {
				_, err = finish(context.Background(), "me", time.Minute)
				require.NoError(t, err)
			}
			require.Equal(t, test.did, d.did)
			require.Equal(t, test.refreshes, refreshes)
			require.Equal(t, test.again, outcome.IsRetry())
			require.Equal(t, test.arrival == nil && test.queue != "" && len(test.did) == 1, d.opened)
			for _, p := range d.posts {
				require.Equal(t, "wamid.1", p.Props[posting.PropWAMID])
				require.Equal(t, "channel", p.ChannelID)
			}
		})
	}
}
