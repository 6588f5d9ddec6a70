package posting

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

func sealsOf(key string, at *time.Time) *Seals {
	return &Seals{Keys: func() [][]byte { return [][]byte{[]byte(key)} }, Now: func() time.Time { return *at }}
}

func TestASealHoldsForWhatItWasMadeForAlone(t *testing.T) {
	at := time.UnixMilli(1_800_000_000_000)
	seals := sealsOf("key", &at)
	draft := IncomingPost{UserID: "ana", ChannelID: "ours", RootID: "root", DraftID: "d1", Message: "bom dia", FileIDs: []string{"f1"}}
	draft.Seal = seals.Seal(draft)
	place := IncomingPost{UserID: "ana", ChannelID: "ours", Card: &Card{Location: &whatsapp.Location{Latitude: -23.5613, Longitude: 0.1, Name: "Loja"}}}
	place.Seal = seals.Seal(place)
	require.True(t, seals.Holds(draft))
	require.True(t, seals.Holds(place))

	for name, change := range map[string]func(p *IncomingPost){
		"another author":  func(p *IncomingPost) { p.UserID = "bruno" },
		"another channel": func(p *IncomingPost) { p.ChannelID = "theirs" },
		"another thread":  func(p *IncomingPost) { p.RootID = "note" },
		"another draft":   func(p *IncomingPost) { p.DraftID = "d2" },
		"another text":    func(p *IncomingPost) { p.Message = "PIX 000" },
		"another file":    func(p *IncomingPost) { p.FileIDs = []string{"f2"} },
		"a card instead":  func(p *IncomingPost) { p.Card = place.Card },
		"no seal":         func(p *IncomingPost) { p.Seal = "" },
		"no moment":       func(p *IncomingPost) { p.Seal = p.Seal[9:] },
		"a card's seal":   func(p *IncomingPost) { p.Seal = place.Seal },
		"another moment":  func(p *IncomingPost) { p.Seal = "zzzzzzz" + p.Seal[8:] },
		"long afterwards": func(p *IncomingPost) { p.CreateAt = at.Add(2 * sealLife).UnixMilli() },
	} {
		changed := draft
		change(&changed)
		require.False(t, seals.Holds(changed), name)
	}
	other := place
	other.Card = &Card{Location: &whatsapp.Location{Latitude: -23.5613, Longitude: 0.1, Name: "PIX 000"}}
	require.False(t, seals.Holds(other), "another card")
	require.False(t, sealsOf("other key", &at).Holds(draft), "another key")

	draft.CreateAt = at.Add(sealLife / 2).UnixMilli()
	at = at.Add(time.Hour) // who looks for missed posts looks later
	require.True(t, seals.Holds(draft))
	draft.CreateAt = 0
	require.False(t, seals.Holds(draft), "a seal that was copied is of no use later")
}

func TestAChangeIsOursWithASealOfIts(t *testing.T) {
	at := time.UnixMilli(1_800_000_000_000)
	seals := sealsOf("key", &at)
	props := map[string]any{PropStatus: "sent", "attachments": []any{"x"}, PropCard: map[string]any{"location": map[string]any{"latitude": 1.5}}}
	props[PropSeal] = seals.SealChange("post", props)
	require.True(t, seals.HoldsChange("post", props))
	require.False(t, seals.HoldsChange("other", props))
	props[PropStatus] = "read"
	require.False(t, seals.HoldsChange("post", props))
	delete(props, PropSeal)
	require.False(t, seals.HoldsChange("post", props))
	post := IncomingPost{UserID: "ana", ChannelID: "ours", DraftID: "d", Message: "oi"}
	require.False(t, seals.HoldsChange("d", map[string]any{PropSeal: seals.Seal(post)}), "a seal of a post is none of a change")
}
