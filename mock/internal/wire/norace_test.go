//go:build !race

package wire

// underRace says that the race detector watches: it makes pools forget.
const underRace = false
