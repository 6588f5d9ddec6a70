package api

import (
	"cmp"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// samplesRoute takes the only large bodies of the API.
const samplesRoute = "/templates/samples"

const (
	maxSample     = 100 << 20 // bytes: Meta's largest file
	sampleTimeout = 5 * time.Minute
	maxSampleName = 200
)

// uploadSample streams the body to Meta as the sample of a template's header.
func (a *API) uploadSample(r *http.Request) (reply, error) {
	q := readQuery(r)
	accountID, name := q.id("account_id"), q.line("name", maxSampleName)
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	limit := whatsapp.SampleLimit(kind)
	size := r.ContentLength
	if size <= 0 { // the server that passes the request on keeps it as a header only
		size, _ = strconv.ParseInt(r.Header.Get("Content-Length"), 10, 64)
	}
	switch {
	case err != nil || limit == 0:
		q.addFault("file", domain.T("api.sample_type"))
	case size <= 0:
		q.addFault("file", domain.T("api.sample_empty"))
	case size > limit:
		q.addFault("file", domain.T("api.sample_too_large", "Max", limit>>20))
	}
	if err := q.err(); err != nil {
		return reply{}, err
	}
	account, err := a.submitter(r, accountID)
	if err != nil {
		return reply{}, err
	}
	handle, err := a.UploadSample(r.Context(), account, cmp.Or(name, "sample"), kind, size, r.Body)
	if err != nil {
		return reply{}, errors.Wrap(err, "upload a sample")
	}
	return created(map[string]string{"handle": handle})
}
