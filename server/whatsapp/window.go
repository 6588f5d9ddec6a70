package whatsapp

// OpensWindow says whether the message opens or extends the 24-hour window: anything the customer sends does, a change
// of their number, an edit, a deletion or a reaction taken back does not.
func (m Message) OpensWindow() bool {
	switch m.Type {
	case TypeSystem, TypeEdit, TypeRevoke:
		return false
	case TypeReaction:
		return m.Reaction == nil || !m.Reaction.Removed()
	}
	return true
}

// IsPlaceholder says that WhatsApp could not pass the message on; the real one may follow with the same id.
func (m Message) IsPlaceholder() bool { return isPlaceholder(m.Type) }

func isPlaceholder(messageType string) bool {
	return messageType == TypeUnsupported || messageType == TypeUnknown
}
