package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
)

func TestUploadSample(t *testing.T) {
	w := newWorld(t)
	upload := func(user, query, kind, body string) fake.Answer {
		r := w.request(user, http.MethodPost, "/templates/samples"+query, body)
		r.Header.Set("Content-Type", kind)
		return w.send(r)
	}
	query := "?name=foto.png&account_id=" + account1
	large := strings.Repeat("x", 2<<20) // more than any other body
	require.Equal(t, "foto.png image/png 2097152 2097152", upload(admin, query, "image/png", large).Is(http.StatusCreated).JSON["handle"])
	upload(agent, query, "image/png", "png").Is(http.StatusForbidden, "forbidden")

	for name, c := range map[string]struct{ query, kind, body, field string }{
		"type":    {query, "image/gif", "gif", "file"},
		"none":    {query, "", "x", "file"},
		"empty":   {query, "image/png", "", "file"},
		"large":   {query, "image/png", strings.Repeat("x", 5<<20+1), "file"},
		"account": {"?account_id=" + nowhere, "image/png", "x", "account_id"},
		"nobody":  {"", "image/png", "x", "account_id"},
		"token":   {"?account_id=" + account2, "image/png", "x", "account_id"},
	} {
		t.Run(name, func(t *testing.T) {
			problem := upload(admin, c.query, c.kind, c.body).Is(http.StatusUnprocessableEntity, "invalid_field").Problem()
			require.Contains(t, problem["fields"], c.field)
		})
	}
	w.meta.err = &domain.Refusal{Code: domain.CodeMetaRefused, MetaCode: 100, Text: domain.T("variable.words", "Words", "Invalid file")}
	require.Equal(t, 100.0, upload(admin, query, "image/png", "png").Is(http.StatusBadGateway, "meta_refused").Problem()["meta_code"])
}
