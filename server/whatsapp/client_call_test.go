package whatsapp

import (
	"bufio"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

func sendTo(ctx context.Context, client *Client) error {
	_, err := client.Send(ctx, testCredentials, Outgoing{To: "+5511987654321", Text: &Text{Body: "x"}})
	return err
}

// fresh makes a client with connections of its own.
func fresh(t *testing.T, base string) *Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return NewClient(Options{BaseURL: base, HTTP: &http.Client{Transport: transport}})
}

func TestOutcomeOfAnswers(t *testing.T) {
	const refusal = `{"error":{"message":"x","type":"OAuthException","code":131026,"fbtrace_id":"A"}}`
	for _, test := range []struct {
		name    string
		status  int
		body    string
		outcome Outcome
		class   Class
	}{
		{"accepted", 200, `{"messages":[{"id":"wamid.1"}]}`, Accepted, ""},
		{"refused with 400", 400, refusal, Refused, Final},
		{"refused with 500", 500, refusal, Refused, Final},
		{"refused with 504", 504, refusal, Refused, Final},
		{"refused with 200", 200, refusal, Refused, Final},
		{"token", 401, `{"error":{"code":190,"type":"OAuthException","message":"x"}}`, Refused, Admin},
		{"code 0", 401, `{"error":{"code":0,"type":"OAuthException","message":"x"}}`, Refused, Admin},
		{"temporary trouble of Meta's", 503, `{"error":{"code":2,"type":"OAuthException","message":"x","is_transient":true}}`, Refused, Retry},
		{"a code of Meta's alone", 400, `{"error":{"code":131026,"message":"x"}}`, Refused, Final},
		{"html 500", 500, `<html>`, Unknown, Wait},
		{"html 502", 502, `<html>`, Unknown, Wait},
		{"empty 503", 503, ``, Unknown, Wait},
		{"half an error", 500, `{"error":{"code":131026,"type":"OAuthExc`, Unknown, Wait},
		{"error of a gateway", 502, `{"error":{"code":502,"message":"upstream","status":"UNAVAILABLE"}}`, Unknown, Wait},
		{"another program's error", 500, `{"errors":[{"code":1}]}`, Unknown, Wait},
		{"error without a body", 500, `{}`, Unknown, Wait},
		{"html 429", 429, `<html>`, Unknown, Wait},
		{"html 404", 404, `<html>`, Unknown, Wait},
		{"html 403", 403, `<html>`, Unknown, Wait},
		{"html 400", 400, `<html>`, Unknown, Wait},
		{"redirect", 302, ``, Unknown, Wait},
		{"no content", 204, ``, Unknown, Wait},
		{"html 504", 504, `<html>`, Unknown, Wait},
		{"error of a proxy with 504", 504, `{"error":{"message":"upstream"}}`, Unknown, Wait},
		{"html 200", 200, `<html>`, Unknown, Wait},
		{"empty 200", 200, ``, Unknown, Wait},
		{"half 200", 200, `{"messages":[{"id":"wam`, Unknown, Wait},
		{"trailing 200", 200, `{"messages":[{"id":"wamid.1"}]} x`, Unknown, Wait},
		{"no message 200", 200, `{}`, Unknown, Wait},
		{"list 200", 200, `[]`, Unknown, Wait},
		{"endless 200", 200, `{"messages":[{"id":"` + strings.Repeat("x", maxAnswer) + `"}]}`, Unknown, Wait},
		{"endless 400", 400, strings.Repeat("x", maxAnswer+1), Unknown, Wait},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, meta := mocked(t, Options{})
			meta.RegisterResponder(http.MethodPost, messagesURL, httpmock.NewStringResponder(test.status, test.body))
			err := sendTo(context.Background(), client)
			verdict := Classify(err)
			require.Equal(t, test.outcome, verdict.Outcome, "%v", err)
			require.Equal(t, test.class, verdict.Class, "%v", err)
			wrapped := Classify(errors.Wrap(err, "send"))
			require.Equal(t, verdict, wrapped, "wrapping changes nothing")
			require.Equal(t, 1, meta.GetTotalCallCount())
		})
	}
}

func TestNothingLeftWithoutAConnection(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	requireOutcome(t, NotSent, sendTo(context.Background(), fresh(t, "http://"+address)))

	requireOutcome(t, NotSent, sendTo(context.Background(), fresh(t, "http://no-such-host.invalid")))

	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	requireOutcome(t, NotSent, sendTo(context.Background(), fresh(t, secure.URL))) // certificate of nobody we know

	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	requireOutcome(t, NotSent, sendTo(context.Background(), fresh(t, strings.Replace(plain.URL, "http:", "https:", 1))))

	ended, cancel := context.WithCancel(context.Background())
	cancel()
	err = sendTo(ended, fresh(t, plain.URL))
	requireOutcome(t, NotSent, err)
	require.ErrorIs(t, err, context.Canceled)
}

func requireOutcome(t *testing.T, want Outcome, err error) {
	t.Helper()
	var transport *TransportError
	require.ErrorAs(t, err, &transport)
	require.Equal(t, want == Unknown, transport.Left, "%v", err)
	require.Equal(t, want, Classify(err).Outcome)
	require.False(t, transport.Repeatable, "a send is never harmless")
}

// hijack serves connections by hand: each request is read whole, then answered with raw bytes and cut.
func hijack(t *testing.T, answer string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(connection, answer)
		_ = connection.Close()
	}))
	t.Cleanup(server.Close)
	return server
}

func TestUnknownAfterTheRequestLeft(t *testing.T) {
	for name, answer := range map[string]string{
		"no answer":   "",
		"half header": "HTTP/1.1 200 OK\r\nContent-Le",
		"half body":   "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"messages\":[{\"id\":\"wamid.1\"}]}",
		"garbage":     "hello\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			requireOutcome(t, Unknown, sendTo(context.Background(), fresh(t, hijack(t, answer).URL)))
		})
	}
}

// An edge that fails half way through its answer tells nothing of a send; a call without harm is simply made again.
func TestARefusalWithACutBodySaysNothingOfASend(t *testing.T) {
	server := hijack(t, "HTTP/1.1 500 Oops\r\nContent-Length: 500\r\n\r\n{\"error\"")
	requireOutcome(t, Unknown, sendTo(context.Background(), fresh(t, server.URL)))
	_, err := fresh(t, server.URL).UploadMedia(context.Background(), testCredentials, "a.txt", "text/plain", 1, strings.NewReader("x"))
	require.Equal(t, Retry, Classify(err).Class)
}

// What is repeated without harm keeps its classes by the status of a page.
func TestAPageOfTheEdgeAnswersACallWithoutHarm(t *testing.T) {
	for status, class := range map[int]Class{500: Retry, 502: Retry, 503: Retry, 504: Retry, 429: RetryLater, 413: Final, 403: Admin} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			client, meta := mocked(t, Options{})
			meta.RegisterNoResponder(httpmock.NewStringResponder(status, "<html>"))
			_, upload := client.UploadMedia(context.Background(), testCredentials, "a.txt", "text/plain", 1, strings.NewReader("x"))
			require.Equal(t, class, Classify(upload).Class, status)
			require.NotEqual(t, Unknown, Classify(upload).Outcome, status)
		})
	}
}

func TestUnknownWhenTheContextEndsAfterTheRequestLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	err := sendTo(ctx, fresh(t, server.URL))
	requireOutcome(t, Unknown, err)
	require.ErrorIs(t, err, context.Canceled)
}

// A kept connection that the server closes at the moment of the second send: nobody can tell whether it was read.
func TestSendIsNotRepeatedOnAReusedConnection(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	received := make(chan int, 4)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				close(received)
				return
			}
			reader := bufio.NewReader(connection)
			for n := 1; ; n++ {
				request, err := http.ReadRequest(reader)
				if err != nil {
					break
				}
				_, _ = io.Copy(io.Discard, request.Body)
				received <- n
				if n == 2 {
					break // read, and cut without an answer
				}
				_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.1\"}]}")
			}
			_ = connection.Close()
		}
	}()
	client := fresh(t, "http://"+listener.Addr().String())
	require.NoError(t, sendTo(context.Background(), client))
	requireOutcome(t, Unknown, sendTo(context.Background(), client))
	require.NoError(t, listener.Close())
	var requests []int
	for n := range received {
		requests = append(requests, n)
	}
	require.Equal(t, []int{1, 2}, requests, "no third request")
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var seen []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
	}))
	defer other.Close()
	first := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer first.Close()
	client := fresh(t, first.URL)
	require.Error(t, sendTo(context.Background(), client))
	require.Error(t, client.Download(context.Background(), testCredentials, MediaInfo{URL: first.URL + "/file"}, io.Discard))
	require.Empty(t, seen)
}

func TestACallWithoutHarmIsNeverUnknown(t *testing.T) {
	client := fresh(t, hijack(t, "").URL)
	ctx := context.Background()
	_, media := client.Media(ctx, testCredentials, "1")
	_, upload := client.UploadMedia(ctx, testCredentials, "a.txt", "text/plain", 1, strings.NewReader("x"))
	for _, err := range []error{media, upload, client.MarkRead(ctx, testCredentials, "wamid.1", true), client.Subscribe(ctx, testCredentials)} {
		require.Error(t, err)
		require.Equal(t, NotSent, Classify(err).Outcome)
		require.Equal(t, Retry, Classify(err).Class)
	}
}

func TestATransportThatSaysNothingIsNotTrusted(t *testing.T) {
	client, meta := mocked(t, Options{})
	meta.RegisterResponder(http.MethodPost, messagesURL, httpmock.NewErrorResponder(errors.New("cut")))
	requireOutcome(t, Unknown, sendTo(context.Background(), client))
}

func TestACallWithoutADeadlineEnds(t *testing.T) {
	hangs := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hangs }))
	defer server.Close()
	defer close(hangs)
	client := fresh(t, server.URL)
	client.timeout = 50 * time.Millisecond
	// the test's own time would end these
	require.Error(t, client.Templates(context.Background(), testCredentials, func(Template) error { return nil }))
	require.Error(t, sendTo(context.Background(), client))
}
