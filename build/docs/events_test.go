package docs

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const eventDocs = "../../docs/events"

// TestExamplesOfEvents checks that each event has a description and an example that is one, and no other file claims to be.
func TestExamplesOfEvents(t *testing.T) {
	document, err := openapi3.NewLoader().LoadFromFile("../../docs/openapi.yaml")
	require.NoError(t, err)
	require.NoError(t, document.Validate(t.Context()))
	require.True(t, document.IsOpenAPI31OrLater())
	types := append(domain.EventTypes(), domain.EventTest)
	require.Len(t, document.Webhooks, len(types))
	files, err := filepath.Glob(eventDocs + "/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(types))
	for _, name := range types {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(eventDocs, name+".json"))
			require.NoError(t, err)
			var example map[string]any
			require.NoError(t, json.Unmarshal(data, &example))
			require.Equal(t, name, example["type"])
			schema := document.Webhooks[name].Post.RequestBody.Value.Content["application/json"].Schema.Value
			require.NoError(t, schema.VisitJSON(example))
			example["surplus"] = true
			require.Error(t, schema.VisitJSON(example), "the schema says what there is, and nothing else")
			require.NotContains(t, string(data), "cpf")
		})
	}
}

// TestExampleReceivers runs the receivers of the documentation: they take what is signed, and refuse what was changed or is late.
func TestExampleReceivers(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(eventDocs, "message.sent.json"))
	require.NoError(t, err)
	program := filepath.Join(t.TempDir(), "receiver")
	out, err := exec.Command("go", "build", "-o", program, filepath.Join(eventDocs, "receiver.go")).CombinedOutput()
	require.NoError(t, err, "%s", out)
	python, noPython := exec.LookPath("python3")
	for name, command := range map[string]*exec.Cmd{"Go": exec.Command(program), "Python": exec.Command(python, filepath.Join(eventDocs, "receiver.py"))} {
		t.Run(name, func(t *testing.T) {
			if name == "Python" && noPython != nil {
				t.Skip("there is no python3 on this machine, so that the receiver in Python is not run")
			}
			post := receive(t, command)
			now := strconv.FormatInt(time.Now().Unix(), 10)
			late := strconv.FormatInt(time.Now().Add(-6*time.Minute).Unix(), 10)
			require.Equal(t, http.StatusNoContent, post(body, now, signature("segredo", now, body)))
			require.Equal(t, http.StatusNoContent, post(body, now, signature("novo", now, body)+","+signature("segredo", now, body)), "while the secret is being changed")
			require.Equal(t, http.StatusUnauthorized, post(append([]byte(" "), body...), now, signature("segredo", now, body)), "tampered")
			require.Equal(t, http.StatusUnauthorized, post(body, now, signature("outro", now, body)))
			require.Equal(t, http.StatusUnauthorized, post(body, now, ""))
			require.Equal(t, http.StatusUnauthorized, post(body, late, signature("segredo", late, body)), "late")
			require.Equal(t, http.StatusUnauthorized, post(body, "x", signature("segredo", "x", body)))
		})
	}
}

func signature(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(timestamp + "."))
	_, _ = mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// receive runs a receiver and returns what sends it a request and returns the status of the answer.
func receive(t *testing.T, command *exec.Cmd) func(body []byte, timestamp, signature string) int {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	command.Env = append(os.Environ(), "WAA_SECRET=segredo", "PORT="+address[strings.LastIndex(address, ":")+1:])
	require.NoError(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, time.Minute, 20*time.Millisecond)
	return func(body []byte, timestamp, signature string) int {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/", bytes.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("X-Waa-Timestamp", timestamp)
		request.Header.Set("X-Waa-Signature", signature)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
}
