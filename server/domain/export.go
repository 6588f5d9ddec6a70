package domain

// PersonExport is everything that is stored about one contact, except for the messages. These may
// be many and are therefore read one at a time: see ExportedMessage.
type PersonExport struct {
	Contact       Contact
	CPF           string            // CPF or CNPJ in the clear; "" = none
	Identities    []ContactIdentity // how WhatsApp knows the person
	Conversations []*Conversation
	Drafts        []*Draft // those whose text is still stored
	Scheduled     []*Scheduled
}

// ContactIdentity is one way in which an account knows a contact.
type ContactIdentity struct {
	AccountID string `json:"account_id" db:"account_id"`
	Kind      string `json:"kind" db:"kind"` // phone or bsuid
	Value     string `json:"value" db:"value"`
	Origin    string `json:"origin" db:"origin"` // OriginContactRequest; "" = Meta named it as the sender's, or an agent started with it
}

// ExportedMessage is a message together with what its post holds. Where one post became
// several messages, only the first of them has the text and the files.
type ExportedMessage struct {
	Message
	Files []ExportedFile
}

// ExportedFile is a file of a post.
type ExportedFile struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // bytes
}
