package alihealth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"understudy/adapters"
)

// book answers with the rows of the page asked for, made by rows, in the format asked for.
func book(t *testing.T, rows func(page int) (ids []string, echo string)) *gateway {
	g := &gateway{}
	g.answer = func(call int, p received) (int, string) {
		if want := fmt.Sprintf(`"page_num":%d,`, call); !strings.Contains(p.params[structure], want) {
			t.Errorf("call %d asks for %s", call, p.params[structure])
		}
		ids, echo := rows(call)
		var list strings.Builder
		for _, id := range ids {
			list.WriteString(xmlRow(id))
		}
		return 200, xmlPage(echo + "<data_list>" + list.String() + "</data_list>")
	}
	return g
}

func ids(from, to int) []string {
	var list []string
	for i := from; i <= to; i++ {
		list = append(list, fmt.Sprint("P", i))
	}
	return list
}

func TestAppointments(t *testing.T) {
	t.Parallel()
	total := func(n int) string { return fmt.Sprintf("<total>%d</total>", n) }
	type rows = func(page int) ([]string, string)
	for name, r := range map[string]struct {
		rows  rows
		want  int // different rows
		calls int
		fails error
	}{
		"none":                       {func(int) ([]string, string) { return nil, "" }, 0, 1, nil},
		"one short page":             {func(int) ([]string, string) { return ids(1, 3), "" }, 3, 1, nil},
		"one full page, total":       {func(int) ([]string, string) { return ids(1, 4), total(4) }, 4, 1, nil},
		"one full page, no total":    {func(p int) ([]string, string) { return ids(1, 4*(2-p)), "" }, 4, 2, nil},
		"short last page":            {func(p int) ([]string, string) { return ids(4*p-3, min(4*p, 10)), total(10) }, 10, 3, nil},
		"full last page":             {func(p int) ([]string, string) { return ids(4*p-3, 4*p), total(8) }, 8, 2, nil},
		"total too high":             {func(p int) ([]string, string) { return ids(4*p-3, min(4*p, 6)), total(99) }, 6, 3, nil},
		"short pages, total":         {func(p int) ([]string, string) { return ids(3*p-2, 3*p), total(9) }, 9, 3, nil},
		"a short page between":       {func(p int) ([]string, string) { return ids(4*p-3, 4*p-2*(p%2)), total(6) }, 6, 2, nil},
		"too high, then clamped":     {func(p int) ([]string, string) { return ids(4*min(p, 2)-3, min(4*p, 6)), total(99) }, 6, 3, nil},
		"short pages, no total":      {func(p int) ([]string, string) { return ids(3*p-2, 3*p), "" }, 3, 1, nil},
		"total counts many pages":    {func(p int) ([]string, string) { return ids(4*p-3, min(4*p, 17)), total(5) }, 17, 5, nil},
		"total counts pages":         {func(p int) ([]string, string) { return ids(4*p-3, min(4*p, 11)), total(3) }, 11, 3, nil},
		"total of zero":              {func(p int) ([]string, string) { return ids(4*p-3, min(4*p, 5)), total(0) }, 5, 2, nil},
		"rows move between pages":    {func(p int) ([]string, string) { return ids(3*p-2, min(3*p+1, 9)), total(9) }, 9, 3, nil},
		"twice in a page":            {func(p int) ([]string, string) { return append(ids(1, 2), ids(1, 1)...), "" }, 2, 1, nil},
		"more than asked for":        {func(p int) ([]string, string) { return ids(6*p-5, min(6*p, 8)), total(8) }, 8, 2, nil},
		"size cut down":              {func(p int) ([]string, string) { return ids(3*p-2, min(3*p, 7)), "<page_size>3</page_size>" + total(7) }, 7, 3, nil},
		"size cut down, empty end":   {func(p int) ([]string, string) { return ids(3*p-2, min(3*p, 6)), "<page_size>3</page_size>" }, 6, 3, nil},
		"the same page for ever":     {func(int) ([]string, string) { return ids(1, 4), total(8) }, 4, 2, adapters.ErrDecode},
		"the same, no total":         {func(int) ([]string, string) { return ids(1, 4), "" }, 4, 2, adapters.ErrDecode},
		"endless pages":              {func(p int) ([]string, string) { return ids(4*p-3, 4*p), "" }, 20, 5, adapters.ErrTooLarge},
		"as many pages as permitted": {func(p int) ([]string, string) { return ids(4*p-3, min(4*p, 19)), "" }, 19, 5, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := book(t, r.rows)
			c := newClient(t, g, func(c *Config) { c.Format, c.MaxPages = XML, 5 })
			seen := map[string]bool{}
			var failed error
			for a, err := range c.Appointments(t.Context(), Query{Day: testDay(), OutPovID: testPov, PageSize: 4}) {
				switch {
				case failed != nil:
					t.Fatal("there is more after an error")
				case err != nil && a != (Appointment{}):
					t.Error("a row beside an error")
				case err == nil && seen[a.AppointmentID]:
					t.Errorf("%s comes twice", a.AppointmentID)
				}
				failed = err
				if err == nil {
					seen[a.AppointmentID] = true
				}
			}
			if len(seen) != r.want || len(g.calls) != r.calls {
				t.Errorf("%d rows in %d calls, want %d in %d", len(seen), len(g.calls), r.want, r.calls)
			}
			var e *adapters.Error
			if r.fails == nil && failed != nil || r.fails != nil && (!errors.Is(failed, r.fails) || !errors.As(failed, &e) || e.Fault != adapters.FaultVendor || e.Vendor != vendor || e.Operation != operation) {
				t.Errorf("got %v, want %v", failed, r.fails)
			}
		})
	}
}

func TestAppointmentsOfTwoHundred(t *testing.T) {
	t.Parallel()
	g := book(t, func(p int) ([]string, string) { return ids(200*p-199, min(200*p, 400)), "<total>400</total>" })
	c := newClient(t, g)
	all := c.Appointments(t.Context(), Query{Day: testDay(), OutPovID: testPov})
	count := func() (n int) {
		g.calls = nil
		for _, err := range all {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		return n
	}
	for range 2 { // each range starts anew
		if n := count(); n != 400 || len(g.calls) != 2 {
			t.Errorf("%d rows in %d calls", n, len(g.calls))
		}
	}
}

func TestAppointmentsEndEarly(t *testing.T) {
	t.Parallel()
	g := book(t, func(p int) ([]string, string) { return ids(4*p-3, 4*p), "" })
	c := newClient(t, g)
	q := Query{Day: testDay(), OutPovID: testPov, PageSize: 4}
	n := 0
	for range c.Appointments(t.Context(), q) {
		if n++; n == 6 {
			break
		}
	}
	if len(g.calls) != 2 {
		t.Errorf("%d calls for 6 rows", len(g.calls))
	}

	g.calls, n = nil, 0
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for _, err := range c.Appointments(ctx, q) {
		if last = err; err == nil {
			n++
		}
		cancel()
	}
	if n != 4 || len(g.calls) != 1 || !errors.Is(last, adapters.ErrCanceled) || !errors.Is(last, context.Canceled) {
		t.Errorf("%d rows in %d calls, %v", n, len(g.calls), last)
	}

	g.calls = nil
	q.Page = 1
	for _, err := range c.Appointments(t.Context(), q) {
		last = err
	}
	if !errors.Is(last, adapters.ErrInvalid) || len(g.calls) != 0 {
		t.Errorf("%d calls, %v", len(g.calls), last)
	}
}

func TestAppointmentsKeepWhatCameBeforeAnError(t *testing.T) {
	t.Parallel()
	g := &gateway{answer: func(call int, _ received) (int, string) {
		if call == 2 {
			return 200, failure("41", `,"sub_code":"isv.invalid-parameter"`)
		}
		return 200, jsonPage("", "["+jsonRow("P1")+"]")
	}}
	n := 0
	var last error
	for _, err := range newClient(t, g).Appointments(t.Context(), Query{Day: testDay(), OutPovID: testPov, PageSize: 1}) {
		if last = err; err == nil {
			n++
		}
	}
	if n != 1 || !errors.Is(last, adapters.ErrInvalid) || !errors.Is(last, ErrPlatform) {
		t.Errorf("%d rows, %v", n, last)
	}
}
