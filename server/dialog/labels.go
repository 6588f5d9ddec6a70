package dialog

import (
	"strconv"
	"unicode/utf8"

	"github.com/mattermost/mattermost/server/public/model"
)

// distinctLabels gives each element a label that no other has, within Mattermost's limit: the beginning of its text where no
// other text begins like it, else beginning and end, else the beginning with a number. A text that does not fit stands in
// full in the help text.
func distinctLabels(elements []model.DialogElement) {
	begins := map[string]int{}
	for i := range elements {
		begins[truncate(elements[i].DisplayName, model.DialogElementDisplayNameMaxLength)]++
	}
	taken := map[string]bool{}
	free := func(label string) bool {
		return label != "" && len(label) <= model.DialogElementDisplayNameMaxLength && begins[label] == 0 && !taken[label]
	}
	for i := range elements {
		e := &elements[i]
		full := e.DisplayName
		label := truncate(full, model.DialogElementDisplayNameMaxLength)
		if begins[label] > 1 {
			if label = truncateMiddle(full, model.DialogElementDisplayNameMaxLength); !free(label) {
				label = ""
			}
			for n := 1; label == ""; n++ {
				number := " " + strconv.Itoa(n)
				if numbered := truncate(full, model.DialogElementDisplayNameMaxLength-len(number)) + number; free(numbered) {
					label = numbered
				}
			}
		}
		taken[label] = true
		e.DisplayName = label
		if label != full && e.HelpText == "" {
			e.HelpText = truncate(full, model.DialogElementHelpTextMaxLength)
		}
	}
}

// truncateMiddle shortens a text to so many bytes by leaving out its middle.
func truncateMiddle(text string, limit int) string {
	const ellipsis = "…"
	if len(text) <= limit {
		return text
	}
	end := (limit - len(ellipsis)) / 2
	tail := len(text) - end
	for !utf8.RuneStart(text[tail]) {
		tail++
	}
	head := limit - len(ellipsis) - (len(text) - tail)
	for !utf8.RuneStart(text[head]) {
		head--
	}
	return text[:head] + ellipsis + text[tail:]
}

// distinctOptions makes options with the same text distinct by what else is known of them, else by a number.
func distinctOptions(options []*model.PostActionOptions, more func(value string) string) {
	count := func() map[string]int {
		texts := map[string]int{}
		for _, o := range options {
			texts[o.Text]++
		}
		return texts
	}
	before := count()
	for _, o := range options {
		if known := more(o.Value); before[o.Text] > 1 && known != "" {
			o.Text += " · " + known
		}
	}
	left, numbers := count(), map[string]int{}
	for _, o := range options {
		if text := o.Text; left[text] > 1 {
			numbers[text]++
			o.Text += " (" + strconv.Itoa(numbers[text]) + ")"
		}
	}
}
