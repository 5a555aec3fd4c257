//go:build !race

package scenarios

// underRace says that the race detector watches.
const underRace = false
