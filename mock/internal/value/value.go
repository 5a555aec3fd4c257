// Package value names the values that behaviours take and give. They are not wire forms: one writer renders them by an
// operation's schema, so a change of the schema changes the wire and no behaviour.
//
// A record is a map[string]any, a list a []any, a text a string, an exact decimal a json.Number, a whole number an
// int64 or int, an instant a time.Time, a calendar day a [Day]; true, false and nil are themselves. A [Fixed] stands for a value
// that is answered often and never changes.
package value

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Record is a value with named members.
type Record = map[string]any

// List is a value with members in order.
type List = []any

// China is the zone of every time that a vendor writes without one: UTC+8, which has no summer time.
func China() *time.Location { return china }

var china = time.FixedZone("UTC+8", 8*60*60)

// Day is a calendar day without a zone.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf is the day on which t falls in China.
func DayOf(t time.Time) Day {
	y, m, d := t.In(china).Date()
	return Day{y, m, d}
}

// ParseDay reads yyyy-MM-dd; a day that the calendar does not have is an error.
func ParseDay(s string) (Day, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, china)
	if err != nil {
		return Day{}, fmt.Errorf("not a day as yyyy-MM-dd")
	}
	return DayOf(t), nil
}

// String writes yyyy-MM-dd.
func (d Day) String() string {
	var text [len(time.DateOnly)]byte
	return string(d.Append(text[:0]))
}

// Append appends the day as yyyy-MM-dd.
func (d Day) Append(dst []byte) []byte {
	if d.Year < 0 || d.Year > 9999 || d.Month < 0 || d.Month > 99 || d.Day < 0 || d.Day > 99 {
		return fmt.Appendf(dst, "%04d-%02d-%02d", d.Year, d.Month, d.Day)
	}
	y, m := d.Year, int(d.Month)
	return append(dst, digit(y/1000), digit(y/100), digit(y/10), digit(y), '-', digit(m/10), digit(m), '-', digit(d.Day/10), digit(d.Day))
}

// digit is the last one of a number.
func digit(n int) byte { return byte('0' + n%10) }

// Start is the instant at which the day begins in China.
func (d Day) Start() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, china) }

// Text reads a text member; absent, null and other kinds are "".
func Text(r Record, name string) string {
	s, _ := r[name].(string)
	return s
}

// Whole reads a whole number that travelled as a number or as a text, or has not travelled yet; ok is false when it is
// none of these.
func Whole(r Record, name string) (n int64, ok bool) {
	switch v := r[name].(type) {
	case json.Number:
		n, err := strconv.ParseInt(string(v), 10, 64)
		return n, err == nil
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	case int64:
		return v, true
	case int:
		return int64(v), true
	}
	return 0, false
}

// Object reads a record member; absent, null and other kinds are nil.
func Object(r Record, name string) Record {
	o, _ := r[name].(map[string]any)
	return o
}
