package cloudapi

import (
	"encoding/json"
	"net/http"

	"github.com/pkg/errors"
)

// businessRoutes adds the routes of numbers, tokens, templates and their webhooks.
func (s *Server) businessRoutes(mux *http.ServeMux) {
	post := func(path string, h http.HandlerFunc) { mux.HandleFunc("POST "+controlPath+path, h) }
	mux.HandleFunc("GET "+controlPath+"numbers", endpoint(func(*http.Request, nothing) (any, error) { return s.Numbers(), nil }))
	post("numbers", endpoint(func(_ *http.Request, in Number) (any, error) { return s.AddNumber(in), nil }))
	post("tokens", endpoint(func(_ *http.Request, in Token) (any, error) { return s.AddToken(in), nil }))
	post("tokens/revoke", endpoint(func(_ *http.Request, in Token) (any, error) { s.RevokeToken(in.Value); return nil, nil }))
	post("tokens/expire", endpoint(func(_ *http.Request, in Token) (any, error) { s.ExpireToken(in.Value); return nil, nil }))
	post("subscribe", endpoint(func(_ *http.Request, in struct {
		WABAID      string `json:"waba_id"`
		CallbackURL string `json:"callback_url"`
		VerifyToken string `json:"verify_token"`
	},
	) (any, error) {
		return nil, s.Subscribe(in.WABAID, in.CallbackURL, in.VerifyToken)
	}))
	post("unsubscribe", endpoint(func(_ *http.Request, in struct {
		WABAID string `json:"waba_id"`
	},
	) (any, error) {
		s.Unsubscribe(in.WABAID)
		return nil, nil
	}))
	mux.HandleFunc("GET "+controlPath+"templates", endpoint(func(r *http.Request, _ nothing) (any, error) {
		return s.Templates(r.URL.Query().Get("waba_id")), nil
	}))
	post("templates", endpoint(func(_ *http.Request, in struct {
		WABAID   string          `json:"waba_id"`
		Template json.RawMessage `json:"template"`
	},
	) (any, error) {
		return s.AddTemplate(in.WABAID, string(in.Template))
	}))
	post("template-status", endpoint(func(_ *http.Request, in templateChange) (any, error) {
		return nil, s.SetTemplateStatus(in.WABAID, in.Name, in.Language, in.Status, in.Reason)
	}))
	post("template-category", endpoint(func(_ *http.Request, in templateChange) (any, error) {
		return nil, s.SetTemplateCategory(in.WABAID, in.Name, in.Language, in.Category)
	}))
	post("number-quality", endpoint(func(_ *http.Request, in struct {
		PhoneNumberID string `json:"phone_number_id"`
		Event         string `json:"event"`
		Limit         string `json:"limit"`
	},
	) (any, error) {
		return nil, s.SendNumberQuality(in.PhoneNumberID, in.Event, in.Limit)
	}))
	post("account-update", endpoint(func(_ *http.Request, in struct {
		WABAID string         `json:"waba_id"`
		Event  string         `json:"event"`
		Fields map[string]any `json:"fields"`
	},
	) (any, error) {
		return nil, s.SendAccountUpdate(in.WABAID, in.Event, in.Fields)
	}))
	post("change", endpoint(func(_ *http.Request, in struct {
		WABAID string `json:"waba_id"`
		Field  string `json:"field"`
		Value  any    `json:"value"`
	},
	) (any, error) {
		return nil, s.SendChange(in.WABAID, in.Field, in.Value)
	}))
	post("statuses", endpoint(func(_ *http.Request, in struct {
		MessageID string `json:"message_id"`
		Status    string `json:"status"`
		Code      int    `json:"code"`
	},
	) (any, error) {
		if in.Status == StatusFailed {
			if in.Code == 0 {
				return nil, errors.New("failed needs a code")
			}
			return nil, s.FailMessage(in.MessageID, in.Code)
		}
		return nil, s.SendStatus(in.MessageID, in.Status)
	}))
}

type templateChange struct {
	WABAID   string `json:"waba_id"`
	Name     string `json:"name"`
	Language string `json:"language"`
	Status   string `json:"status"`
	Reason   string `json:"reason"`
	Category string `json:"category"`
}

// webhookRoutes adds the routes that control the deliveries of webhooks.
func (s *Server) webhookRoutes(mux *http.ServeMux) {
	base := controlPath + "webhooks"
	w := s.Webhooks()
	mux.HandleFunc("GET "+base, endpoint(func(*http.Request, nothing) (any, error) { return w.List(), nil }))
	mux.HandleFunc("POST "+base+"/hold", endpoint(func(*http.Request, nothing) (any, error) { w.Hold(); return nil, nil }))
	mux.HandleFunc("POST "+base+"/release", endpoint(func(_ *http.Request, in Release) (any, error) {
		return map[string]int{"deliveries": w.Release(in)}, nil
	}))
	mux.HandleFunc("POST "+base+"/drop", endpoint(func(_ *http.Request, in count) (any, error) { w.DropNext(in.N); return nil, nil }))
	mux.HandleFunc("POST "+base+"/repeat", endpoint(func(_ *http.Request, in count) (any, error) { w.Repeat(in.N); return nil, nil }))
	mux.HandleFunc("POST "+base+"/redeliver", endpoint(func(_ *http.Request, in struct {
		ID int64 `json:"id"`
	},
	) (any, error) {
		return nil, w.Redeliver(in.ID)
	}))
	mux.HandleFunc("POST "+base+"/raw", endpoint(func(_ *http.Request, in struct {
		WABAID    string    `json:"waba_id"`
		Body      string    `json:"body"` // the exact bytes, as a JSON string
		Signature Signature `json:"signature"`
	},
	) (any, error) {
		if in.Signature == "" {
			in.Signature = SignatureValid
		}
		id, err := w.Raw(in.WABAID, []byte(in.Body), in.Signature)
		return map[string]int64{"id": id}, err
	}))
}

type count struct {
	N int `json:"n"`
}
