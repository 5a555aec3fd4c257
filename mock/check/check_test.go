package check_test

import (
	"context"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/report"
	"understudy/specs"
)

// world is a simulator behind a listener.
func world(tb testing.TB, config mock.Config) (*mock.Server, string) {
	tb.Helper()
	server, err := mock.New(config)
	if err != nil {
		tb.Fatal(err)
	}
	front := httptest.NewServer(server)
	tb.Cleanup(func() {
		front.Close()
		_ = server.Close(context.WithoutCancel(tb.Context()))
	})
	return server, front.URL
}

func load(tb testing.TB, vendor string) *specs.Contract {
	tb.Helper()
	c, err := specs.Load(vendor)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// choices are the readings to check under: none, and each alone.
func choices(c *specs.Contract) []map[string]string {
	list := []map[string]string{{}}
	for _, u := range c.Unclear {
		for _, r := range u.Readings {
			list = append(list, map[string]string{u.ID: r.Name})
		}
	}
	return list
}

// TestOwnSimulator holds the simulator of every vendor to its contract, as it is and under each reading.
func TestOwnSimulator(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, vendor := range specs.Vendors() {
		base := load(t, vendor)
		for _, choice := range choices(base) {
			c, err := base.With(choice)
			if err != nil {
				t.Fatal(err)
			}
			checked++
			var name []string
			for _, id := range slices.Sorted(maps.Keys(choice)) {
				name = append(name, id+"="+choice[id])
			}
			t.Run(vendor+" "+strings.Join(name, " "), func(t *testing.T) {
				t.Parallel()
				server, url := world(t, mock.Config{Contracts: []*specs.Contract{base}, Readings: choice, Seed: 1})
				credentials, _ := server.Credentials(vendor)
				got, err := check.Run(t.Context(), check.Config{Contract: c, Credentials: credentials, Target: url, Unsafe: true})
				if err != nil {
					t.Fatal(err)
				}
				tell(t, got)
				if got.Checked() < 3*len(c.Operations) {
					t.Errorf("only %d checks of %d operations", got.Checked(), len(c.Operations))
				}
				for _, op := range got.Operations {
					if len(op.Positive.Checked) == 0 || len(op.Negative.Checked) == 0 {
						t.Errorf("%s was not checked: %v %v", op.ID, op.Positive.NotChecked, op.Negative.NotChecked)
					}
				}
			})
		}
	}
	if checked < 28 {
		t.Errorf("only %d choices of readings were tried", checked)
	}
}

// tell fails a test for each check that failed.
func tell(tb testing.TB, got *report.Report) {
	tb.Helper()
	for _, op := range got.Operations {
		for _, part := range op.Parts() {
			for _, one := range part.Checked {
				if !one.Failed {
					continue
				}
				f := one.Findings[0]
				tb.Errorf("%s %s: %s [%s] %s\n  request %s\n  reply %s\n  %s", op.ID, one.Name, f.Message, f.Rule, f.At, f.Request, f.Reply, f.Reproduce)
			}
		}
	}
}

// show logs what a run did, for whoever works on it.
func show(tb testing.TB, got *report.Report) {
	tb.Helper()
	tb.Logf("%d requests, %d checks, %d failures", got.Requests, got.Checked(), got.Failures())
	for _, op := range got.Operations {
		for _, part := range op.Parts() {
			if len(part.Checked)+len(part.NotChecked) > 0 {
				tb.Logf("%s %s: %d checks, left out %v", op.ID, part.Name, len(part.Checked), part.NotChecked)
			}
			for _, one := range part.Checked {
				tb.Logf("   %s", one.Name)
			}
		}
		tb.Logf("%s %v %v", op.ID, op.Statuses, op.Codes)
	}
	for _, o := range got.Observed {
		tb.Logf("observed %s %s: %s", o.Operation, o.Name, o.Text)
	}
}
