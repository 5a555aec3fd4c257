package adapters_test

import (
	"encoding/json"
	"testing"
	"time"

	"understudy/adapters"
)

func TestDays(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{
		"2024-02-29": true, "0001-01-01": true, "9999-12-31": true,
		"2023-02-29": false, "2024-2-29": false, "2024-02-29 ": false, "20240229": false, "": false,
	} {
		day, err := adapters.ParseDay(text)
		if (err == nil) != good || good && (day.String() != text || !day.IsValid() || day.IsZero()) || !good && !day.IsZero() {
			t.Errorf("%q: %v, %v", text, day, err)
		}
	}
	for _, day := range []adapters.Day{{}, {Year: 2023, Month: 2, Day: 29}, {Year: 10000, Month: 1, Day: 1}, {Year: 2024, Month: 13, Day: 1}, {Year: -1, Month: 1, Day: 1}} {
		if day.IsValid() {
			t.Errorf("%v is valid", day)
		}
	}
	zone := time.FixedZone("east", 8*60*60)
	day := adapters.DayOf(time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC).In(zone))
	if want := (adapters.Day{Year: 2026, Month: time.March, Day: 2}); day != want || !day.In(zone).Equal(time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("%v", day)
	}
	days := []adapters.Day{day, {}}
	text, err := json.Marshal(days)
	if err != nil || string(text) != `["2026-03-02",""]` {
		t.Errorf("%s, %v", text, err)
	}
	var back []adapters.Day
	if err := json.Unmarshal(text, &back); err != nil || back[0] != days[0] || back[1] != days[1] {
		t.Errorf("%v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`["2026-02-30"]`), &back); err == nil {
		t.Error("30 February was read")
	}
}
