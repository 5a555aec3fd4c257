package report_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"understudy/mock/report"
)

func TestParseTargets(t *testing.T) {
	t.Parallel()
	got, err := report.ParseTargets("junit=a.xml, SARIF=out/b.sarif", `md=C:\x\y.md`, "har=-", "")
	want := []report.Target{{"junit", "a.xml"}, {"sarif", "out/b.sarif"}, {"md", `C:\x\y.md`}, {"har", "-"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("targets are %v, %v; want %v", got, err, want)
	}
	for text, want := range map[string]string{
		"html=a": "there are junit, sarif, md, codequality, har", "junit": "junit=FILE", "junit=": "junit=FILE", "=a": "no kind of report",
		"junit=a,sarif=a": "two reports go to a", "junit=-,md=-": "two reports go to -",
	} {
		if _, err := report.ParseTargets(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", text, err, want)
		}
	}
}

func TestEveryKindIsWritten(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if len(report.Kinds()) == 0 {
		t.Fatal("there are no kinds")
	}
	for _, kind := range report.Kinds() {
		target := report.Target{Kind: kind, File: filepath.Join(folder, kind)}
		if err := errors.Join(target.Check(), target.Write(sample()), target.Write(sample())); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if text, err := os.ReadFile(target.File); err != nil || len(text) < 100 {
			t.Errorf("%s: %d bytes, %v", kind, len(text), err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(folder, ".understudy-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAFolderThatIsNotThereIsTold(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	missing := report.Target{Kind: "md", File: filepath.Join(folder, "no", "a.md")}
	for _, err := range []error{missing.Check(), missing.Write(sample())} {
		if err == nil || !strings.Contains(err.Error(), "there is no folder "+filepath.Join(folder, "no")) {
			t.Errorf("error %v", err)
		}
	}
	if err := (report.Target{Kind: "md", File: folder}).Check(); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("error %v", err)
	}
	if err := (report.Target{Kind: "pdf", File: filepath.Join(folder, "a")}).Write(sample()); err == nil {
		t.Error("an unknown kind is written")
	}
}

func TestAFileIsWrittenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "a.txt")
	if err := os.WriteFile(file, []byte("before"), 0o640); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err := report.WriteFile(file, func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Repeat("half", 5000))
		return errors.Join(err, broken)
	})
	if text, read := os.ReadFile(file); !errors.Is(err, broken) || read != nil || string(text) != "before" {
		t.Errorf("error %v; file has %.20q, %v", err, text, read)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	link := filepath.Join(folder, "link")
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	if err := report.WriteFile(link, func(w io.Writer) error { _, err := io.WriteString(w, "after"); return err }); err != nil {
		t.Fatal(err)
	}
	at, err := os.Lstat(link)
	if err != nil || at.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", at, err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "after" {
		t.Errorf("file has %q, %v", text, err)
	}
	if at, err := os.Stat(file); err != nil || at.Mode().Perm() != 0o640 {
		t.Errorf("mode is %v, %v", at.Mode(), err)
	}
	if err := report.WriteFile(os.DevNull, func(w io.Writer) error { _, err := io.WriteString(w, "x"); return err }); err != nil {
		t.Errorf("a device: %v", err)
	}
	if at, err := os.Stat(os.DevNull); err != nil || at.Mode().IsRegular() {
		t.Error("the device was replaced by a file")
	}
}
