package domain

import "time"

// Unanswered is how long a template has waited for an answer, as lists group it.
type Unanswered struct {
	Name  string        // as the REST API and the texts name it
	Least time.Duration // since the last template
	Below time.Duration // 0 = no end
}

// UnansweredSteps are the groups of a follow-up list, the oldest first.
func UnansweredSteps() []Unanswered {
	const day = 24 * time.Hour
	return []Unanswered{{"3d", 3 * day, 0}, {"1d", day, 3 * day}, {"6h", 6 * time.Hour, day}}
}

// UnansweredFor is the group of all that waited at least as long as the step
// of a name ("6h", "1d", "3d"); false for another name.
func UnansweredFor(name string) (Unanswered, bool) {
	for _, step := range UnansweredSteps() {
		if step.Name == name {
			step.Below = 0
			return step, true
		}
	}
	return Unanswered{}, false
}

// FollowUpHour is the hour at which owners are told of their unanswered templates, in the queue's time zone.
const FollowUpHour = 9
