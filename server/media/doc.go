// Package media fetches the files that customers send. The media queue's
// jobqueue.Worker calls Fetcher.Handle with one file at a time; its post is there
// already and says how the file is doing. The Fetcher asks Meta (cloudapi) where
// the file is, streams it into Mattermost and attaches it to the post.
package media
