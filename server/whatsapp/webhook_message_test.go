package whatsapp

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// receive reads one message through Split and a database's JSON, as the product does.
func receive(t *testing.T, message string) *Message {
	t.Helper()
	items, err := Split([]byte(`{"entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[` + message + `]}}]}]}`))
	require.NoError(t, err)
	require.Len(t, items, 1)
	stored, err := json.Marshal(items[0])
	require.NoError(t, err)
	var item Item
	require.NoError(t, json.Unmarshal(stored, &item))
	read, err := item.Message()
	require.NoError(t, err, item.Reason)
	return read
}

// withType makes a message of one type with this content.
func withType(kind, content string) string {
	return `{"from":"5511987654321","id":"wamid.1","timestamp":"1749416383","type":"` + kind + `"` + content + `}`
}

func TestMessageTypes(t *testing.T) {
	for name, test := range map[string]struct {
		message string
		want    Message
	}{
		"text": {withType("text", `,"text":{"body":"oi"},"group_id":"g"`), Message{Type: TypeText, Text: &Text{Body: "oi"}, GroupID: "g"}},
		"image": {
			withType("image", `,"image":{"id":7,"mime_type":"image/jpeg","sha256":"x=","caption":"c","url":"https://u"}`),
			Message{Type: TypeImage, Media: &MediaContent{ID: "7", MimeType: "image/jpeg", SHA256: "x=", Caption: "c", URL: "https://u"}},
		},
		"media that Meta could not fetch": {
			withType("document", `,"errors":[{"code":131052,"title":"Media download error","error_data":{"details":"d"}}]`),
			Message{Type: TypeDocument, Media: &MediaContent{}, Errors: []MessageError{{Code: 131052, Title: "Media download error", Details: "d"}}},
		},
		"voice note":  {withType("audio", `,"audio":{"id":"1","voice":true}`), Message{Type: TypeAudio, Media: &MediaContent{ID: "1", Voice: true}}},
		"old voice":   {withType("voice", `,"voice":{"id":"1"}`), Message{Type: TypeAudio, Media: &MediaContent{ID: "1", Voice: true}}},
		"sticker":     {withType("sticker", `,"sticker":{"id":"1","animated":true}`), Message{Type: TypeSticker, Media: &MediaContent{ID: "1", Animated: true}}},
		"no type":     {`{"from":"5511987654321","id":"wamid.1","timestamp":1749416383,"location":{"latitude":"1.5","longitude":-2}}`, Message{Type: TypeLocation, Location: &Location{Latitude: 1.5, Longitude: -2}}},
		"button":      {withType("button", `,"button":{"text":"Sim","payload":"Sim"},"context":{"from":"1","id":"wamid.0"}`), Message{Type: TypeButton, Button: &ButtonReply{"Sim", "Sim"}, Context: &MessageContext{From: "1", ID: "wamid.0"}}},
		"list answer": {withType("interactive", `,"interactive":{"type":"list_reply","list_reply":{"id":"a","title":"A","description":"d"}}`), Message{Type: TypeInteractive, Interactive: &InteractiveReply{Type: "list_reply", ID: "a", Title: "A", Description: "d"}}},
		"flow": {
			withType("interactive", `,"interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{\"a\":\"b\"}"}}`),
			Message{Type: TypeInteractive, Interactive: &InteractiveReply{Type: "nfm_reply", Name: "flow", Body: "Sent", Response: map[string]any{"a": "b"}, ResponseRaw: `{"a":"b"}`}},
		},
		"broken flow": {
			withType("interactive", `,"interactive":{"type":"nfm_reply","nfm_reply":{"body":"Sent","response_json":"{x"}}`),
			Message{Type: TypeInteractive, Interactive: &InteractiveReply{Type: "nfm_reply", Body: "Sent", ResponseRaw: "{x"}},
		},
		"flow without answers": {
			withType("interactive", `,"interactive":{"type":"nfm_reply","nfm_reply":{"body":"Sent","response_json":null}}`),
			Message{Type: TypeInteractive, Interactive: &InteractiveReply{Type: "nfm_reply", Body: "Sent"}},
		},
		"call permission":  {withType("interactive", `,"interactive":{"type":"call_permission_reply","call_permission_reply":{"response":"accept"}}`), Message{Type: TypeInteractive, Interactive: &InteractiveReply{Type: "call_permission_reply", CallPermission: "accept"}}},
		"reaction":         {withType("reaction", `,"reaction":{"message_id":"w","emoji":"👍"}`), Message{Type: TypeReaction, Reaction: &Reaction{"w", "👍"}}},
		"reaction gone":    {withType("reaction", `,"reaction":{"message_id":"w","emoji":""}`), Message{Type: TypeReaction, Reaction: &Reaction{MessageID: "w"}}},
		"reaction missing": {withType("reaction", `,"reaction":{"message_id":"w"}`), Message{Type: TypeReaction, Reaction: &Reaction{MessageID: "w"}}},
		"order": {
			withType("order", `,"order":{"catalog_id":1,"text":"","product_items":[{"product_retailer_id":"p","quantity":2,"item_price":9.9,"currency":"BRL"}]}`),
			Message{Type: TypeOrder, Order: &Order{CatalogID: "1", Items: []OrderItem{{"p", 2, 9.9, "BRL"}}}},
		},
		"new number": {withType("system", `,"system":{"type":"user_changed_number","body":"b","wa_id":"1","new_wa_id":"2"}`), Message{Type: TypeSystem, System: &SystemEvent{Type: "user_changed_number", Body: "b", NewWaID: "2"}}},
		"edit": {
			withType("edit", `,"edit":{"original_message_id":"w0","message":{"type":"text","text":{"body":"new"}}}`),
			Message{Type: TypeEdit, Edit: &Edit{OriginalID: "w0", Message: &Message{Type: TypeText, Text: &Text{Body: "new"}, Raw: json.RawMessage(`{"text":{"body":"new"},"type":"text"}`)}}},
		},
		"deletion":    {withType("revoke", `,"revoke":{"original_message_id":"w0"}`), Message{Type: TypeRevoke, Revokes: "w0"}},
		"placeholder": {withType("unsupported", `,"unsupported":{"type":"poll_update"},"errors":[{"code":131051}]`), Message{Type: TypeUnsupported, Unsupported: "poll_update", Errors: []MessageError{{Code: 131051}}}},
		"welcome":     {withType("request_welcome", ``), Message{Type: TypeRequestWelcome}},
		"of tomorrow": {withType("hologram", `,"hologram":{"id":1}`), Message{Type: "hologram"}},
		"advertisement": {
			withType("text", `,"text":{"body":"oi"},"referral":{"source_url":"u","source_type":"ad","ctwa_clid":"c","welcome_message":{"text":"w"}}`),
			Message{Type: TypeText, Text: &Text{Body: "oi"}, Referral: &Referral{SourceURL: "u", SourceType: "ad", ClickID: "c", Welcome: "w"}},
		},
		"forwarded product": {
			withType("text", `,"text":{"body":"oi"},"context":{"forwarded":true,"frequently_forwarded":true,"referred_product":{"catalog_id":"c","product_retailer_id":"p"}}`),
			Message{Type: TypeText, Text: &Text{Body: "oi"}, Context: &MessageContext{Forwarded: true, FrequentlyForwarded: true, CatalogID: "c", ProductRetailerID: "p"}},
		},
		"contacts": {
			withType("contacts", `,"contacts":[{"name":{"formatted_name":"A B","first_name":"A"},"phones":[{"phone":551199,"wa_id":"551199"}],"org":{"company":"C"}},3,{"name":"x","phones":{}}]`),
			Message{Type: TypeContacts, Contacts: []ContactCard{
				{Name: ContactName{Formatted: "A B", First: "A"}, Phones: []ContactPhone{{Phone: "551199", WaID: "551199"}}, Org: &ContactOrg{Company: "C"}},
				{},
			}},
		},
		"everything of a wrong type": {withType("text", `,"text":7,"context":[],"referral":"x","errors":{},"edit":1`), Message{Type: TypeText, Text: &Text{}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := receive(t, test.message)
			require.Equal(t, "wamid.1", got.ID)
			require.Equal(t, "5511987654321", got.From)
			require.EqualValues(t, 1749416383000, got.Timestamp)
			require.JSONEq(t, test.message, string(got.Raw))
			test.want.ID, test.want.From, test.want.Timestamp, test.want.Raw = got.ID, got.From, got.Timestamp, got.Raw
			require.Equal(t, test.want, *got)
		})
	}
}

func TestOpensWindow(t *testing.T) {
	for message, want := range map[string]bool{
		withType("text", ``): true, withType("image", ``): true, withType("button", ``): true, withType("interactive", ``): true,
		withType("order", ``): true, withType("location", ``): true, withType("contacts", ``): true, withType("request_welcome", ``): true,
		withType("unsupported", ``): true, withType("hologram", ``): true,
		withType("reaction", `,"reaction":{"message_id":"w","emoji":"👍"}`): true,
		withType("reaction", `,"reaction":{"message_id":"w"}`):             false,
		withType("system", ``): false, withType("edit", ``): false, withType("revoke", ``): false,
	} {
		t.Run(message, func(t *testing.T) {
			require.Equal(t, want, receive(t, message).OpensWindow(), message)
		})
	}
	require.True(t, Call{Direction: "USER_INITIATED", Event: "connect"}.OpensWindow())
	require.False(t, Call{Direction: "BUSINESS_INITIATED", Event: "connect"}.OpensWindow())
}

func TestMessageTimestamps(t *testing.T) {
	for value, want := range map[string]int64{
		`"1749416383"`: 1749416383000, `1749416383`: 1749416383000, `1749416383.9`: 1749416383000, `1749416383123`: 1749416383123,
		`-1`: 0, `0`: 0, `"x"`: 0, `null`: 0, `1e300`: 0, `"NaN"`: 0, `"Infinity"`: 0, `99999999999999999999`: 0, `5000000000`: 0, `{}`: 0, `""`: 0,
	} {
		t.Run(value, func(t *testing.T) {
			message := receive(t, `{"from":"1","id":"w","type":"text","timestamp":`+value+`}`)
			require.Equal(t, want, message.Timestamp, value)
		})
	}
}

func TestSystemMessagesNameTheCustomerInTheirOwnWay(t *testing.T) {
	items, err := Split([]byte(`{"entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[
		{"id":"w","type":"system","system":{"type":"user_changed_user_id","previous_user_id":"BR.1","user_id":"BR.2"}}]}}]}]}`))
	require.NoError(t, err)
	require.Equal(t, "BR.1", items[0].Peer, "the lane of the one we know")
	message, err := items[0].Message()
	require.NoError(t, err)
	require.Equal(t, "BR.1", message.FromUserID)
	require.Equal(t, SystemEvent{Type: "user_changed_user_id", UserID: "BR.2", PreviousUserID: "BR.1"}, *message.System)
}

func TestStatusViews(t *testing.T) {
	read := func(status string) *Status {
		items, err := Split([]byte(`{"entry":[{"id":"1","changes":[{"field":"messages","value":{"statuses":[` + status + `]}}]}]}`))
		require.NoError(t, err)
		require.Equal(t, KindStatus, items[0].Kind)
		require.Equal(t, "w", items[0].Peer)
		got, err := items[0].Status()
		require.NoError(t, err)
		return got
	}
	billable := true
	require.Equal(t, &Status{
		ID: "w", Status: "delivered", Timestamp: 10_000, RecipientID: "1", RecipientUserID: "BR.1", RecipientParentUserID: "BR.ENT.1", CallbackData: "p",
		ConversationID: "c", Pricing: &Pricing{Billable: &billable, Model: "PMP", Category: "utility", Type: "regular"},
	}, read(`{"id":"w","status":"Delivered","timestamp":10,"recipient_id":1,"recipient_user_id":"BR.1","parent_recipient_user_id":"BR.ENT.1",
		"biz_opaque_callback_data":"p","conversation":{"id":"c"},"pricing":{"billable":true,"pricing_model":"PMP","category":"utility","type":"regular"}}`))
	require.Equal(t, "BR.ENT.2", read(`{"id":"w","status":"read","recipient_parent_user_id":"BR.ENT.2"}`).RecipientParentUserID)
	require.Nil(t, read(`{"id":"w","status":"read","pricing":{}}`).Pricing.Billable)
	require.Equal(t, []MessageError{{Code: 131049, Title: "t"}}, read(`{"id":"w","status":"failed","errors":[{"code":"131049","title":"t"},4]}`).Errors)
}

func TestUpdateViews(t *testing.T) {
	item := func(name string) Item {
		items, err := Split(fixture(t, "webhooks", name))
		require.NoError(t, err)
		require.Len(t, items, 1)
		return items[0]
	}
	approved, err := item("211-message_template_status_update-approved-metadocs.json").TemplateUpdate()
	require.NoError(t, err)
	require.Equal(t, &TemplateUpdate{
		Field: "message_template_status_update", Event: "APPROVED", TemplateID: "1689556908129832", Name: "order_confirmation",
		Language: "en_US", Category: "UTILITY", Timestamp: 1751247548000,
	}, approved)
	require.Equal(t, "APPROVED", approved.Status())
	require.Empty(t, TemplateUpdate{Event: "FLAGGED"}.Status())

	quality, err := item("209-message_template_quality_update-whaloc.json").TemplateUpdate()
	require.NoError(t, err)
	require.Equal(t, "YELLOW", quality.Quality)
	category, err := item("220-template_category_update-metadocs.json").TemplateUpdate()
	require.NoError(t, err)
	require.Equal(t, "MARKETING", category.CorrectCategory)

	restricted, err := item("239-account_update-account_restriction-pywa.json").AccountUpdate()
	require.NoError(t, err)
	require.Equal(t, "ACCOUNT_RESTRICTION", restricted.Event)
	require.Equal(t, Restriction{Type: "RESTRICTED_BIZ_INITIATED_MESSAGING", Expiration: 1641330498000}, restricted.Restrictions[0])
	require.Equal(t, "102290129340398", item("239-account_update-account_restriction-pywa.json").WABAID)
	for _, name := range []string{"278-nofield-partner_app_installed-metadocs.json", "279-nofield-partner_app_uninstalled-metadocs.json"} {
		require.Equal(t, KindAccount, item(name).Kind, "the field stands in another place")
	}
}

func TestVerifySignature(t *testing.T) {
	body := []byte(`{"object":"x","text":"\u00e7"}`)
	header := Sign("secret", body)
	require.Equal(t, "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8", Sign("key", []byte("The quick brown fox jumps over the lazy dog")), "the published example")
	require.True(t, VerifySignature("secret", body, header))
	for name, ok := range map[string]bool{
		"no prefix": VerifySignature("secret", body, strings.TrimPrefix(header, "sha256=")),
		"sha1":      VerifySignature("secret", body, strings.Replace(header, "sha256", "sha1", 1)),
		"cut":       VerifySignature("secret", body, header[:len(header)-2]),
		"no hex":    VerifySignature("secret", body, "sha256=zz"),
		"empty":     VerifySignature("secret", body, ""),
		"bare":      VerifySignature("secret", body, "sha256="),
		"secret":    VerifySignature("other", body, header),
		"body":      VerifySignature("secret", append([]byte(" "), body...), header),
		"no secret": VerifySignature("", body, Sign("", body)),
	} {
		t.Run(name, func(t *testing.T) {
			require.False(t, ok, name)
		})
	}
}
