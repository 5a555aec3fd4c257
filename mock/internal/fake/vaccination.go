package fake

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The working day of a vaccination point in half-hours: 08:00 to 11:30, and
// after lunch 13:30 to 17:00.
const (
	slotLength     = 30 * time.Minute
	morningStart   = 8 * time.Hour
	morningSlots   = 7
	afternoonStart = 13*time.Hour + 30*time.Minute
	afternoonSlots = 7

	// mostAppointments is the fullest day; pick codes have three digits.
	mostAppointments = 400
)

func slotStart(slot int) time.Duration {
	if slot < morningSlots {
		return morningStart + time.Duration(slot)*slotLength
	}
	return afternoonStart + time.Duration(slot-morningSlots)*slotLength
}

func slotText(slot int) string {
	from := int(slotStart(slot) / time.Minute)
	to := from + int(slotLength/time.Minute)
	return string([]byte{
		byte('0' + from/600), byte('0' + from/60%10), ':', byte('0' + from%60/10), byte('0' + from%10), '-',
		byte('0' + to/600), byte('0' + to/60%10), ':', byte('0' + to%60/10), byte('0' + to%10),
	})
}

// Appointment is one vaccination appointment.
type Appointment struct {
	// ID is P and digits. It holds point, day and index, so that no two
	// appointments of any points and days share one; see VaccinationDay.
	ID string
	// PickCode is the queue code, A001 to A400, unique per point and day.
	PickCode string
	// Taken says whether the person has drawn the queue number. It turns true
	// around the start of the period and stays true; a few never come.
	Taken bool
	// Period is the half-hour, such as 08:00-08:30.
	Period string
	// Name is the person's name.
	Name string
}

// VaccinationDay is the book of one vaccination point (接种点, pov) on one day.
type VaccinationDay struct {
	source Source
	day    time.Time
	prefix string
	count  int
}

// VaccinationDay opens the book of a point on the day of UTC+8 that holds the
// instant day. pov is the point's id, any text; ids "1" and "00001" are two points.
// Points whose id is up to 19 digits have appointment ids that differ by
// construction; other ids are hashed to 64 bits.
func (s Source) VaccinationDay(pov string, day time.Time) VaccinationDay {
	day = day.In(zone)
	y, m, d := day.Date()
	date := day.Format("20060102")
	own := s.Sub("vaccination", pov, date)
	return VaccinationDay{
		source: own,
		day:    time.Date(y, m, d, 0, 0, 0, 0, zone),
		prefix: "P" + povDigits(pov) + date,
		count:  own.Sub("count").Between(1, mostAppointments),
	}
}

// povDigits writes a point's id as digits. A hash has 20 of them, one more than
// an id may keep, and the day and index behind it have fixed widths: so the
// parts of an appointment id cannot run into each other.
func povDigits(pov string) string {
	plain := len(pov) > 0 && len(pov) <= 19
	for i := 0; plain && i < len(pov); i++ {
		plain = pov[i] >= '0' && pov[i] <= '9'
	}
	if plain {
		return pov
	}
	return fmt.Sprintf("%020d", Source{}.Sub(pov).key)
}

// Count is how many appointments the day has, 1 to 400.
func (v VaccinationDay) Count() int { return v.count }

// Appointment returns the i-th appointment of the day, ordered by period, as
// it stands at an instant; false when i is not in [0, Count). It costs the
// same for every i, so a page needs no other page.
func (v VaccinationDay) Appointment(i int, at time.Time) (Appointment, bool) {
	if i < 0 || i >= v.count {
		return Appointment{}, false
	}
	slot := i * (morningSlots + afternoonSlots) / v.count
	own := v.source.Index(i)
	number := threeDigits(i + 1)
	return Appointment{
		ID:       v.prefix + number,
		PickCode: "A" + number,
		Taken:    own.taken(v.day.Add(slotStart(slot)), at),
		Period:   slotText(slot),
		Name:     own.name(own.sex(AnySex), v.day.Year()-own.Sub("age").Between(0, 80)),
	}, true
}

// ID is the id of the i-th appointment of the day, for i in [0, Count).
func (v VaccinationDay) ID(i int) string { return v.prefix + threeDigits(i+1) }

// Find returns the index of the appointment with that id; false when this day
// of this point has none.
func (v VaccinationDay) Find(id string) (int, bool) {
	number, ok := strings.CutPrefix(id, v.prefix)
	if !ok || len(number) != 3 {
		return 0, false
	}
	n, err := strconv.ParseUint(number, 10, 16)
	return int(n) - 1, err == nil && n >= 1 && int(n) <= v.count
}

// SplitAppointmentID takes point and day out of an appointment id; false when
// it holds none, as that of a point whose id had to be hashed.
func SplitAppointmentID(id string) (pov string, day time.Time, ok bool) {
	digits, ok := strings.CutPrefix(id, "P")
	end := len(digits) - len("20060102001")
	if !ok || end < 1 || end > 19 || strings.Trim(digits, "0123456789") != "" {
		return "", time.Time{}, false
	}
	day, err := time.ParseInLocation("20060102", digits[end:end+8], zone)
	return digits[:end], day, err == nil
}

// Appointment returns an appointment of this key alone, in no book, as it
// stands on its day at an instant. It has neither an id nor a pick code.
func (s Source) Appointment(day, at time.Time) Appointment {
	y, m, d := day.In(zone).Date()
	day = time.Date(y, m, d, 0, 0, 0, 0, zone)
	slot := s.Sub("slot").Intn(morningSlots + afternoonSlots)
	return Appointment{
		Taken:  s.taken(day.Add(slotStart(slot)), at),
		Period: slotText(slot),
		Name:   s.name(s.sex(AnySex), day.Year()-s.Sub("age").Between(0, 80)),
	}
}

func threeDigits(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

func (s Source) taken(start, at time.Time) bool {
	arrival := start.Add(time.Duration(s.Sub("arrival").Between(-10, 25)) * time.Minute)
	return !at.Before(arrival) && s.Sub("comes").Chance(0.95)
}
