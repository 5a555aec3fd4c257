package replay_test

import (
	"slices"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/scenarios"
)

// TestLater drives a year later, also at a server whose clock stands where it stood: what such data are like depends on the day.
func TestLater(t *testing.T) {
	t.Parallel()
	then := time.Now().AddDate(-1, 0, -3)
	for _, vendor := range []string{"zheliban", "mytijian", "eazytec", "weixiao"} {
		c := load(t, vendor)
		from := newWorld(t, mock.Config{Now: func() time.Time { return then }})
		r := record(t, from, c, stories()[vendor])
		for _, x := range r.Exchanges {
			x.At = then
		}
		to := newWorld(t, mock.Config{})
		if vendor == "zheliban" {
			session, err := to.server.Session("")
			if err != nil {
				t.Fatal(err)
			}
			session.Freeze(then)
		}
		for _, d := range differences(driven(t, to, c, r, nil)) {
			t.Errorf("%s: %s", vendor, d)
		}
	}
}

// TestEndedToken drives a story in which a token ended: the refusal comes again, and what follows works.
func TestEndedToken(t *testing.T) {
	t.Parallel()
	c := load(t, "zheliban")
	w := newWorld(t, mock.Config{})
	client := w.client(c)
	if _, err := client.Call(t.Context(), "pullReservations", nil); err != nil {
		t.Fatal(err)
	}
	session, err := w.server.Session("")
	if err != nil {
		t.Fatal(err)
	}
	session.Shift(25 * time.Hour)
	if x, err := client.Call(t.Context(), "pullReservations", nil); err != nil || x.Outcome != drive.VendorError {
		t.Fatalf("%v, %v", x, err)
	}
	if x, err := client.Call(t.Context(), "pullReservations", nil); err != nil || x.Outcome != drive.OK {
		t.Fatalf("%v, %v", x, err)
	}
	r := record(t, newWorld(t, mock.Config{}), c, stories()["zheliban"])
	whole := len(r.Exchanges)
	for _, x := range w.recording(c).Exchanges {
		if x.Request.Wire.Credential == scenarios.Stale {
			r.Exchanges = slices.Insert(r.Exchanges, 3, x)
		}
	}
	if len(r.Exchanges) == whole {
		t.Fatal("no token ended")
	}
	for i, x := range r.Exchanges {
		x.Number = i + 1
	}
	for _, d := range differences(driven(t, newWorld(t, mock.Config{}), c, r, nil)) {
		t.Error(d)
	}
}
