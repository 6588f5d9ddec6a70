package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"
)

// DraftState is what became of a held draft.
type DraftState string

// The states of a draft. A chosen one is on its way: it becomes a post, or is held again where it may not.
const (
	DraftHeld    DraftState = "held"
	DraftChosen  DraftState = "chosen"
	DraftSent    DraftState = "sent"
	DraftDropped DraftState = "dropped"
)

const (
	// MaxDrafts is how many an agent may hold in one conversation.
	MaxDrafts = 100
	// maxDraft is Mattermost's limit of a post, in characters. What WhatsApp takes is asked when it is sent.
	maxDraft = 16383
	// maxDraftFiles is Mattermost's limit of files a post.
	maxDraftFiles = 10
)

// Draft (Rascunho retido) is what an agent wrote while the conversation was locked.
type Draft struct {
	ID             string     `db:"id"`
	ConversationID string     `db:"conversation_id"`
	AuthorID       string     `db:"author_id"`
	RootID         string     `db:"root_id"` // the post in whose thread it was written; "" = none
	Text           string     `db:"body"`
	FileIDs        []string   `db:"file_i_ds"` // uploaded by the author, attached to no post yet
	State          DraftState `db:"state"`
	Opening        int64      `db:"opening"`    // WindowFrom of the opening that offered it last; 0 = never offered
	ChosenBy       string     `db:"chosen_by"`  // who sent it
	PostID         string     `db:"post_id"`    // the post it became
	CreatedAt      int64      `db:"created_at"` // milliseconds since epoch
	UpdatedAt      int64      `db:"updated_at"`
}

// Fingerprint is the same for the same text (but for spaces around it) with the same files.
func Fingerprint(text string, fileIDs []string) string {
	files := slices.Sorted(slices.Values(fileIDs))
	sum := sha256.Sum256([]byte(strings.TrimSpace(text) + "\x00" + strings.Join(files, ",")))
	return hex.EncodeToString(sum[:16])
}

// CheckDraft refuses what can be no post.
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

// DraftJob is a chosen draft that is to become a post.
type DraftJob struct {
	Draft
	ChannelID string
	ChosenAt  int64 // milliseconds since epoch, the database's clock
	Attempts  int   // 1 = the first
}

// DraftOffer is a post that offers an agent's drafts.
type DraftOffer struct {
	ConversationID string `db:"conversation_id"`
	AuthorID       string `db:"author_id"`
	Opening        int64  `db:"opening"`
	PostID         string `db:"post_id"`  // "" = none yet
	Version        int    `db:"version"`  // of what it lists
	Attempts       int    `db:"attempts"` // 1 = the first; an earlier try may have posted it
	ChannelID      string `db:"channel_id"`
}
