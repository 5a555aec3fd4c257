//go:build !race

package schema_test

// underRace says that the race detector watches: it allocates on its own, and empties pools.
const underRace = false
