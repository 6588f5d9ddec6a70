package simulation

import (
	"slices"
	"strings"
)

// keptDraft is a text that was not posted yet, as the REST API shows it.
type keptDraft struct {
	ID    string `json:"id"`
	Text  string `json:"text"`
	State string `json:"state"`
}

// checkPostedOnce: no text of an agent's stands twice, whether they typed it, put it off, or took it from their quick replies; and
// a quick reply that was not refused stands.
func (p *play) checkPostedOnce(f *facts) {
	for token, posts := range f.byToken {
		standing := slices.DeleteFunc(slices.Clone(posts), func(s *seenPost) bool { return s.DeleteAt != 0 })
		if len(standing) > 1 {
			p.record.violate("twice", p.lifeOf(token), "the text %s stands %d times: %s", token, len(standing), ids(standing))
		}
	}
	for _, token := range p.record.replies {
		switch posts := f.byToken[token]; {
		case p.record.wasErased(p.lifeOf(token)):
		case len(posts) == 0:
			p.record.violate("lost", p.lifeOf(token), "the quick reply %s was not refused, and it stands nowhere", token)
		case strings.Contains(posts[0].Message, "{{"):
			p.record.violate("lost", p.lifeOf(token), "the quick reply %s stands as %q", token, posts[0].Message)
		}
	}
}

// checkLaterTexts: a text that was put off is posted once, not before it is due; or it is kept, and its author is told why.
func (p *play) checkLaterTexts(f *facts) {
	for i := range p.record.laterTexts {
		t := &p.record.laterTexts[i]
		if p.record.wasErased(t.life) {
			continue
		}
		posts, kept := f.byToken[t.token], p.keptDraft(t)
		over := t.due.Add(clockSlack).Before(p.world.Now())
		switch {
		case len(posts) > 0 && kept != nil:
			p.record.violate("twice", t.life, "the text %s stands as %s, and is kept as a draft that is %s", t.token, ids(posts), kept.State)
		case len(posts) > 0 && posts[0].CreateAt < t.due.Add(-clockSlack).UnixMilli():
			p.record.violate("early", t.life, "the text %s, put off to %s, stands since %s", t.token, t.due.UTC().Format("02 15:04:05"), ms(posts[0].CreateAt))
		case len(posts) == 0 && kept == nil:
			p.record.violate("lost", t.life, "the text %s, put off to %s, is neither posted nor kept", t.token, t.due.UTC().Format("02 15:04:05"))
		case len(posts) == 0 && over && kept.State != "held":
			p.record.violate("stuck", t.life, "the text %s, put off to %s, is %s for ever", t.token, t.due.UTC().Format("02 15:04:05"), kept.State)
		case len(posts) == 0 && over && !f.toldOf(t.author, kept.ID):
			p.record.violate("lost", t.life, "the text %s, put off to %s, was not posted, and its author was not told", t.token, t.due.UTC().Format("02 15:04:05"))
		}
	}
}

// keptDraft finds the draft that a text is kept as; nil if it is none.
func (p *play) keptDraft(t *laterText) *keptDraft {
	drafts, err := readAll[keptDraft](p, "/conversations/"+t.about+"/drafts")
	if err != nil {
		p.record.violate("checker", t.life, "cannot read the drafts: %v", err)
	}
	for i := range drafts {
		if strings.Contains(drafts[i].Text, t.token) {
			return &drafts[i]
		}
	}
	return nil
}
