// Package cloudapi calls Meta's Cloud API for one of the plugin's accounts: it takes
// accounts and returns the domain's types. The packages that send, fetch and check
// call it. It calls package whatsapp with the settings that are in force at the time.
package cloudapi
