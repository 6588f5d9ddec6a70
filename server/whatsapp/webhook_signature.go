package whatsapp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// SignatureHeader carries Meta's signature of a webhook body.
const SignatureHeader = "X-Hub-Signature-256"

const signaturePrefix = "sha256="

// VerifySignature says whether header is Meta's signature of the raw body: "sha256=" and the hexadecimal
// HMAC-SHA256 under the app secret. With an empty secret nothing is accepted.
func VerifySignature(appSecret string, body []byte, header string) bool {
	if appSecret == "" {
		return false
	}
	hexadecimal, ok := strings.CutPrefix(strings.TrimSpace(header), signaturePrefix)
	if !ok {
		return false
	}
	given, err := hex.DecodeString(hexadecimal)
	if err != nil {
		return false
	}
	return hmac.Equal(given, sign(appSecret, body))
}

// Sign makes the header that VerifySignature accepts, for tests and the simulator, which send webhooks as Meta does.
func Sign(appSecret string, body []byte) string {
	return signaturePrefix + hex.EncodeToString(sign(appSecret, body))
}

func sign(appSecret string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	return mac.Sum(nil)
}
