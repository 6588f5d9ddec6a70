package cloudapi

import (
	"encoding/json"
	"fmt"
	"net/http"
)

const errorReference = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"

// apiError is a refusal in Graph's form.
type apiError struct {
	status        int
	code, subcode int
	text          string // whole message
	kind          string
	details       string
	userTitle     string
	userText      string
	transient     *bool
}

// known is one row of Meta's table of errors.
type known struct {
	status  int
	title   string
	details string
}

// knownErrors follows the table on Meta's page of error codes.
func knownErrors(code int) known {
	switch code {
	case 0:
		return known{401, "We were unable to authenticate the app user", ""}
	case 1:
		return known{400, "An unknown error occurred", ""}
	case 2:
		return known{503, "Service temporarily unavailable", ""}
	case 3:
		return known{500, "Capability or permissions issue", ""}
	case 4:
		return known{400, "Application request limit reached", ""}
	case 10:
		return known{403, "Application does not have permission for this action", ""}
	case 33:
		return known{400, "The business phone number has been deleted", ""}
	case 100:
		return known{400, "Invalid parameter", ""}
	case 190:
		return known{401, "Invalid OAuth access token", ""}
	case 200:
		return known{403, "You do not have the necessary permissions to send messages on behalf of this WhatsApp Business Account", ""}
	case 368:
		return known{403, "Temporarily blocked for policies violations", ""}
	case 613:
		return known{400, "Calls to this api have exceeded the rate limit.", ""}
	case 80007:
		return known{400, "Rate limit issues", "There have been too many calls to this WhatsApp Business account."}
	case 130429:
		return known{400, "Rate limit hit", "Cloud API message throughput has been reached."}
	case 130472:
		return known{400, "User's number is part of an experiment", "Failed to send message because this user's phone number is part of an experiment"}
	case 130497:
		return known{403, "Business account is restricted from messaging users in this country.", "Business account is restricted from messaging users in this country."}
	case 131000:
		return known{500, "Something went wrong", "Message failed to send due to an unknown error."}
	case 131005:
		return known{403, "Access denied", "Permission is either not granted or has been removed."}
	case 131008:
		return known{400, "Required parameter is missing", ""}
	case 131009:
		return known{400, "Parameter value is not valid", ""}
	case 131016:
		return known{500, "Service unavailable", "A service is temporarily unavailable."}
	case 131021:
		return known{400, "Recipient cannot be sender", "Sender and recipient phone number is the same."}
	case 131026:
		return known{400, "Message undeliverable", "Message Undeliverable."}
	case 131030:
		return known{400, "Recipient phone number not in allowed list", "Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again."}
	case 131031:
		return known{403, "Business Account locked", "Business account has been locked."}
	case 131037:
		return known{400, "WhatsApp provided number needs display name approval before message can be sent.", ""}
	case 131042:
		return known{400, "Business eligibility payment issue", "Message failed to send because there were one or more errors related to your payment method."}
	case 131045:
		return known{500, "Incorrect certificate", "Message failed to send due to a phone number registration error."}
	case 131047:
		return known{400, "Re-engagement message", "Message failed to send because more than 24 hours have passed since the customer last replied to this number."}
	case 131048:
		return known{400, "Spam rate limit hit", "Message failed to send because there are restrictions on how many messages can be sent from this phone number."}
	case 131049:
		return known{400, "This message was not delivered to maintain healthy ecosystem engagement.", "In order to maintain a healthy ecosystem engagement, the message failed to be delivered."}
	case 131050:
		return known{400, "User has stopped marketing messages", "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business."}
	case 131051:
		return known{400, "Unsupported message type", "Message type is currently not supported."}
	case 131052:
		return known{400, "Media download error", "Failed to download the media sent by the user."}
	case 131053:
		return known{400, "Media upload error", "Failed to upload the media used in the message."}
	}
	return moreKnownErrors(code)
}

func moreKnownErrors(code int) known {
	switch code {
	case 131057:
		return known{500, "Account in maintenance mode", "Business Account is in maintenance mode"}
	case 131056:
		return known{400, "(Business Account, Consumer Account) pair rate limit hit", "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time."}
	case 131060:
		return known{400, "This message is unavailable", "This message is currently unavailable."}
	case 131062:
		return known{400, "Business-scoped User ID (BSUID) recipients are not supported for this message.", "This message needs a phone number."}
	case 132000:
		return known{400, "Number of parameters does not match the expected number of params", ""}
	case 132001:
		return known{404, "Template name does not exist in the translation", ""}
	case 132005:
		return known{400, "Translated text too long", ""}
	case 132007:
		return known{400, "Template content violates WhatsApp policy", ""}
	case 132012:
		return known{400, "Parameter format does not match format in the created template", ""}
	case 132015:
		return known{400, "Template is Paused", "The template is paused because of low quality."}
	case 132016:
		return known{400, "Template is Disabled", "The template was disabled because of low quality."}
	case 132018:
		return known{400, "There's an issue with the parameters in your template", ""}
	case 132068:
		return known{400, "Flow is in blocked state.", ""}
	case 132069:
		return known{400, "Flow is in throttled state and 10 messages using this flow were already sent in the last hour.", ""}
	case 133000:
		return known{500, "Incomplete Deregistration", ""}
	case 133004:
		return known{503, "Server Temporarily Unavailable", ""}
	case 133010:
		return known{400, "The account is not registered", ""}
	case 134011:
		return known{400, "WhatsApp Payments terms of service has not been accepted", ""}
	case 135000:
		return known{400, "Generic user error", "Message failed to send because of an unknown error with your request parameters."}
	}
	return known{http.StatusBadRequest, "Generic user error", ""}
}

// newError returns the refusal for a code, with Meta's text for it.
func newError(code int) *apiError {
	k := knownErrors(code)
	return &apiError{status: k.status, code: code, text: fmt.Sprintf("(#%d) %s", code, k.title), kind: "OAuthException", details: k.details}
}

func (e *apiError) message(text string) *apiError { e.text = text; return e }
func (e *apiError) sub(subcode int) *apiError     { e.subcode = subcode; return e }
func (e *apiError) detail(format string, args ...any) *apiError {
	e.details = fmt.Sprintf(format, args...)
	return e
}

// unknownObject is Graph's response both for objects that do not exist and for objects that the token may not see.
func unknownObject(method, id string) *apiError {
	verb := map[string]string{http.MethodGet: "get", http.MethodDelete: "delete"}[method]
	if verb == "" {
		verb = "post"
	}
	e := newError(100).sub(33).message(fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api", verb, id))
	e.kind = "GraphMethodException"
	return e
}

// body returns the JSON of the refusal.
func (e *apiError) body(trace string) []byte {
	fields := map[string]any{"message": e.text, "type": e.kind, "code": e.code, "fbtrace_id": trace}
	if e.subcode != 0 {
		fields["error_subcode"] = e.subcode
	}
	if e.details != "" {
		fields["error_data"] = map[string]any{"messaging_product": "whatsapp", "details": e.details}
	}
	if e.transient != nil {
		fields["is_transient"] = *e.transient
	}
	if e.userTitle != "" {
		fields["error_user_title"], fields["error_user_msg"] = e.userTitle, e.userText
	}
	out, err := json.Marshal(map[string]any{"error": fields})
	if err != nil {
		return nil // strings and numbers always marshal
	}
	return out
}

// statusErrors returns errors[] of a failed status.
func statusErrors(code int) []map[string]any {
	k := knownErrors(code)
	e := map[string]any{"code": code, "title": k.title, "message": k.title, "href": errorReference}
	if k.details != "" {
		e["error_data"] = map[string]any{"details": k.details}
	}
	return []map[string]any{e}
}
