package fake

import "time"

// Taken says whether the i-th appointment of the day, i in [0, Count), has its queue number at an instant: what Appointment
// says of it, without the rest.
func (v VaccinationDay) Taken(i int, at time.Time) bool {
	slot := i * (morningSlots + afternoonSlots) / v.count
	return v.source.Index(i).taken(v.day.Add(slotStart(slot)), at)
}
