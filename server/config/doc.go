// Package config reads the plugin's settings, and the clock that a development
// server may move.
//
// A wrong value never stops the plugin: the default takes its place, and a
// domain.SettingProblem tells the administrator which setting to correct. Main
// calls it; it calls nobody.
package config
