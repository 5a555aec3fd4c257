package play

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"understudy/mock/internal/value"
)

// daysBetween counts the days from one instant's day to the other's, in China.
func daysBetween(from, to time.Time) int {
	return int(value.DayOf(to).Start().Sub(value.DayOf(from).Start()) / (24 * time.Hour))
}

const dayMillis = 24 * 60 * 60 * 1000

// leastMillis is the number from which one in an envelope is taken for milliseconds since 1970 and not for seconds.
const leastMillis = 100_000_000_000

// leastSeconds is the number from which one is taken for seconds since 1970: smaller ones count something else.
const leastSeconds = 100_000_000

// move moves a day or an instant by whole days; ok is false for what is neither, and where there is nothing to move. What
// does not keep its format stays. Now says that the value is a time whatever its format.
func move(text string, isNumber bool, format string, now bool, days int) (moved string, ok bool) {
	if days == 0 || text == "" {
		return "", false
	}
	if format == "epoch-millis" || now && allDigits(text) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return "", false
		}
		if now && format != "epoch-millis" && n < leastMillis {
			return strconv.FormatInt(n+int64(days)*dayMillis/1000, 10), true
		}
		return strconv.FormatInt(n+int64(days)*dayMillis, 10), true
	}
	if isNumber {
		return "", false
	}
	layouts := layoutsOf(format)
	if now && layouts == nil {
		layouts = []string{time.DateTime, time.RFC3339Nano}
	}
	for _, layout := range layouts {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if layout == time.RFC3339Nano { // whose fraction is as long as it was
			return t.AddDate(0, 0, days).Format(time.DateOnly) + text[len(time.DateOnly):], true
		}
		return t.AddDate(0, 0, days).Format(layout), true
	}
	return "", false
}

func layoutsOf(format string) []string {
	switch format {
	case "date":
		return []string{time.DateOnly}
	case "date-time":
		return []string{time.RFC3339Nano}
	case "cn-date-time":
		return []string{time.DateTime}
	case httpDate:
		return []string{http.TimeFormat}
	}
	return nil
}

// aboutNow is how far the time in a call may be from that of the call.
const aboutNow = time.Minute

// isNow says whether a value is a time that one of the clocks told.
func isNow(v any, clocks []time.Time) bool {
	t, ok := timeOf(v)
	return ok && slices.ContainsFunc(clocks, func(clock time.Time) bool { return !clock.IsZero() && t.Sub(clock).Abs() <= aboutNow })
}

// timeOf reads a value as a time, written as vendors do.
func timeOf(v any) (t time.Time, ok bool) {
	switch v := v.(type) {
	case string:
		if t, err := time.ParseInLocation(time.DateTime, v, value.China()); err == nil {
			return t, true
		}
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return t, true
		}
		return sinceEpoch(v)
	case number:
		return sinceEpoch(plain(v))
	}
	return t, false
}

// sinceEpoch reads milliseconds or seconds since 1970.
func sinceEpoch(digits string) (t time.Time, ok bool) {
	if !allDigits(digits) {
		return t, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err != nil || n < leastSeconds:
		return t, false
	case n >= leastMillis:
		return time.UnixMilli(n), true
	}
	return time.Unix(n, 0), true
}

func allDigits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return text != ""
}

// moveBack moves the days and instants of a request to where they were in the recording.
func (out *request) moveBack(days int) {
	if days == 0 {
		return
	}
	for i := range out.settled {
		f := &out.settled[i].field
		if f.kind != "" {
			continue
		}
		switch v := f.value.(type) {
		case string:
			if text, ok := move(v, false, f.format, false, -days); ok {
				f.value = text
			}
		case number:
			text := plain(v)
			if moved, ok := move(text, true, f.format, false, -days); ok {
				f.value = canonical(moved)
			}
		}
	}
}

// plain writes a whole number with its digits alone; "" for any other.
func plain(v number) string {
	n, err := json.Number(v).Int64()
	if err == nil {
		return strconv.FormatInt(n, 10)
	}
	f, err := json.Number(v).Float64()
	if err != nil || f != float64(int64(f)) || f > 1<<53 || f < -(1<<53) {
		return ""
	}
	return strconv.FormatInt(int64(f), 10)
}
