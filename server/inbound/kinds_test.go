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

func (d *fakeInbound) FindContact(_ context.Context, _ string, who domain.WhatsAppIdentity) (*domain.Contact, error) {
	if who.PhoneKey != "5511987654321" {
		return nil, domain.ErrNotFound
	}
	return &domain.Contact{ID: "contact"}, nil
}
func (d *fakeInbound) OpenConversation(context.Context, string, string) (*domain.Conversation, error) {
	if d.arrival == nil {
		return nil, domain.ErrNotFound
	}
	return &d.arrival.Conversation, nil
}
func (d *fakeInbound) MoveIdentity(_ context.Context, _, contactID string, old, renewed domain.WhatsAppIdentity, _ int64) (bool, error) {
	d.did = append(d.did, "move "+contactID+" "+old.PhoneKey+" to "+renewed.PhoneKey+renewed.UserID)
	return renewed.PhoneKey == "5511900000000", nil
}
func (d *fakeInbound) WroteSince(context.Context, string, string, domain.WhatsAppIdentity, int64) (bool, error) {
	return d.back, nil
}
func (d *fakeInbound) SaveEcho(_ context.Context, m *domain.Message) error {
	d.did = append(d.did, "echo "+m.PostID+" "+string(m.Status))
	return nil
}

// fakeNoticeStore keeps the notices for administrators.
type fakeNoticeStore struct {
	Store
	notices []*domain.Notice
}

func (s *fakeNoticeStore) AddNotice(_ context.Context, n *domain.Notice) error {
	s.notices = append(s.notices, n)
	return nil
}

// handle gives an item of a webhook to the inbox's handler.
func (d *fakeInbound) handle(t *testing.T, kind whatsapp.Kind, data string) (outcome jobqueue.Outcome, notices []*domain.Notice) {
	t.Helper()
	return handleWith(t, d, d, kind, data)
}

func handleWith(t *testing.T, d *fakeInbound, poster Posts, kind whatsapp.Kind, data string) (outcome jobqueue.Outcome, notices []*domain.Notice) {
	t.Helper()
	store := &fakeNoticeStore{}
	in := &Handler{
		Store: d, Posts: poster, Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}, Clock: fake.Clock(fake.Now),
		Settings: func() domain.Settings {
			return domain.Settings{ConsentWords: domain.ConsentWords{OptOut: []string{"sair"}}}
		},
		NewID: func() string { return "id" }, WakeChannels: func() {}, WakeMedia: func() { d.did = append(d.did, "wake") }, WakeOutbox: func() {},
		Changes: &ChangeHandler{Store: store, Clock: fake.Clock(fake.Now), WakeNotices: func() {}, Log: fake.Log{}},
	}
	payload, err := json.Marshal(whatsapp.Item{Kind: kind, Field: "x", PhoneNumberID: "1", Contact: whatsapp.Contact{WaID: "5511987654321"}, Data: json.RawMessage(data)})
	require.NoError(t, err)
	outcome, err = in.Handle(t.Context(), jobqueue.Job{ID: 7, Order: fake.Now, Attempts: 1, Payload: payload})
	require.NoError(t, err)
	if finish := outcome.Finish(); finish != nil {
		_, err = finish(t.Context(), "me", time.Minute)
		require.NoError(t, err)
	}
	return outcome, store.notices
}

// openDesk has an open conversation with a message of the agent's.
func openDesk() *fakeInbound {
	c := domain.Conversation{ID: "c", AccountID: "a", ChannelID: "channel", WindowFrom: fake.Now - 1000, WindowUntil: fake.Now + 1000}
	return &fakeInbound{
		arrival: &domain.InboundTarget{Conversation: c}, account: domain.Account{ID: "a"}, closed: &domain.Conversation{ID: "closed", AccountID: "a", ChannelID: "old"},
		messages: map[string]*domain.Message{"wamid.agent": {ID: "m", AccountID: "a", ConversationID: "c", PostID: "agents"}},
	}
}

func TestReactions(t *testing.T) {
	for name, test := range map[string]struct {
		reaction string
		did      []string
	}{
		"on a post":             {`{"message_id":"wamid.agent","emoji":"👍"}`, []string{"save", "reaction 👍", "react agents 👍"}},
		"taken back":            {`{"message_id":"wamid.agent","emoji":""}`, []string{"save", "reaction ", "react agents "}},
		"an unknown emoji":      {`{"message_id":"wamid.agent","emoji":"?"}`, []string{"save", "reaction ?", "react agents ?", "post", "posted post"}},
		"on a message not ours": {`{"message_id":"wamid.older","emoji":"👍"}`, []string{"post", "posted post"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk()
			d.handle(t, whatsapp.KindMessage, `{"id":"wamid.1","from":"5511987654321","type":"reaction","reaction":`+test.reaction+`}`)
			require.Equal(t, test.did, d.did)
		})
	}
}

func TestAnAnswerIsInTheThreadOfWhatItAnswers(t *testing.T) {
	for message, root := range map[string]string{
		`"type":"text","text":{"body":"a"},"context":{"id":"wamid.agent"}`: "agents",
		// the answer to a template is what everybody waits for
		`"type":"button","button":{"text":"Sim"},"context":{"id":"wamid.agent"}`:                                                   "",
		`"type":"interactive","interactive":{"type":"button_reply","button_reply":{"title":"Sim"}},"context":{"id":"wamid.agent"}`: "agents",
		`"type":"interactive","interactive":{"type":"list_reply","list_reply":{"title":"Sim"}},"context":{"id":"wamid.agent"}`:     "agents",
		`"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"body":"Sent"}},"context":{"id":"wamid.agent"}`:       "",
		`"type":"location","location":{"latitude":1,"longitude":2},"context":{"id":"wamid.agent"}`:                                 "agents",
		`"type":"edit","edit":{"original_message_id":"wamid.agent","message":{"type":"text","text":{"body":"a"}}}`:                 "agents",
		`"type":"revoke","revoke":{"original_message_id":"wamid.agent"}`:                                                           "agents",
	} {
		d := openDesk()
		d.handle(t, whatsapp.KindMessage, `{"id":"wamid.1","from":"5511987654321",`+message+`}`)
		require.Len(t, d.posts, 1, message)
		require.Equal(t, root, d.posts[0].RootID, message)
	}
}

func TestAFileIsFetchedLater(t *testing.T) {
	d := openDesk()
	d.progress = &domain.MediaProgress{Over: true} // nothing to wait for
	d.handle(t, whatsapp.KindMessage, `{"id":"wamid.1","from":"5511987654321","type":"image","image":{"id":"9","mime_type":"image/jpeg","sha256":"x"}}`)
	require.Equal(t, []string{"post", "fetch post", "wake", "posted post"}, d.did, "before the message's job ends")
	require.Equal(t, posting.MediaFetching, d.posts[0].Props[posting.PropMedia])
	require.Equal(t, &domain.MediaFile{ConversationID: "c", ChannelID: "channel", PostID: "post", WAMID: "wamid.1", At: fake.Now, Kind: "image", Label: "image", MediaID: "9", MimeType: "image/jpeg", SHA256: "x"}, d.files[0])

	d = openDesk()
	d.handle(t, whatsapp.KindMessage, `{"id":"wamid.1","from":"5511987654321","type":"image","image":{"id":"9"},"errors":[{"code":131052}]}`)
	require.Equal(t, []string{"post", "posted post"}, d.did, "Meta has none")
	require.Nil(t, d.posts[0].Props[posting.PropMedia])
}

func TestWhatChangesAnotherMessageBeginsNoConversation(t *testing.T) {
	d := openDesk()
	d.arrival = nil // the customer has no open one
	d.handle(t, whatsapp.KindMessage, `{"id":"wamid.1","from":"5511987654321","type":"revoke","revoke":{"original_message_id":"wamid.agent"}}`)
	require.False(t, d.opened)
	require.Equal(t, "old", d.posts[0].ChannelID)
}

func TestSystemMessages(t *testing.T) {
	for name, test := range map[string]struct {
		system string
		did    []string
		text   string
	}{
		"a new number":          {`{"type":"user_changed_number","new_wa_id":"5521987654321"}`, []string{"move contact 5511987654321 to 5521987654321", "post"}, "system.number"},
		"a number somebody has": {`{"type":"user_changed_number","new_wa_id":"5511900000000"}`, []string{"move contact 5511987654321 to 5511900000000", "post"}, "system.number system.taken"},
		"a new id":              {`{"type":"user_changed_user_id","user_id":"BR.2","previous_user_id":"BR.1"}`, []string{"move contact 5511987654321 to BR.2", "post"}, "system.user"},
		"another security code": {`{"type":"customer_identity_changed","wa_id":"5511987654321"}`, []string{"post"}, "system.identity"},
		"something of tomorrow": {`{"type":"user_moved_to_mars"}`, []string{"post"}, "system.other"},
		"the number as it was":  {`{"type":"user_changed_number","new_wa_id":"551187654321"}`, []string{"post"}, "system.other"},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk()
			d.handle(t, whatsapp.KindMessage, `{"id":"wamid.1","from":"5511987654321","type":"system","system":`+test.system+`}`)
			require.Equal(t, test.did, d.did)
			require.Equal(t, test.text, d.posts[0].Message)
			require.Equal(t, posting.TypeEvent, d.posts[0].Type)
		})
	}
	for system, did := range map[string][]string{
		`{"type":"user_changed_number","new_wa_id":"5521987654321"}`:                 nil,
		`{"type":"user_changed_user_id","user_id":"BR.2","previous_user_id":"BR.1"}`: nil,
		`{"type":"customer_identity_changed","wa_id":"5511987654321"}`:               {"post"},
	} {
		d := openDesk()
		d.back = true
		d.handle(t, whatsapp.KindMessage, `{"id":"wamid.1","from":"5511987654321","type":"system","system":`+system+`}`)
		require.Equal(t, did, d.did, "they have written since from where they were: %s", system)
	}
	d := openDesk()
	d.handle(t, whatsapp.KindMessage, `{"id":"wamid.1","from":"5511911112222","type":"system","system":{"type":"user_changed_number","new_wa_id":"5521987654321"}}`)
	require.Empty(t, d.did, "nobody we know")
}

func TestEchoes(t *testing.T) {
	d := openDesk()
	d.handle(t, whatsapp.KindEcho, `{"id":"wamid.1","to":"5511987654321","type":"text","text":{"body":"oi"}}`)
	require.Equal(t, []string{"post", "echo post sent"}, d.did)
	require.Equal(t, []any{"echo", "sent", "wamid.1"}, []any{d.posts[0].Props[posting.PropKind], d.posts[0].Props[posting.PropStatus], d.posts[0].Props[posting.PropWAMID]})

	d = openDesk()
	d.arrival = nil
	_, notices := d.handle(t, whatsapp.KindEcho, `{"id":"wamid.1","to":"5511987654321","type":"text","text":{"body":"oi"}}`)
	require.Empty(t, d.did)
	require.False(t, d.opened, "the app begins no conversation here")
	require.Equal(t, "admin.unshown_echo", notices[0].TextKey)
}

func TestCalls(t *testing.T) {
	d := openDesk()
	d.handle(t, whatsapp.KindCall, `{"id":"wacid.1","from":"5511987654321","event":"connect","direction":"USER_INITIATED"}`)
	require.Equal(t, []string{"post", "posted post"}, d.did)
	require.Equal(t, "inbound.call", d.posts[0].Message)

	d = openDesk()
	_, notices := d.handle(t, whatsapp.KindCall, `{"id":"wacid.1","to":"5511987654321","event":"connect","direction":"BUSINESS_INITIATED"}`)
	require.Empty(t, d.did, "other software's")
	require.Len(t, notices, 1)
}

func TestWhatNobodyKnowsIsTold(t *testing.T) {
	d := openDesk()
	_, notices := d.handle(t, whatsapp.KindOther, `{"a":1}`)
	require.Equal(t, []any{"admin.unshown_field", "x"}, []any{notices[0].TextKey, notices[0].Data["Field"]})
	_, notices = d.handle(t, whatsapp.KindError, `{"code":130429}`)
	require.Equal(t, []any{"admin.number_error", 130429}, []any{notices[0].TextKey, notices[0].Data["Code"]})
}

func TestALongMessageIsCutAndSaysSo(t *testing.T) {
	speaker := posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}
	m := &whatsapp.Message{Type: "text", Text: &whatsapp.Text{Body: string(make([]rune, 0))}}
	long := make([]rune, maxPost+500)
	for i := range long {
		long[i] = 'é'
	}
	m.Text.Body = string(long)
	text := []rune(postText(speaker, m, true))
	require.Len(t, text, maxPost+len("\n\ninbound.cut"))
	m.Text.Body = string(long[:100])
	require.Equal(t, m.Text.Body, postText(speaker, m, true))
}

// fakeTemplateStore has one account, and knows a template's last report.
type fakeTemplateStore struct {
	Store
	last int64
}

func (k *fakeTemplateStore) AccountsByWABA(context.Context, string) ([]*domain.Account, error) {
	return []*domain.Account{{ID: "a"}}, nil
}

func (k *fakeTemplateStore) TemplateChanged(_ context.Context, _ string, change domain.TemplateChange, _ int64) (tied bool, err error) {
	tied = k.last == change.At
	k.last = change.At
	return tied, nil
}

// TestChangesOfOneSecondAreReadFromMeta: the third report of a second may be equal to its first, and would count as the same one.
func TestChangesOfOneSecondAreReadFromMeta(t *testing.T) {
	var tied []string
	changes := &ChangeHandler{Store: &fakeTemplateStore{}, Clock: fake.Clock(fake.Now), WakeNotices: func() {}, OnTemplatesTied: func(accountID string) { tied = append(tied, accountID) }, Log: fake.Log{}}
	for i, event := range []string{"APPROVED", "REJECTED"} {
		item := whatsapp.Item{
			Kind: whatsapp.KindTemplate, Field: "message_template_status_update", WABAID: "w", Timestamp: fake.Now,
			Data: json.RawMessage(`{"event":"` + event + `","message_template_id":1,"message_template_name":"a","message_template_language":"pt-BR"}`),
		}
		_, err := changes.Handle(t.Context(), jobqueue.Job{ID: int64(i)}, item)
		require.NoError(t, err)
		require.Len(t, tied, i)
	}
}
