package value

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestParseDay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want Day
		ok   bool
	}{
		{"2025-02-28", Day{2025, time.February, 28}, true},
		{"2024-02-29", Day{2024, time.February, 29}, true},
		{"1949-10-01", Day{1949, time.October, 1}, true},
		{"2025-02-29", Day{}, false},
		{"2025-02-30", Day{}, false},
		{"2025-13-01", Day{}, false},
		{"2025-00-01", Day{}, false},
		{"2025-2-3", Day{}, false},
		{"20250203", Day{}, false},
		{"2025-02-03 00:00:00", Day{}, false},
		{" 2025-02-03", Day{}, false},
		{"", Day{}, false},
	}
	for _, tt := range tests {
		got, err := ParseDay(tt.text)
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("ParseDay(%q) = %v, %v, want %v", tt.text, got, err, tt.want)
		}
		if err != nil && tt.text != "" && strings.Contains(err.Error(), tt.text) {
			t.Errorf("the error shows the text, which may be a birth date: %v", err)
		}
		if tt.ok && got.String() != tt.text {
			t.Errorf("%q comes back as %q", tt.text, got)
		}
	}
}

func TestDayOfIsTheDayInChina(t *testing.T) {
	t.Parallel()
	tests := []struct{ instant, want string }{
		{"2025-12-31T15:59:59Z", "2025-12-31"},
		{"2025-12-31T16:00:00Z", "2026-01-01"},
		{"2026-01-01T00:00:00+08:00", "2026-01-01"},
		{"2025-12-31T23:59:59+08:00", "2025-12-31"},
		{"2025-12-31T05:00:00-11:00", "2026-01-01"},
	}
	for _, tt := range tests {
		at, err := time.Parse(time.RFC3339, tt.instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(at).String(); got != tt.want {
			t.Errorf("DayOf(%s) = %s, want %s", tt.instant, got, tt.want)
		}
	}
}

func TestDayStart(t *testing.T) {
	t.Parallel()
	start := Day{2026, time.January, 1}.Start()
	if want := time.Date(2025, 12, 31, 16, 0, 0, 0, time.UTC); !start.Equal(want) {
		t.Errorf("the day starts at %v, want %v", start, want)
	}
	if DayOf(start) != (Day{2026, time.January, 1}) || DayOf(start.Add(-1)) != (Day{2025, time.December, 31}) {
		t.Error("the start of a day is not its first instant")
	}
	if _, offset := start.In(China()).Zone(); offset != 8*60*60 {
		t.Errorf("China is %d seconds from UTC", offset)
	}
}

func TestWhole(t *testing.T) {
	t.Parallel()
	tests := []struct {
		v    any
		want int64
		ok   bool
	}{
		{json.Number("200"), 200, true},
		{json.Number("-1"), -1, true},
		{json.Number("9223372036854775807"), 9223372036854775807, true},
		{json.Number("9223372036854775808"), 0, false},
		{json.Number("1.0"), 0, false},
		{json.Number("1e3"), 0, false},
		{"200", 200, true},
		{"", 0, false},
		{"20x", 0, false},
		{" 1", 0, false},
		{int64(7), 7, true},
		{7, 7, true},
		{true, 0, false},
		{nil, 0, false},
		{[]any{json.Number("1")}, 0, false},
	}
	for _, tt := range tests {
		got, ok := Whole(Record{"n": tt.v}, "n")
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("Whole of %T %v = %d, %v, want %d, %v", tt.v, tt.v, got, ok, tt.want, tt.ok)
		}
	}
	for _, r := range []Record{nil, {}} {
		if _, ok := Whole(r, "n"); ok {
			t.Error("an absent member is a whole number")
		}
	}
}

func TestTextAndObject(t *testing.T) {
	t.Parallel()
	r := Record{"text": "甲", "null": nil, "number": json.Number("1"), "record": Record{"a": "b"}, "list": List{}}
	if got := Text(r, "text"); got != "甲" {
		t.Errorf("Text = %q", got)
	}
	if got := Object(r, "record"); Text(got, "a") != "b" {
		t.Errorf("Object = %v", got)
	}
	for _, name := range []string{"null", "number", "record", "list", "absent"} {
		if got := Text(r, name); got != "" {
			t.Errorf("Text of %s = %q", name, got)
		}
	}
	for _, name := range []string{"null", "number", "text", "list", "absent"} {
		if got := Object(r, name); got != nil {
			t.Errorf("Object of %s = %v", name, got)
		}
	}
	if Text(nil, "a") != "" || Object(nil, "a") != nil {
		t.Error("a record that is not there has members")
	}
}
