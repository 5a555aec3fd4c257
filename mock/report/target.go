package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Target is one report to write: a kind and where it goes.
type Target struct {
	// Kind is one of [Kinds].
	Kind string
	// File is the path; "-" is the standard output.
	File string
}

// Kinds lists the kinds of report there are.
func Kinds() []string { return []string{"junit", "sarif", "md", "codequality", "har"} }

// writers has the writer of each kind.
func writers() map[string]func(io.Writer, *Report) error {
	return map[string]func(io.Writer, *Report) error{
		"junit": WriteJUnit, "sarif": WriteSARIF, "md": WriteMarkdown, "codequality": WriteCodeQuality, "har": WriteHAR,
	}
}

// ParseTargets reads texts such as "junit=F,sarif=F", as a flag that may be repeated gives them. It refuses a kind that
// there is not, a target without a file, and two targets for one file.
func ParseTargets(texts ...string) ([]Target, error) {
	var targets []Target
	for _, part := range strings.Split(strings.Join(texts, ","), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		kind, file, ok := strings.Cut(part, "=")
		kind, file = strings.ToLower(strings.TrimSpace(kind)), strings.TrimSpace(file)
		switch {
		case !slices.Contains(Kinds(), kind):
			return nil, fmt.Errorf("%q is no kind of report; there are %s, each with its file: junit=report.xml", kind, strings.Join(Kinds(), ", "))
		case !ok || file == "":
			return nil, fmt.Errorf("the report %s has no file: write %s=FILE, or %s=- for the standard output", kind, kind, kind)
		case slices.ContainsFunc(targets, func(t Target) bool { return t.File == file }):
			return nil, fmt.Errorf("two reports go to %s: give each its own file", file)
		}
		targets = append(targets, Target{kind, file})
	}
	return targets, nil
}

// Check says whether the report can be written where t says, before a long run begins. It writes nothing.
func (t Target) Check() error {
	if t.File == "-" {
		return nil
	}
	return checkFile(t.File)
}

func checkFile(file string) error {
	if at, err := os.Stat(file); err == nil && at.IsDir() {
		return fmt.Errorf("%s is a folder: name a file in it", file)
	}
	folder := filepath.Dir(file)
	switch at, err := os.Stat(folder); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no folder %s: make it first", file, folder)
	case err != nil:
		return err
	case !at.IsDir():
		return fmt.Errorf("%s: %s is no folder", file, folder)
	}
	return nil
}

// Write writes the report where t says: a file whole or not at all.
func (t Target) Write(r *Report) error {
	write, ok := writers()[t.Kind]
	if !ok {
		return fmt.Errorf("%q is no kind of report; there are %s", t.Kind, strings.Join(Kinds(), ", "))
	}
	return WriteFile(t.File, func(w io.Writer) error { return write(w, r) })
}

// WriteFile writes a file whole or not at all: to a neighbour first, which then takes its place. A device or a pipe is
// written to directly, and "-" is the standard output.
func WriteFile(file string, write func(io.Writer) error) (err error) {
	if file == "-" {
		return buffered(os.Stdout, write)
	}
	if err := checkFile(file); err != nil {
		return err
	}
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	mode := fs.FileMode(0o644)
	if at, err := os.Stat(file); err == nil {
		if !at.Mode().IsRegular() {
			f, err := os.OpenFile(file, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			return errors.Join(buffered(f, write), f.Close())
		}
		mode = at.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".understudy-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err = errors.Join(buffered(f, write), f.Chmod(mode), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriter(w)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}
