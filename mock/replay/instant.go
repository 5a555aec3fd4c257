package replay

import (
	"strconv"
	"strings"
	"time"

	"understudy/mock/drive"
	"understudy/mock/internal/value"
)

// slack is how much longer than the recorded one a call may take before its times mean something else.
const slack = 5 * time.Second

// clocks are the vendor's when a call was recorded, and this time.
type clocks struct{ then, now time.Time }

// instants says whether two texts are instants, or days, that mean the same: equal ones, each as far from its own clock, or as
// many whole days apart as the clocks. Under any the second one has but to be of the same form.
func (c *comparison) instants(was, got string, any bool) bool {
	if was == got {
		return true
	}
	layout, then, ok := parseInstant(was)
	if !ok {
		return false
	}
	other, now, ok := parseInstant(got)
	if !ok || other != layout {
		return false
	}
	if any {
		return true
	}
	near := slack + c.paced
	if layout == toTheMinute {
		near += time.Minute
	}
	for _, at := range c.clocks() {
		if days := daysBetween(at.then, at.now); days != 0 && then.AddDate(0, 0, days).Equal(now) {
			return true
		}
		if distance := now.Sub(at.now) - then.Sub(at.then); !isDay(layout) && distance.Abs() <= near {
			return true
		}
	}
	return false
}

// daysBetween counts the midnights (UTC+8) between two instants.
func daysBetween(a, b time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.In(value.China()).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(b).Sub(day(a)) / (24 * time.Hour))
}

// clocks lists what the vendor's clock may have been: what its replies tell, the recorder's and ours, a session's own.
func (c *comparison) clocks() []clocks {
	var list []clocks
	if !c.told.then.IsZero() {
		list = append(list, c.told)
	}
	for _, clock := range []time.Time{c.exchange.At, c.exchange.Clock} {
		if !clock.IsZero() {
			list = append(list, clocks{clock, c.now})
		}
	}
	return list
}

// readClocks reads the vendor's clock where the envelope has it.
func (c *comparison) readClocks(was, got any) {
	eachScalar(was, "", func(pointer string, v any) {
		if !c.told.then.IsZero() || c.client.Place(c.got, pointer).Minted != "$now" {
			return
		}
		other, ok := drive.At(got, pointer)
		if !ok {
			return
		}
		_, then, isThen := parseInstant(textOf(v))
		_, now, isNow := parseInstant(textOf(other))
		if isThen && isNow {
			c.told = clocks{then, now}
		}
	})
}

// parseInstant reads a text as an instant in one of the forms that vendors write; layout tells them apart.
func parseInstant(text string) (layout string, t time.Time, ok bool) {
	if strings.Trim(text, "0123456789") == "" {
		n, err := strconv.ParseInt(text, 10, 64)
		switch {
		case err != nil:
			return "", t, false
		case len(text) == 13:
			return "millis", time.UnixMilli(n), true
		case len(text) == 10:
			return "seconds", time.Unix(n, 0), true
		}
	}
	for _, layout := range layouts() {
		if t, err := time.ParseInLocation(layout, text, value.China()); err == nil {
			return layout, t, true
		}
	}
	return "", t, false
}

const toTheMinute = "2006-01-02 15:04"

func layouts() []string {
	return []string{
		time.RFC3339Nano, time.DateTime, time.DateOnly, toTheMinute, "2006-01-02T15:04:05", "2006-01-02 15:04:05.000", "20060102150405", "20060102",
		"2006/01/02 15:04:05", "2006/01/02", time.RFC1123,
	}
}

func isDay(layout string) bool {
	return layout == time.DateOnly || layout == "20060102" || layout == "2006/01/02"
}

// timeName says whether a name is that of a time: a number there may be an instant.
func timeName(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"time", "date", "stamp", "expire", "expiry", "gmt", "created", "modified", "updated"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return strings.HasSuffix(name, "_at")
}
