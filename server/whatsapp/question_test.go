package whatsapp

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func questions() map[string]Question {
	return map[string]Question{
		AskButtons: {
			Type: AskButtons, Body: "Confirma *amanhã*?", Header: "Visita", Footer: "Responda até hoje",
			Buttons: []InteractiveID{{ID: "sim", Title: "Sim"}, {ID: "nao", Title: "Não"}, {ID: "outro", Title: "Outro dia"}},
		},
		AskList: {
			Type: AskList, Body: "Escolha a entrega", Header: "Entrega", Footer: "Sem custo", Button: "Ver opções", Sections: []InteractiveSection{
				{Title: "Hoje", Rows: []InteractiveRow{{ID: "1", Title: "Expresso", Description: "Até as 18h"}}},
				{Title: "Amanhã", Rows: []InteractiveRow{{ID: "2", Title: "Normal"}, {ID: "3", Title: "Retirada"}}},
			},
		},
		AskLink:     {Type: AskLink, Body: "Seu boleto", Button: "Abrir", URL: "https://example.com/b?x=1&y=2"},
		AskLocation: {Type: AskLocation, Body: "Onde você está?"},
		AskPhone:    {Type: AskPhone, Body: "Qual é o seu número?"},
	}
}

// TestQuestionsAsMetaTakesThem holds the JSON of each type as it leaves.
func TestQuestionsAsMetaTakesThem(t *testing.T) {
	want := map[string]string{
		AskButtons:  `{"type":"button","header":{"type":"text","text":"Visita"},"body":{"text":"Confirma *amanhã*?"},"footer":{"text":"Responda até hoje"},"action":{"buttons":[{"type":"reply","reply":{"id":"sim","title":"Sim"}},{"type":"reply","reply":{"id":"nao","title":"Não"}},{"type":"reply","reply":{"id":"outro","title":"Outro dia"}}]}}`,
		AskList:     `{"type":"list","header":{"type":"text","text":"Entrega"},"body":{"text":"Escolha a entrega"},"footer":{"text":"Sem custo"},"action":{"button":"Ver opções","sections":[{"title":"Hoje","rows":[{"id":"1","title":"Expresso","description":"Até as 18h"}]},{"title":"Amanhã","rows":[{"id":"2","title":"Normal"},{"id":"3","title":"Retirada"}]}]}}`,
		AskLink:     `{"type":"cta_url","body":{"text":"Seu boleto"},"action":{"name":"cta_url","parameters":{"display_text":"Abrir","url":"https://example.com/b?x=1&y=2"}}}`,
		AskLocation: `{"type":"location_request_message","body":{"text":"Onde você está?"},"action":{"name":"send_location"}}`,
		AskPhone:    `{"type":"request_contact_info","body":{"text":"Qual é o seu número?"},"action":{"name":"request_contact_info"}}`,
	}
	for name, q := range questions() {
		t.Run(name, func(t *testing.T) {
			built, wrong := q.Build()
			require.Empty(t, wrong)
			body, err := Outgoing{To: "+5511987654321", Interactive: built, CallbackData: "id"}.encode()
			require.NoError(t, err)
			require.JSONEq(t, `{"messaging_product":"whatsapp","recipient_type":"individual","to":"+5511987654321","type":"interactive","interactive":`+want[name]+`,"biz_opaque_callback_data":"id"}`, string(body))

			var read Interactive
			raw, err := json.Marshal(built)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(raw, &read))
			again, ok := read.Question()
			require.True(t, ok)
			require.Equal(t, q, again, "there and back")
		})
	}
}

func TestQuestionsThatMetaRefuses(t *testing.T) {
	long := func(n int) string { return strings.Repeat("á", n) }
	rows := func(n int) (rows []InteractiveRow) {
		for i := range n {
			rows = append(rows, InteractiveRow{ID: fmt.Sprint(i), Title: fmt.Sprint(i)})
		}
		return rows
	}
	for name, row := range map[string]struct {
		of     string
		change func(q *Question)
		wrong  []string
	}{
		"no type":              {AskButtons, func(q *Question) { q.Type = "flow" }, []string{"type"}},
		"no body":              {AskButtons, func(q *Question) { q.Body = " \n" }, []string{"body"}},
		"body":                 {AskButtons, func(q *Question) { q.Body = long(1025) }, []string{"body"}},
		"body of a list":       {AskList, func(q *Question) { q.Body = long(4097) }, []string{"body"}},
		"longest of all":       {AskList, func(q *Question) { q.Body, q.Header, q.Footer, q.Button = long(4096), long(60), long(60), long(20) }, nil},
		"header":               {AskLink, func(q *Question) { q.Header = long(61) }, []string{"header"}},
		"header of lines":      {AskLink, func(q *Question) { q.Header = "a\nb" }, []string{"header"}},
		"footer":               {AskList, func(q *Question) { q.Footer = long(61) }, []string{"footer"}},
		"no button":            {AskButtons, func(q *Question) { q.Buttons = nil }, []string{"buttons"}},
		"four buttons":         {AskButtons, func(q *Question) { q.Buttons = append(q.Buttons, InteractiveID{"4", "4"}) }, []string{"buttons"}},
		"button's title":       {AskButtons, func(q *Question) { q.Buttons[0].Title = long(21) }, []string{"buttons"}},
		"button without title": {AskButtons, func(q *Question) { q.Buttons[0].Title = "" }, []string{"buttons"}},
		"button without id":    {AskButtons, func(q *Question) { q.Buttons[0].ID = "" }, []string{"buttons"}},
		"button's id":          {AskButtons, func(q *Question) { q.Buttons[0].ID = long(257) }, []string{"buttons"}},
		"same id":              {AskButtons, func(q *Question) { q.Buttons[0].ID = q.Buttons[1].ID }, []string{"buttons"}},
		"same title":           {AskButtons, func(q *Question) { q.Buttons[0].Title = q.Buttons[1].Title }, []string{"buttons"}},
		"list without label":   {AskList, func(q *Question) { q.Button = "" }, []string{"button"}},
		"list's label":         {AskList, func(q *Question) { q.Button = long(21) }, []string{"button"}},
		"no section":           {AskList, func(q *Question) { q.Sections = nil }, []string{"sections"}},
		"section without rows": {AskList, func(q *Question) { q.Sections[0].Rows = nil }, []string{"sections"}},
		"ten rows":             {AskList, func(q *Question) { q.Sections = []InteractiveSection{{Rows: rows(10)}} }, nil},
		"eleven rows":          {AskList, func(q *Question) { q.Sections = []InteractiveSection{{Rows: rows(11)}} }, []string{"sections"}},
		"untitled of two":      {AskList, func(q *Question) { q.Sections[0].Title = "" }, []string{"sections"}},
		"section's title":      {AskList, func(q *Question) { q.Sections[0].Title = long(25) }, []string{"sections"}},
		"row's title":          {AskList, func(q *Question) { q.Sections[0].Rows[0].Title = long(25) }, []string{"sections"}},
		"row's text":           {AskList, func(q *Question) { q.Sections[0].Rows[0].Description = long(73) }, []string{"sections"}},
		"row's id":             {AskList, func(q *Question) { q.Sections[0].Rows[0].ID = long(201) }, []string{"sections"}},
		"same row":             {AskList, func(q *Question) { q.Sections[0].Rows[0].ID = "3" }, []string{"sections"}},
		"link without label":   {AskLink, func(q *Question) { q.Button = "" }, []string{"button"}},
		"no link":              {AskLink, func(q *Question) { q.URL = "" }, []string{"url"}},
		"script":               {AskLink, func(q *Question) { q.URL = "javascript:alert(1)" }, []string{"url"}},
		"path":                 {AskLink, func(q *Question) { q.URL = "/boleto" }, []string{"url"}},
		"header of a request":  {AskLocation, func(q *Question) { q.Header = "a" }, []string{"header"}},
		"buttons of a request": {AskPhone, func(q *Question) { q.Buttons = []InteractiveID{{"1", "1"}} }, []string{"buttons"}},
		"rows of buttons":      {AskButtons, func(q *Question) { q.Sections, q.URL, q.Button = questions()[AskList].Sections, "https://a.b", "x" }, []string{"sections", "url", "button"}},
	} {
		t.Run(name, func(t *testing.T) {
			q := questions()[row.of]
			row.change(&q)
			_, wrong := q.Build()
			require.ElementsMatch(t, row.wrong, slices.Collect(maps.Keys(wrong)))
		})
	}
}
