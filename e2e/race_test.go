//go:build race

package e2e_test

// underRace says that the race detector watches.
const underRace = true
