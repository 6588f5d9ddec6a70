// Package jobqueue works through durable queues: the inbox, the outbox and the
// media queue each have a Worker. The wiring in package app gives a Worker its
// table (package store) and its handler (inbound, outbound, media). Jobs of one
// lane run one at a time and in order; lanes do not wait for each other. Any
// number of processes may work on one queue: the database decides who has a job,
// and another process takes it when the lease runs out.
//
// A Loop is the simpler thing beside it: it runs one piece of housekeeping again
// and again in the background.
//
// Why not river: order within a lane, on which every conversation depends, is no
// part of its free edition, and most jobs here end in the very statement that
// stores their result, which saves one round trip a message.
package jobqueue
