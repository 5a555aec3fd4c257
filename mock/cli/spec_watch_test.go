package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/specs"
)

// watching is a watch over a folder of a test, whose looks the test makes itself.
type watching struct {
	t     *testing.T
	dir   string
	watch *specWatch
	out   bytes.Buffer
	now   time.Time
	// live is what was set last.
	live []string
	// refuse makes the server refuse what it is given.
	refuse error
}

// line is a document of one line: a title, or the word broken, or what it refers to behind a blank.
func (w *watching) read(name, file string, overlays []string, _ int64) (*specs.Contract, error) {
	c := &specs.Contract{Vendor: name}
	for _, one := range append([]string{file}, overlays...) {
		text, err := readText(one, 1<<10)
		if err != nil {
			return nil, err
		}
		title, refers, _ := strings.Cut(string(text), " ")
		if title == "broken" {
			return nil, fmt.Errorf("%s:1: it is broken\nand this as well", filepath.Base(one))
		}
		c.Title += title
		c.Files = append(c.Files, one)
		if refers != "" {
			other := filepath.Join(filepath.Dir(one), refers)
			text, err := readText(other, 1<<10)
			if err != nil {
				return nil, errors.New("it refers to " + refers + ", which is not there")
			}
			c.Title += string(text)
			c.Files = append(c.Files, other)
		}
	}
	return c, nil
}

func (w *watching) documents(path string, _ int64) ([]string, error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return []string{path}, nil
	}
	return filepath.Glob(filepath.Join(path, "*.yaml"))
}

// watchFiles puts files and watches what the sources name.
func watchFiles(t *testing.T, files map[string]string, sources, overlays []string) *watching {
	t.Helper()
	w := &watching{t: t, dir: t.TempDir(), now: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	for name, text := range files {
		w.put(name, text)
	}
	r := specReader{documents: w.documents, read: w.read}
	var o origins
	for _, text := range sources {
		if err := o.addSource(setting{text: filepath.Join(w.dir, text), place: flagSpec, byFlag: true}); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range overlays {
		if err := o.addOverlay(setting{text: filepath.Join(w.dir, text), place: flagOverlay, byFlag: true}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := o.read(r, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &settings{documents: list}
	set := func(contracts []*specs.Contract) error {
		if w.refuse != nil {
			return w.refuse
		}
		w.live = nil
		for _, c := range contracts {
			w.live = append(w.live, c.Vendor+"="+c.Title)
		}
		return nil
	}
	w.watch = s.watchSpecs(set, lay(nil, list), &w.out, english)
	w.watch.reader = r
	return w
}

func (w *watching) put(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *watching) remove(name string) {
	w.t.Helper()
	if err := os.Remove(filepath.Join(w.dir, name)); err != nil {
		w.t.Fatal(err)
	}
}

// look makes as many looks as fit into two seconds, and wants to be told one thing, or nothing.
func (w *watching) look(step, told string, live ...string) {
	w.t.Helper()
	for range 2 * time.Second / lookEvery {
		w.watch.look(w.now)
	}
	text := w.out.String()
	w.out.Reset()
	lines := strings.Count(text, "\n")
	if told == "" && text != "" || told != "" && lines != 1 || !strings.Contains(text, told) {
		w.t.Errorf("%s: told is %q, want %q", step, text, told)
	}
	if live != nil && !slices.Equal(w.live, live) {
		w.t.Errorf("%s: live is %q, want %q", step, w.live, live)
	}
}

func TestAChangeGoesLive(t *testing.T) {
	t.Parallel()
	w := watchFiles(t, map[string]string{"a.yaml": "one", "b.yaml": "two", "fix.yaml": "+"}, []string{"a.yaml", "b.yaml"}, nil)
	w.look("unchanged", "")
	w.put("a.yaml", "three")
	w.look("changed", "10:00:00 contract a: read again, and live: 0 operations", "a=three", "b=two")
	w.put("a.yaml", "broken")
	w.look("broken", "10:00:00 contract a: a.yaml:1: it is broken (and 1 more); the last good contract stays in force", "a=three", "b=two")
	w.look("told once", "", "a=three", "b=two")
	w.put("a.yaml", "four")
	w.look("good again", "contract a: good again, and live: 0 operations", "a=four", "b=two")
	w.refuse = errors.New("a.key is no key")
	w.put("b.yaml", "five")
	w.look("refused", "contract b: a.key is no key; the last good contract stays in force", "a=four", "b=two")
	w.refuse = nil
	w.look("taken at last", "contract b: good again", "a=four", "b=five")
}

// TestTimesThatStandStill are those of some mounts.
func TestTimesThatStandStill(t *testing.T) {
	t.Parallel()
	w := watchFiles(t, map[string]string{"a.yaml": "one"}, []string{"a.yaml"}, nil)
	info, err := os.Stat(filepath.Join(w.dir, "a.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	w.put("a.yaml", "two")
	if err := os.Chtimes(filepath.Join(w.dir, "a.yaml"), info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	w.look("changed", "read again, and live", "a=two")
	later := info.ModTime().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(w.dir, "a.yaml"), later, later); err != nil {
		t.Fatal(err)
	}
	w.look("touched, and the same", "", "a=two")
}

// TestAnEditorThatReplacesFiles takes the file away for a moment.
func TestAnEditorThatReplacesFiles(t *testing.T) {
	t.Parallel()
	w := watchFiles(t, map[string]string{"a.yaml": "one"}, []string{"a.yaml"}, nil)
	w.remove("a.yaml")
	w.watch.look(w.now)
	w.put("a.yaml.new", "two")
	if err := os.Rename(filepath.Join(w.dir, "a.yaml.new"), filepath.Join(w.dir, "a.yaml")); err != nil {
		t.Fatal(err)
	}
	w.look("replaced", "read again, and live", "a=two")
	w.remove("a.yaml")
	w.look("gone", "there is no file", "a=two")
	w.put("a.yaml", "two")
	w.look("back", "good again", "a=two")
}

func TestWhatAContractRefersTo(t *testing.T) {
	t.Parallel()
	w := watchFiles(t, map[string]string{"a.yaml": "one part.txt", "part.txt": "1", "fix.yaml": "+"}, []string{"a.yaml"}, []string{"fix.yaml"})
	w.put("part.txt", "2")
	w.look("a part", "read again", "a=one2+")
	w.put("fix.yaml", "-")
	w.look("an overlay", "read again", "a=one2-")
	w.put("a.yaml", "one new.txt")
	w.look("a part that is not there", "which is not there; the last good contract stays", "a=one2-")
	w.put("new.txt", "3")
	w.look("a part that comes", "good again", "a=one3-")
	w.put("new.txt", "4")
	w.look("a new part", "read again", "a=one4-")
}

func TestAFolderIsWatched(t *testing.T) {
	t.Parallel()
	w := watchFiles(t, map[string]string{"a.yaml": "one", "b.yaml": "two"}, []string{"."}, nil)
	w.put("c.yaml", "three")
	w.look("joins", "contract c: joined, and live: 0 operations", "a=one", "b=two", "c=three")
	w.put("c.yaml", "four")
	w.look("changes", "contract c: read again", "a=one", "b=two", "c=four")
	w.put("d.yaml", "broken")
	w.look("joins broken", "contract d: d.yaml:1: it is broken (and 1 more); it is played once it is good", "a=one", "b=two", "c=four")
	w.put("d.yaml", "five")
	w.look("is mended", "contract d: joined", "a=one", "b=two", "c=four", "d=five")
	w.remove("a.yaml")
	w.look("leaves", "a.yaml is gone, and so is its contract", "b=two", "c=four", "d=five")
	w.put("a.yaml", "six")
	w.look("returns", "contract a: joined", "b=two", "c=four", "d=five", "a=six")
}

// TestAFolderWhoseFilesAreReplaced: a file that is away for a moment has not left.
func TestAFolderWhoseFilesAreReplaced(t *testing.T) {
	t.Parallel()
	w := watchFiles(t, map[string]string{"a.yaml": "one", "b.yaml": "two"}, []string{"."}, nil)
	w.remove("a.yaml")
	w.watch.look(w.now)
	w.put("a.yaml", "one")
	w.look("back again", "")
	w.remove("a.yaml")
	w.watch.look(w.now)
	w.put("a.yaml", "three")
	w.look("back as another", "contract a: read again", "a=three", "b=two")
}

// TestTheLastOfAFolder stays in force when its file goes: there would be nothing left to play.
func TestTheLastOfAFolder(t *testing.T) {
	t.Parallel()
	w := watchFiles(t, map[string]string{"a.yaml": "one"}, []string{"."}, nil)
	w.remove("a.yaml")
	w.look("gone", "there is no file")
	w.put("a.yaml", "two")
	w.look("back", "good again", "a=two")
}

// TestNothingIsReadForNothing: a look at files that are as they were costs no reading of a contract.
func TestNothingIsReadForNothing(t *testing.T) {
	t.Parallel()
	w := watchFiles(t, map[string]string{"a.yaml": "one"}, []string{"a.yaml"}, nil)
	w.watch.reader.read = func(string, string, []string, int64) (*specs.Contract, error) {
		t.Error("the contract is read again")
		return nil, errors.New("")
	}
	w.look("unchanged", "")
}

func TestWatchInChinese(t *testing.T) {
	t.Parallel()
	w := watchFiles(t, map[string]string{"a.yaml": "one"}, []string{"a.yaml"}, nil)
	w.watch.speech = chinese
	w.put("a.yaml", "broken")
	w.look("broken", "契约 a: a.yaml:1: it is broken (and 1 more)；继续使用最近一次可用的契约")
	w.put("a.yaml", "two")
	w.look("good again", "已恢复正常并生效：0 个接口")
}
