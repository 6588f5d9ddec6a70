package whatsapp

import (
	"strings"

	"github.com/pkg/errors"
)

// object reads Data; it is an error if the item is of another kind or Data is no object.
func (i Item) object(kind Kind) (node, error) {
	if i.Kind != kind {
		return node{}, errors.Errorf("item is a %s, not a %s", i.Kind, kind)
	}
	n, err := parseNode(i.Data)
	if err != nil {
		return node{}, errors.Wrapf(err, "read %s", kind)
	}
	if !n.isObject() {
		return node{}, errors.Errorf("%s is not an object", kind)
	}
	return n, nil
}

// Message reads a KindMessage.
func (i Item) Message() (*Message, error) {
	n, err := i.object(KindMessage)
	if err != nil {
		return nil, err
	}
	m := readMessage(n)
	m.Raw = i.Data
	if m.From == "" && m.FromUserID == "" {
		m.From, m.FromUserID = sender(n)
	}
	if m.From == "" && m.FromUserID == "" {
		m.From, m.FromUserID = i.Contact.WaID, i.Contact.UserID
	}
	return m, nil
}

// Echo reads a KindEcho: a message that our side sent from the WhatsApp Business app.
func (i Item) Echo() (*Message, error) {
	n, err := i.object(KindEcho)
	if err != nil {
		return nil, err
	}
	m := readMessage(n)
	m.Raw = i.Data
	return m, nil
}

// Status reads a KindStatus.
func (i Item) Status() (*Status, error) {
	n, err := i.object(KindStatus)
	if err != nil {
		return nil, err
	}
	status := &Status{
		ID:              n.str("id"),
		Status:          strings.ToLower(n.str("status")),
		Timestamp:       i.Timestamp,
		RecipientID:     n.str("recipient_id"),
		RecipientUserID: n.str("recipient_user_id"),
		// Meta's pages and real traffic disagree about the name.
		RecipientParentUserID: n.firstStr("recipient_parent_user_id", "parent_recipient_user_id", "parent_user_id"),
		RecipientType:         n.str("recipient_type"),
		CallbackData:          n.str("biz_opaque_callback_data"),
		ConversationID:        n.str("conversation", "id"),
		Errors:                readErrors(n.at("errors")),
	}
	if pricing := n.at("pricing"); pricing.isObject() {
		status.Pricing = &Pricing{
			Model: pricing.str("pricing_model"), Category: strings.ToLower(pricing.str("category")), Type: strings.ToLower(pricing.str("type")),
		}
		if billable, ok := pricing.at("billable").value.(bool); ok {
			status.Pricing.Billable = &billable
		}
	}
	return status, nil
}

// ErrorDetail reads a KindError: a problem of the number that belongs to no message.
func (i Item) ErrorDetail() (*MessageError, error) {
	n, err := i.object(KindError)
	if err != nil {
		return nil, err
	}
	detail := readError(n)
	return &detail, nil
}

// Preference reads a KindPreference.
func (i Item) Preference() (*Preference, error) {
	n, err := i.object(KindPreference)
	if err != nil {
		return nil, err
	}
	return &Preference{
		WaID:         firstOf(n.str("wa_id"), i.Contact.WaID),
		UserID:       firstOf(n.str("user_id"), i.Contact.UserID),
		ParentUserID: firstOf(n.str("parent_user_id"), i.Contact.ParentUserID),
		Category:     n.str("category"),
		Value:        strings.ToLower(n.str("value")),
		Detail:       n.str("detail"),
		Timestamp:    i.Timestamp,
	}, nil
}

// Call reads a KindCall.
func (i Item) Call() (*Call, error) {
	n, err := i.object(KindCall)
	if err != nil {
		return nil, err
	}
	return &Call{
		ID:        n.firstStr("id", "wacid"),
		Event:     strings.ToLower(n.firstStr("status", "event")),
		Direction: strings.ToUpper(n.str("direction")),
		From:      n.firstStr("from", "from_user_id"),
		To:        n.firstStr("to", "to_user_id", "recipient_id"),
		Timestamp: i.Timestamp,
	}, nil
}

func readErrors(list node) []MessageError {
	var found []MessageError
	for _, n := range list.list() {
		if n.isObject() {
			found = append(found, readError(n))
		}
	}
	return found
}

func readError(n node) MessageError {
	return MessageError{
		Code: n.int("code"), Title: n.str("title"), Message: n.str("message"),
		Details: firstOf(n.str("error_data", "details"), n.str("details")), Href: n.str("href"),
	}
}

// TemplateUpdate reads a KindTemplate.
func (i Item) TemplateUpdate() (*TemplateUpdate, error) {
	n, err := i.object(KindTemplate)
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

// Status is the template's status after the event, as in Template.Status; "" where the event does not say.
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
	n, err := i.object(KindAccount)
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
