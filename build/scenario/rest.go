//go:build unix

package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

const (
	pluginPath = "/plugins/whatsapp-ativo"
	restPath   = pluginPath + "/api/v1"
	// maxShown is how many bytes of an unexpected response an error contains.
	maxShown = 600
)

// REST calls the plugin's REST API as the client's user, on the client's server. path begins below /api/v1. body is sent as JSON; nil sends
// none. Every status counts as a response: err only means that there was none.
func (w *World) REST(ctx context.Context, client *model.Client4, method, path string, body any) (status int, answer json.RawMessage, err error) {
	return w.RESTWithKey(ctx, client, method, path, body, "")
}

// RESTWithKey is REST with an Idempotency-Key; "" sends none.
func (w *World) RESTWithKey(ctx context.Context, client *model.Client4, method, path string, body any, key string) (status int, answer json.RawMessage, err error) {
	content := []byte{}
	if body != nil {
		if content, err = json.Marshal(body); err != nil {
			return 0, nil, errors.Wrap(err, "cannot encode the request")
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, client.URL+restPath+path, bytes.NewReader(content))
	if err != nil {
		return 0, nil, errors.Wrap(err, "cannot make the request")
	}
	request.Header.Set(model.HeaderAuth, model.HeaderBearer+" "+client.AuthToken)
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, errors.Wrap(err, "the plugin did not answer")
	}
	answer, err = io.ReadAll(response.Body)
	_ = response.Body.Close()
	return response.StatusCode, answer, errors.Wrap(err, "cannot read the answer")
}

// Ask is REST for requests of which only one status is right; all others are an error. The response is decoded into into, unless that is
// nil.
func (w *World) Ask(ctx context.Context, client *model.Client4, method, path string, body any, want int, into any) error {
	status, answer, err := w.REST(ctx, client, method, path, body)
	if err != nil {
		return err
	}
	if status != want {
		return errors.Errorf("%s %s answered %d instead of %d: %s", method, path, status, want, shorten(answer))
	}
	if into == nil {
		return nil
	}
	return errors.Wrapf(json.Unmarshal(answer, into), "%s %s answered %s", method, path, shorten(answer))
}

// Refused is an error of the REST API.
type Refused struct {
	Code     string            `json:"code"`
	Message  string            `json:"message"`
	Fields   map[string]string `json:"fields"`
	MetaCode int               `json:"meta_code"`
}

// AskRefused sends a request and requires that it is refused with this status and code.
func (w *World) AskRefused(ctx context.Context, client *model.Client4, method, path string, body any, want int, code string) (Refused, error) {
	var answer struct {
		Error Refused `json:"error"`
	}
	err := w.Ask(ctx, client, method, path, body, want, &answer)
	if err == nil && answer.Error.Code != code {
		err = errors.Errorf("%s %s was refused with %q instead of %q", method, path, answer.Error.Code, code)
	}
	return answer.Error, err
}

func shorten(answer []byte) string {
	if len(answer) > maxShown {
		return string(answer[:maxShown]) + "…"
	}
	return string(answer)
}

// list is the envelope of all lists.
type list[T any] struct {
	Items []T `json:"items"`
	Total int `json:"total"`
}

// listAll reads every page of a list. path already contains its query, if it needs one.
func listAll[T any](ctx context.Context, w *World, client *model.Client4, path string) ([]T, error) {
	var all []T
	for page := 0; ; page++ {
		var got list[T]
		if err := w.Ask(ctx, client, http.MethodGet, withQuery(path, page), nil, http.StatusOK, &got); err != nil {
			return nil, err
		}
		all = append(all, got.Items...)
		if len(got.Items) == 0 || len(all) >= got.Total {
			return all, nil
		}
	}
}
