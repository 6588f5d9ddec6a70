// Package config reads the plugin's settings. It also provides the clock that a
// development server may move.
//
// A wrong value never stops the plugin: the default takes its place, and a
// domain.SettingProblem tells the administrator which setting to correct. Package main
// calls it, and it calls no other part of the plugin.
package config
