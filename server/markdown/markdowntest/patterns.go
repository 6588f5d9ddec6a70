package markdowntest

import "regexp"

var (
	CodeSpan = regexp.MustCompile("(?s)\n```\n.*?\n```(\n|$)|(^|[^\\\\`])`[^`\n]+`")
	Mention  = regexp.MustCompile(`(^|[^\pL\pN_])@[\pL\pN]|(^|[^\pL\pN_~])~[\pL\pN]`)
	Image    = regexp.MustCompile(`(^|[^\\])!\[|\]\(`)
)
