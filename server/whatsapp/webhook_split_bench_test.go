package whatsapp

import (
	"testing"
)

// ordinary is a delivery as most are: one text message.
const ordinary = `{"object":"whatsapp_business_account","entry":[{"id":"215589313241560883","changes":[{"value":{"messaging_product":"whatsapp",` +
	`"metadata":{"display_phone_number":"551155550100","phone_number_id":"7794189252778687"},` +
	`"contacts":[{"profile":{"name":"Cliente"},"wa_id":"5511987654321"}],` +
	`"messages":[{"from":"5511987654321","id":"wamid.HBgNNTUxMTk4NzY1NDMyMRUCABIYFDNBMDAwMDAwMDAwMDAwMDAwMDAwAA==","timestamp":"1758254144",` +
	`"text":{"body":"Boa tarde! Recebi a mensagem e queria confirmar o horário da visita."},"type":"text"}]},"field":"messages"}]}]}`

func BenchmarkSplit(b *testing.B) {
	body := []byte(ordinary)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if items, err := Split(body); err != nil || len(items) != 1 {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifySignature(b *testing.B) {
	body := []byte(ordinary)
	header := Sign("secret", body)
	b.ReportAllocs()
	for b.Loop() {
		if !VerifySignature("secret", body, header) {
			b.Fatal("the signature is right")
		}
	}
}
