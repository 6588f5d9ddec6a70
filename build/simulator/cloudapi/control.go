package cloudapi

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/pkg/errors"
)

const controlPath = "/simulator/"

// notFound makes a control endpoint return 404.
type notFound struct{}

func (notFound) Error() string { return "not found" }

// serveControl serves the /simulator/ endpoints. Calls that change something must be JSON, which prevents other web pages from making them.
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.ContentLength != 0 {
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			writeControl(w, http.StatusUnsupportedMediaType, map[string]string{"error": "send application/json"})
			return
		}
	}
	if r.Method != http.MethodGet && r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		writeControl(w, http.StatusForbidden, map[string]string{"error": "not from another site"})
		return
	}
	s.control.ServeHTTP(w, r)
}

func (s *Server) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	s.phoneRoutes(mux)
	s.businessRoutes(mux)
	s.webhookRoutes(mux)
	s.stateRoutes(mux)
	return mux
}

// endpoint decodes the body into a T, which stays at its zero value for an empty body, and responds with what f returns.
func endpoint[T any](f func(r *http.Request, in T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in T
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 150<<20))
		if err == nil && len(body) > 0 {
			err = json.Unmarshal(body, &in)
		}
		var out any
		if err == nil {
			out, err = f(r, in)
		}
		switch {
		case errors.Is(err, notFound{}):
			writeControl(w, http.StatusNotFound, map[string]string{"error": err.Error()})
		case err != nil:
			writeControl(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		case out == nil:
			writeControl(w, http.StatusOK, map[string]bool{"ok": true})
		default:
			writeControl(w, http.StatusOK, out)
		}
	}
}

type nothing struct{}

func writeControl(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// stateRoutes adds the routes of the clock, the settings, the faults, the logs and the bill.
func (s *Server) stateRoutes(mux *http.ServeMux) {
	get := func(path string, f func() any) {
		mux.HandleFunc("GET "+controlPath+path, endpoint(func(*http.Request, nothing) (any, error) { return f(), nil }))
	}
	get("state", s.state)
	get("clock", s.clockState)
	get("settings", func() any { return s.Settings() })
	get("requests", func() any { return s.Requests() })
	get("sends", func() any { return s.Sends() })
	get("duplicates", func() any { return s.Duplicates() })
	get("bill", func() any { return s.Bill() })
	get("faults", func() any { return s.faultList() })
	mux.HandleFunc("GET "+controlPath+"events", s.serveEvents)
	mux.HandleFunc("GET "+controlPath+"media/{id}", s.serveStoredMedia)
	mux.HandleFunc("DELETE "+controlPath+"log", endpoint(func(*http.Request, nothing) (any, error) { s.ClearLog(); return nil, nil }))
	mux.HandleFunc("POST "+controlPath+"clock", endpoint(s.moveClock))
	mux.HandleFunc("PATCH "+controlPath+"settings", endpoint(func(_ *http.Request, in json.RawMessage) (any, error) {
		next := s.Settings()
		if err := json.Unmarshal(in, &next); err != nil {
			return nil, err
		}
		s.Configure(func(settings *Settings) { *settings = next })
		return next, nil
	}))
	mux.HandleFunc("POST "+controlPath+"faults", endpoint(func(_ *http.Request, in faultJSON) (any, error) {
		fault, err := in.fault()
		if err != nil {
			return nil, err
		}
		if in.Left == 0 {
			in.Left = 1
		}
		s.Faults().add(in.Left, fault)
		return s.faultList(), nil
	}))
	mux.HandleFunc("DELETE "+controlPath+"faults", endpoint(func(*http.Request, nothing) (any, error) {
		s.Faults().Clear()
		return nil, nil
	}))
	mux.HandleFunc("POST "+controlPath+"fail-next", endpoint(func(_ *http.Request, in struct {
		Match
		Code  int  `json:"code"`
		Times int  `json:"times"`
		Later bool `json:"later"`
	},
	) (any, error) {
		if in.Code == 0 {
			return nil, errors.New("code is missing")
		}
		s.addFail(in.Match, in.Code, max(in.Times, 1), in.Later)
		return nil, nil
	}))
}

func (s *Server) clockState() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{"now": s.now(), "offset": s.offset.String()}
}

func (s *Server) moveClock(_ *http.Request, in struct {
	Advance string    `json:"advance"`
	Set     time.Time `json:"set"`
},
) (any, error) {
	if in.Advance != "" {
		d, err := time.ParseDuration(in.Advance)
		if err != nil {
			return nil, err
		}
		s.Advance(d)
	}
	if !in.Set.IsZero() {
		s.Set(in.Set)
	}
	return s.clockState(), nil
}

// faultJSON is a fault with its delay as text.
type faultJSON struct {
	Fault
	Delay string `json:"delay,omitempty"`
	Left  int    `json:"left"` // -1 = all
}

func (f faultJSON) fault() (Fault, error) {
	switch f.Kind {
	case FaultDelay, FaultLate, FaultSlow, FaultHTTP, FaultHTTPAfter, FaultRateLimit, FaultCutBefore, FaultCutAfter:
	default:
		return Fault{}, errors.Errorf("kind %q is none of the faults", f.Kind)
	}
	out := f.Fault
	if f.Delay == "" {
		return out, nil
	}
	var err error
	out.Delay, err = time.ParseDuration(f.Delay)
	return out, err
}

func (s *Server) faultList() []faultJSON {
	list := []faultJSON{}
	for _, f := range s.Faults().List() {
		item := faultJSON{Fault: f.Fault, Left: f.Left}
		if f.Delay > 0 {
			item.Delay = f.Delay.String()
		}
		list = append(list, item)
	}
	return list
}
