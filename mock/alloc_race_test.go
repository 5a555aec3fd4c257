//go:build race

package mock_test

// underRace says that the race detector watches: it allocates on its own, and empties pools.
const underRace = true
