package mytijian

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// schedule is a Quartz cron expression (T-10): second, minute, hour, day of month, month, day of week, and optionally year. It is read
// here and not by a library, because the Go libraries answer dates that do not exist (31 February becomes 3 March), take ? twice,
// and refuse ranges such as FRI-MON that Quartz allows.
type schedule struct {
	second, minute, hour, month map[int]bool
	year                        map[int]bool // nil: every year
	day                         func(year int, month time.Month, day, last int) bool
}

// Quartz's own limits.
const firstYear, lastYear = 1970, 2099

type field struct {
	name     string
	min, max int
	names    string // three letters each, from min on
}

// parseSchedule refuses what Quartz refuses. Its error names the field.
func parseSchedule(expression string) (schedule, error) {
	parts := strings.Fields(strings.ToUpper(expression))
	if len(parts) != 6 && len(parts) != 7 {
		return schedule{}, fmt.Errorf("the cron expression has %d fields, Quartz needs 6 or 7", len(parts))
	}
	var s schedule
	var err error
	for _, f := range []struct {
		field
		text string
		to   *map[int]bool
	}{
		{field{name: "second", max: 59}, parts[0], &s.second},
		{field{name: "minute", max: 59}, parts[1], &s.minute},
		{field{name: "hour", max: 23}, parts[2], &s.hour},
		{field{"month", 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"}, parts[4], &s.month},
	} {
		if *f.to, err = f.values(f.text); err != nil {
			return schedule{}, err
		}
	}
	if len(parts) == 7 && parts[6] != "*" {
		if s.year, err = (field{name: "year", min: firstYear, max: lastYear}).values(parts[6]); err != nil {
			return schedule{}, err
		}
	}
	ofMonth, ofWeek := parts[3], parts[5]
	switch {
	case ofMonth == "?" && ofWeek == "?", ofMonth != "?" && ofWeek != "?":
		return schedule{}, fmt.Errorf("exactly one of the cron fields day of month and day of week must be ?")
	case ofWeek == "?":
		s.day, err = daysOfMonth(ofMonth)
	default:
		s.day, err = daysOfWeek(ofWeek)
	}
	return s, err
}

// values reads a comma list of *, n, n-m (which may wrap around), each with /step or not.
func (f field) values(text string) (map[int]bool, error) {
	bad := fmt.Errorf("the cron field %s is not valid", f.name)
	values := map[int]bool{}
	for item := range strings.SplitSeq(text, ",") {
		span, stepText, stepped := strings.Cut(item, "/")
		step := 1
		if stepped {
			n, err := strconv.Atoi(stepText)
			if err != nil || n < 1 || n > f.max {
				return nil, bad
			}
			step = n
		}
		from, to := f.min, f.max
		first, second, ranged := strings.Cut(span, "-")
		switch {
		case span == "*", span == "" && stepped:
		default:
			var ok bool
			if from, ok = f.number(first); !ok {
				return nil, bad
			}
			if ranged {
				to, ok = f.number(second)
			} else if !stepped {
				to = from
			}
			if !ok || to < from && f.min == firstYear {
				return nil, bad
			}
		}
		size := f.max - f.min + 1
		if to < from {
			to += size
		}
		for n := from; n <= to; n += step {
			values[f.min+(n-f.min)%size] = true
		}
	}
	return values, nil
}

func (f field) number(text string) (int, bool) {
	if len(text) == 3 {
		if at := strings.Index(f.names, text); at >= 0 && at%3 == 0 {
			return f.min + at/3, true
		}
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= f.min && n <= f.max && text[0] != '+'
}

// daysOfMonth knows lists and L, L-n, W, nW.
func daysOfMonth(text string) (func(int, time.Month, int, int) bool, error) {
	f := field{name: "day of month", min: 1, max: 31}
	bad := fmt.Errorf("the cron field day of month is not valid")
	core, weekday := strings.CutSuffix(text, "W")
	if rest, ok := strings.CutPrefix(core, "L"); ok {
		before := 0
		if rest != "" {
			n, err := strconv.Atoi(strings.TrimPrefix(rest, "-"))
			if err != nil || rest[0] != '-' || n < 0 || n > 30 {
				return nil, bad
			}
			before = n
		}
		return func(year int, month time.Month, day, last int) bool {
			return runsOn(year, month, day, last, last-before, weekday)
		}, nil
	}
	if weekday {
		target, ok := f.number(core)
		if !ok {
			return nil, bad
		}
		return func(year int, month time.Month, day, last int) bool {
			return runsOn(year, month, day, last, target, true)
		}, nil
	}
	days, err := f.values(text)
	return func(_ int, _ time.Month, day, _ int) bool { return days[day] }, err
}

// runsOn reports that day is target, or the Monday to Friday nearest to target in the same month. A month without the target day has no run.
func runsOn(year int, month time.Month, day, last, target int, weekday bool) bool {
	if target < 1 || target > last {
		return false
	}
	if weekday {
		switch time.Date(year, month, target, 0, 0, 0, 0, time.UTC).Weekday() {
		case time.Saturday:
			if target--; target == 0 {
				target = 3
			}
		case time.Sunday:
			if target++; target > last {
				target = last - 2
			}
		}
	}
	return day == target
}

// daysOfWeek knows lists (1 is Sunday), nL for the last of a month, n#k for the k-th, and L for Saturday.
func daysOfWeek(text string) (func(int, time.Month, int, int) bool, error) {
	f := field{"day of week", 1, 7, "SUNMONTUEWEDTHUFRISAT"}
	bad := fmt.Errorf("the cron field day of week is not valid")
	if text == "L" {
		text = "7"
	}
	weekday := func(year int, month time.Month, day int) int {
		return int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Weekday()) + 1
	}
	if core, ok := strings.CutSuffix(text, "L"); ok {
		target, ok := f.number(core)
		if !ok {
			return nil, bad
		}
		return func(year int, month time.Month, day, last int) bool {
			return day > last-7 && weekday(year, month, day) == target
		}, nil
	}
	if core, nth, ok := strings.Cut(text, "#"); ok {
		target, ok := f.number(core)
		n, err := strconv.Atoi(nth)
		if !ok || err != nil || n < 1 || n > 5 {
			return nil, bad
		}
		return func(year int, month time.Month, day, _ int) bool {
			return (day-1)/7+1 == n && weekday(year, month, day) == target
		}, nil
	}
	days, err := f.values(text)
	return func(year int, month time.Month, day, _ int) bool { return days[weekday(year, month, day)] }, err
}

// next gives the first second after an instant that all fields accept, in the instant's zone, which must have a fixed offset.
func (s schedule) next(after time.Time) (time.Time, bool) {
	start := after.Truncate(time.Second).Add(time.Second)
	year, month, day := start.Date()
	earliest := start.Hour()*3600 + start.Minute()*60 + start.Second()
	if year < firstYear {
		year, month, day, earliest = firstYear, time.January, 1, 0
	}
	for ; year <= lastYear; year, month, day, earliest = year+1, time.January, 1, 0 {
		if s.year != nil && !s.year[year] {
			continue
		}
		for ; month <= time.December; month, day, earliest = month+1, 1, 0 {
			if !s.month[int(month)] {
				continue
			}
			last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
			for ; day <= last; day, earliest = day+1, 0 {
				if !s.day(year, month, day, last) {
					continue
				}
				if at, ok := s.timeOfDay(earliest); ok {
					return time.Date(year, month, day, at/3600, at/60%60, at%60, 0, after.Location()), true
				}
			}
		}
	}
	return time.Time{}, false
}

// timeOfDay gives the first accepted second of a day that is not before earliest.
func (s schedule) timeOfDay(earliest int) (int, bool) {
	for hour := earliest / 3600; hour < 24; hour++ {
		if !s.hour[hour] {
			continue
		}
		for minute := 0; minute < 60; minute++ {
			if !s.minute[minute] || hour*3600+minute*60+59 < earliest {
				continue
			}
			for second := 0; second < 60; second++ {
				if at := hour*3600 + minute*60 + second; s.second[second] && at >= earliest {
					return at, true
				}
			}
		}
	}
	return 0, false
}
