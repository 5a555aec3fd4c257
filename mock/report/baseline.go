package report

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Baseline is what is known to be wrong and fails no run: a YAML or JSON file that people review and edit.
type Baseline struct {
	// Version is 1.
	Version int     `yaml:"understudy-baseline"`
	Known   []Known `yaml:"known"`
}

// Known is one finding that is known.
type Known struct {
	// Contract may be left out where a run is about one.
	Contract  string `yaml:"contract,omitempty"`
	Operation string `yaml:"operation,omitempty"`
	Check     string `yaml:"check"`
	Rule      string `yaml:"rule"`
	// Pointer is that of the finding, the number of an array's item written as *.
	Pointer string `yaml:"pointer,omitempty"`
	// Reason says why it is not mended; it stands in the reports.
	Reason string `yaml:"reason"`
}

// String names the entry in one line.
func (k Known) String() string {
	parts := []string{strings.TrimPrefix(k.Contract+"."+k.Operation, "."), k.Check, k.Rule}
	if k.Pointer != "" {
		parts = append(parts, k.Pointer)
	}
	return strings.Join(parts, ": ")
}

// maxBaseline bounds a baseline in bytes.
const maxBaseline = 16 << 20

// ReadBaseline reads the file that [WriteBaseline] wrote, or that somebody edited since. It refuses what it does not
// know, with the line: a misspelt key would let a failure through, or hide one.
func ReadBaseline(file string) (*Baseline, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &noBaselineError{file}
	}
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	data, err := io.ReadAll(io.LimitReader(f, maxBaseline+1))
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	if len(data) > maxBaseline {
		return nil, fmt.Errorf("baseline %s is larger than %d bytes", file, maxBaseline)
	}
	b := &Baseline{}
	d := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	d.KnownFields(true)
	if err := d.Decode(b); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("baseline %s: %w", file, err)
	}
	if b.Version != 1 {
		return nil, fmt.Errorf("baseline %s: its first line should be \"understudy-baseline: 1\"", file)
	}
	for i, k := range b.Known {
		if k.Check == "" || k.Rule == "" {
			return nil, fmt.Errorf("baseline %s: entry %d of known has no check or no rule", file, i+1)
		}
		b.Known[i].Pointer = AnyItem(k.Pointer)
	}
	return b, nil
}

// Apply marks the failed checks of r whose findings are all known, and keeps in r.Mended the entries that nothing
// matches any more, as far as this run can tell: those of checks that were made.
func (b *Baseline) Apply(r *Report) {
	matched := make([]bool, len(b.Known))
	knows := func(key Known) (why string, ok bool) {
		for i, k := range b.Known {
			if k.matches(key) {
				matched[i] = true
				why, ok = cmp.Or(why, k.Reason), true
			}
		}
		return why, ok
	}
	r.each(func(op *Operation, _ string, c *Check) {
		if !c.Failed {
			return
		}
		known, why := true, ""
		for i := range c.findings() {
			reason, ok := knows(key(r.contract(op), op.ID, c.Name, &c.findings()[i]))
			known, why = known && ok, cmp.Or(why, reason)
		}
		if c.Known = known; known {
			c.KnownWhy = why
		}
	})
	for i := range r.Strays {
		s := &r.Strays[i]
		_, s.Known = knows(key("", "", s.name(), s.finding()))
		s.Known = s.Known && s.Failed
	}
	r.Mended = nil
	for i, k := range b.Known {
		if !matched[i] && r.tried(k) {
			r.Mended = append(r.Mended, k)
		}
	}
}

// matches says whether an entry is the one of a finding; an entry without a contract is of any.
func (k Known) matches(of Known) bool {
	return (k.Contract == "" || of.Contract == "" || k.Contract == of.Contract) &&
		k.Operation == of.Operation && k.Check == of.Check && k.Rule == of.Rule && k.Pointer == of.Pointer
}

func key(contract, operation, check string, f *Finding) Known {
	return Known{Contract: contract, Operation: operation, Check: check, Rule: cmp.Or(f.Rule, "failed"), Pointer: AnyItem(f.Pointer)}
}

// tried says whether the run would have found what an entry is about. A check of a recording has a name only where it
// failed, so there the operation decides.
func (r *Report) tried(k Known) bool {
	for i := range r.Operations {
		op := &r.Operations[i]
		if op.ID != k.Operation || k.Contract != "" && k.Contract != r.contract(op) {
			continue
		}
		if len(op.Requests.Checked)+len(op.Replies.Checked) > 0 {
			return true
		}
		for _, p := range op.Parts() {
			if slices.ContainsFunc(p.Checked, func(c Check) bool { return c.Name == k.Check }) {
				return true
			}
		}
	}
	return false
}

// WriteBaseline writes a baseline of everything that failed in r and says how many entries it has. Reasons that the file
// gives already are kept, and so are its entries about what this run did not try.
func WriteBaseline(file string, r *Report) (entries int, err error) {
	old, err := ReadBaseline(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		old = &Baseline{}
	case err != nil:
		return 0, err
	}
	b := &Baseline{Version: 1}
	add := func(k Known) {
		if slices.ContainsFunc(b.Known, k.matches) {
			return
		}
		k.Reason = "known on " + r.Started.UTC().Format("2006-01-02")
		if i := slices.IndexFunc(old.Known, k.matches); i >= 0 {
			k.Reason = old.Known[i].Reason
		}
		b.Known = append(b.Known, k)
	}
	r.failed(func(op *Operation, _ string, c *Check, f *Finding) { add(key(r.contract(op), op.ID, c.Name, f)) })
	for i := range r.Strays {
		if s := &r.Strays[i]; s.Failed {
			add(key("", "", s.name(), s.finding()))
		}
	}
	for _, k := range old.Known {
		if !slices.ContainsFunc(b.Known, k.matches) && !r.tried(k) {
			b.Known = append(b.Known, k)
		}
	}
	return len(b.Known), WriteFile(file, func(w io.Writer) error {
		_, err := io.WriteString(w, "# What is known to be wrong and fails no check. Say why in reason; remove an entry once it is mended.\n")
		if err != nil {
			return err
		}
		e := yaml.NewEncoder(w)
		e.SetIndent(2)
		return errors.Join(e.Encode(b), e.Close())
	})
}

// noBaselineError says that there is no such file; it is an [fs.ErrNotExist].
type noBaselineError struct{ file string }

func (e *noBaselineError) Error() string {
	return fmt.Sprintf("baseline %s: there is no such file; --write-baseline %s makes one of what fails now", e.file, e.file)
}

func (e *noBaselineError) Unwrap() error { return fs.ErrNotExist }
