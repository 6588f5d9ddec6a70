package posting

import "strconv"

// sizeText tells a file's size in whole units, rounded up: what is a little too large must not look as if it fitted.
func sizeText(bytes int64) string {
	const kb, mb = 1 << 10, 1 << 20
	if bytes < mb {
		return strconv.FormatInt((bytes+kb-1)/kb, 10) + " KB"
	}
	return strconv.FormatInt((bytes+mb-1)/mb, 10) + " MB"
}
