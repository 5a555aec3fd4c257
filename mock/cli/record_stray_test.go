package cli_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// unasked answers every request with an empty body, and sends another answer behind the first that nobody has asked for.
func unasked(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				for {
					if _, err := http.ReadRequest(in); err != nil {
						return
					}
					if _, err := conn.Write([]byte("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nX-Card: 110101199003074610\r\n\r\n")); err != nil {
						return
					}
				}
			}()
		}
	}()
	return "http://" + ln.Addr().String()
}

// TestUnaskedAnswersAreNotLogged: net/http quotes what a server sends unasked, on standard error.
func TestUnaskedAnswersAreNotLogged(t *testing.T) {
	t.Parallel()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "understudy")
	if err := os.Symlink(own, program); err != nil {
		t.Skipf("this system makes no links: %v", err)
	}
	limit, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run := exec.CommandContext(limit, program, "record", "--listen", "localhost:0", "--vendor", "weixiao", "--upstream", unasked(t), "--out", filepath.Join(dir, "out.har"))
	run.Env = append(os.Environ(), "UNDERSTUDY_LANG=en")
	told := &output{more: make(chan struct{})}
	run.Stdout, run.Stderr = told, told
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	found, err := told.wait(limit, `call (http://\S+) in place of`)
	if err != nil {
		t.Fatalf("%v\n%s", err, told)
	}
	for range 5 {
		got, err := http.Get(found[1] + "/wx/push/queryPushProject")
		if err != nil {
			t.Fatal(err)
		}
		_ = got.Body.Close()
	}
	_ = run.Process.Kill()
	_ = run.Wait()
	if text := told.String(); strings.Contains(text, "110101199003074610") || !strings.Contains(text, "listPushProjects 204") {
		t.Errorf("it printed\n%s", text)
	}
}

// TestPointersThatKeepNothing are told: what they were meant for is gone.
func TestPointersThatKeepNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := startRecording(t, "--vendor", "weixiao", "--upstream", simulated(t), "--out", filepath.Join(dir, "out.har"), "--keep", "/data", "--keep", "/date")
	if code, _, text := understudy(t, "call", "weixiao", "listPushProjects", "--target", r.url); code != 0 {
		t.Fatal(text)
	}
	r.stop()
	if code := <-r.done; code != 0 || !strings.Contains(r.err.String(), "--keep /date:") || strings.Contains(r.err.String(), "--keep /data:") {
		t.Errorf("record ends with %d: %s", code, r.err)
	}
	raw := filepath.Join(dir, "raw.har")
	const entry = `{"log":{"version":"1.2","entries":[{"request":{"method":"GET","url":"http://a.example/wx/push/queryPushProject"},"response":{"status":200,"headers":[],"content":{"mimeType":"application/json","text":"{\"code\":\"0\"}"}}}]}}`
	if err := os.WriteFile(raw, []byte(entry), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, text := understudy(t, "import", raw, "--vendor", "weixiao", "--out", filepath.Join(dir, "safe.har"), "--keep", "/nothing")
	if code != 0 || !strings.Contains(text, "--keep /nothing:") {
		t.Errorf("import ends with %d: %s", code, text)
	}
}

// TestKeyOfSeveralAtOnce: recorders that begin together have one key.
func TestKeyOfSeveralAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	raw, key := filepath.Join(dir, "raw.har"), filepath.Join(dir, "people.key")
	const entry = `{"log":{"version":"1.2","entries":[{"request":{"method":"GET","url":"http://a.example/wx/push/queryPushProject"},"response":{"status":200,"headers":[],"content":{"mimeType":"application/json","text":"{\"code\":\"0\"}"}}}]}}`
	if err := os.WriteFile(raw, []byte(entry), 0o600); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		all.Go(func() {
			if code, _, text := understudy(t, "import", raw, "--vendor", "weixiao", "--out", filepath.Join(dir, name+".har"), "--pseudonym-key", key); code != 0 {
				t.Errorf("import ends with %d: %s", code, text)
			}
		})
	}
	all.Wait()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 8 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// TestKeyThatOthersCanRead is taken, and told.
func TestKeyThatOthersCanRead(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("its modes say nothing of others")
	}
	dir := t.TempDir()
	key := filepath.Join(dir, "people.key")
	args := []string{"import", filepath.Join(dir, "none.har"), "--vendor", "weixiao", "--out", filepath.Join(dir, "safe.har"), "--pseudonym-key", key}
	raw := slices.Clone(args)
	raw[1] = filepath.Join(dir, "raw.har")
	if err := os.WriteFile(raw[1], []byte(`{"log":{"version":"1.2","entries":[]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, told := range map[os.FileMode]bool{0o600: false, 0o640: false, 0o644: true} {
		if err := os.WriteFile(key, []byte("a key of thirty-two bytes, tests"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(key, mode); err != nil {
			t.Fatal(err)
		}
		if _, _, text := understudy(t, raw...); strings.Contains(text, "everybody on this machine") != told {
			t.Errorf("mode %v: %s", mode, text)
		}
	}
}
