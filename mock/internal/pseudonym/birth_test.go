package pseudonym

import (
	"testing"
	"time"
)

// TestNoTwoDaysShareOne takes every day of several bands: none has its own, and no two have the same.
func TestNoTwoDaysShareOne(t *testing.T) {
	t.Parallel()
	m := New(nil)
	owner := map[string]string{}
	for day := time.Date(1984, 12, 25, 0, 0, 0, 0, time.UTC); day.Year() < 1995; day = day.AddDate(0, 0, 1) {
		text := day.Format(time.DateOnly)
		got := m.Of(BirthDate, text, nil, nil)
		if other, taken := owner[got]; taken || got == text {
			t.Fatalf("%s became %s, as did %q", text, got, other)
		}
		owner[got] = text
	}
}
