package posting

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// propPrefix begins the name of each of our properties. A property with it that somebody else
	// sends is removed.
	propPrefix = "waa_"
	// typePrefix begins each of our post types.
	typePrefix = "custom_waa_"
	// PropSeal proves that a post, or a change of one, is ours; see Seals.
	PropSeal = propPrefix + "seal"
)

// sealLife is how far a seal's time may be from the post's: long enough for a slow
// server, and too short for a seal to be kept and used later.
const sealLife = time.Minute

// Seals prove that we made a post in somebody's name, or that we change a post.
// The way it reaches the server proves nothing: anybody can send properties, and a
// post without a session may be a scheduled one or another plugin's. A seal is
// valid for one author, channel, thread and content, and for a minute: somebody
// who copies it can only repeat the same post there.
type Seals struct {
	Keys func() [][]byte  // the first signs; those of keys that were replaced are checked too
	Now  func() time.Time // the server's clock, not domain.Clock
}

// Seal signs a post that is about to be made in somebody's name.
func (s *Seals) Seal(p IncomingPost) string {
	return sign(s.Keys()[0], s.Now().UnixMilli(), postContent(p))
}

// Holds reports whether a post carries a valid seal for its content.
func (s *Seals) Holds(p IncomingPost) bool {
	at := p.CreateAt
	if at == 0 { // the server has not given it its moment yet
		at = s.Now().UnixMilli()
	}
	return s.holds(p.Seal, at, postContent(p))
}

// Late reports whether a post that is about to be made carries a seal of ours that was made too long ago.
func (s *Seals) Late(p IncomingPost) bool {
	_, ours := s.madeAt(p.Seal, postContent(p))
	return ours && !s.Holds(p)
}

// SealChange signs a change of a post by the properties of ours that it will have.
func (s *Seals) SealChange(postID string, props map[string]any) string {
	return sign(s.Keys()[0], s.Now().UnixMilli(), changeContent(postID, props))
}

// HoldsChange reports whether a change of a post carries a valid seal for what our properties become.
func (s *Seals) HoldsChange(postID string, props map[string]any) bool {
	seal, _ := props[PropSeal].(string)
	return s.holds(seal, s.Now().UnixMilli(), changeContent(postID, props))
}

// postContent returns the parts of a post in somebody's name that its seal covers. A card's text is left out: it is rendered from the card.
func postContent(p IncomingPost) []any {
	if p.Card != nil {
		return []any{"card", p.UserID, p.ChannelID, p.RootID, p.DraftID, p.Card}
	}
	return []any{"draft", p.UserID, p.ChannelID, p.RootID, p.DraftID, p.Message, append([]string{}, p.FileIDs...)}
}

func changeContent(postID string, props map[string]any) []any {
	ours := map[string]any{}
	for name, value := range props {
		if IsOurProp(name) && name != PropSeal {
			ours[name] = value
		}
	}
	return []any{"change", postID, ours}
}

func sign(key []byte, at int64, what []any) string {
	moment := strconv.FormatInt(at, 36)
	text, err := json.Marshal(append([]any{moment}, what...)) // JSON keeps the parts distinct, whatever they contain
	if err != nil {
		return "" // an empty seal is never valid
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	return moment + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (s *Seals) holds(seal string, at int64, what []any) bool {
	made, ours := s.madeAt(seal, what)
	return ours && (time.Duration(at-made)*time.Millisecond).Abs() <= sealLife
}

// madeAt returns when a seal was made, milliseconds since epoch, if it is ours and of that content.
func (s *Seals) madeAt(seal string, what []any) (made int64, ours bool) {
	moment, _, found := strings.Cut(seal, ".")
	made, err := strconv.ParseInt(moment, 36, 64)
	ours = found && err == nil && slices.ContainsFunc(s.Keys(), func(key []byte) bool { return hmac.Equal([]byte(seal), []byte(sign(key, made, what))) })
	return made, ours
}

// IsOurProp reports whether a property of a post is one of ours.
func IsOurProp(prop string) bool { return strings.HasPrefix(prop, propPrefix) }

// IsOurType reports whether a post's type is one of ours.
func IsOurType(postType string) bool { return strings.HasPrefix(postType, typePrefix) }
