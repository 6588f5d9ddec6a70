// Package domain holds the basic types of the plugin and the rules that depend on nothing else:
// what an atendimento (conversation) is, which state it is in, what may be sent when, what it
// costs, and what each person may do with it. Every other package imports it. It imports no other
// package of the plugin, knows neither Mattermost nor SQL, and never reads a clock: the time is
// always an argument.
//
// The rules that decide: Conversation.StateAt (the state), SendCheck.Reason (whether a message
// may leave), Conversation.ReopensFor (whether a customer's message reopens), Status.Advances
// (the order of statuses), AggregateStatus, Template.Usable, Plan.PricesAt, Membership.MayAct,
// ParsePhone and PhoneKey, ParseDocument.
package domain
