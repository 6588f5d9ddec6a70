package whatsapp

// reason groups the error codes of Meta's that mean the same to an agent. Its value is part of the keys of the texts that
// explain it ("meta.<reason>" and "meta.<reason>.next") and must not change without them.
type reason string

const (
	reasonUnknown          reason = "unknown"
	reasonNoConnection     reason = "no_connection"
	reasonNoAnswer         reason = "no_answer"
	reasonGateway          reason = "gateway"
	reasonTemporary        reason = "temporary"
	reasonAccountRate      reason = "account_rate"
	reasonNumberRate       reason = "number_rate"
	reasonPairRate         reason = "pair_rate"
	reasonToken            reason = "token"
	reasonPermission       reason = "permission"
	reasonPolicy           reason = "policy"
	reasonCountry          reason = "country"
	reasonPayment          reason = "payment"
	reasonRegistration     reason = "registration"
	reasonDisplayName      reason = "display_name"
	reasonNumberGone       reason = "number_gone"
	reasonSpam             reason = "spam"
	reasonWindowClosed     reason = "window_closed"
	reasonUndeliverable    reason = "undeliverable"
	reasonEngagement       reason = "engagement"
	reasonMarketingStopped reason = "marketing_stopped"
	reasonExperiment       reason = "experiment"
	reasonDevice           reason = "device"
	reasonSameNumber       reason = "same_number"
	reasonBadRequest       reason = "bad_request"
	reasonBadValue         reason = "bad_value"
	reasonUnsupported      reason = "unsupported"
	reasonNotAllowed       reason = "not_allowed"
	reasonMediaDownload    reason = "media_download"
	reasonMediaUpload      reason = "media_upload"
	reasonUnavailable      reason = "unavailable"
	reasonNeedsPhone       reason = "needs_phone"
	reasonVariables        reason = "variables"
	reasonTemplateMissing  reason = "template_missing"
	reasonTemplateTooLong  reason = "template_too_long"
	reasonTemplatePolicy   reason = "template_policy"
	reasonTemplatePaused   reason = "template_paused"
	reasonTemplateDisabled reason = "template_disabled"
	reasonTemplateFlow     reason = "template_flow"
	reasonTemplateRefused  reason = "template_refused"
	reasonPaymentTerms     reason = "payment_terms"
)

// knownReason is the reason of a code that Meta documents or was seen to send; reasonUnknown for any other.
func knownReason(code int) reason {
	switch code {
	case 1, 2, 131000, 131016, 131057, 133004, 139102:
		return reasonTemporary
	case 4, 613, 80007:
		return reasonAccountRate
	case 130429:
		return reasonNumberRate
	case 131056:
		return reasonPairRate
	case 0, 190:
		return reasonToken
	case 3, 10, 803, 131005:
		return reasonPermission
	case 368, 131031:
		return reasonPolicy
	case 130497:
		return reasonCountry
	case 131042:
		return reasonPayment
	case 131045, 133000, 133005, 133006, 133008, 133009, 133010, 133015, 133016, 136024, 136025:
		return reasonRegistration
	case 131037:
		return reasonDisplayName
	case 33:
		return reasonNumberGone
	case 131048:
		return reasonSpam
	case 131047:
		return reasonWindowClosed
	case 131026:
		return reasonUndeliverable
	case 131049:
		return reasonEngagement
	case 131050:
		return reasonMarketingStopped
	case 130472:
		return reasonExperiment
	case 131036:
		return reasonDevice
	case 131021:
		return reasonSameNumber
	case 100, 131008, 135000:
		return reasonBadRequest
	case 131009:
		return reasonBadValue
	case 131051:
		return reasonUnsupported
	case 131030:
		return reasonNotAllowed
	case 131052:
		return reasonMediaDownload
	case 131053:
		return reasonMediaUpload
	case 131060:
		return reasonUnavailable
	case 131062:
		return reasonNeedsPhone
	case 132000, 132012, 132018:
		return reasonVariables
	case 132001, 2593002:
		return reasonTemplateMissing
	case 132005:
		return reasonTemplateTooLong
	case 132007:
		return reasonTemplatePolicy
	case 132015:
		return reasonTemplatePaused
	case 132016:
		return reasonTemplateDisabled
	case 132068, 132069:
		return reasonTemplateFlow
	case 2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299:
		return reasonTemplateRefused
	case 134011:
		return reasonPaymentTerms
	}
	return reasonUnknown
}

// reasonOf is the reason of any code; codes that Meta may yet add go by their range.
func reasonOf(code int) reason {
	if known := knownReason(code); known != reasonUnknown {
		return known
	}
	switch {
	case code >= 200 && code <= 299:
		return reasonPermission
	case code >= 80000 && code <= 80099:
		return reasonAccountRate
	case code >= 132000 && code <= 132999:
		return reasonVariables
	case code >= 133000 && code <= 133999, code >= 136000 && code <= 136999:
		return reasonRegistration
	case code >= 134000 && code <= 134999:
		return reasonPaymentTerms
	}
	return reasonUnknown
}

// verdictOf is the verdict of a reason, without the code and the time to wait that a refusal adds.
func verdictOf(why reason) Verdict {
	v := Verdict{Outcome: Refused, Class: Final, reason: why}
	switch why {
	case reasonNoConnection:
		v.Outcome, v.Class = NotSent, Retry
	case reasonNoAnswer:
		v.Outcome, v.Class = Unknown, Wait
	case reasonTemporary:
		v.Class = Retry
	case reasonAccountRate:
		v.Class, v.Scope = RetryLater, ScopeAccount
	case reasonNumberRate:
		v.Class, v.Scope = Retry, ScopeNumber
	case reasonPairRate:
		v.Class, v.Scope = Retry, ScopePeer
	case reasonGateway, reasonToken, reasonPermission, reasonPolicy, reasonPayment, reasonPaymentTerms:
		v.Class, v.Scope, v.ActsOn = Admin, ScopeAccount, OnAccount
	case reasonRegistration, reasonDisplayName, reasonNumberGone, reasonSpam:
		v.Class, v.Scope, v.ActsOn = Admin, ScopeNumber, OnAccount
	case reasonCountry, reasonNotAllowed:
		v.Class, v.ActsOn = Admin, OnPhone
	case reasonWindowClosed:
		v.ReopensTemplate = true
	case reasonUndeliverable, reasonExperiment, reasonSameNumber, reasonNeedsPhone:
		v.ActsOn = OnPhone
	case reasonEngagement:
		v.CooldownHours, v.ActsOn = 24, OnTemplate
	case reasonMarketingStopped:
		v.StopsMarketing, v.ActsOn = true, OnTemplate
	case reasonVariables, reasonTemplateTooLong, reasonTemplatePolicy:
		v.RefreshTemplate, v.ActsOn = true, OnVariables
	case reasonTemplateMissing, reasonTemplatePaused, reasonTemplateDisabled:
		v.RefreshTemplate, v.ActsOn = true, OnTemplate
	case reasonTemplateFlow:
		v.Class, v.RefreshTemplate, v.ActsOn = Admin, true, OnTemplate
	case reasonTemplateRefused:
		v.ActsOn = OnTemplate
	}
	return v
}
