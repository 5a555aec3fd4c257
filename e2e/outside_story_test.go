package e2e_test

import (
	"context"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// The tests of this file let an independent Arazzo runner, redocly respect, run our stories unchanged. It knows no cipher and no
// signature, so it runs those whose wire is plain and that need nothing of the control listener. They run when REDOCLY names
// the tool (make test-outside), and fail where it is missing.

type runner struct {
	*testing.T
	redocly string
}

func newRunner(t *testing.T) runner {
	t.Helper()
	name := os.Getenv("REDOCLY")
	if name == "" {
		t.Skip("REDOCLY does not name the tool: run make test-outside")
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("the independent runner is missing: %v", err)
	}
	if path, err = filepath.Abs(path); err != nil {
		t.Fatal(err)
	}
	return runner{t, path}
}

// run runs a story at a server and returns what the tool wrote, and whether the story passed. Credentials are inputs, named like
// their slots.
func (r runner) run(file string, vendor, address string, inputs map[string]string) (output string, passed bool) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
	defer cancel()
	args := []string{"respect", file, "--server", vendor + "=" + address}
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		args = append(args, "--input", name+"="+inputs[name])
	}
	cmd := exec.CommandContext(ctx, r.redocly, args...)
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "NO_COLOR=1", "CI=1")
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		r.Fatalf("redocly respect did not run: %v", err)
	}
	return string(out), err == nil
}

// plainWire says whether anybody can run a story: its calls are neither sealed nor signed, and none is for the control listener.
func plainWire(t *testing.T, file, vendor string) bool {
	t.Helper()
	d, err := arazzo.ReadFile(file, arazzo.ReadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	contract, err := specs.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range d.Workflows {
		for _, s := range w.Steps {
			if s.Operation == nil {
				continue
			}
			op, ok := contract.Operation(s.Operation.ID)
			if s.Operation.Source != vendor || !ok || op.Wire.Seal != nil || op.Wire.Sign != nil {
				return false
			}
		}
	}
	return true
}

// credentialInputs are the development credentials of a vendor as inputs of a story: of a list the first token.
func credentialInputs(server *mock.Server, vendor string) map[string]string {
	all, _ := server.Credentials(vendor)
	inputs := map[string]string{}
	for slot, c := range all {
		inputs[slot] = c.Text
		if len(c.Tokens) > 0 {
			inputs[slot] = c.Tokens[0].Value
		}
	}
	return inputs
}

func outsideMock(t *testing.T, config mock.Config) (*mock.Server, string) {
	t.Helper()
	server, err := mock.New(config)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server)
	t.Cleanup(func() {
		front.Close()
		_ = server.Close(context.Background())
	})
	return server, front.URL
}

func TestOutsideRunsTheStoriesOnAPlainWire(t *testing.T) {
	r := newRunner(t)
	ran := map[string]int{}
	for _, file := range storyFiles(t) {
		vendor := filepath.Base(filepath.Dir(file))
		if !plainWire(t, file, vendor) {
			continue
		}
		ran[vendor]++
		server, address := outsideMock(t, mock.Config{Seed: 1})
		if out, passed := r.run(file, vendor, address, credentialInputs(server, vendor)); !passed {
			t.Errorf("%s: redocly respect says otherwise:\n%s", file, out)
		}
		if list, _ := server.Exchanges(); len(list) == 0 {
			t.Errorf("%s: nothing was called", file)
		}
		// The same story must fail at a server that does not keep the contract.
		server, address = outsideMock(t, mock.Config{Seed: 1, Faults: []mock.Fault{{Status: 503}}})
		if out, passed := r.run(file, vendor, address, credentialInputs(server, vendor)); passed || !strings.Contains(out, "✗ status code check") {
			t.Errorf("%s: redocly respect takes HTTP 503 for the vendor's answer:\n%s", file, out)
		}
	}
	for _, vendor := range []string{"mytijian", "eazytec", "weixiao"} {
		if ran[vendor] < 2 {
			t.Errorf("%s: %d of its stories were run, want 2", vendor, ran[vendor])
		}
	}
}

// TestOutsideReadsEveryStory has the independent tool read those stories as well that it cannot run.
func TestOutsideReadsEveryStory(t *testing.T) {
	r := newRunner(t)
	cmd := exec.CommandContext(r.Context(), r.redocly, append([]string{"lint"}, storyFiles(t)...)...)
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "NO_COLOR=1", "CI=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("redocly lint: %v\n%s", err, out)
	}
}
