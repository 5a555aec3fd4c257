package specs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// DefaultMaxBytes bounds a contract and all the files that it refers to where [ReadConfig] says nothing.
const DefaultMaxBytes = 16 << 20

// ReadConfig says how a contract is read from files.
type ReadConfig struct {
	// MaxBytes bounds the bytes of all files together, before they are parsed; 0 means [DefaultMaxBytes].
	MaxBytes int64
	// Overlays are files of OpenAPI overlays, which are applied in this order.
	Overlays []string
}

// Read reads the contract in a file, OpenAPI 3.0 or 3.1 or Swagger 2.0, YAML or JSON, with what it refers to in other
// files. name is the contract's id, its [Contract.Vendor]. The schemas of the result are in the dialect of OpenAPI 3.1
// whatever the document's is, and everything stands in it: what came from another file stands under components, its
// position still in that file.
//
// What OpenAPI forbids and what does not keep the document from being served is among [Contract.Notes], unless the
// document uses the vocabulary (x-understudy: 1) of its own accord: then it is held to every rule. Errors have one line
// each and name file and line where there is one: no such file, no YAML or JSON, no OpenAPI, another version of it, no
// operation, too many bytes, a $ref that leads nowhere, round in a circle, or into a network, of which nothing is fetched.
func Read(name, file string, c ReadConfig) (*Contract, error) {
	f := newFiles(c.MaxBytes)
	data, err := f.read(file)
	if err != nil {
		return nil, err
	}
	root, more, err := parseTree(file, data)
	if err != nil {
		return nil, err
	}
	d, err := newDocument(file, root, documentKind)
	if err != nil {
		return nil, err
	}
	f.trees[absolute(file)] = &tree{file: file, root: root}
	contract, err := newContract(name, d, f.open)
	if err != nil {
		return nil, err
	}
	contract.Files = f.names
	if more {
		contract.Notes = append(contract.Notes, Note{Rule: NoteLeftOut, At: Position{File: file, Line: 1, Column: 1}, Text: "the file holds several YAML documents; only the first is read"})
	}
	for _, overlay := range c.Overlays {
		data, err := f.read(overlay)
		if err != nil {
			return nil, err
		}
		if contract, err = contract.Overlay(overlay, data); err != nil {
			return nil, err
		}
	}
	if len(contract.Operations) == 0 {
		return nil, noOperation(contract)
	}
	return contract, nil
}

// filesRead reads what a contract is made of, each file once, within a bound on all of them.
type filesRead struct {
	max, left int64
	names     []string
	trees     map[string]*tree // by absolute path
}

func newFiles(most int64) *filesRead {
	if most <= 0 {
		most = DefaultMaxBytes
	}
	return &filesRead{max: most, left: most, trees: map[string]*tree{}}
}

// read is the text of a file.
func (f *filesRead) read(file string) ([]byte, error) {
	if file == "" {
		return nil, errors.New("no file was given")
	}
	open, err := os.Open(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer open.Close()
	info, err := open.Stat()
	switch {
	case err != nil:
		return nil, unreadable(file, err)
	case info.IsDir():
		return nil, fmt.Errorf("%s: this is a folder; give the file of a contract", file)
	case info.Size() > f.left:
		return nil, f.tooBig(file, fmt.Sprintf("%d bytes are", info.Size()))
	}
	data, err := io.ReadAll(io.LimitReader(open, f.left+1))
	if err != nil {
		return nil, unreadable(file, err)
	}
	if int64(len(data)) > f.left { // a pipe does not tell its size
		return nil, f.tooBig(file, "this is")
	}
	f.left -= int64(len(data))
	f.names = append(f.names, file)
	return data, nil
}

func (f *filesRead) tooBig(file, what string) error {
	of := ""
	if f.left < f.max {
		of = fmt.Sprintf(", of which %d are left", f.left)
	}
	return fmt.Errorf("%s: %s more than the %d bytes that a contract may have with all its files%s; raise the bound with --max-spec-bytes", file, what, f.max, of)
}

// unreadable says why a file cannot be read, in the same words on every system.
func unreadable(file string, err error) error {
	switch {
	case strings.HasPrefix(file, "http://"), strings.HasPrefix(file, "https://"):
		return fmt.Errorf("%s: nothing is fetched from a network; save it as a file and give that", file)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such file", file)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: this file may not be read by the user that runs the program", file)
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("%s: the file cannot be read: %w", file, err)
}

// open reads the file that a $ref in another one names, relative to that one.
func (f *filesRead) open(from, name string) (*tree, error) {
	file := localFile(name)
	if !filepath.IsAbs(file) {
		file = filepath.Join(filepath.Dir(from), file)
	}
	key := absolute(file)
	if known, ok := f.trees[key]; ok {
		return known, nil
	}
	data, err := f.read(file)
	if err != nil {
		return nil, err
	}
	root, _, err := parseTree(file, data)
	if err != nil {
		return nil, err
	}
	if err := (&tidier{file: file, aliases: true, copied: new(int)}).tidy(root, 0); err != nil {
		return nil, err
	}
	t := &tree{file: file, root: root, tables: tables{}}
	f.trees[key] = t
	return t, nil
}

// localFile is the path that a reference's text names: with either kind of slash, and as a file: URL too.
func localFile(name string) string {
	if rest, ok := strings.CutPrefix(name, "file:"); ok {
		name = rest
		if rest, ok := strings.CutPrefix(name, "//"); ok {
			name = strings.TrimPrefix(rest, "localhost")
		}
		if len(name) > 2 && name[0] == '/' && name[2] == ':' { // file:///C:/…
			name = name[1:]
		}
	}
	return filepath.FromSlash(strings.ReplaceAll(name, `\`, "/"))
}

func absolute(file string) string {
	if path, err := filepath.Abs(file); err == nil {
		return path
	}
	return filepath.Clean(file)
}
