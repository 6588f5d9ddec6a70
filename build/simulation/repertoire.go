package simulation

import "math/rand/v2"

// repertoire is what there is to do in a life, or in the whole world. An act that is not
// possible as the world is does nothing.
var repertoire map[string]func(p *play, l *life, r *rand.Rand)

func init() { //nolint:gochecknoinits // the acts use the table themselves
	repertoire = map[string]func(p *play, l *life, r *rand.Rand){
		"write": write, "quote": quote, "tap": tap, "react": react, "edit": edit, "revoke": revoke, "picture": picture,
		"change number": changeNumber, "stop marketing": stopMarketing, "resume marketing": resumeMarketing, "read": read, "phone off": phoneOff, "phone on": phoneOn,
		"start": start, "start marketing": startMarketing, "start again": startAgain, "template": template, "schedule": schedule, "cancel scheduled": cancelScheduled, "opt out": optOut, "opt in": optIn, "grant": grant, "ask": ask, "ask for the number": askForNumber, "post": post, "posts": posts, "post with a file": postFile, "text later": textLater, "quick reply": quickReply, "change post": changePost, "delete post": deletePost,
		"note": note, "transfer": transfer, "return to queue": returnToQueue, "claim": claim, "close": closeIt, "new reason": newReason, "retire reason": retireReason, "close for": closeFor, "reopen": reopen, "invite": invite, "leave": leave, "absent": absent, "present": present,
		"merge": merge, "erase": erase, "own queue": ownQueue, "remove queue": removeQueue, "look": look,
		"archive": archive, "rename": rename, "plugin off": pluginOff, "posts there": postsThere, "lose a post": loseAPost, "lose a hook": loseAHook,
		"refuse": refuse, "refuse slowly": refuseSlowly, "refuse for now": refuseForNow, "refuse for long": refuseForLong, "accept again": acceptAgain, "fail later": failLater, "cut": cut, "status again": statusAgain,
		"hold webhooks": holdWebhooks, "release webhooks": releaseWebhooks,
		"disable number": disableNumber, "enable number": enableNumber, "revoke token": revokeToken, "new token": newToken,
		"withdraw template": withdrawTemplate, "approve template": approveTemplate, "change plan": changePlan, "refuse events": refuseEvents, "take events": takeEvents,
		"some steps": someSteps, "moment": moment, "a minute": aMinute, "seconds": seconds, "minutes": minutes, "a while": aWhile, "hours": hours, "days": days,
	}
}

// chains are what happens in a life. The long ones bring about what is rare by itself:
// that one thing happens while another is under way.
var chains = []chain{
	{8, []string{"write"}, ""}, {8, []string{"post"}, ""}, {5, []string{"posts"}, ""}, {3, []string{"quote"}, ""}, {3, []string{"tap"}, ""}, {2, []string{"react"}, ""}, {2, []string{"edit"}, ""}, {1, []string{"revoke"}, ""},
	{2, []string{"picture"}, ""}, {1, []string{"change number"}, ""}, {3, []string{"read"}, ""}, {2, []string{"phone off"}, ""}, {2, []string{"phone on"}, ""},
	{5, []string{"start"}, ""}, {3, []string{"template"}, ""}, {1, []string{"post with a file"}, ""}, {1, []string{"change post"}, ""}, {2, []string{"delete post"}, ""}, {3, []string{"note"}, ""}, {2, []string{"transfer"}, ""},
	{2, []string{"return to queue"}, ""}, {4, []string{"claim"}, ""}, {2, []string{"close"}, ""}, {2, []string{"reopen"}, ""}, {2, []string{"invite"}, ""}, {1, []string{"leave"}, ""}, {1, []string{"archive"}, ""}, {1, []string{"rename"}, ""},
	{2, []string{"look"}, ""}, {2, []string{"status again"}, ""},
	{4, []string{"write", "post"}, ""}, {4, []string{"start", "write"}, ""}, {4, []string{"write", "close"}, ""}, {3, []string{"close", "write"}, ""}, {3, []string{"write", "posts", "close"}, ""},
	{2, []string{"refuse", "start", "write", "write"}, ""}, {4, []string{"close", "seconds", "refuse slowly", "start", "write", "write"}, ""}, {2, []string{"fail later", "start", "write"}, ""}, {2, []string{"cut", "start"}, ""},
	{2, []string{"write", "refuse", "post", "post"}, ""}, {2, []string{"write", "refuse for now", "posts"}, ""}, {2, []string{"write", "cut", "posts"}, ""}, {2, []string{"post", "delete post"}, ""},
	{3, []string{"start again"}, ""}, {2, []string{"write", "start again"}, ""}, {2, []string{"write", "merge", "post"}, ""}, {1, []string{"close", "merge", "write", "post"}, ""}, {1, []string{"start", "merge"}, ""},
	{1, []string{"write", "erase"}, ""}, {1, []string{"post", "erase"}, ""},
	{2, []string{"close", "start marketing", "stop marketing"}, ""}, {1, []string{"close", "days", "refuse for long", "start marketing", "seconds", "stop marketing", "moment", "hours", "accept again", "moment"}, ""},
	{1, []string{"write", "hours", "write", "plugin off", "posts there", "hours"}, ""}, {2, []string{"write", "a while", "lose a post", "write"}, ""}, {1, []string{"stop marketing"}, ""}, {1, []string{"resume marketing"}, ""},
	{4, []string{"own queue", "seconds", "close", "seconds", "remove queue", "seconds", "write"}, ""}, {2, []string{"write", "claim", "claim"}, ""}, {2, []string{"close", "reopen", "write"}, ""}, {1, []string{"close", "start", "reopen"}, ""},
	{2, []string{"text later"}, ""}, {2, []string{"write", "text later", "hours"}, ""}, {2, []string{"write", "text later", "a while", "close"}, ""}, {2, []string{"quick reply"}, ""}, {1, []string{"write", "quick reply", "post"}, ""},
	{1, []string{"claim", "seconds", "absent", "write", "a minute", "claim", "claim"}, ""}, {1, []string{"absent", "write", "present"}, ""},
	{1, []string{"new reason", "seconds", "close for"}, ""}, {1, []string{"close for"}, ""}, {1, []string{"close for", "retire reason", "close for"}, ""},
	{3, []string{"schedule"}, ""}, {2, []string{"schedule", "cancel scheduled"}, ""}, {2, []string{"schedule", "hours"}, ""}, {2, []string{"schedule", "a while", "cancel scheduled"}, ""}, {1, []string{"schedule", "start"}, ""}, {1, []string{"schedule", "opt out", "hours"}, ""},
	{1, []string{"opt out"}, ""}, {2, []string{"opt in"}, ""}, {1, []string{"grant"}, ""}, {1, []string{"close", "start", "opt out", "template"}, ""}, {1, []string{"refuse for now", "start", "opt out", "moment", "opt in"}, ""}, {3, []string{"write", "ask", "tap"}, ""}, {2, []string{"write", "ask for the number", "tap"}, ""}, {2, []string{"write", "ask for the number", "moment", "tap", "start"}, ""},
	{2, []string{"change number", "write"}, ""}, {2, []string{"write", "post", "change number", "post"}, ""},
}

// beginnings are how a life begins.
var beginnings = []chain{{3, []string{"start"}, ""}, {3, []string{"write"}, ""}, {2, []string{"refuse slowly", "start", "write"}, ""}}

// everybodysChains are what happens to all at once.
var everybodysChains = []chain{
	{8, []string{"seconds"}, ""}, {1, []string{"minutes"}, ""}, {2, []string{"hours"}, ""}, {1, []string{"days"}, ""}, {1, []string{"change plan"}, ""},
	{3, []string{"hold webhooks"}, "release webhooks"}, {1, []string{"disable number"}, "enable number"}, {1, []string{"revoke token"}, "new token"},
	{1, []string{"withdraw template"}, "approve template"}, {1, []string{"refuse events"}, "take events"}, {1, []string{"absent"}, "present"},
}
