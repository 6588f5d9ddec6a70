// Package fake holds the small stand-ins that the tests of several packages share.
// No code of the plugin imports it.
package fake
