package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
)

func TestRoutesAndDocumentAreTheSame(t *testing.T) {
	w := newWorld(t)
	documented := w.document.Routes(restPath)
	require.Equal(t, documented, fake.Routes(t, w.api.root))
	require.Len(t, slices.Compact(slices.Clone(documented)), len(documented))
}

// forAgents reports whether a path behind /api/v1 is for any user, and not for administrators alone.
func forAgents(path string) bool {
	for _, prefix := range []string{"/conversations", "/channels", "/drafts", "/actions", "/start-options", "/customers", "/closing-reasons", "/quick-replies", "/scheduled"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return strings.HasSuffix(path, "/reveal") || strings.HasSuffix(path, "/consent")
}

// concrete is a route's path with an id that nothing has.
func concrete(path string) string {
	return strings.NewReplacer("{id}", nowhere, "{delivery_id}", nowhere, "{reply_id}", nowhere).Replace(path)
}

func TestWhoMayComeIn(t *testing.T) {
	w := newWorld(t)
	agents := 0
	for _, route := range fake.Routes(t, w.api.root) {
		method, path, _ := strings.Cut(route, " ")
		if !strings.HasPrefix(path, restPath) {
			continue
		}
		path = strings.TrimPrefix(concrete(path), restPath)
		w.as("", method, path, nil).Is(http.StatusUnauthorized, "unauthorized")
		if forAgents(path) {
			agents++
			require.NotEqual(t, http.StatusForbidden, w.as(agent, method, path, nil).Status, route)
			continue
		}
		w.as(agent, method, path, nil).Is(http.StatusForbidden, "forbidden")
		require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, w.as(admin, method, path, `{}`).Status, route)

		w.store.rightsErr = errDown
		w.as(admin, method, path, nil).Is(http.StatusServiceUnavailable, "unavailable")
		w.store.rightsErr = nil
	}
	require.Equal(t, 49, agents)
	require.Empty(t, w.erased)
}

func TestUnknownPathsAndMethods(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		user, method, path string
		status             int
	}{
		{"", http.MethodGet, restPath + "/nothing", http.StatusUnauthorized},
		{agent, http.MethodGet, restPath + "/nothing", http.StatusNotFound},
		{agent, http.MethodGet, restPath + "/conversations/", http.StatusNotFound},
		{agent, http.MethodGet, "//" + strings.Trim(restPath, "/") + "/accounts", http.StatusNotFound},
		{agent, http.MethodGet, "/", http.StatusNotFound},
		{"", http.MethodGet, "/webhook", http.StatusNotFound},
		{admin, http.MethodPut, restPath + "/accounts", http.StatusNotFound},
		{"", http.MethodPut, restPath + "/accounts", http.StatusUnauthorized},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "http://chat"+c.path, nil)
			r.Header.Set(userHeader, c.user)
			recorder := httptest.NewRecorder()
			w.api.ServeHTTP(recorder, r)
			require.Equal(t, c.status, recorder.Code, "%s %s", c.method, c.path)
			require.Contains(t, recorder.Body.String(), `{"error":{"code":`)
		})
	}
}

func TestIDsThatAreNone(t *testing.T) {
	w := newWorld(t)
	w.api.Service = nil // nothing asks it about no id
	for _, bad := range []string{"x", strings.Repeat("a", 27), strings.ToUpper(account1), "..", "%00", "%27%20OR%201=1--", "a%0Ab"} {
		t.Run(bad, func(t *testing.T) {
			for _, path := range []string{"/accounts/", "/queues/", "/templates/", "/plans/", "/conversations/"} {
				r := httptest.NewRequest(http.MethodGet, "http://chat"+restPath+path+bad, nil)
				r.Header.Set(userHeader, admin)
				recorder := httptest.NewRecorder()
				w.api.ServeHTTP(recorder, r)
				require.Equal(t, http.StatusNotFound, recorder.Code, path+bad)
			}
		})
	}
}

func TestAPanicIsAnAnswer(t *testing.T) {
	w := newWorld(t)
	for _, reason := range []any{"quoting " + fake.SecretToken, errors.New(fake.SecretApp), fmt.Errorf("x %s", fake.SecretVerify)} {
		w.api.Clock = fakePanickingClock{reason}
		w.as(admin, http.MethodPost, "/plans/"+plan1+"/approve", nil).Is(http.StatusServiceUnavailable, "unavailable")
	}
	require.Len(t, w.logs.Lines(), 3, "each is logged once")
	require.Contains(t, w.logs.Text(), "panicked")
}

// fakePanickingClock panics where it is asked for the time.
type fakePanickingClock struct{ reason any }

func (p fakePanickingClock) Now() int64 { panic(p.reason) }

func TestAPanicAfterTheAnswerHasBegun(t *testing.T) {
	w := newWorld(t)
	handler := w.api.Recover(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write([]byte("half"))
		_ = make([]int, 1)[len("beyond the end")]
	}))
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/", nil))
	require.Equal(t, "half", recorder.Body.String())
	require.Contains(t, w.logs.Text(), "out of range")
}

func TestTheDatabaseIsDown(t *testing.T) {
	w := newWorld(t)
	w.down()
	for _, route := range fake.Routes(t, w.api.root) {
		method, path, _ := strings.Cut(route, " ")
		if !strings.HasPrefix(path, restPath) || strings.HasSuffix(path, "/channels") || strings.Contains(path, "/closing-reasons") || strings.Contains(path, "/quick-replies") || strings.HasSuffix(path, "/interactive") || method == http.MethodPost && !strings.Contains(path, "{id}") && !strings.Contains(path, "guards") ||
			strings.Contains(path, "/template") || strings.Contains(path, "/note") || strings.Contains(path, "/transfer") || strings.Contains(path, "/merge") || strings.Contains(path, "/owner") || method == http.MethodPut ||
			strings.HasSuffix(path, "/drafts") && method == http.MethodPost || method == http.MethodPatch && strings.Contains(path, "/drafts") {
			continue
		}
		path = strings.TrimPrefix(concrete(path), restPath)
		w.as(admin, method, path, nil).Is(http.StatusServiceUnavailable, "unavailable")
	}
}

func TestMessagesAreInTheReadersLanguage(t *testing.T) {
	w := newWorld(t)
	w.mattermost.language = "pt-BR"
	a := w.as(agent, http.MethodGet, "/accounts", nil).Is(http.StatusForbidden)
	require.Equal(t, "Você não tem permissão para isto.", a.Problem()["message"])
	a = w.as(admin, http.MethodPost, "/accounts", `{"name":""}`).Is(http.StatusUnprocessableEntity, "invalid_field")
	require.Equal(t, "Preencha este campo.", a.Problem()["fields"].(map[string]any)["name"])
}

func TestRefusalsHaveTheContractsStatus(t *testing.T) {
	w := newWorld(t)
	for code, status := range map[string]int{
		domain.CodeForbidden: 403, domain.CodeNotFound: 404, domain.CodeConversationExists: 409, domain.CodeConversationClosed: 409,
		domain.CodeAlreadyClaimed: 409, domain.CodeCooldown: 409, domain.CodeNoPlan: 409, domain.CodeBudgetSpent: 409,
		domain.CodeTemplateNotAllowed: 409, domain.CodeWindowClosed: 409, domain.CodeUnavailable: 503,
	} {
		t.Run(code, func(t *testing.T) {
			for _, language := range []string{"en", "pt-BR"} {
				w.mattermost.language = language
				w.fails(errors.Wrap(domain.Refuse(code, domain.Text{}), "deep down")).Is(status, code)
			}
		})
	}
	w.fails(errors.Wrap(domain.ErrConflict, "deep down")).Is(409, domain.CodeConversationExists)
}
