package whatsapp

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheWordsOfATemplateNameItsVariables(t *testing.T) {
	for text, want := range map[string][]any{
		"Olá {{1}}":                               {"variable.name", nil},
		"Bom dia, {{1}}! Tudo bem?":               {"variable.name", nil},
		"Prezado(a) {{1}},":                       {"variable.name", nil},
		"Seu pedido *{{1}}* saiu":                 {"variable.words", "Pedido"},
		"Protocolo: {{1}}":                        {"variable.words", "Protocolo"},
		"Total: R$ {{1}}":                         {"variable.words", "Total"},
		"Sua fatura foi paga. O boleto nº {{1}}.": {"variable.words", "Boleto nº"},
		"às {{1}}":                                {"variable.example", nil},
		"Confirmamos a visita, {{1}}":             {"variable.example", nil},
		"{{1}}":                                   {"variable.example", nil},
		"Your order {{1}}":                        {"variable.words", "Order"},
		"Dear {{1}}":                              {"variable.name", nil},
	} {
		t.Run(text, func(t *testing.T) {
			var template Template
			body, err := json.Marshal(map[string]any{"components": []any{map[string]any{"type": "BODY", "text": text, "example": map[string]any{"body_text": [][]string{{"x"}}}}}})
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(body, &template))
			v := template.Variables()[0]
			require.Equal(t, want, []any{v.Caption("").Key, v.Caption("").Data["Words"]})
			require.Equal(t, "Meu", v.Caption("Meu").Data["Words"], "an administrator's label wins")
		})
	}
	require.Equal(t, "Primeiro nome", Variable{Kind: VariableText, Name: "primeiro_nome"}.Caption("").Data["Words"])
	require.Equal(t, "variable.number", Variable{Kind: VariableText, Name: "1"}.Caption("").Key)
	require.Equal(t, "variable.button", Variable{Kind: VariableText, Name: "1", Component: ComponentButton, Label: "Abrir"}.Caption("").Key)
}
