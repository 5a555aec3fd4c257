package report_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/mock/report"
)

func TestABaselineLetsPassWhatItKnows(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "baseline.yaml")
	n, err := report.WriteBaseline(file, sample())
	if err != nil || n != 4 {
		t.Fatalf("%d entries, %v; want 4", n, err)
	}
	b, err := report.ReadBaseline(file)
	if err != nil {
		t.Fatal(err)
	}
	r := sample()
	b.Apply(r)
	if r.Failures() != 0 || r.KnownFailures() != 3 || len(r.Mended) != 0 {
		t.Errorf("%d failures, %d known, mended %v", r.Failures(), r.KnownFailures(), r.Mended)
	}
	if why := r.Operations[1].Positive.Checked[0].KnownWhy; why != "known on 2026-03-01" {
		t.Errorf("reason %q", why)
	}

	r = sample() // another item of the same array is the same mistake; another member is not
	r.Operations[0].Positive.Checked[1].Findings[0].Pointer = "/items/0/age"
	if b.Apply(r); r.Failures() != 0 {
		t.Error("another item counts as another failure")
	}
	r = sample()
	r.Operations[0].Positive.Checked[1].Findings[0].Pointer = "/items/0/name"
	if b.Apply(r); r.Failures() != 1 {
		t.Error("another member is taken for the known one")
	}
}

func TestABaselineTellsWhatIsMended(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "baseline.yaml")
	if _, err := report.WriteBaseline(file, sample()); err != nil {
		t.Fatal(err)
	}
	b, err := report.ReadBaseline(file)
	if err != nil {
		t.Fatal(err)
	}
	r := sample()
	r.Operations[1].Positive.Checked[0] = report.Check{Name: "positive: plain"}
	b.Apply(r)
	if len(r.Mended) != 1 || r.Mended[0].Operation != "dropPet" {
		t.Errorf("mended are %v", r.Mended)
	}
	r = sample() // of what was not tried, nothing is known
	r.Operations = r.Operations[:1]
	if b.Apply(r); len(r.Mended) != 0 {
		t.Errorf("mended are %v", r.Mended)
	}
}

func TestABaselineWrittenAgainKeepsReasons(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "baseline.yaml")
	text := `{"understudy-baseline": 1, "known": [
		{"operation": "dropPet", "check": "positive: plain", "rule": "failed", "reason": "TICKET-9"},
		{"operation": "listPets", "check": "positive: plain", "rule": "gone", "reason": "mended since"},
		{"operation": "elsewhere", "check": "positive: plain", "rule": "failed", "reason": "not tried"}]}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := report.WriteBaseline(file, sample())
	if err != nil || n != 5 {
		t.Fatalf("%d entries, %v; want 5", n, err)
	}
	again, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(again), "TICKET-9") || !strings.Contains(string(again), "not tried") || strings.Contains(string(again), "mended since") {
		t.Errorf("%v\n%s", err, again)
	}
}

func TestABaselineThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	missing := filepath.Join(folder, "missing.yaml")
	if _, err := report.ReadBaseline(missing); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "--write-baseline "+missing) {
		t.Errorf("error %v", err)
	}
	for text, want := range map[string]string{
		"":                                "understudy-baseline: 1",
		"understudy-baseline: 2\n":        "understudy-baseline: 1",
		"understudy-baseline: 1\nknow: x": "line 2",
		"understudy-baseline: 1\nknown:\n- check: x\n  rul: y\n": "line 4",
		"understudy-baseline: 1\nknown:\n- check: x\n":           "entry 1",
		"[": "baseline",
	} {
		file := filepath.Join(folder, "b.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := report.ReadBaseline(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
		if _, err := report.WriteBaseline(file, sample()); err == nil {
			t.Errorf("%q: was written over", text)
		}
	}
}
