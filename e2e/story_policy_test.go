package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/scenarios/arazzo"
	"understudy/specs"
)

const storySuffix = ".arazzo.yaml"

// storyFiles are all stories there are.
func storyFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "scenarios", "*", "*"+storySuffix))
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no story: %v", err)
	}
	return files
}

// TestEveryVendorHasStories holds the folder of each vendor to what must be in it: a story in which all goes well and one in which
// the vendor refuses, each in a file whose name begins so, and the recording of each.
func TestEveryVendorHasStories(t *testing.T) {
	t.Parallel()
	files := storyFiles(t)
	for _, vendor := range specs.Vendors() {
		kinds := map[string]int{}
		for _, file := range files {
			if filepath.Base(filepath.Dir(file)) != vendor {
				continue
			}
			kind, what, ok := strings.Cut(strings.TrimSuffix(filepath.Base(file), storySuffix), "-")
			if !ok || what == "" || kind != "happy" && kind != "sad" {
				t.Errorf("%s: the name of a story begins with happy- or sad- and goes on with what happens", file)
			}
			kinds[kind]++
			if _, err := os.Stat(recordingOf(file)); err != nil {
				t.Errorf("%s has no recording: run UPDATE=1 go test ./e2e", file)
			}
		}
		if kinds["happy"] == 0 || kinds["sad"] == 0 {
			t.Errorf("%s has %d happy and %d sad stories, and needs one of each at least", vendor, kinds["happy"], kinds["sad"])
		}
	}
}

// recordingOf is where the recording of a story stands.
func recordingOf(story string) string { return strings.TrimSuffix(story, storySuffix) + ".har" }

// TestEveryRecordingIsOfAStory finds recordings that a story has left behind.
func TestEveryRecordingIsOfAStory(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(root, "scenarios", "*", "*.har"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no recording: %v", err)
	}
	for _, file := range files {
		if _, err := os.Stat(strings.TrimSuffix(file, ".har") + storySuffix); err != nil {
			t.Errorf("%s belongs to no story", file)
		}
	}
}

// TestEveryStoryNamesItsSources by relative paths that lead to the contracts of this module, and calls each of them.
func TestEveryStoryNamesItsSources(t *testing.T) {
	t.Parallel()
	for _, file := range storyFiles(t) {
		d, err := arazzo.ReadFile(file, arazzo.ReadConfig{})
		if err != nil {
			t.Error(err)
			continue
		}
		vendor := filepath.Base(filepath.Dir(file))
		want := map[string]string{vendor: "../../specs/" + vendor + "/openapi.yaml", "control": "../../mock/control/openapi.yaml"}
		used := map[string]bool{}
		for _, w := range d.Workflows {
			for _, s := range w.Steps {
				if s.Operation != nil {
					used[s.Operation.Source] = true
				}
			}
		}
		for _, s := range d.Sources {
			if want[s.Name] != s.URL {
				t.Errorf("%s: %s is at %q, want %q", s.At, s.Name, s.URL, want[s.Name])
			}
			if !used[s.Name] {
				t.Errorf("%s: no step calls %s", s.At, s.Name)
			}
		}
		if !used[vendor] {
			t.Errorf("%s: it calls nothing of %s", file, vendor)
		}
	}
}
