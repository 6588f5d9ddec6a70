package config

import (
	"reflect"
	"slices"
	"strings"
)

// Changed returns the names of the settings that differ between before and after,
// including those that only one of them has. The names are sorted and in lower case,
// as the server stores them.
func Changed(before, after map[string]any) []string {
	was, is := lowered(before), lowered(after)
	var changed []string
	for name, value := range is {
		if old, there := was[name]; !there || !reflect.DeepEqual(old, value) {
			changed = append(changed, name)
		}
	}
	for name := range was {
		if _, there := is[name]; !there {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed
}

func lowered(settings map[string]any) map[string]any {
	out := make(map[string]any, len(settings))
	for name, value := range settings {
		out[strings.ToLower(name)] = value
	}
	return out
}
