package domain

// MediaFile is a customer's file that is to be fetched from Meta and attached to its post. It is
// stored as the payload of a job.
type MediaFile struct {
	ConversationID string `json:"conversation_id"`
	ChannelID      string `json:"channel_id"`
	PostID         string `json:"post_id"` // "" = the message has no post yet
	WAMID          string `json:"wamid"`
	At             int64  `json:"at"` // when the customer sent it, milliseconds since epoch
	Kind           string `json:"kind"`
	Label          string `json:"label,omitempty"` // what the post calls it while it is not there; "" = nothing
	MediaID        string `json:"media_id"`
	MimeType       string `json:"mime_type,omitempty"`
	SHA256         string `json:"sha256,omitempty"` // as the webhook wrote it, base64
	Filename       string `json:"filename,omitempty"`
}

// Upload is the progress of a file's upload into Mattermost. It is stored so that the next
// attempt goes on where the last one stopped.
type Upload struct {
	FileID string // the file's id in Mattermost; it is chosen beforehand, so that a later attempt can check whether the file is there
	ID     string // the server's upload session; "" = none
	From   int64  // the byte of the file at which the last attempt began to send
	PostID string // the message's post, where the job was told of it after it was stored; it is read only
}

// MediaProgress is how far the file of a message without a post came.
type MediaProgress struct {
	FileID string // the file's id in Mattermost, where it is whole; "" = it is not there yet
	Over   bool   // nothing is fetching it at this moment for a post that is still to be made
}
