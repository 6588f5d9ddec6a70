package inbound

import (
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// media tells what file it is; the file itself hangs on the post later. One
// that Meta could not take over is told with Meta's error code.
func media(m *whatsapp.Message) Shown {
	file := m.Media
	s := Shown{Label: m.Type, Detail: lines(markdown.Code(file.Filename), markdown.ToMattermost(file.Caption))}
	if m.Type == whatsapp.TypeAudio && file.Voice {
		s.Label = "voice"
	}
	if !Fetchable(m) {
		s.Data = map[string]any{"Lost": true}
		if len(m.Errors) > 0 {
			s.Data["Code"] = m.Errors[0].Code
		}
	}
	return s
}

// Fetchable tells whether a message has a file that can be had.
func Fetchable(m *whatsapp.Message) bool {
	return m.Media != nil && m.Media.ID != "" && len(m.Errors) == 0
}
