package alihealth

import (
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// PickStatus tells whether the person has taken a queue number (取号状态). "" means not given; numbers beyond the two known ones are kept.
type PickStatus string

// The documented values. The document says "0 是, 1 否", which looks inverted and is taken as written.
const (
	PickTaken    PickStatus = "0"
	PickNotTaken PickStatus = "1"
)

// Appointment is one vaccination appointment (预约记录). Only AppointmentID is always there; a text that the vendor left out or sent as null
// is "". It is personal data: its String and LogValue show the id alone.
type Appointment struct {
	AppointmentID string     // globally unique
	OutPovID      string     // the caller's id of the vaccination point; text, leading zeros count
	Name          string     // may be masked by the vendor
	Day           Day        // appointment_time, in spite of its name a day, not always the one asked for
	Period        Period     // appointment_period, see Period.Parse
	PickStatus    PickStatus // see PickTaken
	PickCode      string     // queue code (取号码), unique per vaccination point and day; "" before a number is taken
}

// Slot gives the instants at which the appointment starts and ends, in UTC+8. It is an error when the day is not given or the period
// cannot be parsed.
func (a Appointment) Slot() (start, end time.Time, err error) {
	if a.Day.IsZero() {
		return time.Time{}, time.Time{}, errors.New("the appointment has no day")
	}
	from, to, err := a.Period.Parse()
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	midnight := a.Day.In(rest.Beijing())
	return midnight.Add(from), midnight.Add(to), nil
}

// String gives the appointment's id, nothing personal.
func (a Appointment) String() string { return "appointment " + a.AppointmentID }

// GoString gives what String gives.
func (a Appointment) GoString() string { return a.String() }

// LogValue gives what String gives.
func (a Appointment) LogValue() slog.Value { return slog.StringValue(a.String()) }

func readAppointment(raw []byte, path string) (Appointment, error) {
	f, err := rest.Object(raw, path)
	if err != nil {
		return Appointment{}, err
	}
	a := Appointment{
		AppointmentID: f.Text("appointment_id"),
		OutPovID:      f.Text("out_pov_id"),
		Name:          f.Text("name"),
		Period:        Period(f.Text("appointment_period")),
		PickCode:      f.Text("pick_code"),
	}
	if status := f.IntPointer("pick_status"); status != nil {
		a.PickStatus = PickStatus(strconv.FormatInt(*status, 10))
	}
	// A midnight behind the day is what the name of the field suggests to a serializer.
	if day := strings.TrimSuffix(f.Text("appointment_time"), " 00:00:00"); day != "" {
		if a.Day, err = adapters.ParseDay(day); err != nil {
			return Appointment{}, rest.Undecodable("%s: expected a day in the form yyyy-MM-dd", f.Path("appointment_time"))
		}
	}
	switch {
	case f.Err() != nil:
		return Appointment{}, f.Err()
	case a.AppointmentID == "":
		return Appointment{}, rest.Undecodable("%s: missing or empty", f.Path("appointment_id"))
	}
	return a, nil
}
