package fake

import "time"

// dayCount is a day of UTC+8, counted from 1970-01-01: dates are written without the detour over time.Time.
type dayCount int64

// dayNumber is the day of an instant. Instants no ID card can speak of, the zero one first, count as 2020-01-01.
func dayNumber(at time.Time) dayCount {
	return dayAt(dayOf(at))
}

// dayAt is the day that begins at a midnight of UTC+8.
func dayAt(midnight time.Time) dayCount {
	seconds := midnight.Unix() + 8*3600
	n := seconds / 86400
	if seconds%86400 < 0 {
		n--
	}
	return dayCount(n)
}

// civil is the date in the Gregorian calendar. A year is counted from March, so that the day that a leap year has more is
// its last one, and 400 years have 146097 days.
func (d dayCount) civil() (year, month, dayOfMonth int) {
	n := int(d) + 719468
	era := n / 146097
	if n < 0 {
		era = (n - 146096) / 146097
	}
	within := uint32(n - era*146097)
	yearOfEra := (within - within/1460 + within/36524 - within/146096) / 365
	dayOfYear := within - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	fromMarch := (5*dayOfYear + 2) / 153
	dayOfMonth = int(dayOfYear-(153*fromMarch+2)/5) + 1
	month, year = int(fromMarch)+3, int(yearOfEra)+400*era
	if month > 12 {
		month, year = month-12, year+1
	}
	return year, month, dayOfMonth
}

// appendDate appends 2006-01-02 with a sign of one's own.
func (d dayCount) appendDate(dst []byte, sign byte) []byte {
	year, month, dayOfMonth := d.civil()
	c, y, m, on := pair(year/100%100), pair(year%100), pair(month), pair(dayOfMonth)
	return append(dst, c[0], c[1], y[0], y[1], sign, m[0], m[1], sign, on[0], on[1])
}

// appendDigits appends 20060102.
func (d dayCount) appendDigits(dst []byte) []byte {
	year, month, dayOfMonth := d.civil()
	c, y, m, on := pair(year/100%100), pair(year%100), pair(month), pair(dayOfMonth)
	return append(dst, c[0], c[1], y[0], y[1], m[0], m[1], on[0], on[1])
}

// pairs are the numbers below a hundred with two digits each.
const pairs = "00010203040506070809" + "10111213141516171819" + "20212223242526272829" + "30313233343536373839" + "40414243444546474849" +
	"50515253545556575859" + "60616263646566676869" + "70717273747576777879" + "80818283848586878889" + "90919293949596979899"

// pair is a number below a hundred with two digits.
func pair(n int) string { return pairs[2*n : 2*n+2] }

// appendClock appends 15:04:05.
func appendClock(dst []byte, seconds int) []byte {
	hour, minute, second := pair(seconds/3600), pair(seconds/60%60), pair(seconds%60)
	return append(dst, hour[0], hour[1], ':', minute[0], minute[1], ':', second[0], second[1])
}

// pastDay is a day in the year before another one.
func (s Source) pastDay(before dayCount) dayCount {
	on, _ := s.past(before)
	return on
}

// past is such a day with a time of it, in seconds and in working hours.
func (s Source) past(before dayCount) (on dayCount, clock int) {
	st := s.stream()
	on = before - 1 - dayCount(st.intn(365))
	return on, 8*3600 + st.intn(10*3600)
}

// appendPast appends an instant in the year before a day, as RFC 3339 has it.
func (s Source) appendPast(dst []byte, before dayCount) []byte {
	on, clock := s.past(before)
	return append(appendClock(append(on.appendDate(dst, '-'), 'T'), clock), "+08:00"...)
}

// appendPastPlain is appendPast without an offset, and with a blank between date and time.
func (s Source) appendPastPlain(dst []byte, before dayCount) []byte {
	on, clock := s.past(before)
	return appendClock(append(on.appendDate(dst, '-'), ' '), clock)
}
