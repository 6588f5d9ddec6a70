package outbound

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestPreview(t *testing.T) {
	template := &domain.Template{Definition: []byte(`{"name": "x", "language": "pt_BR", "status": "APPROVED", "category": "UTILITY", "components": [
		{"type": "HEADER", "format": "PRODUCT"}, {"type": "BODY", "text": "Olá, {{1}}! Pedido {{2}}.", "example": {"body_text": [["Ana", "12"]]}},
		{"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Sim"}]}]}`)}
	template.Rules = domain.Rules{"body_2": {Default: "77", MaxLength: 5}}
	variables, markdown, err := Preview(template)
	require.ErrorContains(t, err, "PRODUCT", "a product cannot be filled in")
	require.Len(t, variables, 2)
	require.Equal(t, "`PRODUCT`\n\nOlá, Ana! Pedido 77.\n\n`Sim`", markdown)

	template.Definition = []byte(`{"name": "x", "language": "pt_BR", "components": [{"type": "BODY", "text": "Oi"}]}`)
	variables, markdown, err = Preview(template)
	require.NoError(t, err)
	require.Empty(t, variables)
	require.Equal(t, "Oi", markdown)

	template.Definition = []byte(`{`)
	_, _, err = Preview(template)
	require.Error(t, err)
}
