package adapters

import (
	"errors"
	"fmt"
	"time"
)

// Day is a calendar day without a zone, yyyy-MM-dd on the wires that have it. The zero Day means not given.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDay reads yyyy-MM-dd. The error does not quote the text, which may be a date of birth.
func ParseDay(text string) (Day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Day{}, errors.New("not a calendar day in the form yyyy-MM-dd")
	}
	return DayOf(t), nil
}

// DayOf gives the day that t shows in its own zone.
func DayOf(t time.Time) Day {
	year, month, day := t.Date()
	return Day{Year: year, Month: month, Day: day}
}

// IsZero reports that no day is given.
func (d Day) IsZero() bool { return d == Day{} }

// IsValid reports a day of the calendar that yyyy-MM-dd can write.
func (d Day) IsValid() bool { return d.Year >= 1 && d.Year <= 9999 && DayOf(d.In(time.UTC)) == d }

// In gives the first instant of the day in a zone.
func (d Day) In(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// String gives yyyy-MM-dd, "" for the zero Day.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText writes what String gives.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Day) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Day{}
		return nil
	}
	parsed, err := ParseDay(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}
