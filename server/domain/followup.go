package domain

import "time"

// Unanswered is one of the groups into which lists sort conversations by how long their template
// has waited for the customer's answer.
type Unanswered struct {
	Name  string        // in the REST API and in the keys of texts
	Least time.Duration // the template was sent at least so long ago
	Below time.Duration // and less than so long ago; 0 = no upper limit
}

// UnansweredSteps returns the groups of a follow-up list, the one that waited longest first.
func UnansweredSteps() []Unanswered {
	const day = 24 * time.Hour
	return []Unanswered{{"3d", 3 * day, 0}, {"1d", day, 3 * day}, {"6h", 6 * time.Hour, day}}
}

// UnansweredFor returns a group without an upper limit: everything that has waited at least as
// long as the step of that name ("6h", "1d", "3d"). It returns false for any other name.
func UnansweredFor(name string) (Unanswered, bool) {
	for _, step := range UnansweredSteps() {
		if step.Name == name {
			step.Below = 0
			return step, true
		}
	}
	return Unanswered{}, false
}

// FollowUpHour is the hour of the day, in the queue's time zone, at which owners are told of their
// unanswered templates.
const FollowUpHour = 9
