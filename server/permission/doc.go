// Package permission says what a person is, from Mattermost's tables. Everything that checks a right asks it
// before it acts: service, api, command and the posting hooks.
//
// Only Mattermost knows users, channel members and roles. They are read from its tables each time, without a
// cache, so that a change on any node counts from the next click on. The server itself is asked only what a role
// permits, never about a person, because what it knows of people comes from its caches. What the answers mean for
// a conversation is decided by domain.Membership. The lock that keeps messages from leaving is domain.SendCheck.
//
// "No" and "could not check" are different answers. "No" is false without an error: the user does not exist, is
// deactivated, is a bot, is not in the channel, or does not have the role. If it could not be checked there is an
// error, which the caller reports as unavailable.
package permission
