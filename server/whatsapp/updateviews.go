package whatsapp

import "strings"

// TemplateUpdate reads a KindTemplate.
func (i Item) TemplateUpdate() (*TemplateUpdate, error) {
	n, err := i.element(KindTemplate)
	if err != nil {
		return nil, err
	}
	update := &TemplateUpdate{
		Field:            i.Field,
		Event:            strings.ToUpper(n.str("event")),
		TemplateID:       n.str("message_template_id"),
		Name:             n.str("message_template_name"),
		Language:         strings.ReplaceAll(n.str("message_template_language"), "-", "_"),
		Category:         strings.ToUpper(n.firstStr("new_category", "message_template_category")),
		PreviousCategory: strings.ToUpper(n.str("previous_category")),
		CorrectCategory:  strings.ToUpper(n.str("correct_category")),
		Reason:           n.str("reason"),
		OtherTitle:       n.str("other_info", "title"),
		DisableDate:      n.str("disable_info", "disable_date"),
		PreviousQuality:  strings.ToUpper(n.str("previous_quality_score")),
		Quality:          strings.ToUpper(n.str("new_quality_score")),
		Timestamp:        i.Timestamp,
	}
	if update.Reason == "NONE" {
		update.Reason = ""
	}
	if update.Reason == "" {
		update.Reason = n.str("rejection_info", "reason")
	}
	return update, nil
}

// Status is the status that the template has after the event, as Template.Status; "" where the event does not tell.
func (u TemplateUpdate) Status() string {
	switch u.Event {
	case "APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL", "PENDING_DELETION", "DELETED", "LIMIT_EXCEEDED", "ARCHIVED":
		return u.Event
	case "REINSTATED":
		return "APPROVED"
	}
	return ""
}

// AccountUpdate reads a KindAccount.
func (i Item) AccountUpdate() (*AccountUpdate, error) {
	n, err := i.element(KindAccount)
	if err != nil {
		return nil, err
	}
	update := &AccountUpdate{
		Field:        i.Field,
		Event:        strings.ToUpper(n.str("event")),
		DisplayPhone: i.DisplayPhone,
		Decision:     strings.ToUpper(firstOf(n.str("decision"), n.str("status"))),
		Reason:       firstOf(n.str("rejection_reason"), n.str("alert_info", "alert_description"), n.str("violation_info", "remediation")),
		CurrentLimit: n.firstStr("current_limit", "max_daily_conversations_per_business", "max_daily_conversation_per_phone"),
		BanState:     strings.ToUpper(n.str("ban_info", "waba_ban_state")),
		BanDate:      n.str("ban_info", "waba_ban_date"),
		Violation:    n.str("violation_info", "violation_type"),
		Severity:     strings.ToUpper(n.str("alert_info", "alert_severity")),
		Timestamp:    i.Timestamp,
	}
	if update.Event == "" {
		update.Event = strings.ToUpper(n.str("alert_info", "alert_type"))
	}
	for _, restriction := range n.at("restriction_info").list() {
		if restriction.isObject() {
			update.Restrictions = append(update.Restrictions, Restriction{
				Type: restriction.str("restriction_type"), Expiration: restriction.millis("expiration"),
			})
		}
	}
	return update, nil
}
