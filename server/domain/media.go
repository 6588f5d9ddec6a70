package domain

// MediaFile is a customer's file on its way onto its post. It is the payload of a job.
type MediaFile struct {
	ConversationID string `json:"conversation_id"`
	ChannelID      string `json:"channel_id"`
	PostID         string `json:"post_id"`
	WAMID          string `json:"wamid"`
	At             int64  `json:"at"` // when the customer sent it, milliseconds since epoch
	Kind           string `json:"kind"`
	MediaID        string `json:"media_id"`
	MimeType       string `json:"mime_type,omitempty"`
	SHA256         string `json:"sha256,omitempty"` // as the webhook wrote it, base64
	Filename       string `json:"filename,omitempty"`
}

// Upload is how far a file has come on its way into Mattermost.
type Upload struct {
	FileID string // the file's id in Mattermost, chosen beforehand: it tells whether the file got there
	ID     string // the server's upload session; "" = none
	From   int64  // at which byte the last try began to add to the session
}
