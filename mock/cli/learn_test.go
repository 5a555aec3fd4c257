package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/mock/cli"
	"understudy/scenarios"
)

// tasksRecording is a recording of one call whose reply has texts in the place of numbers (T-5, T-8), and a member that the
// contract does not have.
func tasksRecording(t *testing.T) string {
	t.Helper()
	const body = `{"success":"T","msg":"success","data":[{"id":"1","hospitalId":2,"taskCmd":"x","init":true,"cronExpression":"0 0 1 * * ?","gmtCreated":"2022-03-03 14:26:00","gmtModified":"2022-03-03 14:26:00","priority":3}]}`
	r := &scenarios.Recording{
		Vendor: "mytijian", Title: "mytijian open-api, agentManager", ContractVersion: "2022-03-03", Tool: "understudy", ToolVersion: "0", Masked: true,
		Made: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		Exchanges: []*scenarios.Exchange{{
			Number: 1, At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Operation: "listHospitalTasks",
			Request: scenarios.Request{Method: "POST", Path: "/open-api/V2/ws/agentManager/hospitalTaskList", Wire: scenarios.Wire{Credential: scenarios.Valid}},
			Response: scenarios.Response{
				Status: 200, MediaType: "application/json", Body: []byte(body), Outcome: scenarios.OutcomeOK,
				Header: []scenarios.Parameter{{Name: "Content-Type", Value: "application/json"}},
			},
		}},
	}
	file := filepath.Join(t.TempDir(), "tasks.har")
	if err := r.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	return file
}

func command(args ...string) (code int, stdout, stderr string) {
	var out, told bytes.Buffer
	code = cli.Run(context.Background(), args, []string{"LANG=C"}, &out, &told)
	return code, out.String(), told.String()
}

// TestLearn: what is learned is told, the overlay is written and taken by those that take overlays, and nothing is left to
// learn under it.
func TestLearn(t *testing.T) {
	t.Parallel()
	file := tasksRecording(t)
	overlay := filepath.Join(t.TempDir(), "learned.overlay.yaml")
	code, stdout, stderr := command("learn", file, "--out", overlay)
	if code != 0 {
		t.Fatalf("%d\n%s\n%s", code, stdout, stderr)
	}
	for _, want := range []string{"T-5", "It is text, where the contract has number.", "exchange 1 of tasks.har, reply of listHospitalTasks at /data/*/id", "/data/*/priority extra", "The overlay would change the contract"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not told:\n%s", want, stdout)
		}
	}
	if !strings.Contains(stderr, "--overlay") {
		t.Errorf("standard error: %s", stderr)
	}
	for _, args := range [][]string{
		{"lint", "--vendor", "mytijian", "--overlay", "mytijian=" + overlay},
		{"learn", file, "--overlay", "mytijian=" + overlay, "--fail-on-change"},
		{"check", "--har", file, "--vendor", "mytijian", "--overlay", "mytijian=" + overlay},
	} {
		if code, stdout, stderr := command(args...); code != 0 {
			t.Errorf("%v: %d\n%s\n%s", args, code, stdout, stderr)
		}
	}
	if code, _, _ := command("learn", file, "--fail-on-change"); code != 1 {
		t.Errorf("--fail-on-change ends with %d", code)
	}
	if code, _, _ := command("check", "--har", file, "--vendor", "mytijian"); code != 1 {
		t.Errorf("without the overlay the recording breaks no contract: %d", code)
	}
	code, stdout, _ = command("learn", file, "--format", "md", "--lang", "zh")
	if code != 0 || !strings.Contains(stdout, "| T-5 | text | 证实 |") {
		t.Errorf("%d\n%s", code, stdout)
	}
	code, stdout, stderr = command("learn", file, "--out", "-")
	if code != 0 || !strings.HasPrefix(stdout, "overlay: 1.0.0") || !strings.Contains(stderr, "T-5") {
		t.Errorf("%d\n%s\n%s", code, stdout, stderr)
	}
}

// TestLearnRefusesWhatItCannotRead: one clear error, and 2.
func TestLearnRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	file := tasksRecording(t)
	foreign := filepath.Join(t.TempDir(), "foreign.har")
	write(t, foreign, `{"log":{"version":"1.2","creator":{"name":"a","version":"1"},"entries":[]}}`)
	broken := filepath.Join(t.TempDir(), "broken.har")
	write(t, broken, `{"log":{"version":"1.2"`)
	tests := []struct {
		args []string
		says string
	}{
		{[]string{"learn"}, "name a recording"},
		{[]string{"learn", "no.har"}, "no.har"},
		{[]string{"learn", foreign}, "understudy import"},
		{[]string{"learn", broken}, "broken.har"},
		{[]string{"learn", file, "--max-bytes", "10"}, "bytes"},
		{[]string{"learn", file, "--max-bytes", "0"}, "--max-bytes"},
		{[]string{"learn", file, "--format", "pdf"}, "--format"},
		{[]string{"learn", file, "--vendor", "zheliban"}, "nothing was learned"},
		{[]string{"learn", file, "--vendor", "nobody"}, "nobody"},
		{[]string{"learn", file, "--out", filepath.Join(t.TempDir(), "no", "such.yaml")}, "--out"},
		{[]string{"learn", "-", "-"}, "standard input"},
	}
	for _, test := range tests {
		code, stdout, stderr := command(test.args...)
		if code != 2 || stdout != "" || !strings.Contains(stderr, test.says) {
			t.Errorf("%v: %d, want 2 and %q\n%s\n%s", test.args, code, test.says, stdout, stderr)
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
