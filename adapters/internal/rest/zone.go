package rest

import "time"

// Beijing is UTC+8, in which every time without a zone is read. It is a fixed zone: China has no daylight saving time, and a machine without
// zone data must agree.
func Beijing() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }
