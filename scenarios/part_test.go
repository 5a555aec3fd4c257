package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func newPartFile(tb testing.TB, r *Recording) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "x.har.part")
	p, err := CreatePart(path, r)
	if err != nil {
		tb.Fatal(err)
	}
	for _, x := range r.Exchanges {
		if err := p.Add(x); err != nil {
			tb.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		tb.Fatal(err)
	}
	return path
}

func TestAPartIsRecovered(t *testing.T) {
	t.Parallel()
	want := sampleRecording()
	path := newPartFile(t, want)
	got, cut, err := Recover(path)
	if err != nil || cut != 0 {
		t.Fatal(cut, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, %v", info.Mode(), err)
	}
	if _, err := CreatePart(path, want); err == nil || !strings.Contains(err.Error(), "record --recover") {
		t.Errorf("a second one is made: %v", err)
	}
	if _, err := CreatePart(filepath.Join(path, "x"), want); err == nil {
		t.Error("one is made where there is no folder")
	}
	if _, err := ReadFile(path, ReadConfig{}); err == nil || !strings.Contains(err.Error(), "was not finished") {
		t.Errorf("as a recording: %v", err)
	}
}

// TestEachExchangeIsThereAtOnce reads the file while it is written.
func TestEachExchangeIsThereAtOnce(t *testing.T) {
	t.Parallel()
	want := sampleRecording()
	path := filepath.Join(t.TempDir(), "x.part")
	p, err := CreatePart(path, want)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	for i, x := range want.Exchanges {
		if err := p.Add(x); err != nil {
			t.Fatal(err)
		}
		if r, _, err := Recover(path); err != nil || len(r.Exchanges) != i+1 {
			t.Fatalf("after %d: %v", i+1, err)
		}
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := p.Add(want.Exchanges[0]); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("after the end: %v", err)
	}
}

func TestExchangesOfSeveralAtOnceComeInOrder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.part")
	p, err := CreatePart(path, &Recording{Vendor: "pets", Fingerprints: map[string]Fingerprint{"a": {"1", "2", "3"}, "b": {}, "c": {"4", "5", "6"}}})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for n := 50; n > 0; n-- {
		all.Go(func() {
			x := &Exchange{Number: n, Operation: "a"}
			if n%2 == 0 {
				x.Operation, x.Callback = "", "c/changed/post"
			}
			if err := p.Add(x); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	r, cut, err := Recover(path)
	if err != nil || cut != 0 || len(r.Exchanges) != 50 {
		t.Fatal(cut, err)
	}
	for i, x := range r.Exchanges {
		if x.Number != i+1 {
			t.Fatalf("exchange %d has number %d", i+1, x.Number)
		}
	}
	if len(r.Fingerprints) != 2 || r.Fingerprints["a"].Schema != "1" || r.Fingerprints["c"].Errors != "6" {
		t.Errorf("fingerprints are %v", r.Fingerprints)
	}
}

// TestWhatIsTornIsLeftOut cuts a part here and there, and around each end of a line.
func TestWhatIsTornIsLeftOut(t *testing.T) {
	t.Parallel()
	want := sampleRecording()
	want.Fingerprints = nil
	text, err := os.ReadFile(newPartFile(t, want))
	if err != nil {
		t.Fatal(err)
	}
	var ends []int
	for i, c := range text {
		if c == '\n' {
			ends = append(ends, i)
		}
	}
	for n := range len(text) + 1 {
		if n%7 > 0 && !slices.ContainsFunc(ends, func(end int) bool { return n >= end-1 && n <= end+2 }) {
			continue
		}
		r, cut, err := recoverFrom(bytes.NewReader(text[:n]), "x.part")
		if n < ends[0] {
			if err == nil || !strings.Contains(err.Error(), "x.part") {
				t.Fatalf("cut at %d: %v", n, err)
			}
			continue
		}
		whole := 0
		last := ends[0]
		for _, end := range ends[1:] {
			if n >= end {
				whole, last = whole+1, end
			}
		}
		torn := max(0, n-last-1)
		if err != nil || len(r.Exchanges) != whole || cut != torn {
			t.Fatalf("cut at %d: %d exchanges, want %d; %d bytes left out, want %d; %v", n, len(r.Exchanges), whole, cut, torn, err)
		}
		if diff := cmp.Diff(want.Exchanges[:whole], r.Exchanges[:whole:whole]); whole > 0 && diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestDamageInTheMiddleIsTold(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(newPartFile(t, sampleRecording()))
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.SplitAfter(string(text), "\n")
	with := func(i int, row string) string {
		changed := slices.Clone(rows)
		changed[i] = row
		return strings.Join(changed, "")
	}
	for name, tt := range map[string]struct{ text, want string }{
		"empty":            {"", "x.part is empty"},
		"a recording":      {"{\n  \"log\": {\n", "x.part: it is no recording that was not finished"},
		"another file":     {"hello\n", "x.part: it is no recording that was not finished"},
		"another list":     {"{}\n{}\n", "x.part: it is no recording that was not finished"},
		"a torn head":      {rows[0][:20], "x.part: its first line is torn"},
		"a newer one":      {strings.Replace(string(text), `"form":1`, `"form":9`, 1), `its form is "9"`},
		"a damaged line":   {with(1, rows[1][:9]+"\n"), "x.part:2: the line is damaged (10 bytes)"},
		"zeros":            {with(2, strings.Repeat("\x00", 99)+"\n"), "x.part:3: the line is damaged"},
		"an empty line":    {with(2, "\n"), "x.part:3: the line is damaged"},
		"no exchange":      {with(3, "{}\n"), "x.part:4: the line is no exchange: it has no _understudy"},
		"no object":        {with(3, "7"), "x.part:4: the line is no exchange: it is no object"},
		"an unknown field": {strings.Replace(string(text), `"session":"s"`, `"sesion":"s"`, 1), "x.part:2: the line is no exchange"},
	} {
		r, _, err := recoverFrom(strings.NewReader(tt.text), "x.part")
		if err == nil || !strings.Contains(err.Error(), tt.want) || r != nil {
			t.Errorf("%s: error is %v\nwant %s", name, err, tt.want)
		}
	}
	// After a loss of power the end of a file may be zeros, with more behind the end of the line that were never written.
	r, cut, err := recoverFrom(strings.NewReader(string(text)+strings.Repeat("\x00", 512)), "x.part")
	if err != nil || cut != 512 || len(r.Exchanges) != 3 {
		t.Errorf("with zeros at the end: %d, %v", cut, err)
	}
	if _, _, err := Recover(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}

// disk is a file on a disk that fills up.
type disk struct {
	bytes.Buffer
	room             int
	stuck            bool
	synced, position int
}

var errFull = errors.New("no space left on device")

func (d *disk) Write(p []byte) (int, error) {
	n, _ := d.Buffer.Write(p[:min(len(p), max(0, d.room-d.Len()))])
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func (d *disk) Truncate(size int64) error {
	if d.stuck {
		return errFull
	}
	d.Buffer.Truncate(int(size))
	return nil
}

func (d *disk) Seek(offset int64, _ int) (int64, error) {
	d.position = int(offset)
	return offset, nil
}

func (d *disk) Sync() error  { d.synced++; return nil }
func (d *disk) Close() error { return nil }

func TestAFullDiskLosesNothingThatWasThere(t *testing.T) {
	t.Parallel()
	sample := sampleRecording()
	for _, stuck := range []bool{false, true} {
		d := &disk{room: 1 << 20, stuck: stuck}
		p, err := newPart(d, sample)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Add(sample.Exchanges[0]); err != nil {
			t.Fatal(err)
		}
		d.room = d.Len() + 50
		if err := p.Add(sample.Exchanges[1]); !errors.Is(err, errFull) {
			t.Fatalf("error is %v", err)
		}
		r, cut, err := recoverFrom(bytes.NewReader(d.Bytes()), "x")
		if err != nil || len(r.Exchanges) != 1 || (cut > 0) != stuck {
			t.Errorf("stuck %t: %d bytes torn, %v", stuck, cut, err)
		}
		d.room = 1 << 20
		err = p.Add(sample.Exchanges[2])
		if stuck {
			if !errors.Is(err, errFull) {
				t.Errorf("more is written behind a torn line: %v", err)
			}
			continue
		}
		if r, cut, err = recoverFrom(bytes.NewReader(d.Bytes()), "x"); err != nil || len(r.Exchanges) != 2 || cut != 0 || d.position == 0 {
			t.Errorf("with room again: %v", err)
		}
		if err := p.Close(); err != nil || d.synced != 1 {
			t.Errorf("the end: %v, %d", err, d.synced)
		}
	}
	if _, err := newPart(&disk{}, sample); !errors.Is(err, errFull) {
		t.Errorf("error is %v", err)
	}
}

func TestAFileIsWrittenWholeOrNot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.har")
	r := sampleRecording()
	if err := r.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(path, ReadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, got); diff != "" {
		t.Error(diff)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	err = replaceFile(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half"); err != nil {
			return err
		}
		return errFull
	})
	if !errors.Is(err, errFull) || !strings.Contains(err.Error(), path+" was not written") {
		t.Errorf("error is %v", err)
	}
	bad := &Recording{Exchanges: []*Exchange{nil}}
	if bad.WriteFile(path) == nil || bad.WriteFile(filepath.Join(dir, "y.har")) == nil {
		t.Error("what cannot be written is written")
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("what was there is gone: %v", err)
	}
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 1 {
		t.Errorf("the folder has %v, %v", list, err)
	}
	for _, wrong := range []string{dir, filepath.Join(dir, "none", "x.har"), filepath.Join(path, "x.har")} {
		if err := r.WriteFile(wrong); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	if _, err := ReadFile(dir, ReadConfig{}); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := ReadFile(filepath.Join(dir, "none"), ReadConfig{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
}

func TestModesOfFiles(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	dir := t.TempDir()
	r := sampleRecording()
	mode := func(name string) string {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(info.Mode())
	}
	if err := os.WriteFile(filepath.Join(dir, "old.har"), nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "old.har"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("old.har", filepath.Join(dir, "link.har")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"new.har", "link.har"} {
		if err := r.WriteFile(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if mode("new.har") != "-rw-------" || mode("old.har") != "-rw-r--r--" || !strings.HasPrefix(mode("link.har"), "L") {
		t.Errorf("modes are %s, %s, %s", mode("new.har"), mode("old.har"), mode("link.har"))
	}
	if _, err := ReadFile(filepath.Join(dir, "old.har"), ReadConfig{}); err != nil {
		t.Errorf("behind the link: %v", err)
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		if err := r.WriteFile("/dev/full"); err == nil {
			t.Error("a full device takes it")
		}
	}
}
