package mytijian

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/reugn/go-quartz/quartz"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

func TestNextRun(t *testing.T) {
	t.Parallel()
	for _, r := range []struct {
		expression string
		want       string // the next runs after 2026-01-31 12:00:00 UTC+8
	}{
		{"0/5 * * * * ?", "2026-01-31 12:00:05, 2026-01-31 12:00:10"},
		{"0 0/1 * * * ?", "2026-01-31 12:01:00, 2026-01-31 12:02:00"},
		{"0 0 12 * * ?", "2026-02-01 12:00:00, 2026-02-02 12:00:00"},
		{"0 0 2 31 2 ?", ""},
		{"0 0 2 29 2 ?", "2028-02-29 02:00:00, 2032-02-29 02:00:00"},
		{"0 0 0 31 * ?", "2026-03-31 00:00:00, 2026-05-31 00:00:00"},
		{"0 0 0 1 1 ? 1999", ""},
		{"0 0 0 1 1 ? 2027,2030", "2027-01-01 00:00:00, 2030-01-01 00:00:00"},
		{"0 0 0 1 1 ? 2096/3", "2096-01-01 00:00:00, 2099-01-01 00:00:00"},
		{"0 0 0 L 2 ?", "2026-02-28 00:00:00, 2027-02-28 00:00:00"},
		{"0 0 0 L-3 * ?", "2026-02-25 00:00:00, 2026-03-28 00:00:00"},
		{"0 0 0 L-30 * ?", "2026-03-01 00:00:00, 2026-05-01 00:00:00"},
		{"0 0 0 LW * ?", "2026-02-27 00:00:00, 2026-03-31 00:00:00"},
		{"0 0 0 15W * ?", "2026-02-16 00:00:00, 2026-03-16 00:00:00"},
		{"0 0 0 1W * ?", "2026-02-02 00:00:00, 2026-03-02 00:00:00"},
		{"0 0 0 31W * ?", "2026-03-31 00:00:00, 2026-05-29 00:00:00"},
		{"0 0 0 ? * 6#5", "2026-05-29 00:00:00, 2026-07-31 00:00:00"},
		{"0 0 0 ? * FRIL", "2026-02-27 00:00:00, 2026-03-27 00:00:00"},
		{"0 0 0 ? * L", "2026-02-07 00:00:00, 2026-02-14 00:00:00"},
		{"0 0 0 ? * 1", "2026-02-01 00:00:00, 2026-02-08 00:00:00"},
		{"0 0 0 ? * FRI-MON", "2026-02-01 00:00:00, 2026-02-02 00:00:00"},
		{"0 0 22-2 ? * *", "2026-01-31 22:00:00, 2026-01-31 23:00:00"},
		{"0 0 0 ? jan-mar Mon#1", "2026-02-02 00:00:00, 2026-03-02 00:00:00"},
		{"30 10-20/5,40 9,18 1/10 * ?", "2026-01-31 18:10:30, 2026-01-31 18:15:30"},
		{"  0   0 0 1 1 ?  * ", "2027-01-01 00:00:00, 2028-01-01 00:00:00"},
	} {
		task, at := Task{CronExpression: r.expression}, time.Date(2026, 1, 31, 4, 0, 0, 0, time.UTC)
		var got []string
		for range 2 {
			next, err := task.NextRun(at)
			if errors.Is(err, ErrNeverRuns) {
				break
			}
			if err != nil || !next.After(at) {
				t.Fatalf("%s: %s, %v", r.expression, next, err)
			}
			if _, offset := next.Zone(); offset != 8*3600 {
				t.Errorf("%s: the zone is %s", r.expression, next)
			}
			got, at = append(got, next.Format(time.DateTime)), next
		}
		if strings.Join(got, ", ") != r.want {
			t.Errorf("%s: %v, want %s", r.expression, got, r.want)
		}
	}
}

func TestNextRunAtTheEdges(t *testing.T) {
	t.Parallel()
	every := Task{CronExpression: "* * * * * ?"}
	for _, r := range []struct{ after, want time.Time }{
		{time.Date(2026, 1, 1, 0, 0, 0, 0, rest.Beijing()), time.Date(2026, 1, 1, 0, 0, 1, 0, rest.Beijing())},
		{time.Date(2026, 1, 1, 0, 0, 0, 999, rest.Beijing()), time.Date(2026, 1, 1, 0, 0, 1, 0, rest.Beijing())},
		{time.Date(2025, 12, 31, 23, 59, 59, 999999999, rest.Beijing()), time.Date(2026, 1, 1, 0, 0, 0, 0, rest.Beijing())},
		{time.Unix(-1<<60, 0), time.Date(1970, 1, 1, 0, 0, 0, 0, rest.Beijing())},
	} {
		if got, err := every.NextRun(r.after); err != nil || !got.Equal(r.want) {
			t.Errorf("after %s: %s, want %s (%v)", r.after, got, r.want, err)
		}
	}
	if _, err := every.NextRun(time.Unix(1<<50, 0)); !errors.Is(err, ErrNeverRuns) {
		t.Errorf("beyond 2099: %v", err)
	}
}

// A library written by others judges the plain expressions; where it is known to be wrong, the table above decides.
func TestNextRunAgreesWithGoQuartz(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{
		"0/5 * * * * ?", "0 0/1 * * * ?", "15 30 6 * * ?", "0 0 8-18/2 ? * MON-FRI", "0 5,35 0 1,15 * ?", "0 0 3 ? * 1", "59 59 23 L * ?",
		"0 0 0 ? 1/3 2#2", "10/20 7 * 28 FEB,JUN ?", "0 0 1 1 1 ? 2026-2040/2", "0 0 4 ? * 5L",
	} {
		trigger, err := quartz.NewCronTriggerWithLoc(expression, rest.Beijing())
		if err != nil {
			t.Fatalf("%s: %v", expression, err)
		}
		at := time.Date(2026, 1, 31, 12, 0, 0, 0, rest.Beijing())
		for i := range 50 {
			judge, err := trigger.NextFireTime(at.UnixNano())
			if err != nil {
				break
			}
			got, err := Task{CronExpression: expression}.NextRun(at)
			if want := time.Unix(0, judge); err != nil || !got.Equal(want) {
				t.Fatalf("%s, run %d after %s: %s, want %s (%v)", expression, i, at, got, want, err)
			}
			at = got
		}
	}
}

func TestBadExpressions(t *testing.T) {
	t.Parallel()
	for expression, names := range map[string]string{
		"": "0 fields", "* * * * *": "5 fields", "0 0 0 * * ? 2026 x": "8 fields", "@daily": "1 fields",
		"0 0 0 ? * ?": "must be ?", "0 0 0 * * *": "must be ?", "0 0 0 1 * 2": "must be ?",
		"60 * * * * ?": "second", "a * * * * ?": "second", "0/0 * * * * ?": "second", "0/60 * * * * ?": "second", "1- * * * * ?": "second", "+1 * * * * ?": "second",
		"0 60 * * * ?": "minute", "0 , * * * ?": "minute", "0 0 24 * * ?": "hour", "0 0 ? * * ?": "hour",
		"0 0 0 32 * ?": "day of month", "0 0 0 0 * ?": "day of month", "0 0 0 L3 * ?": "day of month", "0 0 0 L-31 * ?": "day of month", "0 0 0 W * ?": "day of month", "0 0 0 1,L * ?": "day of month",
		"0 0 0 1 13 ?": "month", "0 0 0 1 ANF ?": "month", "0 0 0 ? * 8": "day of week", "0 0 0 ? * 2#6": "day of week", "0 0 0 ? * 0L": "day of week", "0 0 0 ? * #1": "day of week",
		"0 0 0 1 1 ? 1969": "year", "0 0 0 1 1 ? 2030-2020": "year",
	} {
		_, err := Task{CronExpression: expression}.NextRun(time.Now())
		if !errors.Is(err, adapters.ErrDecode) || !strings.Contains(err.Error(), names) {
			t.Errorf("%q: %v, want it to name %q", expression, err, names)
		}
	}
}

func FuzzNextRun(f *testing.F) {
	for _, seed := range []string{"0/5 * * * * ?", "0 0 0 L-3W * ?", "0 0 0 ? * 6#3 2026-2030/2", "1-,/ * * ? ? L"} {
		f.Add(seed, int64(1767225600))
	}
	f.Fuzz(func(t *testing.T, expression string, unix int64) {
		after := time.Unix(unix, 0)
		next, err := Task{CronExpression: expression}.NextRun(after)
		if err == nil && (!next.After(after) || next.Year() > lastYear) {
			t.Errorf("%q after %s: %s", expression, after, next)
		}
	})
}
