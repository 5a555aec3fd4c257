package cli_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/scenarios"
	"understudy/specs"
)

// weixiaoFile is a recording of a few calls in a file, changed on the way, and a fresh simulator.
func weixiaoFile(t *testing.T, change func(*scenarios.Recording)) (file, target string) {
	t.Helper()
	c, err := specs.Load("weixiao")
	if err != nil {
		t.Fatal(err)
	}
	serve := func() (*mock.Server, string) {
		server, err := mock.New(mock.Config{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		front := httptest.NewServer(server)
		t.Cleanup(func() { front.Close(); _ = server.Close(context.WithoutCancel(t.Context())) })
		return server, front.URL
	}
	server, url := serve()
	credentials, _ := server.Credentials("weixiao")
	client, err := drive.New(drive.Config{Contract: c, Credentials: credentials, Target: url})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		operation string
		values    map[string]any
	}{
		{"listPushProjects", nil},
		{"addPushProject", map[string]any{"url": "http://127.0.0.1:9/hook", "project": "demo"}},
		{"updatePushProject", map[string]any{"id": 1, "statu": 1}},
	} {
		if x, err := client.Call(t.Context(), one.operation, one.values); err != nil || x.Outcome != drive.OK {
			t.Fatalf("%s: %v, %v", one.operation, x, err)
		}
	}
	list, _, _ := server.Recorded("", "")
	r := &scenarios.Recording{Vendor: "weixiao", Tool: "understudy", Made: list[0].At, Fingerprints: map[string]scenarios.Fingerprint{}, Exchanges: list}
	for _, x := range list {
		if r.Fingerprints[x.Operation], err = scenarios.FingerprintOf(c, x.Operation); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(r)
	}
	file = filepath.Join(t.TempDir(), "session.har")
	if err := r.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	_, target = serve()
	return file, target
}

func TestReplayAtAServer(t *testing.T) {
	t.Parallel()
	file, target := weixiaoFile(t, nil)
	junit := filepath.Join(filepath.Dir(file), "replay.xml")
	code, out, failed := checked(t.Context(), "replay", file, "--target", target, "--unsafe", "--report", "junit="+junit)
	if code != 0 || !strings.Contains(out, "passed") || !strings.Contains(failed, "flow addPushProject: 1 check") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	text, err := os.ReadFile(junit)
	if err != nil || !bytes.Contains(text, []byte("replay: step 3")) {
		t.Errorf("the report: %v\n%s", err, text)
	}
	code, out, failed = checked(t.Context(), "replay", file, "--target", target)
	if code != 0 && code != 1 || !strings.Contains(out, "--unsafe") {
		t.Errorf("without --unsafe it ends with %d:\n%s%s", code, out, failed)
	}
}

func TestReplayFindsADifference(t *testing.T) {
	t.Parallel()
	file, target := weixiaoFile(t, func(r *scenarios.Recording) {
		body := &r.Exchanges[1].Response.Body
		*body = bytes.Replace(*body, []byte(`"demo"`), []byte(`"other"`), 1)
	})
	known := filepath.Join(filepath.Dir(file), "known.yaml")
	code, out, failed := checked(t.Context(), "replay", file, "--target", target, "--unsafe")
	if code != 1 || !strings.Contains(out, `at /data/project: recorded "other", got "demo"`) || !strings.Contains(failed, "1 of 3 checks failed") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	for _, args := range [][]string{{"--write-baseline", known}, {"--baseline", known}, {"--ignore", "/data/project"}} {
		file, target := weixiaoFile(t, func(r *scenarios.Recording) {
			body := &r.Exchanges[1].Response.Body
			*body = bytes.Replace(*body, []byte(`"demo"`), []byte(`"other"`), 1)
		})
		if code, out, failed := checked(t.Context(), append([]string{"replay", file, "--target", target, "--unsafe"}, args...)...); code != 0 {
			t.Errorf("%v ends with %d:\n%s%s", args, code, out, failed)
		}
	}
}

func TestReplayThatCannotBegin(t *testing.T) {
	t.Parallel()
	file, target := weixiaoFile(t, nil)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(silent.Close)
	dir := petFiles(t)
	foreign := filepath.Join(dir, "foreign.har")
	if err := os.WriteFile(foreign, []byte(`{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{file, "--target", gone.URL}, "does not answer"},
		{[]string{file, "--target", silent.URL, "--timeout", "50ms"}, "does not answer"},
		{[]string{file, "--target", "nowhere"}, "http://"},
		{[]string{file, "--target", target, "--rate", "-1"}, "--rate"},
		{[]string{file, "--target", target, "--ignore", "data"}, "--ignore"},
		{[]string{file, "--target", target, "--max-bytes", "10"}, "--max-bytes"},
		{[]string{foreign, "--target", target}, "understudy import"},
		{[]string{filepath.Join(dir, "none.har"), "--target", target}, "none.har"},
		{[]string{file, "--target", target, "--report", "junit=" + filepath.Join(dir, "none", "x.xml")}, "no folder"},
	} {
		code, out, failed := checked(t.Context(), append([]string{"replay"}, tt.args...)...)
		if code != 2 || !strings.Contains(failed, tt.want) {
			t.Errorf("%v ends with %d:\n%s%s", tt.args, code, out, failed)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if code, _, failed := checked(ended, "replay", file, "--target", target); code != 2 || !strings.Contains(failed, "interrupted") {
		t.Errorf("interrupted, it ends with %d: %s", code, failed)
	}
}

// TestCheckRecordingOfOurs judges a recording of this program by the contract of today.
func TestCheckRecordingOfOurs(t *testing.T) {
	t.Parallel()
	file, _ := weixiaoFile(t, nil)
	code, out, failed := checked(t.Context(), "check", "--har", file, "--vendor", "weixiao", "--max-age", "1d")
	if code != 0 || !strings.Contains(out, "passed") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	old, _ := weixiaoFile(t, func(r *scenarios.Recording) {
		r.Made = r.Made.Add(-100 * 24 * time.Hour)
		r.Fingerprints["addPushProject"] = scenarios.Fingerprint{Schema: "00", Wire: r.Fingerprints["addPushProject"].Wire, Errors: "00"}
	})
	code, out, failed = checked(t.Context(), "check", "--har", old, "--vendor", "weixiao", "--max-age", "90d")
	if code != 0 || !strings.Contains(out, "100 days ago") || !strings.Contains(out, "the contract of addPushProject has changed") {
		t.Errorf("an old one ends with %d:\n%s%s", code, out, failed)
	}
	stale, _ := weixiaoFile(t, func(r *scenarios.Recording) { r.Exchanges[0].Operation = "listNothing" })
	code, out, failed = checked(t.Context(), "check", "--har", stale, "--vendor", "weixiao")
	if code != 1 || !strings.Contains(out, "listNothing") {
		t.Errorf("a stale one ends with %d:\n%s%s", code, out, failed)
	}
	code, _, failed = checked(t.Context(), "check", "--har", file, "--vendor", "zheliban")
	if code != 2 || !strings.Contains(failed, "weixiao") || !strings.Contains(failed, "zheliban") {
		t.Errorf("another vendor's ends with %d: %s", code, failed)
	}
	for _, args := range [][]string{{"--max-age", "x"}, {"--max-bytes", "0"}} {
		if code, _, failed := checked(t.Context(), append([]string{"check", "--har", file, "--vendor", "weixiao"}, args...)...); code != 2 || !strings.Contains(failed, args[0]) {
			t.Errorf("%v ends with %d: %s", args, code, failed)
		}
	}
}
