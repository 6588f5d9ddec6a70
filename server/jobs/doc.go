// Package jobs holds what the plugin does by itself from time to time: it watches the
// numbers' health and the plans, reads templates from Meta, sends notices, archives
// channels, looks for customers who wait too long, erases people, and finds what is stuck.
//
// Each job is one file with one Run. Package main runs each in a jobqueue.Loop on every
// node; a job that only one node may do takes its turn with Store.TryInterval or claims
// rows under a lease. A Run may be repeated at any time: a crash loses nothing but time.
package jobs
