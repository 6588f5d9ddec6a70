package cloudapi

import (
	"encoding/json"
	"net/http"
	"strings"
)

// dispatch finds the object that the path names and what is requested of it.
func (s *Server) dispatch(c *call) reply {
	if c.objectID == "debug_token" && c.method == http.MethodGet {
		return s.debugToken(c)
	}
	if c.method == http.MethodPost && c.edge == "uploads" && (c.objectID == "app" || c.objectID == c.token.AppID) {
		return s.beginUpload(c)
	}
	if u := s.uploads[c.objectID]; u != nil && c.edge == "" {
		return s.onUpload(c, u)
	}
	if n := s.numbers[c.objectID]; n != nil && c.token.mayReach(s.wabas[n.WABAID]) {
		return s.onNumber(c, n)
	}
	if w := s.wabas[c.objectID]; w != nil && c.token.mayReach(w) {
		return s.onWABA(c, w)
	}
	if t := s.templates[c.objectID]; t != nil && c.token.mayReach(s.wabas[t.WABAID]) {
		return s.onTemplate(c, t)
	}
	if m := s.media[c.objectID]; m != nil && c.edge == "" {
		return s.onMedia(c, m)
	}
	if strings.Contains(c.objectID, "_") {
		return s.refuse(newError(100).message("(#100) Invalid post_id parameter"))
	}
	return s.refuse(unknownObject(c.method, c.objectID))
}

func (s *Server) onNumber(c *call, n *Number) reply {
	switch c.method + " " + c.edge {
	case "GET ":
		return s.needs(c, ScopeManagement, func() reply { return s.getNumber(c, n) })
	case "POST messages":
		return s.needs(c, ScopeMessaging, func() reply { return s.postMessage(c, n) })
	case "POST media":
		return s.needs(c, ScopeMessaging, func() reply { return s.postMedia(c, n) })
	}
	return s.refuse(unknownObject(c.method, c.objectID))
}

func (s *Server) onWABA(c *call, w *WABA) reply {
	work := map[string]func() reply{
		"GET ":                     func() reply { return s.getWABA(c, w) },
		"GET phone_numbers":        func() reply { return s.listNumbers(c, w) },
		"GET message_templates":    func() reply { return s.listTemplates(c, w) },
		"POST message_templates":   func() reply { return s.createTemplate(c, w) },
		"DELETE message_templates": func() reply { return s.deleteTemplate(c, w) },
		"GET subscribed_apps":      func() reply { return s.listSubscriptions(c, w) },
		"POST subscribed_apps":     func() reply { return s.postSubscription(c, w) },
		"DELETE subscribed_apps":   func() reply { return s.deleteSubscription(c, w) },
	}[c.method+" "+c.edge]
	if work == nil {
		return s.refuse(unknownObject(c.method, c.objectID))
	}
	return s.needs(c, ScopeManagement, work)
}

// needs refuses a token without the permission, with error 10 or 200 as Meta does.
func (s *Server) needs(c *call, scope string, do func() reply) reply {
	if c.token.has(scope) {
		return do()
	}
	if scope == ScopeMessaging {
		return s.refuse(newError(10).message("(#10) Application does not have permission for this action"))
	}
	return s.refuse(newError(200))
}

func (s *Server) refuse(e *apiError) reply {
	trace := s.trace()
	return reply{status: e.status, body: e.body(trace), trace: trace, err: e}
}

// ok answers 200 with JSON.
func (s *Server) ok(v any) reply {
	body, err := json.Marshal(v)
	if err != nil {
		return s.refuse(newError(1))
	}
	return reply{status: http.StatusOK, body: body}
}

func (s *Server) success() reply { return s.ok(map[string]any{"success": true}) }
