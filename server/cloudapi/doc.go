// Package cloudapi is Meta's Cloud API for an account of ours: it takes accounts and returns the domain's nouns. The
// rooms that send, fetch and look call it; it calls package whatsapp with the settings that hold now.
package cloudapi
