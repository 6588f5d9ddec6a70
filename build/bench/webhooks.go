//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// customerText is what customers write. It has an ordinary length.
const customerText = "Boa tarde! Recebi a mensagem de vocês e queria confirmar o horário da visita de amanhã, pode ser de manhã?"

// deliveries plays the part of Meta: it posts signed webhooks over connections that stay open.
type deliveries struct {
	client  *http.Client
	address string // address of the account's webhook
	secret  string
	number  string // phone number id
	display string
	waba    string
	serial  atomic.Int64
	run     string // keeps wamids apart from those of earlier runs
}

func newDeliveries(address, secret, number, display, waba string) *deliveries {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	return &deliveries{
		client: &http.Client{Transport: transport, Timeout: time.Minute}, address: address, secret: secret,
		number: number, display: display, waba: waba, run: strconv.FormatInt(time.Now().UnixNano(), 36),
	}
}

// message builds a delivery with one new text message and returns it with the message's id.
func (d *deliveries) message(customer string) (wamid string, body []byte, err error) {
	wamid = fmt.Sprintf("wamid.BENCH%s%08d", d.run, d.serial.Add(1))
	body, err = json.Marshal(map[string]any{
		"object": "whatsapp_business_account",
		"entry": []any{map[string]any{"id": d.waba, "changes": []any{map[string]any{"field": "messages", "value": map[string]any{
			"messaging_product": "whatsapp",
			"metadata":          map[string]any{"display_phone_number": d.display, "phone_number_id": d.number},
			"contacts":          []any{map[string]any{"profile": map[string]any{"name": "Cliente"}, "wa_id": customer}},
			"messages": []any{map[string]any{
				"from": customer, "id": wamid, "timestamp": strconv.FormatInt(time.Now().Unix(), 10),
				"type": "text", "text": map[string]any{"body": customerText},
			}},
		}}}}},
	})
	return wamid, body, errors.Wrap(err, "cannot write a delivery")
}

// delivery is a signed body.
type delivery struct {
	body      []byte
	signature string
}

// prepare builds deliveries of one new message each, from all customers in turn. This is done in advance, so that it does not count in the
// measured time.
func (d *deliveries) prepare(customers []string, count int) ([]delivery, error) {
	prepared := make([]delivery, count)
	for i := range prepared {
		_, body, err := d.message(customers[i%len(customers)])
		if err != nil {
			return nil, err
		}
		prepared[i] = delivery{body, whatsapp.Sign(d.secret, body)}
	}
	return prepared, nil
}

// deliver posts a new message of a customer to the plugin, signed.
func (d *deliveries) deliver(ctx context.Context, customer string) (wamid string, err error) {
	wamid, body, err := d.message(customer)
	if err != nil {
		return "", err
	}
	return wamid, d.post(ctx, d.address, delivery{body, whatsapp.Sign(d.secret, body)})
}

// post posts a delivery to an address. Every status except 200 is an error.
func (d *deliveries) post(ctx context.Context, address string, what delivery) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(what.body))
	if err != nil {
		return errors.Wrap(err, "cannot make the request")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(whatsapp.SignatureHeader, what.signature)
	response, err := d.client.Do(request)
	if err != nil {
		return errors.Wrap(err, "the webhook did not answer")
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.Errorf("the webhook answered %s", response.Status)
	}
	return nil
}
