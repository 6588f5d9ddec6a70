package domain

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClosingReasonCheck(t *testing.T) {
	field := func(change func(*ClosingField)) ClosingReason {
		f := ClosingField{Name: "value", Label: "Valor", Type: ClosingSelect, Options: []string{" a ", "b"}}
		change(&f)
		return ClosingReason{Label: "Vendido", Fields: ClosingFields{f}}
	}
	many := ClosingReason{Label: "x", Fields: make(ClosingFields, MaxClosingFields+1)}
	twice := field(func(*ClosingField) {})
	twice.Fields = append(twice.Fields, twice.Fields[0])
	for name, c := range map[string]struct {
		reason ClosingReason
		wrong  []string
	}{
		"good":              {field(func(*ClosingField) {}), nil},
		"no label":          {ClosingReason{Label: "  "}, []string{"label"}},
		"long label":        {ClosingReason{Label: strings.Repeat("ã", MaxClosingLabel+1)}, []string{"label"}},
		"two lines":         {ClosingReason{Label: "a\nb"}, []string{"label"}},
		"turned round":      {ClosingReason{Label: "a\u202eb"}, []string{"label"}},
		"many fields":       {many, []string{"fields"}},
		"name twice":        {twice, []string{"fields"}},
		"name with accents": {field(func(f *ClosingField) { f.Name = "preço" }), []string{"fields"}},
		"no name":           {field(func(f *ClosingField) { f.Name = "" }), []string{"fields"}},
		"no field label":    {field(func(f *ClosingField) { f.Label = "" }), []string{"fields"}},
		"unknown type":      {field(func(f *ClosingField) { f.Type = "date" }), []string{"fields"}},
		"no options":        {field(func(f *ClosingField) { f.Options = nil }), []string{"fields"}},
		"empty option":      {field(func(f *ClosingField) { f.Options = []string{"a", " "} }), []string{"fields"}},
		"option twice":      {field(func(f *ClosingField) { f.Options = []string{"a", "a "} }), []string{"fields"}},
		"options of a text": {field(func(f *ClosingField) { f.Type = ClosingText }), nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.ElementsMatch(t, c.wrong, slices.Collect(maps.Keys(c.reason.Check())))
		})
	}
}

func TestClosingReasonAnswer(t *testing.T) {
	reason := &ClosingReason{Fields: ClosingFields{
		{Name: "value", Label: "Valor", Type: ClosingNumber, Required: true},
		{Name: "product", Label: "Produto", Type: ClosingSelect, Options: []string{"Carro", "Casa"}},
		{Name: "remark", Label: "Detalhe", Type: ClosingText},
	}}
	for name, c := range map[string]struct {
		values map[string]string
		want   string // of the number
		wrong  []string
	}{
		"all":                   {map[string]string{"value": "10,50", "product": "Casa", "remark": " x "}, "10.5", nil},
		"only what is required": {map[string]string{"value": "0007"}, "7", nil},
		"nothing":               {map[string]string{"value": "0,00"}, "0", nil},
		"given as a number":     {map[string]string{"value": ClosingNumberText(1.234)}, "1.234", nil},
		"large, as a number":    {map[string]string{"value": ClosingNumberText(1e6)}, "1000000", nil},
		"negative":              {map[string]string{"value": "-0,5"}, "-0.5", nil},
		"three decimals":        {map[string]string{"value": "0.125"}, "0.125", nil},
		"required missing":      {map[string]string{"remark": "x"}, "", []string{"value"}},
		"required empty":        {map[string]string{"value": " "}, "", []string{"value"}},
		"in groups of points":   {map[string]string{"value": "1.500,00"}, "1500", nil},
		"in groups of commas":   {map[string]string{"value": "-1,234,567.5"}, "-1234567.5", nil},
		"a million":             {map[string]string{"value": "1.500.000"}, "1500000", nil},
		"groups of two":         {map[string]string{"value": "1.50.000"}, "", []string{"value"}},
		"mixed":                 {map[string]string{"value": "1.500,000,00"}, "", []string{"value"}},
		"too many digits":       {map[string]string{"value": "1.500.000.000.000.000,00"}, "", []string{"value"}},
		"no number":             {map[string]string{"value": "dez"}, "", []string{"value"}},
		"thousands, perhaps":    {map[string]string{"value": "1.500"}, "", []string{"value"}},
		"another option":        {map[string]string{"value": "1", "product": "casa"}, "", []string{"product"}},
		"unknown field":         {map[string]string{"value": "1", "Value": "2"}, "", []string{"Value"}},
		"too long":              {map[string]string{"value": "1", "remark": strings.Repeat("a", MaxFieldValue+1)}, "", []string{"remark"}},
		"two lines":             {map[string]string{"value": "1", "remark": "a\nb"}, "", []string{"remark"}},
	} {
		t.Run(name, func(t *testing.T) {
			answers, wrong := reason.Answer(c.values)
			require.ElementsMatch(t, c.wrong, slices.Collect(maps.Keys(wrong)))
			if c.wrong == nil {
				require.Equal(t, ClosingAnswer{Name: "value", Label: "Valor", Type: ClosingNumber, Value: c.want}, answers[0])
			}
		})
	}
}

func TestClosingLabels(t *testing.T) {
	require.Equal(t, []string{"Vendido", "sem interesse"}, ClosingLabels("Vendido\r\n\r\n  sem   interesse\nSem interesse\nVENDIDO\n"))
	require.Empty(t, ClosingLabels(" \n\t\n"))
}
