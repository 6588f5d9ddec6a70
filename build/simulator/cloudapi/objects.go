package cloudapi

import (
	"net/http"
	"slices"
	"strings"
)

// getNumber implements GET /{phone-number-id}.
func (s *Server) getNumber(c *call, n *Number) reply {
	node, err := chosen(s.numberNode(n), c, "WhatsAppBusinessPhoneNumber", "verified_name", "code_verification_status", "display_phone_number", "quality_rating", "platform_type", "throughput", "webhook_configuration")
	if err != nil {
		return s.refuse(err)
	}
	out := s.ok(node)
	out.wabaID = n.WABAID
	return out
}

func (s *Server) numberNode(n *Number) map[string]any {
	level, mode := "STANDARD", "LIVE"
	if n.Throughput > 80 {
		level = "HIGH"
	}
	if n.Sandbox {
		mode = "SANDBOX"
	}
	return map[string]any{
		"id": n.ID, "display_phone_number": n.Display, "verified_name": n.VerifiedName, "quality_rating": n.Quality,
		"messaging_limit_tier": n.MessagingLimit, "whatsapp_business_manager_messaging_limit": n.MessagingLimit,
		"throughput": map[string]any{"level": level}, "account_mode": mode, "status": "CONNECTED", "platform_type": "CLOUD_API",
		"code_verification_status": "VERIFIED", "name_status": "APPROVED", "new_name_status": "NONE", "is_official_business_account": false,
		"eligibility_for_api_business_global_search": "NON_ELIGIBLE_NUMBER_OUTSIDE_ROLLOUT_COUNTRIES",
		"is_pin_enabled": true, "search_visibility": "NON_VISIBLE", "is_on_biz_app": false,
		"webhook_configuration": map[string]any{"application": s.apps[s.wabas[n.WABAID].AppID].CallbackURL},
		"health_status": map[string]any{"can_send_message": "AVAILABLE", "entities": []any{
			map[string]any{"entity_type": "PHONE_NUMBER", "id": n.ID, "can_send_message": "AVAILABLE"},
			n.paymentHealth(),
		}},
	}
}

// paymentHealth is what the health of a number tells of its WABA.
func (n *Number) paymentHealth() map[string]any {
	health := map[string]any{"entity_type": "WABA", "id": n.WABAID, "can_send_message": "AVAILABLE"}
	if n.NoPayment {
		health["can_send_message"] = "BLOCKED"
		health["errors"] = []any{map[string]any{
			"error_code": 141006, "error_description": "There is an error with the payment method.", "possible_solution": "Please check the payment method of the WhatsApp Business Account.",
		}}
	}
	return health
}

// getWABA implements GET /{waba-id}.
func (s *Server) getWABA(c *call, w *WABA) reply {
	all := map[string]any{
		"id": w.ID, "name": w.Name, "timezone_id": "25", "message_template_namespace": w.Namespace, "currency": s.settings.Currency, "country": "BR",
		"account_review_status": "APPROVED", "business_verification_status": "verified", "ownership_type": "SELF", "status": "ACTIVE",
	}
	node, err := chosen(all, c, "WhatsAppBusinessAccount", "name", "timezone_id", "message_template_namespace")
	if err != nil {
		return s.refuse(err)
	}
	return s.ok(node)
}

// listNumbers implements GET /{waba-id}/phone_numbers.
func (s *Server) listNumbers(c *call, w *WABA) reply {
	items := []map[string]any{}
	for _, id := range s.numberOrder {
		if n := s.numbers[id]; n.WABAID == w.ID {
			items = append(items, s.numberNode(n))
		}
	}
	return s.page(c, items, "WhatsAppBusinessPhoneNumber", "verified_name", "code_verification_status", "display_phone_number", "quality_rating", "platform_type", "throughput", "webhook_configuration")
}

// chosen returns the id and the fields that the call asked for, or the usual ones if it named none.
func chosen(all map[string]any, c *call, node string, usual ...string) (map[string]any, *apiError) {
	fields := usual
	if asked := c.query.Get("fields"); asked != "" {
		fields = strings.Split(asked, ",")
	}
	out := map[string]any{"id": all["id"]}
	for _, f := range fields {
		f = strings.TrimSpace(f)
		v, ok := all[f]
		if !ok && !slices.Contains(optionalFields(), f) {
			return nil, newError(100).message("(#100) Tried accessing nonexisting field (" + f + ") on node type (" + node + ")")
		}
		if ok {
			out[f] = v
		}
	}
	return out, nil
}

// optionalFields lists the fields that Meta knows but leaves out if they have no value.
func optionalFields() []string {
	return []string{
		"certificate", "last_onboarded_time", "quality_score", "parameter_format", "previous_category", "sub_category", "rejected_reason",
		"message_send_ttl_seconds", "components", "cta_url_link_tracking_opted_out", "correct_category", "source", "library_template_name", "primary_funding_id",
		"health_status", "on_behalf_of_business_info", "is_enabled_for_insights",
	}
}

// page cuts a list into Graph's pages. An empty list is returned without paging.
func (s *Server) page(c *call, items []map[string]any, node string, usual ...string) reply {
	limit, from, err := pageOf(c, len(items))
	if err != nil {
		return s.refuse(err)
	}
	to := min(from+limit, len(items))
	data := []map[string]any{}
	for _, item := range items[min(from, to):to] {
		kept, err := chosen(item, c, node, usual...)
		if err != nil {
			return s.refuse(err)
		}
		data = append(data, kept)
	}
	if len(data) == 0 {
		return s.ok(map[string]any{"data": data})
	}
	paging := map[string]any{"cursors": map[string]any{"before": cursor(from), "after": cursor(to - 1)}}
	if to < len(items) {
		paging["next"] = s.pageURL(c, "after", cursor(to-1))
	}
	if from > 0 {
		paging["previous"] = s.pageURL(c, "before", cursor(from))
	}
	return s.ok(map[string]any{"data": data, "paging": paging})
}

// debugToken implements GET /debug_token.
func (s *Server) debugToken(c *call) reply {
	t := s.tokens[c.query.Get("input_token")]
	expired := t != nil && !t.ExpiresAt.IsZero() && !s.now().Before(t.ExpiresAt)
	if t == nil || t.Revoked || expired {
		text := "Invalid OAuth access token - Cannot parse access token"
		if t != nil {
			text = "Error validating access token."
		}
		return s.ok(map[string]any{"data": map[string]any{"error": map[string]any{"code": 190, "message": text}, "is_valid": false, "scopes": []string{}}})
	}
	wabas := t.WABAs
	if len(wabas) == 0 {
		for id, w := range s.wabas {
			if w.AppID == t.AppID {
				wabas = append(wabas, id)
			}
		}
		slices.Sort(wabas)
	}
	var granular []any
	for _, scope := range t.Scopes {
		granular = append(granular, map[string]any{"scope": scope, "target_ids": wabas})
	}
	expires := int64(0)
	if !t.ExpiresAt.IsZero() {
		expires = t.ExpiresAt.Unix()
	}
	data := map[string]any{"app_id": t.AppID, "type": "SYSTEM_USER", "expires_at": expires, "data_access_expires_at": 0, "is_valid": true, "scopes": t.Scopes, "granular_scopes": granular}
	if app := s.apps[t.AppID]; app != nil {
		data["application"] = app.Name
	}
	return s.ok(map[string]any{"data": data})
}

// onTemplate implements GET and POST of a template id.
func (s *Server) onTemplate(c *call, t *Template) reply {
	switch c.method + " " + c.edge {
	case "GET ":
		return s.needs(c, ScopeManagement, func() reply {
			node, err := chosen(t.raw, c, "WhatsAppMessageTemplate", templateFields()...)
			if err != nil {
				return s.refuse(err)
			}
			return s.ok(node)
		})
	case "POST ":
		return s.needs(c, ScopeManagement, func() reply { return s.editTemplate(c, t) })
	}
	return s.refuse(unknownObject(c.method, c.objectID))
}

var _ http.Handler = (*Server)(nil)
