package cloudapi

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// uploadPrefix begins the id of a resumable upload.
const uploadPrefix = "upload:"

// upload is a resumable upload of a sample, and the file when it is complete.
type upload struct {
	appID, kind, signature string
	length                 int
	handle                 string // "" until the file is complete
}

// sampleLimit is how large a sample of a type may be, in bytes; 0 for a type that Meta does not take.
func sampleLimit(kind string) int {
	if kind == "image/jpg" {
		kind = "image/jpeg"
	}
	if !slices.Contains([]string{"image/jpeg", "image/png", "video/mp4", "application/pdf"}, kind) {
		return 0
	}
	return mediaRuleOf(kindOfMIME(kind)).limit
}

// beginUpload implements POST /{app-id}/uploads. The parameters may be in the query or in the body.
func (s *Server) beginUpload(c *call) reply {
	p := parseParams(c.body)
	value := func(name string) string {
		if v := c.query.Get(name); v != "" {
			return v
		}
		v, _ := p.text(name)
		return v
	}
	u := &upload{appID: c.token.AppID, kind: value("file_type"), signature: s.alphanumeric(20)}
	var err error
	if u.length, err = strconv.Atoi(value("file_length")); err != nil || u.length <= 0 {
		return s.refuse(newError(100).message("(#100) Param file_length must be an integer greater than 0"))
	}
	limit := sampleLimit(u.kind)
	if limit == 0 || u.length > limit {
		return s.refuse(newError(100).message(fmt.Sprintf("(#100) Param file_type %s of %d bytes is not supported", u.kind, u.length)))
	}
	id := uploadPrefix + s.alphanumeric(32)
	s.uploads[id] = u
	return s.ok(map[string]any{"id": id + "?sig=" + u.signature})
}

// onUpload implements POST and GET of an upload's id.
func (s *Server) onUpload(c *call, u *upload) reply {
	if c.query.Get("sig") != u.signature || u.appID != c.token.AppID {
		return s.refuse(unknownObject(c.method, c.objectID))
	}
	if c.method == http.MethodGet {
		done := 0
		if u.handle != "" {
			done = u.length
		}
		return s.ok(map[string]any{"id": c.objectID, "file_offset": done})
	}
	switch {
	case c.method != http.MethodPost:
		return s.refuse(unknownObject(c.method, c.objectID))
	case !c.oauth:
		return s.refuse(newError(190).message("Invalid OAuth access token - Cannot parse access token"))
	case c.offset != "0":
		return s.refuse(newError(100).message("(#100) Header file_offset must be 0"))
	case len(c.body) != u.length:
		return s.refuse(newError(100).message(fmt.Sprintf("(#100) Received %d of %d bytes", len(c.body), u.length)))
	}
	u.handle = "4::" + s.alphanumeric(24) + ":" + u.kind
	s.bump()
	return s.ok(map[string]any{"h": u.handle})
}

// isSample reports whether a handle is of a file that was uploaded, of a type for this header.
func (s *Server) isSample(handle, format string) bool {
	kinds := map[string]string{"IMAGE": "image/", "VIDEO": "video/", "DOCUMENT": "application/"}
	for _, u := range s.uploads {
		if u.handle != "" && u.handle == handle {
			return strings.HasPrefix(u.kind, kinds[format])
		}
	}
	return false
}
