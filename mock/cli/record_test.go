package cli_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/cli"
	"understudy/scenarios"
	"understudy/specs"
)

// simulated is a simulated vendor to record.
func simulated(t *testing.T) string {
	t.Helper()
	server, err := mock.New(mock.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server)
	t.Cleanup(front.Close)
	return front.URL
}

// recording is understudy record under way.
type recording struct {
	ctx      context.Context
	out, err *output
	stop     func()
	done     chan int
	url      string
}

func startRecording(t *testing.T, args ...string) *recording {
	t.Helper()
	limit, cancelLimit := context.WithTimeout(t.Context(), time.Minute)
	ctx, stop := context.WithCancel(limit)
	r := &recording{ctx: limit, out: &output{more: make(chan struct{})}, err: &output{more: make(chan struct{})}, stop: stop, done: make(chan int, 1)}
	go func() {
		code := cli.Run(ctx, append([]string{"record", "--listen", "localhost:0"}, args...), []string{"UNDERSTUDY_LANG=en"}, r.out, r.err)
		r.done <- code
		if code != 0 {
			cancelLimit()
		}
	}()
	t.Cleanup(func() { stop(); cancelLimit() })
	found, err := r.out.wait(limit, `call (http://\S+) in place of`)
	if err != nil {
		t.Fatalf("%v\nstdout:\n%s\nstderr:\n%s", err, r.out, r.err)
	}
	r.url = found[1]
	return r
}

func understudy(t *testing.T, args ...string) (code int, out, errors string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // what should end by itself
	defer cancel()
	o, e := &output{more: make(chan struct{})}, &output{more: make(chan struct{})}
	code = cli.Run(ctx, args, []string{"UNDERSTUDY_LANG=en"}, o, e)
	return code, o.String(), e.String()
}

// TestRecord records two calls and one stray, and reads the file.
func TestRecord(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, key := filepath.Join(dir, "out.har"), filepath.Join(dir, "people.key")
	r := startRecording(t, "--vendor", "zheliban", "--upstream", simulated(t), "--out", out, "--pseudonym-key", key)
	for _, operation := range []string{"pullReservations", "pullReservations"} {
		if code, _, text := understudy(t, "call", "zheliban", operation, "--target", r.url); code != 0 {
			t.Fatalf("call ends with %d: %s", code, text)
		}
	}
	got, err := http.Get(r.url + "/nowhere/13800138000?token=geheim")
	if err != nil {
		t.Fatal(err)
	}
	_ = got.Body.Close()
	if _, err := r.out.wait(r.ctx, `GET, no operation, on /nowhere/\d+ 404`); err != nil {
		t.Fatalf("%v\n%s", err, r.out)
	}
	r.stop()
	if code := <-r.done; code != 0 {
		t.Fatalf("record ends with %d: %s", code, r.err)
	}
	if text := r.out.String(); strings.Contains(text, "13800138000") || strings.Contains(text, "geheim") || !strings.Contains(text, "5 exchanges, 1 outside the contract") {
		t.Errorf("it printed\n%s", text)
	}
	made, err := scenarios.ReadFile(out, scenarios.ReadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if len(made.Exchanges) != 5 || made.Exchanges[1].Operation != "pullReservations" || made.ToolVersion == "" || !strings.HasPrefix(made.Upstream, "http://127.0.0.1:") {
		t.Errorf("the recording is %+v", made)
	}
	if info, err := os.Stat(key); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file is %v, %v", info, err)
	}
	code, _, text := understudy(t, "record", "--listen", "localhost:0", "--vendor", "zheliban", "--upstream", r.url, "--out", out)
	if code != 1 || !strings.Contains(text, "is there already") {
		t.Errorf("over a recording it ends with %d: %s", code, text)
	}
}

// TestKilledRecorder kills the program itself: what was answered before is recovered.
func TestKilledRecorder(t *testing.T) {
	t.Parallel()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program, out := filepath.Join(dir, "understudy"), filepath.Join(dir, "out.har")
	if err := os.Symlink(own, program); err != nil {
		t.Skipf("this system makes no links: %v", err)
	}
	run := exec.CommandContext(t.Context(), program, "record", "--listen", "localhost:0", "--vendor", "weixiao", "--upstream", simulated(t), "--out", out)
	run.Env = append(os.Environ(), "UNDERSTUDY_LANG=en")
	told := &output{more: make(chan struct{})}
	run.Stdout, run.Stderr = told, told
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	limit, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	found, err := told.wait(limit, `call (http://\S+) in place of`)
	if err != nil {
		t.Fatalf("%v\n%s", err, told)
	}
	const calls = 4
	for range calls {
		if code, _, text := understudy(t, "call", "weixiao", "listPushProjects", "--target", found[1]); code != 0 {
			t.Fatal(text)
		}
	}
	if err := run.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = run.Wait()
	if _, err := os.Stat(out); err == nil {
		t.Fatal("a killed recorder made a recording")
	}
	code, _, text := understudy(t, "record", "--listen", "localhost:0", "--vendor", "weixiao", "--upstream", found[1], "--out", out)
	if code != 1 || !strings.Contains(text, "--recover") {
		t.Errorf("over a part it ends with %d: %s", code, text)
	}
	code, said, text := understudy(t, "record", "--recover", out+".part")
	if code != 0 || !strings.Contains(said, "4 exchanges") {
		t.Fatalf("recover ends with %d: %s %s", code, said, text)
	}
	r, err := scenarios.ReadFile(out, scenarios.ReadConfig{})
	if err != nil || len(r.Exchanges) != calls {
		t.Fatalf("recovered %v, %v", r, err)
	}
	if _, err := os.Stat(out + ".part"); err == nil {
		t.Error("the part is still there")
	}
}

// TestRecordNothing leaves no file behind.
func TestRecordNothing(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "out.har")
	r := startRecording(t, "--vendor", "weixiao", "--upstream", simulated(t), "--out", out)
	r.stop()
	if code := <-r.done; code != 1 || !strings.Contains(r.err.String(), "nothing was heard") {
		t.Errorf("it ends with %d: %s", code, r.err)
	}
	if left, err := filepath.Glob(out + "*"); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// TestRecordWrongly has the mistakes of a command line, and what is not there.
func TestRecordWrongly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"short.key": "geheim", "no.part": "{}\n", "raw.har": `{"log":{"version":"1.2","entries":[]}}`, "page.har": "<html>geheim</html>"} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	upstream := []string{"record", "--listen", "localhost:0", "--vendor", "weixiao", "--upstream", "http://localhost:1"}
	full := append(slices.Clone(upstream), "--out", at("new.har"))
	with := func(list []string, more ...string) []string { return append(slices.Clone(list), more...) }
	tests := []struct {
		args []string
		code int
		says string
	}{
		{with(upstream), 2, "say which file to make"},
		{[]string{"record", "--vendor", "weixiao", "--out", at("new.har")}, 2, "say which server answers"},
		{[]string{"record", "--upstream", "http://localhost:1", "--out", at("new.har")}, 2, "say which contract"},
		{with(full, "more"), 2, "takes no arguments"},
		{with(full, "--vendor", "wexiao"), 2, "did you mean weixiao"},
		{with(full, "--upstream", "vendor.example"), 2, "the upstream needs http://"},
		{with(full, "--upstream", "http://me:geheim@vendor.example"), 2, "has a user or a password in it"},
		{with(full, "--max-body", "0"), 2, "--max-body is a number of bytes"},
		{with(full, "--timeout", "-1s"), 2, "--timeout is how long to wait"},
		{with(full, "--keep", "data/x"), 2, "JSON pointer"},
		{with(full, "--keep", ""), 2, ""},
		{with(full, "--session", ""), 2, "--session is empty"},
		{with(full, "--session", "a b"), 2, "the name of a session"},
		{with(full, "--listen", "8742"), 2, "write HOST:PORT"},
		{with(full, "--pseudonym-key", at("short.key")), 1, "has 6 bytes"},
		{with(full, "--pseudonym-key", at("none/at.key")), 1, "--pseudonym-key"},
		{with(full, "--config", at("none.yaml")), 1, "none.yaml"},
		{with(upstream, "--out", at("none/new.har")), 1, "there is no folder"},
		{with(upstream, "--out", "-"), 2, "a recording is made in a file"},
		{with(full, "--pseudonym-key", at("./new.har")), 2, "are the same file"},
		{[]string{"import", at("raw.har"), "--vendor", "weixiao", "--out", at("new.har"), "--pseudonym-key", at("new.har")}, 2, "are the same file"},
		{[]string{"import", at("raw.har"), "--vendor", "weixiao", "--out", "-"}, 2, "a recording is made in a file"},
		{[]string{"record", "--recover", at("none.part")}, 1, "none.part"},
		{[]string{"record", "--recover", at("no.part")}, 1, "no.part"},
		{[]string{"record", "--recover", at("raw.har")}, 1, "say by --out"},
		{[]string{"record", "--recover", at("no.part"), "--vendor", "weixiao"}, 2, "leave --vendor out"},
		{[]string{"import", "--vendor", "weixiao", "--out", at("new.har")}, 2, "say what to import"},
		{[]string{"import", at("raw.har"), at("raw.har"), "--vendor", "weixiao", "--out", at("new.har")}, 2, "takes one file"},
		{[]string{"import", at("raw.har"), "--vendor", "weixiao"}, 2, "say which file to make"},
		{[]string{"import", at("raw.har"), "--out", at("new.har")}, 2, "say which contract"},
		{[]string{"import", at("raw.har"), "--vendor", "weixiao", "--out", at("raw.har")}, 1, "is there already"},
		{[]string{"import", at("raw.har"), "--vendor", "weixiao", "--out", at("new.har")}, 1, "has no entries"},
		{[]string{"import", at("page.har"), "--vendor", "weixiao", "--out", at("new.har")}, 1, "is no HAR file"},
		{[]string{"import", at("none.har"), "--vendor", "weixiao", "--out", at("new.har")}, 1, "there is no file"},
		{[]string{"import", at("raw.har"), "--vendor", "weixiao", "--out", at("new.har"), "--max-bytes", "10"}, 1, "max-bytes"},
		{[]string{"import", at("raw.har"), "--vendor", "weixiao", "--out", at("new.har"), "--max-bytes", "-1"}, 2, "--max-bytes is a number of bytes"},
		{[]string{"import", at("raw.har"), "--vendor", "weixiao", "--out", at("new.har"), "--config", ""}, 2, "--config is empty"},
	}
	for _, tt := range tests {
		code, _, text := understudy(t, tt.args...)
		if code != tt.code || !strings.Contains(text, tt.says) || strings.Contains(text, "geheim") || strings.Count(strings.TrimSpace(text), "\n") > 0 {
			t.Errorf("%v ends with %d: %s", tt.args[max(0, len(tt.args)-4):], code, text)
		}
	}
	if left, err := filepath.Glob(at("new.har*")); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// TestImportUnderOldKeys takes a raw recording of two times, each under a key of its own.
func TestImportUnderOldKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	contract, err := specs.Load("zheliban")
	if err != nil {
		t.Fatal(err)
	}
	var entries []any
	var configs []string
	for _, letter := range []string{"a", "b"} {
		key := strings.Repeat(letter, 16)
		file := filepath.Join(dir, letter+".yaml")
		if err := os.WriteFile(file, []byte("vendors:\n  zheliban:\n    aesKey: "+key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		configs = append(configs, "--config", file)
		server, err := mock.New(mock.Config{Contracts: []*specs.Contract{contract}, Credentials: map[string]mock.Credentials{"zheliban": {"aesKey": {Text: key}}}})
		if err != nil {
			t.Fatal(err)
		}
		front := httptest.NewServer(server)
		defer front.Close()
		r, err := http.Post(front.URL+"/reservation/sync/token", "application/json", strings.NewReader("no ciphertext"))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		var sealed strings.Builder
		if _, err := io.Copy(&sealed, r.Body); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, map[string]any{
			"request": map[string]any{"method": "POST", "url": "https://vendor.example/reservation/sync/token", "postData": map[string]any{"mimeType": "application/json", "text": "no ciphertext"}},
			"response": map[string]any{
				"status": r.StatusCode, "headers": []any{map[string]any{"name": "Content-Type", "value": r.Header.Get("Content-Type")}},
				"content": map[string]any{"text": sealed.String(), "size": sealed.Len()},
			},
		})
	}
	raw, err := json.Marshal(map[string]any{"log": map[string]any{"version": "1.2", "entries": entries}})
	if err != nil {
		t.Fatal(err)
	}
	rawFile := filepath.Join(dir, "raw.har")
	if err := os.WriteFile(rawFile, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		configs []string
		opened  int
	}{{configs, 2}, {configs[:2], 1}, {nil, 0}} {
		out := filepath.Join(dir, "safe.har")
		code, said, text := understudy(t, append([]string{"import", rawFile, "--vendor", "zheliban", "--out", out}, tt.configs...)...)
		if code != 0 || !strings.Contains(said, "2 of 2 entries taken") {
			t.Fatalf("import ends with %d: %s %s", code, said, text)
		}
		r, err := scenarios.ReadFile(out, scenarios.ReadConfig{})
		if err != nil {
			t.Fatal(err)
		}
		opened := 0
		for _, x := range r.Exchanges {
			if x.Response.Wire.Seal == scenarios.SealOpened && json.Valid(x.Response.Body) {
				opened++
			}
		}
		if opened != tt.opened {
			t.Errorf("with %d configurations %d replies were opened, want %d: %s", len(tt.configs)/2, opened, tt.opened, said)
		}
		if err := os.Remove(out); err != nil {
			t.Fatal(err)
		}
	}
}
