package mock

import (
	"errors"
	"testing"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// TestAHandleOnASessionThatIsOver changes nothing and makes nothing.
func TestAHandleOnASessionThatIsOver(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	one := p.make(SessionConfig{Name: "one"})
	one.Drop()
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"SetReadings":        func() error { return one.SetReadings(nil) },
		"SetSignatureWindow": func() error { return one.SetSignatureWindow("off") },
		"AddFault":           func() error { _, err := one.AddFault(Fault{Status: 500}); return err },
		"Records":            func() error { _, err := one.Records(ctx, "zheliban", "reservations"); return err },
		"PutRecord":          func() error { _, err := one.PutRecord(ctx, "zheliban", "reservations", "ZJ77", nil); return err },
		"DeleteRecord":       func() error { _, err := one.DeleteRecord(ctx, "zheliban", "reservations", "ZJ77"); return err },
		"Deliveries":         func() error { _, _, err := one.Deliveries(ctx); return err },
	} {
		if err := call(); !errors.Is(err, ErrSessionOver) {
			t.Errorf("%s: %v, want ErrSessionOver", name, err)
		}
	}
	one.SetSeed(7)
	one.Freeze(time.Unix(0, 0))
	one.SetShift(time.Hour)
	one.RevokeToken("development-token")
	one.ClearFaults()
	one.ClearJournal()
	one.Reset()
	one.Drop()
	if info := one.Info(); info.Name != "one" || info.Seed == 7 || info.Clock == "frozen" || !info.Made.IsZero() {
		t.Errorf("it stands as %+v", info)
	}
	if _, ok := p.server.LookupSession("one"); ok {
		t.Error("the handle made the session again")
	}
}

// TestACallKeepsTheWorldItBeganWith: what is set meanwhile counts from the next call on, in all of its parts.
func TestACallKeepsTheWorldItBeganWith(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	one, _ := p.server.Session("")
	change := func(*Server, *exchange) *no {
		if err := one.SetReadings(map[string]string{"W-2": "200"}); err != nil {
			t.Error(err)
		}
		one.SetSeed(99)
		return nil
	}
	p.server.stages = append(stages(), stage{"change", change})
	var reading []string
	var seeds []int64
	see := func(w *behave.World) { reading, seeds = append(reading, w.Reading("W-2")), append(seeds, w.Seed) }
	p.step("listPushProjects", func(_ state.Tx, c *behave.Call) (behave.Reply, error) {
		see(c.World)
		return behave.Reply{Value: value.List{}, Effects: []behave.Effect{see}}, nil
	})
	p.play("weixiao listPushProjects")
	if len(reading) != 2 || reading[0] != "" || reading[1] != "" || seeds[0] != 1 || seeds[1] != 1 {
		t.Errorf("the call and its effect met the readings %q and the seeds %d", reading, seeds)
	}
}

// TestReadingsOfTheContractsThemselves hold for behaviours as those do that the config chooses.
func TestReadingsOfTheContractsThemselves(t *testing.T) {
	t.Parallel()
	contract, err := only(t, "weixiao")[0].With(map[string]string{"W-2": "200"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Contracts: []*specs.Contract{contract}})
	if err != nil {
		t.Fatal(err)
	}
	one, err := s.Session("")
	if err != nil {
		t.Fatal(err)
	}
	if got := one.Info().Readings; len(got) != 1 || got["W-2"] != "200" {
		t.Errorf("the session plays %v", got)
	}
}
