package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// DraftState says whether a draft is still held and, if not, what became of it.
type DraftState string

// The states of a draft. A chosen draft is being sent: it becomes a post, or is held again if
// the post is not allowed.
const (
	DraftHeld    DraftState = "held"
	DraftChosen  DraftState = "chosen"
	DraftSent    DraftState = "sent"
	DraftDropped DraftState = "dropped"
)

const (
	// MaxDrafts is how many drafts an agent may hold in one conversation.
	MaxDrafts = 100
	// maxDraft is Mattermost's limit for a post, in characters. WhatsApp's own limits are
	// checked only when the draft is sent.
	maxDraft = 16383
	// maxDraftFiles is Mattermost's limit of files per post.
	maxDraftFiles = 10
)

// Draft (Rascunho retido) is a text that an agent wrote while the conversation was locked. It
// is kept so that the agent can send it once the customer's answer opens the window.
type Draft struct {
	ID             string     `db:"id"`
	ConversationID string     `db:"conversation_id"`
	AuthorID       string     `db:"author_id"`
	RootID         string     `db:"root_id"` // the root of the thread in which it was written; "" = none
	Text           string     `db:"body"`
	FileIDs        []string   `db:"file_i_ds"` // files that the author uploaded and that are not attached to a post yet
	State          DraftState `db:"state"`
	Opening        int64      `db:"opening"`    // Conversation.WindowFrom of the window in which it was last offered; 0 = never offered
	ChosenBy       string     `db:"chosen_by"`  // who sent it
	PostID         string     `db:"post_id"`    // the post it became
	SendAt         int64      `db:"send_at"`    // when it is sent by itself, if the window is open then, milliseconds since epoch; 0 = only by hand
	CreatedAt      int64      `db:"created_at"` // milliseconds since epoch
	UpdatedAt      int64      `db:"updated_at"`
}

// Fingerprint identifies what a draft says, so that the same draft is not kept twice. It is equal
// for equal texts (white space around them aside) with the same files in any order.
func Fingerprint(text string, fileIDs []string) string {
	files := slices.Sorted(slices.Values(fileIDs))
	sum := sha256.Sum256([]byte(strings.TrimSpace(text) + "\x00" + strings.Join(files, ",")))
	return hex.EncodeToString(sum[:16])
}

// CheckDraft returns a refusal at the field concerned if a text with so many files could not be
// a post: if it is empty, too long, or has too many files.
func CheckDraft(text string, files int) error {
	switch {
	case strings.TrimSpace(text) == "" && files == 0:
		return RefuseField("text", T("draft.empty"))
	case utf8.RuneCountInString(text) > maxDraft:
		return RefuseField("text", T("draft.long", "Max", maxDraft))
	case files > maxDraftFiles:
		return RefuseField("file_ids", T("draft.many_files", "Max", maxDraftFiles))
	}
	return nil
}

// DraftPatience is by how much a text that was scheduled may be late. After that it is kept, because what it says
// may no longer fit the hour.
const DraftPatience = time.Hour

// DraftJob is a chosen draft that is to become a post.
type DraftJob struct {
	Draft
	ChannelID string
	ChosenAt  int64 // milliseconds since epoch, the database's clock
	Attempts  int   // 1 = the first attempt
}

// DraftOffer is the post that offers an agent the drafts they hold, now that the window is open.
type DraftOffer struct {
	ConversationID string `db:"conversation_id"`
	AuthorID       string `db:"author_id"`
	Opening        int64  `db:"opening"`
	PostID         string `db:"post_id"`  // "" = none yet
	Version        int    `db:"version"`  // of the list that the post shows; it grows with each change
	Attempts       int    `db:"attempts"` // 1 = the first; after that, an earlier attempt may already have made the post
	ChannelID      string `db:"channel_id"`
	TimeZone       string `db:"time_zone"` // of the conversation's queue
}
