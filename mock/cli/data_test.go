package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/mock"
)

// TestDataIsReadAgain changes a file under a watch, and looks at it as the ticker would.
func TestDataIsReadAgain(t *testing.T) {
	t.Parallel()
	all, name := contracts(t), filepath.Join(t.TempDir(), "projects.yaml")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const first, second = "projects:\n- {project: first, url: 'http://127.0.0.1:9/a'}\n", "projects:\n- {project: other, url: 'http://127.0.0.1:9/b'}\n"
	put(first)
	s := newSettings(all)
	s.vendors["weixiao"].data = setting{text: name, place: "a.yaml:1: data"}
	if err := s.readData(all); err != nil {
		t.Fatal(err)
	}
	server, err := mock.New(s.played(all))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := s.watch(server, all, &out, english)
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	told := func() string {
		for _, f := range w.files {
			w.look(f, now)
		}
		text := out.String()
		out.Reset()
		return text
	}
	kept := func() string {
		t.Helper()
		session, err := server.Session("")
		if err != nil {
			t.Fatal(err)
		}
		list, err := session.Records(t.Context(), "weixiao", "projects")
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range list {
			text, _ := r.Value["project"].(string)
			names = append(names, text)
		}
		return strings.Join(names, " ")
	}
	expect := func(step, wantTold, wantKept string) {
		t.Helper()
		if got := told(); wantTold == "" && got != "" || !strings.Contains(got, wantTold) {
			t.Errorf("%s: told is %q, want %q", step, got, wantTold)
		}
		if got := kept(); got != wantKept {
			t.Errorf("%s: the server has %q, want %q", step, got, wantKept)
		}
	}
	again := "10:00:00 data of weixiao: read again from " + name
	expect("unchanged", "", "first")
	put(second)
	expect("a writer may be half done", "", "first")
	expect("settled", again, "other")
	expect("told once", "", "other")
	put("projects:\n- [")
	expect("broken, a moment", "", "other")
	expect("broken", "; what was read before stays in force", "other")
	expect("broken, told once", "", "other")
	put(second)
	expect("mended, a moment", "", "other")
	expect("mended", again, "other")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	expect("gone, a moment", "", "other")
	put(first) // as an editor does that writes a new file
	expect("back", "", "other")
	expect("back, settled", again, "first")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	expect("gone for good", "", "first")
	expect("gone", "there is no file", "first")
}
