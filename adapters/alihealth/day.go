package alihealth

import (
	"errors"
	"fmt"
	"time"
)

// beijing is UTC+8, a fixed zone: China has no daylight saving time, and a machine without zone data must agree.
func beijing() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// Day is a calendar day in China, `yyyy-MM-dd` on the wire. The zero Day means not given.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDay reads yyyy-MM-dd.
func ParseDay(text string) (Day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Day{}, errors.New("not a calendar day in the form yyyy-MM-dd")
	}
	return civil(t), nil
}

// DayOf gives the day in China on which t falls.
func DayOf(t time.Time) Day { return civil(t.In(beijing())) }

func civil(t time.Time) Day {
	year, month, day := t.Date()
	return Day{Year: year, Month: month, Day: day}
}

// IsZero reports that no day is given.
func (d Day) IsZero() bool { return d == Day{} }

// valid reports a day of the calendar that yyyy-MM-dd can write.
func (d Day) valid() bool { return d.Year >= 1 && d.Year <= 9999 && civil(d.start()) == d }

// start gives the first instant of the day in China.
func (d Day) start() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, beijing()) }

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

// Period is the slot of an appointment as the vendor writes it, `08:00-08:30`. Any other text is kept; "" means not given.
type Period string

// Parse gives the start and the end of the period as time since midnight. A period that is not HH:mm-HH:mm, or that ends before it
// begins, is an error; the end may be 24:00.
func (p Period) Parse() (start, end time.Duration, err error) {
	bad := errors.New("not a period in the form HH:mm-HH:mm")
	if len(p) != len("08:00-08:30") || p[5] != '-' {
		return 0, 0, bad
	}
	start, ok := clock(string(p[:5]))
	if !ok || start == 24*time.Hour {
		return 0, 0, bad
	}
	end, ok = clock(string(p[6:]))
	switch {
	case !ok:
		return 0, 0, bad
	case end < start:
		return 0, 0, errors.New("the period ends before it begins")
	}
	return start, end, nil
}

// clock reads HH:mm, 24:00 included.
func clock(text string) (time.Duration, bool) {
	if text == "24:00" {
		return 24 * time.Hour, true
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, false
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, true
}
