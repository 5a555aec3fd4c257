package zheliban

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"understudy/adapters"
)

// good is a row that every test here can tell from the bad ones.
const good = `{"requestId":"G","serialNumber":"good"}`

func TestBadRows(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]struct {
		row, serial, batch, place string
	}{
		"odd day":                {`{"requestId":"R","serialNumber":"S","birthdate":"1993-02-30"}`, "S", "R", "/result/1/birthdate: "},
		"odd fee":                {`{"requestId":"R","serialNumber":"S","examinationFee":"12,5"}`, "S", "R", "/result/1/examinationFee: "},
		"wrong type":             {`{"requestId":"R","serialNumber":"S","name":{"1993":1}}`, "S", "R", "/result/1/name: "},
		"odd boolean":            {`{"requestId":7,"serialNumber":8,"isPregnant":"1993"}`, "8", "7", "/result/1/isPregnant: "},
		"no serial number":       {`{"requestId":"R","name":"1993"}`, "", "R", "/result/1/serialNumber: "},
		"null serial number":     {`{"requestId":"R","serialNumber":null}`, "", "R", "/result/1/serialNumber: "},
		"serial number is a map": {`{"requestId":"R","serialNumber":{"a":"1993"}}`, "", "R", "/result/1/serialNumber: "},
		"serial number too long": {`{"serialNumber":"` + strings.Repeat("1993", 13) + `","name":[]}`, "", "", "/result/1/name: "},
		"serial with a space":    {`{"serialNumber":"1993 04","name":[]}`, "", "", "/result/1/name: "},
		"two serial numbers":     {`{"requestId":"R","serialNumber":"S","serialNumber":"T"}`, "", "R", "/result/1: "},
		"a name twice":           {`{"requestId":"R","serialNumber":"S","name":"1993","name":"1994"}`, "S", "R", "/result/1: "},
		"cut in a character":     {`{"requestId":"R","serialNumber":"S","name":"1993` + "\xe6\xb5" + `"}`, "S", "R", "/result/1: "},
		"half a surrogate":       {`{"requestId":"R","serialNumber":"S","name":"1993\ud83d"}`, "S", "R", "/result/1: "},
		"cut serial number":      {`{"requestId":"R","serialNumber":"1993` + "\xe6\xb5" + `"}`, "", "R", "/result/1: "},
		"no object":              {`"1993"`, "", "", "/result/1: "},
		"null":                   {`null`, "", "", "/result/1: "},
		"too deep":               {`{"requestId":"R","serialNumber":"S","x":` + strings.Repeat("[", 80) + strings.Repeat("]", 80) + `}`, "S", "R", "/result/1: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, &platform{answer: func(string, string, string) (int, string) {
				return 200, ok("[" + good + "," + r.row + "," + good + "]")
			}})
			rows, err := c.PullReservations(t.Context())
			var e *adapters.Error
			var bad *RowsError
			if len(rows) != 2 || !errors.As(err, &e) || e.Condition != adapters.ErrDecode || e.Operation != "pullReservations" || e.Fault != adapters.FaultVendor ||
				e.Retryable || !errors.As(err, &bad) || len(bad.Rows) != 1 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			b := bad.Rows[0]
			if b.Position != 1 || b.SerialNumber != r.serial || b.RequestID != r.batch || !strings.HasPrefix(b.Err.Error(), r.place) {
				t.Errorf("%+v, want %q of %q at %s", b, r.serial, r.batch, r.place)
			}
			if text := fmt.Sprintf("%v %+v %+v %#v %#v", err, e, bad, *bad, Summary{Undecodable: bad.Rows}); strings.Contains(text, "1993") {
				t.Errorf("personal data in %s", text)
			}
		})
	}
}

func TestManyBadRowsAreCounted(t *testing.T) {
	t.Parallel()
	c := newClient(t, &platform{answer: func(string, string, string) (int, string) { return 200, ok("[1,2,3,4,5]") }})
	rows, err := c.PullReservations(t.Context())
	var bad *RowsError
	if rows != nil || !errors.As(err, &bad) || len(bad.Rows) != 5 || !strings.Contains(err.Error(), "5 bad rows") || strings.Contains(err.Error(), "/result/3") {
		t.Errorf("%v, %v", rows, err)
	}
}

// The good rows reach the sink and are acknowledged; nothing that is sent may acknowledge a bad one.
func TestSyncWithBadRows(t *testing.T) {
	t.Parallel()
	bad := func(requestID, serial string) string {
		return fmt.Sprintf(`{"requestId":%q,"serialNumber":%q,"birthdate":"never"}`, requestID, serial)
	}
	for name, r := range map[string]struct {
		rows    []string
		fail    string
		handed  string
		acked   string
		summary Summary
	}{
		"one of a batch": {rows: []string{row("A", "1", "1", "x"), bad("A", "2"), row("A", "3", "1", "x"), row("B", "4", "1", "x")},
			handed: "A:1/1,3/1 B:4/1", acked: "1 3 B", summary: Summary{Pulled: 4, HandedOver: 3, Acknowledged: []string{"A", "B"}}},
		"all": {rows: []string{bad("A", "1"), bad("B", "2")}, summary: Summary{Pulled: 2}},
		"no batch to be read": {rows: []string{row("A", "1", "1", "x"), `{"serialNumber":"2","name":[]}`, row("B", "4", "1", "x")},
			handed: "A:1/1 B:4/1", acked: "1 4", summary: Summary{Pulled: 3, HandedOver: 2, Acknowledged: []string{"A", "B"}}},
		"two batches to be read": {rows: []string{row("A", "1", "1", "x"), `{"serialNumber":"2","requestId":"A","requestId":"B"}`, row("B", "4", "1", "x"), row("C", "5", "1", "x")},
			handed: "A:1/1 B:4/1 C:5/1", acked: "1 4 C", summary: Summary{Pulled: 4, HandedOver: 3, Acknowledged: []string{"A", "B", "C"}}},
		"no object": {rows: []string{row("A", "1", "1", "x"), "null"}, handed: "A:1/1", acked: "1",
			summary: Summary{Pulled: 2, HandedOver: 1, Acknowledged: []string{"A"}}},
		"the same reservation": {rows: []string{row("A", "1", "1", "x"), row("A", "2", "1", "x"), bad("A", "1")},
			handed: "A:1/1,2/1", acked: "2", summary: Summary{Pulled: 3, HandedOver: 2, Unacknowledged: []string{"A"}}},
		"the same reservation in other batches": {rows: []string{row("A", "1", "1", "x"), row("A", "2", "1", "x"), bad("B", "1"), row("C", "1", "5", "x"), row("C", "3", "1", "x")},
			handed: "A:1/1,2/1 C:1/5,3/1", acked: "2 3", summary: Summary{Pulled: 5, HandedOver: 4, Unacknowledged: []string{"A", "C"}}},
		"one of two serial numbers": {rows: []string{row("A", "1", "1", "x"), row("A", "2", "1", "x"), `{"requestId":"A","serialNumber":"1","serialNumber":"9"}`},
			handed: "A:1/1,2/1", acked: "2", summary: Summary{Pulled: 3, HandedOver: 2, Unacknowledged: []string{"A"}}},
		"one refused": {rows: []string{row("A", "1", "1", "x"), row("A", "2", "1", "x"), bad("A", "3")}, fail: "1",
			handed: "A:1/1,2/1", acked: "2", summary: Summary{Pulled: 3, HandedOver: 2, Unacknowledged: []string{"A"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{rows: r.rows, fail: map[string]bool{r.fail: r.fail != ""}}
			c := s.client(t)
			for round := range 2 {
				s.got = nil
				var handed []string
				summary, err := c.Sync(t.Context(), func(_ context.Context, b Batch) error {
					var rows []string
					for _, r := range b.Reservations {
						rows = append(rows, r.SerialNumber+"/"+r.OrderStatus)
					}
					handed = append(handed, b.RequestID+":"+strings.Join(rows, ","))
					return nil
				})
				var bad *RowsError
				if !errors.Is(err, adapters.ErrDecode) || !errors.As(err, &bad) || len(bad.Rows) == 0 || len(bad.Rows) != len(summary.Undecodable) ||
					errors.Is(err, adapters.ErrRejected) != (r.fail != "") {
					t.Errorf("round %d: %v", round, err)
				}
				if round == 1 { // what is not acknowledged is not handed over again; the rest is news
					if slices.ContainsFunc(handed, func(b string) bool {
						return len(r.summary.Unacknowledged) > 0 && strings.Contains(b, "1/")
					}) {
						t.Errorf("handed over again: %q", handed)
					}
					continue
				}
				if got := strings.Join(handed, " "); got != r.handed {
					t.Errorf("handed over %q, want %q", got, r.handed)
				}
				if got := strings.Join(s.got, " "); got != r.acked {
					t.Errorf("acknowledged %q, want %q", got, r.acked)
				}
				summary.Undecodable = nil
				if got, want := fmt.Sprintf("%+v", summary), fmt.Sprintf("%+v", r.summary); got != want {
					t.Errorf("%s, want %s", got, want)
				}
			}
		})
	}
}

// A reservation whose row was fine, kept and not acknowledged, then bad, then fine again is not handed over twice.
func TestSyncRemembersBehindABadRow(t *testing.T) {
	t.Parallel()
	fine := row("A", "1", "1", "x")
	s := &script{rows: []string{fine}, fail: map[string]bool{"A": true}}
	c := s.client(t)
	taken := 0
	sink := func(_ context.Context, b Batch) error { taken += len(b.Reservations); return nil }
	if _, err := c.Sync(t.Context(), sink); !errors.Is(err, adapters.ErrRejected) {
		t.Fatal(err)
	}
	s.rows = []string{`{"requestId":"A","serialNumber":"1","name":7,"name":8}`}
	if _, err := c.Sync(t.Context(), sink); !errors.Is(err, adapters.ErrDecode) || len(s.got) != 0 {
		t.Errorf("acknowledged %q: %v", s.got, err)
	}
	s.rows, s.fail = []string{fine}, nil
	if _, err := c.Sync(t.Context(), sink); err != nil || taken != 1 || !slices.Equal(s.got, []string{"A"}) {
		t.Errorf("taken %d times, acknowledged %q: %v", taken, s.got, err)
	}
}
