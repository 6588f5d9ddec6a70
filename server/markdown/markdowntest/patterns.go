package markdowntest

import "regexp"

// What acts in a post, roughly, for tests that search their own output.
var (
	// CodeSpan matches a block of code or inline code.
	CodeSpan = regexp.MustCompile("(?s)\n```\n.*?\n```(\n|$)|(^|[^\\\\`])`[^`\n]+`")
	// Mention matches the beginning of a mention or of a channel link.
	Mention = regexp.MustCompile(`(^|[^\pL\pN_])@[\pL\pN]|(^|[^\pL\pN_~])~[\pL\pN]`)
	// Image matches the beginning of a picture or the middle of a link.
	Image = regexp.MustCompile(`(^|[^\\])!\[|\]\(`)
)
