package dialog

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestNoTwoFieldsHaveOneLabel(t *testing.T) {
	template := usable(t, `{"name":"x","language":"pt_BR","category":"UTILITY","parameter_format":"NAMED","components":[{"type":"BODY","text":"{{valor_total_de_cada_um_pedido}} {{valor_total_de_cada_um_frete}} {{nome}}.",
		"example":{"body_text_named_params":[{"param_name":"valor_total_de_cada_um_pedido","example":"1"},{"param_name":"valor_total_de_cada_um_frete","example":"2"},{"param_name":"nome","example":"3"}]}}]}`)
	template.Labels = domain.Labels{"body_nome": "Nome da pessoa"}
	fakeDesk := newFakeDesk(template)
	request, err := fakeDesk.dialogs(t).Start(context.Background(), StartFor{UserID: agent})
	require.NoError(t, err)
	c := &fakeClient{t: t, d: fakeDesk.dialogs(t), form: &request.Dialog}
	c.submit(map[string]any{"template": template.ID})
	require.NoError(t, c.form.IsValid())
	require.Equal(t, "Valor total… um pedido", c.form.Elements[0].DisplayName)
	require.Equal(t, "Valor total…a um frete", c.form.Elements[1].DisplayName)
	require.Equal(t, "Nome da pessoa", c.form.Elements[2].DisplayName, "what an administrator calls it")
	require.Equal(t, "Valor total de cada um pedido", c.form.Elements[0].HelpText)
}

func TestLabelsAreAlwaysApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SampledFrom([]string{"valor", "_total", "_do", "_pedido", "ção", "é", "{{", "}}", "Texto ", "a"})
		var elements []model.DialogElement
		for i := range rapid.IntRange(1, 12).Draw(t, "elements") {
			label := "x" + strings.Join(rapid.SliceOfN(parts, 0, 9).Draw(t, "label"), "")
			elements = append(elements, text(fmt.Sprint("e", i), label, "", 10))
		}
		distinctLabels(elements)
		seen := map[string]bool{}
		for _, e := range elements {
			require.NoError(t, e.IsValid())
			require.False(t, seen[e.DisplayName], e.DisplayName)
			seen[e.DisplayName] = true
		}
	})
}

func TestQueuesOfOneNameAreToldApart(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, orderTemplate))
	for i := range 2 {
		fakeDesk.queues = append(fakeDesk.queues, &domain.Queue{ID: fmt.Sprint("q", i), Name: "Suporte", ChannelID: fmt.Sprint("c", i), AccountID: "account"})
	}
	request, err := fakeDesk.dialogs(t).Start(context.Background(), StartFor{UserID: agent})
	require.NoError(t, err)
	texts := map[string]bool{}
	for _, option := range request.Dialog.Elements[0].Options {
		require.False(t, texts[option.Text], option.Text)
		texts[option.Text] = true
	}
	require.Len(t, texts, 3)
}
