package domain

import "unicode/utf8"

// Rules are an administrator's wishes for a template's variables, by dialog element.
type Rules map[string]Rule

// Rule is what the dialog does with one variable.
type Rule struct {
	Default   string `json:"default"`    // what it shows first
	MaxLength int    `json:"max_length"` // characters; 0 = only Meta's own limit
}

// Limit is the most characters that the element may have: the rule's, where it is stricter than Meta's. 0 = no limit.
func (r Rules) Limit(element string, metas int) int {
	switch own := r[element].MaxLength; {
	case own == 0:
		return metas
	case metas == 0:
		return own
	default:
		return min(own, metas)
	}
}

// Broken answers the elements whose value is longer than the rule allows.
func (r Rules) Broken(values map[string]string) map[string]Text {
	var broken map[string]Text
	for element, rule := range r {
		if rule.MaxLength == 0 || utf8.RuneCountInString(values[element]) <= rule.MaxLength {
			continue
		}
		if broken == nil {
			broken = map[string]Text{}
		}
		broken[element] = T("dialog.too_long", "Max", rule.MaxLength)
	}
	return broken
}

// Unusable says why no agent can use the template; no key where agents of its queues can.
func (t *Template) Unusable() Text {
	switch {
	case t.GoneAt != 0:
		return T("admin.template_is_gone")
	case t.Status == "REJECTED":
		return T("admin.template_is_rejected", "Reason", t.RejectedReason)
	case t.Status == "PENDING" || t.Status == "IN_APPEAL":
		return T("admin.template_is_pending")
	case t.Status == "PAUSED":
		return T("admin.template_is_paused")
	case t.Status == "DISABLED":
		return T("admin.template_is_disabled")
	case t.Status == "DELETED" || t.Status == "PENDING_DELETION" || t.Status == "ARCHIVED":
		return T("admin.template_is_gone")
	case t.Status != StatusApproved:
		return T("admin.template_is_other", "Status", t.Status)
	case !t.Approved:
		return T("admin.template_needs_approval")
	case len(t.QueueIDs) == 0:
		return T("admin.template_needs_queue")
	default:
		return Text{}
	}
}
