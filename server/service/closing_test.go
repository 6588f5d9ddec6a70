package service_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// saleReason makes a reason of the queue with a required number and a choice.
func (b *serviceFixture) saleReason() *domain.ClosingReason {
	b.t.Helper()
	reason := &domain.ClosingReason{QueueID: b.queue.ID, Label: "Vendido", Position: -1, Fields: domain.ClosingFields{
		{Name: "value", Label: "Valor", Type: domain.ClosingNumber, Required: true},
		{Name: "product", Label: "Produto", Type: domain.ClosingSelect, Options: []string{"Carro", "Casa"}},
	}}
	require.NoError(b.t, b.do.CreateClosingReason(context.Background(), "ana", reason))
	return reason
}

func (b *serviceFixture) requireReasons() {
	b.t.Helper()
	_, err := b.db.Exec("UPDATE waa_queues SET closing_reason_required = true WHERE id = $1", b.queue.ID)
	require.NoError(b.t, err)
}

func TestCloseWithAReason(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	reason := b.saleReason()
	retired := &domain.ClosingReason{QueueID: b.queue.ID, Label: "Antigo", Retired: true}
	require.NoError(t, b.do.CreateClosingReason(ctx, "ana", retired))
	foreign := &domain.ClosingReason{QueueID: b.other.ID, Label: "Outra fila"}
	require.NoError(t, b.do.CreateClosingReason(ctx, "root", foreign))
	b.requireReasons()
	c := b.start(phone)

	good := map[string]string{"value": "10,5", "product": "Casa"}
	for name, row := range map[string]struct {
		closing domain.Closing
		fields  []string
	}{
		"none":                {domain.Closing{Note: "resolvido"}, []string{"reason_id"}},
		"unknown":             {domain.Closing{ReasonID: c.ID, Fields: good}, []string{"reason_id"}},
		"retired":             {domain.Closing{ReasonID: retired.ID}, []string{"reason_id"}},
		"of another queue":    {domain.Closing{ReasonID: foreign.ID}, []string{"reason_id"}},
		"field missing":       {domain.Closing{ReasonID: reason.ID}, []string{"fields.value"}},
		"wrong and unknown":   {domain.Closing{ReasonID: reason.ID, Fields: map[string]string{"value": "x", "other": "1"}}, []string{"fields.value", "fields.other"}},
		"not among the given": {domain.Closing{ReasonID: reason.ID, Fields: map[string]string{"value": "1", "product": "Barco"}}, []string{"fields.product"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.do.Close(ctx, "bruno", c.ID, row.closing)
			r := refusal(t, err)
			require.Equal(t, domain.CodeInvalidField, r.Code)
			require.ElementsMatch(t, row.fields, slices.Collect(maps.Keys(r.Fields)))
		})
	}

	view, err := b.do.Close(ctx, "bruno", c.ID, domain.Closing{ReasonID: reason.ID, Fields: good, Note: " fechou na hora "})
	require.NoError(t, err)
	require.Equal(t, "Vendido: fechou na hora", view.WhyClosed())
	closedAs := func() []any {
		stored, err := b.store.Conversation(ctx, c.ID)
		require.NoError(t, err)
		return []any{stored.ClosingReasonID, stored.ClosingLabel, stored.ClosingFields, stored.CloseReason}
	}
	want := []any{reason.ID, "Vendido", domain.ClosingAnswers{
		{Name: "value", Label: "Valor", Type: domain.ClosingNumber, Value: "10.5"}, {Name: "product", Label: "Produto", Type: domain.ClosingSelect, Value: "Casa"},
	}, "fechou na hora"}
	require.Equal(t, want, closedAs())
	var audited string
	require.NoError(t, b.db.QueryRow("SELECT details ->> 'reason_id' FROM waa_audit WHERE action = 'close' AND object_id = $1 AND actor_id = 'bruno'", c.ID).Scan(&audited))
	require.Equal(t, reason.ID, audited)

	reason.Label, reason.Fields, reason.Retired = "Ganho", nil, true
	_, err = b.do.UpdateClosingReason(ctx, "ana", reason)
	require.NoError(t, err)
	require.Equal(t, want, closedAs(), "as it was when it was chosen")

	_, err = b.do.Reopen(ctx, "bruno", c.ID)
	require.NoError(t, err)
	require.Equal(t, []any{"", "", domain.ClosingAnswers(nil), ""}, closedAs())
	_, err = b.do.Close(ctx, "bruno", c.ID, domain.Closing{})
	require.NoError(t, err, "no reason is left, so that none is required")
}

func TestWhoChangesClosingReasons(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	reason := b.saleReason()
	acts := map[string]func(actor string) error{
		"create": func(a string) error {
			return b.do.CreateClosingReason(ctx, a, &domain.ClosingReason{QueueID: b.queue.ID, Label: a})
		},
		"edit":   func(a string) error { _, err := b.do.ClosingReasonToEdit(ctx, a, reason.ID); return err },
		"update": func(a string) error { _, err := b.do.UpdateClosingReason(ctx, a, reason); return err },
		"import": func(a string) error { _, err := b.do.ImportClosingReasons(ctx, a, b.queue.ID, "x"); return err },
	}
	for name, act := range acts {
		for _, actor := range []string{"bruno", "davi"} {
			require.Equal(t, domain.CodeForbidden, refusal(t, act(actor)).Code, "%s %s", name, actor)
		}
		for _, actor := range []string{"ana", "root"} {
			require.NoError(t, act(actor), "%s %s", name, actor)
		}
	}
	for _, actor := range []string{"ana", "bruno", "root"} {
		reasons, total, err := b.do.ClosingReasons(ctx, actor, b.queue.ID, false, 0, 10)
		require.NoError(t, err)
		require.Len(t, reasons, total)
	}
	_, _, err := b.do.ClosingReasons(ctx, "davi", b.queue.ID, false, 0, 10)
	require.Equal(t, domain.CodeForbidden, refusal(t, err).Code)
	_, _, err = b.do.ClosingReasons(ctx, "root", "nothing", false, 0, 10)
	require.Contains(t, refusal(t, err).Fields, "queue_id")
}

func TestImportClosingReasons(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	b.saleReason()
	added, err := b.do.ImportClosingReasons(ctx, "ana", b.queue.ID, "VENDIDO\nSem interesse\r\n\n Sem  interesse \nNão atende")
	require.NoError(t, err)
	require.Equal(t, 2, added)
	reasons, total, err := b.do.ClosingReasons(ctx, "bruno", b.queue.ID, false, 0, 10)
	require.NoError(t, err)
	require.Equal(t, 3, total)
	for i, label := range []string{"Vendido", "Sem interesse", "Não atende"} {
		require.Equal(t, label, reasons[i].Label)
		require.Equal(t, i, reasons[i].Position)
	}
	err = b.do.CreateClosingReason(ctx, "ana", &domain.ClosingReason{QueueID: b.queue.ID, Label: "não atende"})
	require.Contains(t, refusal(t, err).Fields, "label", "the same label")
	_, err = b.do.ImportClosingReasons(ctx, "ana", b.queue.ID, "bom\na\u202eb")
	require.Contains(t, refusal(t, err).Fields, "text")

	list := ""
	for i := range domain.MaxClosingReasons {
		list += string(rune('a'+i%26)) + string(rune('a'+i/26)) + "\n"
	}
	_, err = b.do.ImportClosingReasons(ctx, "ana", b.queue.ID, list)
	require.Contains(t, refusal(t, err).Fields, "text", "too many")

	reasons[0].Retired = true
	_, err = b.do.UpdateClosingReason(ctx, "ana", reasons[0], "retired")
	require.NoError(t, err)
	again := &domain.ClosingReason{QueueID: b.queue.ID, Label: "Vendido", Position: -1}
	require.NoError(t, b.do.CreateClosingReason(ctx, "ana", again), "a retired one keeps no label from being used")
	require.Equal(t, 3, again.Position)
	reasons[0].Retired = false
	_, err = b.do.UpdateClosingReason(ctx, "ana", reasons[0], "retired")
	require.Contains(t, refusal(t, err).Fields, "label")
}
