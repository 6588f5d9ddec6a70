package relay

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/convert"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// fakePosts is Mattermost as the judge sees it.
type fakePosts struct {
	types map[string]string
	users map[string]bool
	site  string
}

func (f fakePosts) PostType(_ context.Context, id string) (string, error) {
	if t, ok := f.types[id]; ok {
		return t, nil
	}
	return "", conversation.ErrNotFound
}
func (f fakePosts) IsUser(_ context.Context, name string) (bool, error) { return f.users[name], nil }
func (f fakePosts) SiteURL() string                                     { return f.site }

// fakeFiles are Mattermost's files by their ids.
type fakeFiles map[string]FileInfo

func (f fakeFiles) FileInfo(_ context.Context, id string) (*FileInfo, error) {
	if info, ok := f[id]; ok {
		return &info, nil
	}
	return nil, conversation.ErrNotFound
}
func (f fakeFiles) FileHead(context.Context, string, int64) ([]byte, error) {
	return []byte("OggS.....OpusHead"), nil
}

const day = 24 * 3600 * 1000

var (
	openConv    = &conversation.Conversation{LastTemplateAt: 1, WindowFrom: 1, WindowUntil: 1 + day}
	waitingConv = &conversation.Conversation{LastTemplateAt: 1}
	expiredConv = &conversation.Conversation{LastTemplateAt: 1, WindowFrom: 1, WindowUntil: 5}
	closedConv  = &conversation.Conversation{LastTemplateAt: 1, WindowFrom: 1, WindowUntil: 1 + day, ClosedAt: 3}
)

func sealsFor(key string, at *time.Time) *Seals {
	return &Seals{Keys: func() [][]byte { return [][]byte{[]byte(key)} }, Now: func() time.Time { return *at }}
}

func TestRule(t *testing.T) {
	now := time.Now()
	seals := sealsFor("key", &now)
	place := func(name string) Posted {
		p := Posted{UserID: "ana", Message: "📍", Card: &Card{Location: &whatsapp.Location{Latitude: 1, Longitude: 2, Name: name}}}
		p.Seal = seals.Seal(p)
		return p
	}
	forged := place("Loja")
	forged.Card = &Card{Location: &whatsapp.Location{Latitude: 1, Longitude: 2, Name: "PIX 000"}}
	judge := &Judge{Seals: seals, Posts: fakePosts{
		types: map[string]string{"note": TypeNote, "event": TypeEvent, "plain": ""},
		users: map[string]bool{"bruno": true, "ana.maria": true}, site: "https://chat.empresa.com.br/mm",
	}, Emoji: func(string) (string, bool) { return "", false }, Files: fakeFiles{
		"photo": {File: convert.File{Name: "foto.jpg", Size: 1}, PostID: "p"}, "fresh": {File: convert.File{Name: "nova.png", Size: 1}, CreatorID: "ana"},
		"film": {File: convert.File{Name: "filme.mp4", Size: 16<<20 + 1}, PostID: "p"}, "voice": {File: convert.File{Name: "voz.ogg", Size: 1}, PostID: "p"},
	}}
	for name, c := range map[string]struct {
		conv *conversation.Conversation
		post Posted
		want Destination
		key  string
	}{
		"text while open":                  {openConv, Posted{Message: "oi"}, Customer, ""},
		"text while waiting":               {waitingConv, Posted{Message: "oi"}, Nowhere, "post.waiting"},
		"text when expired":                {expiredConv, Posted{Message: "oi"}, Nowhere, "post.expired"},
		"text when closed":                 {closedConv, Posted{Message: "oi"}, Nowhere, "post.closed"},
		"a note while waiting":             {waitingConv, Posted{Type: TypeNote, Message: "@bruno veja"}, Note, ""},
		"a reply to a note":                {waitingConv, Posted{RootID: "note", Message: "ok", FileIDs: []string{"a", "b"}}, Note, ""},
		"a reply to a state line":          {openConv, Posted{RootID: "event", Message: "ok"}, Note, ""},
		"a reply to a message":             {openConv, Posted{RootID: "plain", Message: "ok"}, Customer, ""},
		"a forged state line":              {openConv, Posted{Type: TypeEvent, Message: "x"}, Nowhere, "post.forged"},
		"a forged template":                {openConv, Posted{Type: TypeTemplate, Message: "x"}, Nowhere, "post.forged"},
		"another plugin's poll":            {waitingConv, Posted{Type: "custom_poll", Message: "x"}, Team, ""},
		"a poll that a person forged":      {openConv, Posted{Type: "custom_poll", Session: true, Message: "x"}, Note, ""},
		"a type of ours that nobody knows": {openConv, Posted{Type: "custom_waa_x", Message: "x"}, Nowhere, "post.forged"},
		"a type that looks like plain":     {waitingConv, Posted{Type: "slack_attachment", Message: "x"}, Nowhere, "post.forged"},
		"a place":                          {openConv, place("Loja"), Customer, ""},
		"a place that calls a colleague":   {openConv, place("fale com @bruno"), Nowhere, "post.mention"},
		"a place with a link inside":       {openConv, place("https://chat.empresa.com.br/mm/time/pl/abc"), Nowhere, "post.link"},
		"a place without a seal":           {openConv, Posted{Message: " ", Card: place("Loja").Card}, Nowhere, "post.empty"},
		"another place under a seal":       {openConv, forged, Customer, ""},
		"a webhook's post":                 {openConv, Posted{Machine: true, Message: "x"}, Nowhere, "post.machine"},
		"a mention of a colleague":         {openConv, Posted{Message: "oi @Bruno, veja"}, Nowhere, "post.mention"},
		"a mention at a sentence's end":    {openConv, Posted{Message: "fale com @ana.maria."}, Nowhere, "post.mention"},
		"@here":                            {openConv, Posted{Message: "@here"}, Nowhere, "post.mention"},
		"@channel in capitals":             {openConv, Posted{Message: "ATENÇÃO @CHANNEL"}, Nowhere, "post.mention"},
		"an @ that is nobody":              {openConv, Posted{Message: "siga @loja no insta"}, Customer, ""},
		"an e-mail address":                {openConv, Posted{Message: "escreva a bruno@bruno.com ou x@here"}, Customer, ""},
		"a link into Mattermost":           {openConv, Posted{Message: "veja https://chat.empresa.com.br/mm/time/pl/abc"}, Nowhere, "post.link"},
		"the server's host, another path":  {openConv, Posted{Message: "https://chat.empresa.com.br/loja"}, Customer, ""},
		"a permalink of any host":          {openConv, Posted{Message: "http://outro/time/pl/abcdefghijklmnopqrstuvwxyz"}, Nowhere, "post.link"},
		"the desktop app's link":           {openConv, Posted{Message: "mattermost://chat/x"}, Nowhere, "post.link"},
		"a link without its scheme":        {openConv, Posted{Message: "veja Chat.Empresa.com.br/mm/time/channels/vendas"}, Nowhere, "post.link"},
		"a Markdown link without a host":   {openConv, Posted{Message: "[aqui](/time/pl/abc)"}, Nowhere, "post.link"},
		"another host that ends so":        {openConv, Posted{Message: "veja outro-chat.empresa.com.br/mm/x"}, Customer, ""},
		"a fraction":                       {openConv, Posted{Message: "1/2 (ou /ajuda)"}, Customer, ""},
		"another site":                     {openConv, Posted{Message: "https://loja.com.br/produto"}, Customer, ""},
		"4096 characters":                  {openConv, Posted{Message: strings.Repeat("é", 4096)}, Customer, ""},
		"4097 characters":                  {openConv, Posted{Message: strings.Repeat("é", 4097)}, Nowhere, "post.long"},
		"only blanks":                      {openConv, Posted{Message: " \n\t"}, Nowhere, "post.empty"},
		"a file":                           {openConv, Posted{ID: "p", Message: "veja", FileIDs: []string{"photo"}}, Customer, ""},
		"a file alone":                     {openConv, Posted{ID: "p", FileIDs: []string{"photo"}}, Customer, ""},
		"a file that is gone":              {openConv, Posted{ID: "p", FileIDs: []string{"photo", "gone"}}, Nowhere, "post.file_gone"},
		"another post's file":              {openConv, Posted{ID: "q", UserID: "ana", FileIDs: []string{"photo"}}, Nowhere, "post.file_gone"},
		"another one's file":               {openConv, Posted{UserID: "bruno", FileIDs: []string{"fresh"}}, Nowhere, "post.file_gone"},
		"one's own file, not posted yet":   {openConv, Posted{UserID: "ana", FileIDs: []string{"fresh"}}, Customer, ""},
		"a film that is too large":         {openConv, Posted{ID: "p", FileIDs: []string{"film"}}, Nowhere, "post.file_large_video"},
		"a voice note":                     {openConv, Posted{ID: "p", FileIDs: []string{"voice"}}, Customer, ""},
		"a mention while waiting, as text": {waitingConv, Posted{Message: "@bruno"}, Nowhere, "post.waiting"},
	} {
		ruling, err := judge.Rule(context.Background(), c.conv, c.post, 10)
		require.NoError(t, err, name)
		require.Equal(t, c.want, ruling.For, name)
		require.Equal(t, c.key, ruling.Refused.Key, name)
	}
	ruling, err := judge.Rule(context.Background(), openConv, place("Loja *1*"), 10)
	require.NoError(t, err)
	require.Equal(t, `📍 **Loja \*1\*** `+"`1, 2`", ruling.Card, "the channel shows what the card says")
	require.Equal(t, whatsapp.TypeLocation, ruling.Parts[0].Kind)
	ruling, err = judge.Rule(context.Background(), openConv, forged, 10)
	require.NoError(t, err)
	require.Empty(t, ruling.Card)
	require.False(t, ruling.Sealed)
	require.Equal(t, "📍", ruling.Parts[0].Text, "without a seal it is the text it shows")
}

func TestACardHoldsNoMoreThanTheChannelShows(t *testing.T) {
	contact := func(change func(c *whatsapp.ContactCard)) *Card {
		c := &whatsapp.ContactCard{
			Name:   whatsapp.ContactName{Formatted: "João da Silva", First: "João", Last: "da Silva"},
			Phones: []whatsapp.ContactPhone{{Phone: "+5511987654321", Type: "CELL", WaID: "5511987654321"}},
		}
		change(c)
		return &Card{Contact: c}
	}
	fine := contact(func(*whatsapp.ContactCard) {})
	require.Equal(t, whatsapp.TypeContacts, fine.kind())
	require.Equal(t, "👤 **João da Silva** `+5511987654321`", fine.Text())
	for name, card := range map[string]*Card{
		"another first name": contact(func(c *whatsapp.ContactCard) { c.Name.First = "PIX 000" }),
		"a middle name":      contact(func(c *whatsapp.ContactCard) { c.Name.Middle = "x" }),
		"a long name": contact(func(c *whatsapp.ContactCard) {
			c.Name.Formatted = strings.Repeat("a", 257)
			c.Name.First, c.Name.Last = c.Name.Formatted, ""
		}),
		"an organization":    contact(func(c *whatsapp.ContactCard) { c.Org = &whatsapp.ContactOrg{Company: "x"} }),
		"a link":             contact(func(c *whatsapp.ContactCard) { c.URLs = []whatsapp.ContactURL{{URL: "https://x"}} }),
		"no number":          contact(func(c *whatsapp.ContactCard) { c.Phones = nil }),
		"words for a number": contact(func(c *whatsapp.ContactCard) { c.Phones[0].Phone = "pague" }),
		"a place's link":     {Location: &whatsapp.Location{URL: "https://x"}},
		"a long address":     {Location: &whatsapp.Location{Address: strings.Repeat("a", 257)}},
		"both":               {Location: &whatsapp.Location{}, Contact: fine.Contact},
		"neither":            {},
	} {
		require.Empty(t, card.kind(), name)
	}
}

func TestChannelsAskOncePerChannel(t *testing.T) {
	asked := 0
	channels := NewChannels(func(_ context.Context, id string) (*conversation.Conversation, error) {
		asked++
		if id == "ours" {
			return &conversation.Conversation{}, nil
		}
		return nil, conversation.ErrNotFound
	})
	ctx := context.Background()
	for range 3 {
		ours, err := channels.Ours(ctx, "town-square")
		require.NoError(t, err)
		require.False(t, ours)
		ours, err = channels.Ours(ctx, "ours")
		require.NoError(t, err)
		require.True(t, ours)
	}
	require.Equal(t, 2, asked)
	channels.Add("new")
	ours, err := channels.Ours(ctx, "new")
	require.NoError(t, err)
	require.True(t, ours)
	require.Equal(t, 2, asked, "a channel that was just made is known")
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = channels.Ours(ctx, "town-square") }), "the hook of every post on the server")
}

func BenchmarkChannelsNotOurs(b *testing.B) {
	channels := NewChannels(func(context.Context, string) (*conversation.Conversation, error) {
		return nil, conversation.ErrNotFound
	})
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		_, _ = channels.Ours(ctx, "town-square")
	}
}
