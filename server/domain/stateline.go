package domain

// StateLine is a state of the conversation as one line, with the moment it
// began or ends, told in a zone (IANA name; "" = the plugin's setting).
func (c *Conversation) StateLine(state State, zone string) Text {
	text := T("state."+string(state), "Until", c.WindowUntil)
	since := int64(0)
	switch state {
	case Open:
	case Closed:
		since = c.ClosedAt
	case Expired:
		since = c.WindowUntil
	case Waiting:
		since = max(c.LastTemplateAt, c.CreatedAt)
	}
	if since != 0 {
		text.Data["Since"] = since
	}
	return text.In(zone)
}
