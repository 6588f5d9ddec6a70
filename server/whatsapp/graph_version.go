package whatsapp

import "time"

// VersionEnds is the moment, milliseconds since epoch, from which Meta answers calls of a Graph version with a newer
// one; 0 = Meta has not said it yet.
func VersionEnds(version string) int64 {
	ends := map[string]time.Time{
		"v20.0": time.Date(2026, 9, 24, 0, 0, 0, 0, time.UTC),
		"v21.0": time.Date(2027, 1, 21, 0, 0, 0, 0, time.UTC),
		"v22.0": time.Date(2027, 5, 20, 0, 0, 0, 0, time.UTC),
		"v23.0": time.Date(2027, 10, 8, 0, 0, 0, 0, time.UTC),
		"v24.0": time.Date(2028, 2, 18, 0, 0, 0, 0, time.UTC),
		"v25.0": time.Date(2028, 7, 29, 0, 0, 0, 0, time.UTC),
	}
	if end, known := ends[version]; known {
		return end.UnixMilli()
	}
	return 0
}
