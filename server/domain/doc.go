// Package domain holds the nouns of the plugin and the rules that need nothing but them: what an
// atendimento is, which state it is in, what may be sent when, what it costs, and who stands
// how to it. Everything else imports it; it imports nothing of ours, knows neither Mattermost
// nor SQL, and never reads a clock.
//
// The rules that decide: Conversation.StateAt (the state), SendCheck.Reason (whether a message
// may leave), Conversation.ReopensFor (whether a customer's message reopens), Status.Advances
// (the order of statuses), AggregateStatus, Template.Usable, Plan.PricesAt, Membership.MayAct,
// ParsePhone and PhoneKey, ParseDocument.
package domain
