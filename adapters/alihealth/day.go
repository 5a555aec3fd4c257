package alihealth

import (
	"errors"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// Day is a calendar day in China.
type Day = adapters.Day

// DayOf gives the day in China on which t falls.
func DayOf(t time.Time) Day { return adapters.DayOf(t.In(rest.Beijing())) }

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
