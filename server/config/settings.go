package config

import (
	"fmt"
	"io"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Settings are the plugin's settings. Every value is valid, because a default replaces
// what is missing or wrong.
type Settings struct {
	// EncryptionKey encrypts access tokens and documents. It is empty if none is set,
	// in which case one has to be made, or if the one that is set cannot be used, in
	// which case there is a problem.
	EncryptionKey string
	// PreviousEncryptionKey is a key that was in use before and that the plugin itself
	// no longer knows. "" means that there is none.
	PreviousEncryptionKey string
	// GraphBaseURL is the address of Meta's Graph API: scheme, host and port, without
	// a trailing slash.
	GraphBaseURL string
	// GraphVersion is the version of the Graph API, such as v25.0.
	GraphVersion string
	// DefaultRegion is the country assumed for a phone number without a country code,
	// as the two letters of ISO 3166.
	DefaultRegion string
	// TimeZone is the time zone in which channel headers and posts show times.
	TimeZone *time.Location
	// CooldownHours is how many hours must pass between two templates to the same
	// person; 0 means none.
	CooldownHours int
	// RequireCPF says whether the customer's document is needed to start a
	// conversation.
	RequireCPF bool
	// OptOutWords and OptInWords are the words by which customers opt out of messages and in
	// again, as domain.ConsentWord returns them.
	OptOutWords, OptInWords []string
	// RequireConsent says whether a template needs the customer's consent on record.
	RequireConsent bool
	// InactivityMinutes is how many minutes a customer may wait for our reply before
	// the attendant is reminded, or the conversation goes back to its queue; 0 means
	// without limit. A queue may have a limit of its own. The limit never closes a
	// conversation.
	InactivityMinutes int
	// ReopenHours is how many hours after it was closed a conversation is reopened if
	// the customer writes again; 0 means that it never is.
	ReopenHours int
	// ArchiveDays is how many days after a conversation was closed its channel is
	// archived; 0 means never.
	ArchiveDays int
	// RetentionDays is how many days closed conversations are kept; 0 means for ever.
	RetentionDays int
	// FreeServiceMessages is how many service messages a month Meta gives each number
	// for free.
	FreeServiceMessages int
	// SendReadReceipts says whether customers see the blue ticks once an agent
	// replies.
	SendReadReceipts bool
	// SendTyping says whether customers see that an agent is writing. Meta shows the
	// blue ticks together with it.
	SendTyping bool
}

// Defaults returns the settings of a plugin that nobody has configured.
func Defaults() Settings {
	return Settings{
		GraphBaseURL:        "https://graph.facebook.com",
		GraphVersion:        "v25.0",
		DefaultRegion:       "BR",
		TimeZone:            defaultZone(),
		CooldownHours:       6,
		RequireCPF:          true,
		OptOutWords:         []string{"sair", "parar", "stop", "descadastrar"},
		OptInWords:          []string{"voltar", "start"},
		InactivityMinutes:   60,
		FreeServiceMessages: 1000,
		ReopenHours:         24,
		ArchiveDays:         7,
		SendReadReceipts:    true,
		SendTyping:          true,
	}
}

// defaultZone returns São Paulo's time zone, or UTC if the machine has no time zone
// data.
func defaultZone() *time.Location {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		return time.UTC
	}
	return zone
}

// Domain returns those of the settings that the domain's policies read.
func (s Settings) Domain() domain.Settings {
	return domain.Settings{
		DefaultRegion:       s.DefaultRegion,
		CooldownHours:       s.CooldownHours,
		RequireCPF:          s.RequireCPF,
		RequireConsent:      s.RequireConsent,
		ConsentWords:        domain.ConsentWords{OptOut: s.OptOutWords, OptIn: s.OptInWords},
		FreeServiceMessages: s.FreeServiceMessages,
		ReopenHours:         s.ReopenHours,
		ArchiveDays:         s.ArchiveDays,
		InactivityMinutes:   s.InactivityMinutes,
		TimeZone:            s.TimeZone,
	}
}

// Retention returns RetentionDays as a duration; 0 means for ever.
func (s Settings) Retention() time.Duration {
	return time.Duration(s.RetentionDays) * 24 * time.Hour
}

// Format implements fmt.Formatter. It prints the settings in the same way for every
// verb, and never prints a key, so that no log can contain one.
func (s Settings) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "config.Settings{GraphBaseURL:%q GraphVersion:%q DefaultRegion:%q CooldownHours:%d RequireCPF:%t OptOutWords:%q OptInWords:%q RequireConsent:%t InactivityMinutes:%d ReopenHours:%d ArchiveDays:%d RetentionDays:%d FreeServiceMessages:%d SendReadReceipts:%t SendTyping:%t}",
		s.GraphBaseURL, s.GraphVersion, s.DefaultRegion, s.CooldownHours, s.RequireCPF, s.OptOutWords, s.OptInWords, s.RequireConsent, s.InactivityMinutes, s.ReopenHours, s.ArchiveDays, s.RetentionDays, s.FreeServiceMessages, s.SendReadReceipts, s.SendTyping)
	if s.EncryptionKey == "" {
		_, _ = io.WriteString(state, " without a key")
	}
}
