package record

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"understudy/mock/mask"
	"understudy/scenarios"
	"understudy/specs"
)

// PartOf is the name of the file in which a recording is made, before it is one.
func PartOf(out string) string { return out + ".part" }

// ExistsError says that a file is there that is not to be written over.
type ExistsError struct {
	File string
	// Part says that it is what a recorder has left behind.
	Part bool
}

// Error says what to do about it.
func (e *ExistsError) Error() string {
	if e.Part {
		return e.File + " is there, of a recording that was not finished; make it one by record --recover " + e.File + ", remove it, or choose another name"
	}
	return e.File + " is there already; choose another name, or remove it"
}

// Head is a recording of a contract with nothing in it yet.
func Head(c *specs.Contract) (*scenarios.Recording, error) {
	r := &scenarios.Recording{
		Vendor: c.Vendor, Title: c.Title, ContractVersion: c.Version, Tool: "understudy", ToolVersion: version(), Masked: true,
		Readings: c.Readings(), Fingerprints: map[string]scenarios.Fingerprint{},
	}
	for _, op := range c.Operations {
		print, err := scenarios.FingerprintOf(c, op.ID)
		if err != nil {
			return nil, err
		}
		r.Fingerprints[op.ID] = print
	}
	return r, nil
}

// version is that of the program that this package is built into, "(devel)" where nobody has stamped it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// conclude puts the exchanges in order, numbers them, and leaves out the fingerprints of what was not heard.
func conclude(r *scenarios.Recording) {
	slices.SortStableFunc(r.Exchanges, func(a, b *scenarios.Exchange) int { return cmp.Compare(a.Number, b.Number) })
	heard := map[string]bool{}
	var made time.Time
	for i, x := range r.Exchanges {
		x.Number = i + 1
		heard[x.Operation] = true
		if caller, _, called := strings.Cut(x.Callback, "/"); called {
			heard[caller] = true
		}
		if !x.At.IsZero() && (made.IsZero() || x.At.Before(made)) {
			made = x.At
		}
	}
	for id := range r.Fingerprints {
		if !heard[id] {
			delete(r.Fingerprints, id)
		}
	}
	if !made.IsZero() { // else no exchange tells its time
		r.Made = made
	}
}

// File is a recording on its way to a file.
type File struct {
	out    string
	part   *scenarios.Part
	masker *mask.Masker
	count  int
}

// CreateFile begins a recording: what is added goes to [PartOf] of out at once, masked. Errors are an *[ExistsError] and those
// of the file system.
func CreateFile(out string, head *scenarios.Recording, masker *mask.Masker) (*File, error) {
	if err := Absent(out); err != nil {
		return nil, err
	}
	if err := absent(PartOf(out), true); err != nil {
		return nil, err
	}
	part, err := scenarios.CreatePart(PartOf(out), head)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no folder %s", filepath.Dir(out))
	}
	if err != nil {
		return nil, err
	}
	return &File{out: out, part: part, masker: masker}, nil
}

// Absent says whether a file may be made: an *[ExistsError] where it is there already.
func Absent(file string) error { return absent(file, false) }

func absent(file string, part bool) error {
	switch _, err := os.Lstat(file); {
	case err == nil:
		return &ExistsError{File: file, Part: part}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return nil
}

// Add masks an exchange and keeps it. One that cannot be masked is kept without what it holds.
func (f *File) Add(x *scenarios.Exchange) error {
	masked(f.masker, x)
	if err := f.part.Add(x); err != nil {
		return err
	}
	f.count++
	return nil
}

// masked replaces what an exchange must not hold; where that fails, nothing of it is left but that it happened.
func masked(m *mask.Masker, x *scenarios.Exchange) {
	if m.Mask(x) == nil {
		return
	}
	x.Request.Parameters, x.Request.Body, x.Request.MediaType, x.Request.Wire = nil, nil, "", scenarios.Wire{Unkept: true}
	x.Response.Header, x.Response.Body, x.Response.MediaType, x.Response.Wire = nil, nil, "", scenarios.Wire{Unkept: true}
	if x.Operation == "" {
		x.Request.Path = "/"
	}
}

// Finish makes a HAR file of what was added and removes the part. Without exchanges there is no file, and the error is
// [ErrNothing]. Where the file cannot be written the part stays.
func (f *File) Finish() (*scenarios.Recording, error) {
	if err := f.part.Close(); err != nil {
		return nil, f.left(err)
	}
	if f.count == 0 {
		return nil, errors.Join(ErrNothing, os.Remove(PartOf(f.out)))
	}
	r, _, err := Recover(PartOf(f.out), f.out)
	if err != nil {
		return nil, f.left(err)
	}
	return r, nil
}

func (f *File) left(err error) error {
	return fmt.Errorf("%w; what was heard until then is in %s: understudy record --recover %[2]s makes a recording of it", err, PartOf(f.out))
}

// ErrNothing says that nothing was heard.
var ErrNothing = errors.New("nothing was heard, and no file is written")

// Recover makes a HAR file of a part, and removes the part once the file is there. Cut counts the bytes of a torn last line
// that were left out.
func Recover(part, out string) (r *scenarios.Recording, cut int, err error) {
	if err := Absent(out); err != nil {
		return nil, 0, err
	}
	if scenarios.UnderWay(part) {
		return nil, 0, fmt.Errorf("%s is still being written; end its recorder by Ctrl-C, which makes the recording", part)
	}
	if r, cut, err = scenarios.Recover(part); err != nil {
		return nil, cut, err
	}
	if len(r.Exchanges) == 0 {
		return nil, cut, fmt.Errorf("%s has no exchange in it", part)
	}
	conclude(r)
	if err := r.WriteFile(out); err != nil {
		return nil, cut, err
	}
	return r, cut, os.Remove(part)
}
