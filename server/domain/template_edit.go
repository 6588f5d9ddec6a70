package domain

import "time"

// What Meta allows for edits of an approved template.
const (
	// EditPause is how long after an edit the next one may come.
	EditPause = 24 * time.Hour
	// EditPeriod is the time in which no more than MaxEdits may come.
	EditPeriod = 30 * 24 * time.Hour
	// MaxEdits is how many edits may come in EditPeriod.
	MaxEdits = 10
)

// EditsLeft returns how many more times Meta lets the template be edited in the 30 days that end now (milliseconds
// since epoch); MaxEdits if Meta does not count, because it has not approved the template.
func (t *Template) EditsLeft(now int64) int {
	if t.Status != StatusApproved {
		return MaxEdits
	}
	left := MaxEdits
	for _, at := range t.Edits {
		if now-at < EditPeriod.Milliseconds() {
			left--
		}
	}
	return max(left, 0)
}

// Uneditable returns why the template cannot be edited now (milliseconds since epoch), and from when on it can be; 0 =
// not by waiting. The text has no key if it can be edited.
func (t *Template) Uneditable(now int64) (why Text, from int64) {
	switch {
	case t.GoneAt != 0:
		return T("admin.template_is_gone"), 0
	case t.Generated():
		return T("admin.template_is_generated"), 0
	case t.Status != StatusApproved && t.Status != "REJECTED" && t.Status != "PAUSED":
		return T("admin.template_no_edit", "Status", t.Status), 0
	case t.Status != StatusApproved || len(t.Edits) == 0:
		return Text{}, 0
	}
	if next := t.Edits[len(t.Edits)-1] + EditPause.Milliseconds(); next > now {
		return T("admin.template_edited_today", "Until", next), next
	}
	if t.EditsLeft(now) == 0 {
		next := t.Edits[len(t.Edits)-MaxEdits] + EditPeriod.Milliseconds()
		return T("admin.template_edited_often", "Until", next, "Max", MaxEdits), next
	}
	return Text{}, 0
}
