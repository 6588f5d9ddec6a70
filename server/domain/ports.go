package domain

// PluginPath is where the server mounts the plugin. The server takes it off the paths of the requests that it hands over.
const PluginPath = "/plugins/whatsapp-ativo"

// Clock tells the time, milliseconds since epoch.
type Clock interface{ Now() int64 }

// Settings are the plugin settings the policies read; they change without a restart.
type Settings struct {
	DefaultRegion       string
	CooldownHours       int
	RequireCPF          bool
	FreeServiceMessages int // Meta's free service messages per number and month
	ReopenHours         int // how long after a close a customer who writes reopens the conversation; 0 = never
	ArchiveDays         int // how long after a close its channel is archived; 0 = never
	InactivityMinutes   int // how long a customer may wait for our answer where the queue does not say; 0 = for ever
}

// ContactWanted is what a start says of the customer.
type ContactWanted struct {
	Name string
	// Phone is E.164 with "+".
	Phone string
	// Document is stored sealed, for this person's row alone; "" leaves what is stored.
	Document Document
}

// Delivery is what came of sending one message.
type Delivery struct {
	Status   Status    // Sent, Failed, Unknown or NotSent
	MetaCode int       // Meta's error code with Failed, if it was Meta's
	Reason   int       // with NotSent: see SendCheck
	Words    Explainer // what to tell the agent; nil where WhatsApp was out of reach
	Element  string    // the dialog element that caused it, where it is known
}

// Explainer is a value that names the text which explains it, such as an error of Meta's.
type Explainer interface{ Text() Text }
