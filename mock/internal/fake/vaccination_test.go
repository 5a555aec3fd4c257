package fake

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// periods lists those of a vaccination day.
func periods() []string {
	list := make([]string, morningSlots+afternoonSlots)
	for i := range list {
		list[i] = slotText(i)
	}
	return list
}

func TestSlots(t *testing.T) {
	t.Parallel()
	slots := periods()
	if len(slots) != 14 || slots[0] != "08:00-08:30" || slots[6] != "11:00-11:30" || slots[7] != "13:30-14:00" || slots[13] != "16:30-17:00" {
		t.Errorf("slots = %v", slots)
	}
	if !slices.IsSorted(slots) {
		t.Error("slots are not in order")
	}
}

func TestVaccinationDays(t *testing.T) {
	t.Parallel()
	id, code := regexp.MustCompile(`^P[0-9]+$`), regexp.MustCompile(`^A[0-9]{3}$`)
	ids := map[string]bool{}
	counts := map[int]bool{}
	for _, pov := range []string{"00001", "1", "01", "", "仙林01", "1234567890123456789", "a", "2020", povDigits("a")} {
		for d := range 12 {
			day := time.Date(2024, 2, 25+d, 0, 0, 0, 0, zone)
			v := New(5, "session").VaccinationDay(pov, day)
			if v.Count() < 1 || v.Count() > 400 {
				t.Fatalf("%d appointments", v.Count())
			}
			counts[v.Count()] = true
			codes := map[string]bool{}
			last := ""
			for i := range v.Count() {
				a, ok := v.Appointment(i, noon())
				if !ok || !id.MatchString(a.ID) || !code.MatchString(a.PickCode) || !slices.Contains(periods(), a.Period) {
					t.Fatalf("appointment %d: %v %+v", i, ok, a)
				}
				if ids[a.ID] || codes[a.PickCode] || a.Period < last {
					t.Fatalf("pov %q %v appointment %d: id %s, code %s or period %s repeats or goes back", pov, day, i, a.ID, a.PickCode, a.Period)
				}
				ids[a.ID], codes[a.PickCode], last = true, true, a.Period
				checkName(t, a.Name)
			}
		}
	}
	if len(counts) < 50 {
		t.Errorf("only %d different lengths of a day", len(counts))
	}
}

func TestAppointmentsOutsideTheDay(t *testing.T) {
	t.Parallel()
	v := New(5).VaccinationDay("1", noon())
	for _, i := range []int{-1, v.Count(), 1 << 40} {
		if a, ok := v.Appointment(i, noon()); ok || a != (Appointment{}) {
			t.Errorf("appointment %d of %d: %+v", i, v.Count(), a)
		}
	}
}

func TestNumbersAreTakenAsTheDayPasses(t *testing.T) {
	t.Parallel()
	// The instant is the evening of the 4th in UTC and the 5th in China.
	v := New(6).VaccinationDay("9", time.Date(2024, 3, 4, 18, 0, 0, 0, time.UTC))
	midnight := time.Date(2024, 3, 5, 0, 0, 0, 0, zone)
	before := 0
	was := make([]bool, v.Count())
	for hour := range 30 {
		taken := 0
		for i := range v.Count() {
			a, _ := v.Appointment(i, midnight.Add(time.Duration(hour)*time.Hour))
			if was[i] && !a.Taken {
				t.Fatalf("appointment %d is given back at %d:00", i, hour)
			}
			was[i] = a.Taken
			if a.Taken {
				taken++
			}
		}
		if hour <= 7 && taken != 0 || hour == 12 && taken == 0 || taken < before {
			t.Errorf("%d of %d taken at %d:00, %d before", taken, v.Count(), hour, before)
		}
		before = taken
	}
	if before < v.Count()*8/10 {
		t.Errorf("only %d of %d came", before, v.Count())
	}
}

func BenchmarkAppointment(b *testing.B) {
	v, at := New(1).VaccinationDay("00001", noon()), noon()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		v.Appointment(i%v.Count(), at)
	}
}

func TestAppointmentIDsSayWhereTheyStand(t *testing.T) {
	t.Parallel()
	for _, pov := range []string{"1", "00001", "1234567890123456789", "12345678901234567890", "杭州", ""} {
		v := New(4).VaccinationDay(pov, noon())
		for i := range v.Count() {
			a, _ := v.Appointment(i, noon())
			if a.ID != v.ID(i) {
				t.Fatalf("point %q: the id of %d is %s and %s", pov, i, a.ID, v.ID(i))
			}
			if at, ok := v.Find(a.ID); !ok || at != i {
				t.Fatalf("point %q: %s is found at %d, %v", pov, a.ID, at, ok)
			}
			of, day, ok := SplitAppointmentID(a.ID)
			if plain := strings.Trim(pov, "0123456789") == "" && pov != "" && len(pov) <= 19; ok != plain {
				t.Fatalf("point %q: %s is split: %v", pov, a.ID, ok)
			} else if plain && (of != pov || !day.Equal(dayOf(noon()))) {
				t.Fatalf("point %q: %s is of %q on %v", pov, a.ID, of, day)
			}
		}
		for _, id := range []string{"", "P", v.ID(v.Count()), v.prefix + "000", v.prefix + "+01", v.prefix + "1", v.prefix + "0001", "X" + v.ID(0)} {
			if at, ok := v.Find(id); ok {
				t.Errorf("point %q: %q is found at %d", pov, id, at)
			}
		}
	}
	for _, id := range []string{"", "P", "P20240305001", "X120240305001", "P120240230001", "P1x20240305001", "P12345678901234567890" + "20240305001"} {
		if pov, _, ok := SplitAppointmentID(id); ok {
			t.Errorf("%q is of point %q", id, pov)
		}
	}
}

func TestAnAppointmentAlone(t *testing.T) {
	t.Parallel()
	slots := map[string]bool{}
	for i := range 200 {
		s := New(4, "alone").Index(i)
		a := s.Appointment(noon(), time.Time{})
		if a.Taken || a.ID != "" || a.PickCode != "" || a.Name == "" || !slices.Contains(periods(), a.Period) {
			t.Fatalf("%+v", a)
		}
		if later := s.Appointment(noon(), noon().AddDate(0, 0, 2)); later.Name != a.Name || later.Period != a.Period {
			t.Fatalf("%+v becomes %+v", a, later)
		}
		slots[a.Period] = true
	}
	if len(slots) < 10 {
		t.Errorf("only %d periods", len(slots))
	}
}
