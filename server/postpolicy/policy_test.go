package postpolicy

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// fakePosts is Mattermost as the judge sees it.
type fakePosts struct {
	Mattermost

	types map[string]string
	users map[string]bool
	site  string
}

func (f fakePosts) PostType(_ context.Context, id string) (string, error) {
	if t, ok := f.types[id]; ok {
		return t, nil
	}
	return "", domain.ErrNotFound
}
func (f fakePosts) IsUser(_ context.Context, name string) (bool, error) { return f.users[name], nil }
func (f fakePosts) SiteURL() string                                     { return f.site }

func sealsFor(key string, at *time.Time) *posting.Seals {
	return &posting.Seals{Keys: func() [][]byte { return [][]byte{[]byte(key)} }, Now: func() time.Time { return *at }}
}

func TestRule(t *testing.T) {
	now := time.Now()
	seals := sealsFor("key", &now)
	place := func(name string) posting.IncomingPost {
		p := posting.IncomingPost{UserID: "ana", Message: "📍", Card: &posting.Card{Location: &whatsapp.Location{Latitude: 1, Longitude: 2, Name: name}}}
		p.Seal = seals.Seal(p)
		return p
	}
	forged := place("Loja")
	forged.Card = &posting.Card{Location: &whatsapp.Location{Latitude: 1, Longitude: 2, Name: "PIX 000"}}
	judge := &Policy{Seals: seals, Posts: fakePosts{
		types: map[string]string{"note": posting.TypeNote, "event": posting.TypeEvent, "plain": ""},
		users: map[string]bool{"bruno": true, "ana.maria": true}, site: "https://chat.empresa.com.br/mm",
	}, Emoji: func(string) (string, bool) { return "", false }, Files: fake.Files{
		"photo": {File: posting.File{Name: "foto.jpg", Size: 1}, PostID: "p"}, "fresh": {File: posting.File{Name: "nova.png", Size: 1}, CreatorID: "ana"},
		"film": {File: posting.File{Name: "filme.mp4", Size: 16<<20 + 1}, PostID: "p"}, "voice": {File: posting.File{Name: "voz.ogg", Size: 1}, PostID: "p"},
	}}
	for name, c := range map[string]struct {
		conv *domain.Conversation
		post posting.IncomingPost
		want posting.Destination
		key  string
	}{
		"text while open":                  {fake.OpenConv, posting.IncomingPost{Message: "oi"}, posting.Customer, ""},
		"text while waiting":               {fake.WaitingConv, posting.IncomingPost{Message: "oi"}, posting.Reject, "post.waiting"},
		"text when expired":                {fake.ExpiredConv, posting.IncomingPost{Message: "oi"}, posting.Reject, "post.expired"},
		"text when closed":                 {fake.ClosedConv, posting.IncomingPost{Message: "oi"}, posting.Reject, "post.closed"},
		"a note while waiting":             {fake.WaitingConv, posting.IncomingPost{Type: posting.TypeNote, Message: "@bruno veja"}, posting.Note, ""},
		"a reply to a note":                {fake.WaitingConv, posting.IncomingPost{RootID: "note", Message: "ok", FileIDs: []string{"a", "b"}}, posting.Note, ""},
		"a reply to a state line":          {fake.OpenConv, posting.IncomingPost{RootID: "event", Message: "ok"}, posting.Note, ""},
		"a reply to a message":             {fake.OpenConv, posting.IncomingPost{RootID: "plain", Message: "ok"}, posting.Customer, ""},
		"a forged state line":              {fake.OpenConv, posting.IncomingPost{Type: posting.TypeEvent, Message: "x"}, posting.Reject, "post.forged"},
		"a forged template":                {fake.OpenConv, posting.IncomingPost{Type: posting.TypeTemplate, Message: "x"}, posting.Reject, "post.forged"},
		"another plugin's poll":            {fake.WaitingConv, posting.IncomingPost{Type: "custom_poll", Message: "x"}, posting.Internal, ""},
		"a poll that a person forged":      {fake.OpenConv, posting.IncomingPost{Type: "custom_poll", HasSession: true, Message: "x"}, posting.Note, ""},
		"a type of ours that nobody knows": {fake.OpenConv, posting.IncomingPost{Type: "custom_waa_x", Message: "x"}, posting.Reject, "post.forged"},
		"a type that looks like plain":     {fake.WaitingConv, posting.IncomingPost{Type: "slack_attachment", Message: "x"}, posting.Reject, "post.forged"},
		"a place":                          {fake.OpenConv, place("Loja"), posting.Customer, ""},
		"a place that calls a colleague":   {fake.OpenConv, place("fale com @bruno"), posting.Reject, "post.mention"},
		"a place with a link inside":       {fake.OpenConv, place("https://chat.empresa.com.br/mm/time/pl/abc"), posting.Reject, "post.link"},
		"a place without a seal":           {fake.OpenConv, posting.IncomingPost{Message: " ", Card: place("Loja").Card}, posting.Reject, "post.empty"},
		"another place under a seal":       {fake.OpenConv, forged, posting.Customer, ""},
		"a webhook's post":                 {fake.OpenConv, posting.IncomingPost{FromBot: true, Message: "x"}, posting.Reject, "post.machine"},
		"a mention of a colleague":         {fake.OpenConv, posting.IncomingPost{Message: "oi @Bruno, veja"}, posting.Reject, "post.mention"},
		"a mention at a sentence's end":    {fake.OpenConv, posting.IncomingPost{Message: "fale com @ana.maria."}, posting.Reject, "post.mention"},
		"@here":                            {fake.OpenConv, posting.IncomingPost{Message: "@here"}, posting.Reject, "post.mention"},
		"@channel in capitals":             {fake.OpenConv, posting.IncomingPost{Message: "ATENÇÃO @CHANNEL"}, posting.Reject, "post.mention"},
		"an @ that is nobody":              {fake.OpenConv, posting.IncomingPost{Message: "siga @loja no insta"}, posting.Customer, ""},
		"an e-mail address":                {fake.OpenConv, posting.IncomingPost{Message: "escreva a bruno@bruno.com ou x@here"}, posting.Customer, ""},
		"a link into Mattermost":           {fake.OpenConv, posting.IncomingPost{Message: "veja https://chat.empresa.com.br/mm/time/pl/abc"}, posting.Reject, "post.link"},
		"the server's host, another path":  {fake.OpenConv, posting.IncomingPost{Message: "https://chat.empresa.com.br/loja"}, posting.Customer, ""},
		"a permalink of any host":          {fake.OpenConv, posting.IncomingPost{Message: "http://outro/time/pl/abcdefghijklmnopqrstuvwxyz"}, posting.Reject, "post.link"},
		"the desktop app's link":           {fake.OpenConv, posting.IncomingPost{Message: "mattermost://chat/x"}, posting.Reject, "post.link"},
		"a link without its scheme":        {fake.OpenConv, posting.IncomingPost{Message: "veja Chat.Empresa.com.br/mm/time/channels/vendas"}, posting.Reject, "post.link"},
		"a Markdown link without a host":   {fake.OpenConv, posting.IncomingPost{Message: "[aqui](/time/pl/abc)"}, posting.Reject, "post.link"},
		"another host that ends so":        {fake.OpenConv, posting.IncomingPost{Message: "veja outro-chat.empresa.com.br/mm/x"}, posting.Customer, ""},
		"a fraction":                       {fake.OpenConv, posting.IncomingPost{Message: "1/2 (ou /ajuda)"}, posting.Customer, ""},
		"another site":                     {fake.OpenConv, posting.IncomingPost{Message: "https://loja.com.br/produto"}, posting.Customer, ""},
		"4096 characters":                  {fake.OpenConv, posting.IncomingPost{Message: strings.Repeat("é", 4096)}, posting.Customer, ""},
		"4097 characters":                  {fake.OpenConv, posting.IncomingPost{Message: strings.Repeat("é", 4097)}, posting.Reject, "post.long"},
		"only blanks":                      {fake.OpenConv, posting.IncomingPost{Message: " \n\t"}, posting.Reject, "post.empty"},
		"a file":                           {fake.OpenConv, posting.IncomingPost{ID: "p", Message: "veja", FileIDs: []string{"photo"}}, posting.Customer, ""},
		"a file alone":                     {fake.OpenConv, posting.IncomingPost{ID: "p", FileIDs: []string{"photo"}}, posting.Customer, ""},
		"a file that is gone":              {fake.OpenConv, posting.IncomingPost{ID: "p", FileIDs: []string{"photo", "gone"}}, posting.Reject, "post.file_gone"},
		"another post's file":              {fake.OpenConv, posting.IncomingPost{ID: "q", UserID: "ana", FileIDs: []string{"photo"}}, posting.Reject, "post.file_gone"},
		"another one's file":               {fake.OpenConv, posting.IncomingPost{UserID: "bruno", FileIDs: []string{"fresh"}}, posting.Reject, "post.file_gone"},
		"one's own file, not posted yet":   {fake.OpenConv, posting.IncomingPost{UserID: "ana", FileIDs: []string{"fresh"}}, posting.Customer, ""},
		"a film that is too large":         {fake.OpenConv, posting.IncomingPost{ID: "p", FileIDs: []string{"film"}}, posting.Reject, "post.file_large_video"},
		"a voice note":                     {fake.OpenConv, posting.IncomingPost{ID: "p", FileIDs: []string{"voice"}}, posting.Customer, ""},
		"a mention while waiting, as text": {fake.WaitingConv, posting.IncomingPost{Message: "@bruno"}, posting.Reject, "post.waiting"},
	} {
		ruling, err := judge.Check(context.Background(), c.conv, c.post, 10)
		require.NoError(t, err, name)
		require.Equal(t, c.want, ruling.Destination, name)
		require.Equal(t, c.key, ruling.RefusalText.Key, name)
	}
	ruling, err := judge.Check(context.Background(), fake.OpenConv, place("Loja *1*"), 10)
	require.NoError(t, err)
	require.Equal(t, `📍 **Loja \*1\*** `+"`1, 2`", ruling.CardText, "the channel shows what the card says")
	require.Equal(t, whatsapp.TypeLocation, ruling.Parts[0].Kind)
	ruling, err = judge.Check(context.Background(), fake.OpenConv, forged, 10)
	require.NoError(t, err)
	require.Empty(t, ruling.CardText)
	require.False(t, ruling.IsSealed)
	require.Equal(t, "📍", ruling.Parts[0].Text, "without a seal it is the text it shows")
}

func TestACardHoldsNoMoreThanTheChannelShows(t *testing.T) {
	contact := func(change func(c *whatsapp.ContactCard)) *posting.Card {
		c := &whatsapp.ContactCard{
			Name:   whatsapp.ContactName{Formatted: "João da Silva", First: "João", Last: "da Silva"},
			Phones: []whatsapp.ContactPhone{{Phone: "+5511987654321", Type: "CELL", WaID: "5511987654321"}},
		}
		change(c)
		return &posting.Card{Contact: c}
	}
	fine := contact(func(*whatsapp.ContactCard) {})
	require.Equal(t, whatsapp.TypeContacts, fine.Kind())
	require.Equal(t, "👤 **João da Silva** `+5511987654321`", fine.Text())
	for name, card := range map[string]*posting.Card{
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
		require.Empty(t, card.Kind(), name)
	}
}

func TestChannelsAskOncePerChannel(t *testing.T) {
	asked := 0
	channels := posting.NewChannels(func(_ context.Context, id string) (*domain.Conversation, error) {
		asked++
		if id == "ours" {
			return &domain.Conversation{}, nil
		}
		return nil, domain.ErrNotFound
	})
	ctx := context.Background()
	for range 3 {
		ours, err := channels.IsOurs(ctx, "town-square")
		require.NoError(t, err)
		require.False(t, ours)
		ours, err = channels.IsOurs(ctx, "ours")
		require.NoError(t, err)
		require.True(t, ours)
	}
	require.Equal(t, 2, asked)
	channels.Add("new")
	ours, err := channels.IsOurs(ctx, "new")
	require.NoError(t, err)
	require.True(t, ours)
	require.Equal(t, 2, asked, "a channel that was just made is known")
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = channels.IsOurs(ctx, "town-square") }), "the hook of every post on the server")
}

func BenchmarkChannelsNotOurs(b *testing.B) {
	channels := posting.NewChannels(func(context.Context, string) (*domain.Conversation, error) {
		return nil, domain.ErrNotFound
	})
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		_, _ = channels.IsOurs(ctx, "town-square")
	}
}
