package fake

import "time"

// zone is China's: fixed in code, so that data does not depend on the machine.
var zone = time.FixedZone("UTC+8", 8*60*60)

// checkUpDays is how far ahead a reservation may lie.
const checkUpDays = 30

// CheckUpDay returns the day of a reserved check-up: 1 to 30 days after at,
// never a Sunday, at midnight of UTC+8.
func (s Source) CheckUpDay(at time.Time) time.Time {
	today := dayOf(at)
	ahead := s.Between(1, checkUpDays)
	day := today.AddDate(0, 0, ahead)
	if day.Weekday() != time.Sunday {
		return day
	}
	if ahead == checkUpDays {
		return day.AddDate(0, 0, -1)
	}
	return day.AddDate(0, 0, 1)
}

// PastInstant returns a whole second in the days before at, in UTC+8, in
// working hours. days is at least 1.
func (s Source) PastInstant(at time.Time, days int) time.Time {
	day := dayOf(at).AddDate(0, 0, -s.Sub("day").Between(1, max(1, days)))
	return day.Add(time.Duration(s.clock()) * time.Second)
}

// clock is a time of day between 08:00:00 and 17:59:59, in seconds.
func (s Source) clock() int { return s.Sub("clock").Between(8*3600, 18*3600-1) }

// dayOf is the midnight of UTC+8 that begins the day of an instant. Instants
// no ID card can speak of, the zero one first, count as 2020-01-01.
func dayOf(at time.Time) time.Time {
	y, m, d := at.In(zone).Date()
	if y < 1970 || y > 9000 {
		y, m, d = 2020, time.January, 1
	}
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// ageOn counts completed years between two days.
func ageOn(birth, on time.Time) int {
	by, bm, bd := birth.Date()
	y, m, d := on.Date()
	age := y - by
	if m < bm || m == bm && d < bd {
		age--
	}
	return age
}
