package config

import (
	"fmt"
	"io"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Settings are the plugin's settings, valid and with their defaults.
type Settings struct {
	// EncryptionKey seals tokens and documents. Empty where none is set (then one
	// has to be made) or where the one that is set cannot be used (then there is a problem).
	EncryptionKey string
	// PreviousEncryptionKey is a key that was in force before and that the plugin
	// does not know any more; "" = none.
	PreviousEncryptionKey string
	// GraphBaseURL is scheme, host and port of Meta's Graph API, without a trailing slash.
	GraphBaseURL string
	// GraphVersion is the version of the Graph API, such as v25.0.
	GraphVersion string
	// DefaultRegion is where a number without a country code is from (ISO 3166, two letters).
	DefaultRegion string
	// TimeZone is the zone in which headers and posts tell times.
	TimeZone *time.Location
	// CooldownHours is the pause between two templates to one person; 0 = none.
	CooldownHours int
	// RequireCPF tells whether a start needs the customer's document.
	RequireCPF bool
	// InactivityMinutes is how long a customer may wait for our answer before the
	// attendant is reminded, or the queue gets the conversation back; 0 = for
	// ever. A queue may have its own. It closes nothing.
	InactivityMinutes int
	// ReopenHours is how long after a close a customer who writes again reopens the conversation; 0 = never.
	ReopenHours int
	// ArchiveDays is how long after a close the conversation's channel is archived; 0 = never.
	ArchiveDays int
	// RetentionDays is how long closed conversations are kept; 0 = for ever.
	RetentionDays int
	// FreeServiceMessages is how many service messages Meta gives each number free in a month.
	FreeServiceMessages int
	// SendReadReceipts shows customers the blue ticks when an agent answers.
	SendReadReceipts bool
	// SendTyping shows customers that an agent is writing; it brings the blue ticks along.
	SendTyping bool
}

// Defaults are the settings of a plugin that nobody configured.
func Defaults() Settings {
	return Settings{
		GraphBaseURL:        "https://graph.facebook.com",
		GraphVersion:        "v25.0",
		DefaultRegion:       "BR",
		TimeZone:            defaultZone(),
		CooldownHours:       6,
		RequireCPF:          true,
		InactivityMinutes:   60,
		FreeServiceMessages: 1000,
		ReopenHours:         24,
		ArchiveDays:         7,
		SendReadReceipts:    true,
		SendTyping:          true,
	}
}

// defaultZone is São Paulo's, or UTC where the machine has no zone data.
func defaultZone() *time.Location {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		return time.UTC
	}
	return zone
}

// Domain gives the settings that the domain's policies read.
func (s Settings) Domain() domain.Settings {
	return domain.Settings{
		DefaultRegion:       s.DefaultRegion,
		CooldownHours:       s.CooldownHours,
		RequireCPF:          s.RequireCPF,
		FreeServiceMessages: s.FreeServiceMessages,
		ReopenHours:         s.ReopenHours,
		ArchiveDays:         s.ArchiveDays,
		InactivityMinutes:   s.InactivityMinutes,
	}
}

// Retention is RetentionDays; 0 = for ever.
func (s Settings) Retention() time.Duration {
	return time.Duration(s.RetentionDays) * 24 * time.Hour
}

// Format prints the settings for any verb, never the key.
func (s Settings) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "config.Settings{GraphBaseURL:%q GraphVersion:%q DefaultRegion:%q CooldownHours:%d RequireCPF:%t InactivityMinutes:%d ReopenHours:%d ArchiveDays:%d RetentionDays:%d FreeServiceMessages:%d SendReadReceipts:%t SendTyping:%t}",
		s.GraphBaseURL, s.GraphVersion, s.DefaultRegion, s.CooldownHours, s.RequireCPF, s.InactivityMinutes, s.ReopenHours, s.ArchiveDays, s.RetentionDays, s.FreeServiceMessages, s.SendReadReceipts, s.SendTyping)
	if s.EncryptionKey == "" {
		_, _ = io.WriteString(state, " without a key")
	}
}
