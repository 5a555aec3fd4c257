package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"understudy/specs"
)

const (
	flagSpec    = "--spec"
	flagOverlay = "--overlay"

	// noVendor is what --vendor says for no bundled vendor at all.
	noBundled = "none"
)

// source is one file or folder that holds contracts of the user's own.
type source struct {
	// setting has the path, and where it was configured.
	setting
	// name is the one that was given, "" for the file's own.
	name string
	// overlays are the files that were bound to this source where it was configured.
	overlays []string
}

// binding is an overlay and the contract that it corrects; without a name it is meant for the only one there is.
type binding struct {
	setting
	name string
}

// origins are where the contracts come from that did not come with this program, and what corrects any of them.
type origins struct {
	sources  []source
	overlays []binding
	maxBytes int64 // of a contract with all that it refers to, 0 for the usual bound
}

// document is a contract that is read from files: one of the user's own, or a bundled one under overlays.
type document struct {
	name string
	// file is the contract's, "" for a bundled one; overlays are laid over it in their order.
	file     string
	overlays []string
	from     source
	contract *specs.Contract
}

// contractError is a contract that cannot be read. It ends the program with 2, wherever it was named: nothing was played,
// checked or called.
type contractError struct{ err error }

// Error is one line; of several mistakes it has the first.
func (e *contractError) Error() string {
	first, rest, more := strings.Cut(strings.TrimSpace(e.err.Error()), "\n")
	if !more {
		return first
	}
	return fmt.Sprintf("%s (and %d more, which understudy lint tells)", first, strings.Count(rest, "\n")+1)
}

func (e *contractError) Unwrap() error { return e.err }

// nameForm is what a contract may be called: it is a key of the configuration and part of a variable's name.
var nameForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// parseNamed splits [NAME=]FILE. A path may hold a = itself: what stands before one is a name only where it cannot be
// the beginning of a path.
func parseNamed(text string) (name, file string, err error) {
	before, after, found := strings.Cut(text, "=")
	switch {
	case text == "":
		return "", "", errors.New("it is empty; write FILE or NAME=FILE")
	case !found || strings.ContainsAny(before, `/\:`) || strings.HasPrefix(before, "."):
		return "", text, nil
	case after == "":
		return "", "", fmt.Errorf("%q names no file; write FILE or NAME=FILE", oneLine(text, 80))
	case before == noBundled || !nameForm.MatchString(before):
		return "", "", fmt.Errorf("%q: a name has lower-case letters, digits and hyphens, such as pet-store=%s; a path with = in it begins with ./",
			oneLine(text, 80), oneLine(filepath.Base(after), 40))
	}
	return before, after, nil
}

// addSource reads one entry of the specs.
func (o *origins) addSource(given setting) error {
	name, file, err := parseNamed(given.text)
	given.text = file
	o.sources = append(o.sources, source{setting: given, name: name})
	return err
}

// addOverlay reads one entry of the overlays.
func (o *origins) addOverlay(given setting) error {
	name, file, err := parseNamed(given.text)
	given.text = file
	o.overlays = append(o.overlays, binding{setting: given, name: name})
	return err
}

// flags lays the flags over what environment and file say: a flag takes the place of them.
func (o *origins) flags(cmd *cobra.Command, given options) error {
	if given.specs != nil {
		o.sources = nil
		for _, text := range given.specs {
			if err := o.addSource(setting{text: text, place: flagSpec, byFlag: true}); err != nil {
				return usage(cmd, "%s %s", flagSpec, err)
			}
		}
	}
	if given.overlays != nil {
		o.overlays = nil
		for _, text := range given.overlays {
			if err := o.addOverlay(setting{text: text, place: flagOverlay, byFlag: true}); err != nil {
				return usage(cmd, "%s %s", flagOverlay, err)
			}
		}
	}
	if f := cmd.Flags().Lookup("max-spec-bytes"); f != nil && f.Changed {
		if given.maxSpecBytes <= 0 {
			return usage(cmd, "--max-spec-bytes is a number of bytes, such as 33554432")
		}
		o.maxBytes = given.maxSpecBytes
	}
	return nil
}

// nameOne names the only contract in the command line after the one that a command is about.
func (o *origins) nameOne(name string) {
	if name != "" && len(o.sources) == 1 && o.sources[0].byFlag && o.sources[0].name == "" {
		o.sources[0].name = name
	}
}

// read reads every source and gives each contract its name and its overlays. A contract that has the name of a bundled one
// takes its place. The bundled contracts that an overlay corrects stand among the documents too.
func (o *origins) read(r specReader, bundled []*specs.Contract, wanted []string) ([]*document, error) {
	var list []*document
	for _, src := range o.sources {
		files, err := r.documents(src.text, o.maxBytes)
		if err != nil {
			return nil, src.problem(err)
		}
		if len(files) == 0 {
			return nil, src.problem(fmt.Errorf("there is no OpenAPI document in %s", oneLine(src.text, 200)))
		}
		for _, file := range files {
			d := &document{name: src.nameFor(file, files, list), file: file, overlays: slices.Clone(src.overlays), from: src}
			if i := slices.IndexFunc(list, func(other *document) bool { return other.name == d.name }); i >= 0 {
				return nil, src.problem(fmt.Errorf("%s would be called %s as %s is; give it another name, as in other-%[2]s=%[1]s", file, d.name, list[i].file))
			}
			list = append(list, d)
		}
	}
	list, err := o.bind(list, bundled, wanted)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		if err := d.load(r, o.maxBytes); err != nil {
			return nil, d.from.problem(err)
		}
	}
	return list, nil
}

// problem puts before an error the place of the configuration that named the contract; a flag needs none, since the error
// names the file.
func (s setting) problem(err error) error {
	if s.byFlag || s.place == "" {
		return &contractError{err}
	}
	return &contractError{fmt.Errorf("%s: %w", s.place, err)}
}

// load reads the contract as it is now.
func (d *document) load(r specReader, maxBytes int64) error {
	c, err := d.readWith(r, maxBytes)
	if err == nil {
		d.contract = c
	}
	return err
}

func (d *document) readWith(r specReader, maxBytes int64) (*specs.Contract, error) {
	if d.file != "" {
		return r.read(d.name, d.file, d.overlays, maxBytes)
	}
	c, err := specs.Load(d.name)
	for _, file := range d.overlays {
		if err != nil {
			return nil, err
		}
		var text []byte
		if text, err = readText(file, maxOverlay); err == nil {
			c, err = c.Overlay(file, text)
		}
	}
	return c, err
}

// files are those that a document depends on: what it was read from, and its overlays.
func (d *document) files() []string {
	var list []string
	if d.file != "" {
		list = append(list, d.file)
	}
	list = append(list, d.overlays...)
	if d.contract != nil {
		for _, file := range d.contract.Files {
			if !slices.Contains(list, file) {
				list = append(list, file)
			}
		}
	}
	return list
}

// maxOverlay bounds an overlay of a bundled contract, in bytes.
const maxOverlay = 16 << 20

// nameFor names a contract of a source. All in a folder begin with the name that was given for it, unless there is only
// one; two of a folder that would have one name take that of their own folder before it.
func (s source) nameFor(file string, files []string, taken []*document) string {
	name := specs.NameOf(file)
	sameName := func(other string) bool { return other != file && specs.NameOf(other) == name }
	inFolder := func(d *document) bool { return d.from.text == s.text && d.file != file && d.name == name }
	if slices.ContainsFunc(files, sameName) || slices.ContainsFunc(taken, inFolder) {
		if below, err := filepath.Rel(s.text, file); err == nil {
			name = specs.NameOf(strings.ReplaceAll(filepath.ToSlash(below), "/", "-"))
		}
	}
	switch {
	case s.name == "":
		return name
	case len(files) == 1:
		return s.name
	}
	return s.name + "-" + name
}

// bind gives each overlay to the contract that it is for.
func (o *origins) bind(list []*document, bundled []*specs.Contract, wanted []string) ([]*document, error) {
	own := len(list)
	for _, b := range o.overlays {
		name := b.name
		if name == "" {
			var candidates []string
			for _, d := range list[:own] {
				candidates = append(candidates, d.name)
			}
			if len(candidates) == 0 {
				candidates = wanted
			}
			if len(candidates) != 1 {
				return nil, b.problem(fmt.Errorf("%s: say which contract it corrects, as NAME=FILE%s", b.where(), listed(candidates)))
			}
			name = candidates[0]
		}
		i := slices.IndexFunc(list, func(d *document) bool { return d.name == name })
		if i < 0 {
			var known []string
			for _, d := range list {
				known = append(known, d.name)
			}
			for _, c := range bundled {
				known = append(known, c.Vendor)
			}
			if !slices.ContainsFunc(bundled, func(c *specs.Contract) bool { return c.Vendor == name }) {
				return nil, b.problem(fmt.Errorf("%s: there is no contract %q%s; there are %s", b.where(), oneLine(name, 40), meant(name, known), strings.Join(known, ", ")))
			}
			list, i = append(list, &document{name: name, from: source{setting: b.setting}}), len(list)
		}
		list[i].overlays = append(list[i].overlays, b.text)
	}
	return list, nil
}

// where is what an error about an overlay begins with when its place does not stand there already.
func (b binding) where() string {
	if b.byFlag {
		return flagOverlay + " " + oneLine(b.text, 200)
	}
	return oneLine(b.text, 200)
}

func listed(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "; there are " + strings.Join(names, ", ")
}

// lay puts the documents over the bundled contracts: in the place of one that has the same name, else behind them.
func lay(bundled []*specs.Contract, list []*document) []*specs.Contract {
	all := slices.Clone(bundled)
	for _, d := range list {
		if i := slices.IndexFunc(all, func(c *specs.Contract) bool { return c.Vendor == d.name }); i >= 0 {
			all[i] = d.contract
			continue
		}
		all = append(all, d.contract)
	}
	return all
}
