package domain

import "time"

// PluginPath is the path under which the server mounts the plugin. The server removes it from the
// paths of the requests that it passes on, so routes do not have it but links need it.
const PluginPath = "/plugins/whatsapp-ativo"

// Clock returns the current time in milliseconds since epoch.
type Clock interface{ Now() int64 }

// Settings are the plugin settings that the rules depend on. They may change while the plugin runs,
// so they must be read anew for each decision.
type Settings struct {
	DefaultRegion       string
	CooldownHours       int
	RequireCPF          bool
	RequireConsent      bool         // a template needs a consent on record
	ConsentWords        ConsentWords // by which customers opt out and in again
	FreeServiceMessages int          // how many service messages Meta gives free to each number in a month
	ReopenHours         int          // for how long after its closing a customer who writes reopens a conversation; 0 = never
	ArchiveDays         int          // how long after the closing the channel is archived; 0 = never
	InactivityMinutes   int          // how long a customer may wait for our answer in a queue without its own limit; 0 = for ever
	// TimeZone is the one of days and times where a queue has none of its own; nil = UTC.
	TimeZone *time.Location
}

// ContactWanted is the customer as the request to start a conversation describes them.
type ContactWanted struct {
	Name string
	// Phone is E.164 with "+".
	Phone string
	// Document is stored encrypted, in such a way that it can be read in this person's row alone;
	// "" keeps the stored one.
	Document Document
}

// Delivery is the result of sending one message.
type Delivery struct {
	Status   Status    // Sent, Failed, Unknown or NotSent
	MetaCode int       // with Failed: Meta's error code, if Meta refused it
	Reason   int       // with NotSent: why, see SendCheck.Reason
	Words    Explainer // what to tell the agent; nil if WhatsApp could not be reached
	Element  string    // the dialog element that caused it; "" = not known
}

// Explainer is a value that can be explained to a person, such as an error of Meta's. Text returns the
// explanation.
type Explainer interface{ Text() Text }
