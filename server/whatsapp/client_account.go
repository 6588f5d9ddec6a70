package whatsapp

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/pkg/errors"
)

// PhoneNumber is the state of a business number, with Meta's values.
type PhoneNumber struct {
	ID            string
	DisplayPhone  string
	VerifiedName  string
	QualityRating string // GREEN, YELLOW, RED, UNKNOWN
	Status        string // CONNECTED, DISCONNECTED, ...
	NameStatus    string
	AccountMode   string // LIVE, SANDBOX
	PlatformType  string // CLOUD_API, ...
	Throughput    string // STANDARD, HIGH
	// MessagingLimit is how many people can be addressed in 24 hours: TIER_250, ...
	MessagingLimit string
	// CanSend is Meta's health check: AVAILABLE, LIMITED, BLOCKED; "" where it does not say.
	CanSend string
	// Problems are Meta's reasons why CanSend is not AVAILABLE.
	Problems []string
	// ProblemCodes are Meta's error codes of Problems.
	ProblemCodes []int
}

const (
	phoneFields = "id,display_phone_number,verified_name,quality_rating,status,name_status,account_mode,platform_type,throughput"
	// phoneMoreFields adds newer fields, which older Graph versions refuse.
	phoneMoreFields = phoneFields + ",health_status,whatsapp_business_manager_messaging_limit"
)

// PhoneNumber reads the state of the number, from an older Graph version without the newer fields.
func (c *Client) PhoneNumber(ctx context.Context, cred Credentials) (PhoneNumber, error) {
	if cred.PhoneNumberID == "" {
		return PhoneNumber{}, &RequestError{Err: errors.New("no phone number id")}
	}
	n, err := c.do(ctx, cred, get(c.endpoint(url.Values{"fields": {phoneMoreFields}}, cred.PhoneNumberID)))
	var refusal *APIError
	if errors.As(err, &refusal) && refusal.Code == 100 && strings.Contains(refusal.Message, "nonexisting field") {
		n, err = c.do(ctx, cred, get(c.endpoint(url.Values{"fields": {phoneFields}}, cred.PhoneNumberID)))
	}
	if err != nil {
		return PhoneNumber{}, err
	}
	number := PhoneNumber{
		ID: n.str("id"), DisplayPhone: n.str("display_phone_number"), VerifiedName: n.str("verified_name"),
		QualityRating: firstOf(n.str("quality_rating"), n.str("quality_score", "score")), Status: n.str("status"),
		NameStatus: n.str("name_status"), AccountMode: n.str("account_mode"), PlatformType: n.str("platform_type"),
		Throughput:     n.str("throughput", "level"),
		MessagingLimit: n.firstStr("whatsapp_business_manager_messaging_limit", "messaging_limit_tier"),
		CanSend:        n.str("health_status", "can_send_message"),
	}
	for _, entity := range n.at("health_status", "entities").list() {
		for _, problem := range entity.at("errors").list() {
			number.Problems = append(number.Problems, firstOf(problem.str("error_description"), problem.str("error_code")))
			number.ProblemCodes = append(number.ProblemCodes, problem.int("error_code"))
		}
	}
	return number, nil
}

// SubscribedApp is an app that receives the webhooks of an account.
type SubscribedApp struct{ ID, Name string }

// SubscribedApps lists the apps that receive the account's webhooks.
func (c *Client) SubscribedApps(ctx context.Context, cred Credentials) ([]SubscribedApp, error) {
	if cred.WABAID == "" {
		return nil, &RequestError{Err: errors.New("no WABA id")}
	}
	answer, err := c.do(ctx, cred, get(c.endpoint(nil, cred.WABAID, "subscribed_apps")))
	if err != nil {
		return nil, err
	}
	var apps []SubscribedApp
	for _, n := range answer.at("data").list() {
		app := n.at("whatsapp_business_api_data")
		apps = append(apps, SubscribedApp{ID: firstOf(app.str("id"), n.str("id")), Name: firstOf(app.str("name"), n.str("name"))})
	}
	return apps, nil
}

// Subscribe makes the token's app receive the account's webhooks. Repeating it changes nothing.
func (c *Client) Subscribe(ctx context.Context, cred Credentials) error {
	if cred.WABAID == "" {
		return &RequestError{Err: errors.New("no WABA id")}
	}
	_, err := c.do(ctx, cred, apiCall{method: http.MethodPost, url: c.endpoint(nil, cred.WABAID, "subscribed_apps"), repeatable: true})
	return err
}

// TokenInfo is what Meta says about an access token.
type TokenInfo struct {
	Valid  bool
	AppID  string
	Type   string   // SYSTEM_USER, USER, ...
	Scopes []string // whatsapp_business_messaging and whatsapp_business_management are needed
	// ExpiresAt is in milliseconds since epoch; 0 means never.
	ExpiresAt int64
	// Problem is Meta's reason why it is not valid.
	Problem string
}

// DebugToken asks Meta whether the token of cred is valid, what it may do and when it expires.
func (c *Client) DebugToken(ctx context.Context, cred Credentials) (TokenInfo, error) {
	answer, err := c.do(ctx, cred, get(c.endpoint(url.Values{"input_token": {cred.Token}}, "debug_token")))
	if err != nil {
		return TokenInfo{}, err
	}
	n := answer.at("data")
	info := TokenInfo{
		Valid: n.bool("is_valid"), AppID: n.str("app_id"), Type: n.str("type"), ExpiresAt: n.millis("expires_at"),
		Problem: n.str("error", "message"),
	}
	for _, scope := range n.at("scopes").list() {
		info.Scopes = append(info.Scopes, scope.str())
	}
	return info, nil
}
