package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

const (
	// auditPatience bounds writing down that settings changed: the server waits for it.
	auditPatience = 5 * time.Second
	// sameChange is how far apart nodes learn of one change.
	sameChange = time.Minute
)

// auditSettings writes down which settings changed, never to what: some are
// secrets. The server does not say who changed them; its own audit does. Each
// node learns of a change, and one row tells of it.
func (a *app) auditSettings(before, after map[string]any) {
	changed := changedSettings(before, after)
	if len(changed) == 0 {
		return
	}
	values, err := json.Marshal(after)
	if err == nil {
		ctx, cancel := patience(auditPatience)
		defer cancel()
		err = a.store.AuditOnce(ctx, "", "settings_changed", "", map[string]string{"settings": strings.Join(changed, ", "), "hash": a.encrypter.Hash(string(values))}, sameChange)
	}
	if err != nil {
		a.plugin.API.LogError("A change of the settings was not audited", "settings", strings.Join(changed, ", "), "error", err.Error())
	}
}

// changedSettings names the settings that are not what they were, in lower case as the server stores them.
func changedSettings(before, after map[string]any) []string {
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
