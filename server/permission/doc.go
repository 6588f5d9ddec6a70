// Package permission says who somebody is, from Mattermost's tables, for everything that asks
// before it acts: service, api, command and the posting hooks.
//
// The boundary: Mattermost alone knows users, channel members and roles. They
// are read from its tables each time, without a cache: who leaves a channel or
// loses a role, on whatever node, loses what it gave with the next click, and who
// comes in has it everywhere. Only what a role allows is asked of the server
// itself, by the role: of a person it knows what its cache does. This package turns
// that into the questions of service.People; what an answer means for a
// conversation is said in domain.Membership. The lock that keeps
// messages from leaving is domain.SendCheck.
//
// "No" and "could not check" are two answers. No is false without an error: the
// user does not exist, is deactivated, is a bot, is not in the channel, has not
// the role. Where there was no answer there is an error, which a caller reports
// as unavailable: neither a refusal nor a consent.
package permission
