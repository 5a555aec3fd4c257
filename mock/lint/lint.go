// Package lint finds what makes a green result mean less than it seems: places of a contract that promise nothing,
// promise what cannot be held, or contradict themselves.
package lint

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/schema"
	"understudy/mock/report"
	"understudy/specs"
)

// Lint examines a contract. The findings stand in the order of the document, and each rule among [Rules]; their pointers
// are places in the document.
func Lint(c *specs.Contract) []report.Finding {
	l := &linter{contract: c, set: schema.NewSet(c), visited: map[string]bool{}, told: map[string]bool{}}
	l.root, _ = c.Value("")
	l.parts = l.compositionParts()
	l.schemas()
	for _, op := range c.Operations {
		l.operation(op)
	}
	l.wire()
	l.notes()
	slices.SortStableFunc(l.found, func(a, b report.Finding) int {
		return cmp.Or(strings.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column),
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.Message, b.Message))
	})
	return l.found
}

// Failure tells an error of reading a document as findings: one for each of its lines, at the place that it names. File
// is the document, for lines that name none.
func Failure(file string, err error) []report.Finding {
	if err == nil {
		return nil
	}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		var all []report.Finding
		for _, one := range joined.Unwrap() {
			all = append(all, Failure(file, one)...)
		}
		return all
	}
	f := report.Finding{Rule: ruleUnreadable, Severity: report.Error, In: "contract", Message: err.Error(), At: specs.Position{File: file, Line: 1}}
	if m := placed.FindStringSubmatch(f.Message); m != nil {
		line, _ := strconv.Atoi(m[2]) // digits
		f.At, f.Message = specs.Position{File: m[1], Line: max(line, 1)}, m[3]
	} else {
		f.Message = strings.TrimPrefix(f.Message, file+": ")
	}
	if strings.Contains(f.Message, "$ref") {
		f.Rule = ruleReference
	}
	return []report.Finding{f}
}

// placed is an error that begins with its place.
var placed = regexp.MustCompile(`^(.+?):(\d+)(?::\d+)?: (.+)$`)

// linter gathers what is found in one contract.
type linter struct {
	contract *specs.Contract
	set      *schema.Set
	root     any
	// parts are the pointers of schemas that some composition consists of.
	parts   map[string]bool
	visited map[string]bool
	told    map[string]bool
	found   []report.Finding
}

// add tells a finding of a rule at a place of the document, each once.
func (l *linter) add(rule, pointer, format string, args ...any) {
	l.addAs("", rule, pointer, format, args...)
}

func (l *linter) addAs(severity report.Severity, rule, pointer, format string, args ...any) {
	f := report.Finding{
		Rule: rule, Severity: cmp.Or(severity, severityOf(rule)), In: "contract", Pointer: pointer, Clause: l.contract.Source(pointer),
		At: l.place(pointer), Message: fmt.Sprintf(format, args...),
	}
	// What an alias brings to several places stands in one line, and is told once.
	if key := fmt.Sprint(rule, f.At, f.Message); !l.told[key] {
		l.told[key] = true
		l.found = append(l.found, f)
	}
}

func severityOf(rule string) report.Severity {
	for _, r := range Rules() {
		if r.ID == rule {
			return r.Severity
		}
	}
	return report.Error
}

// place is where a pointer stands; what has no place of its own stands where the nearest thing around it does.
func (l *linter) place(pointer string) specs.Position {
	for {
		at := l.contract.Position(pointer)
		i := strings.LastIndexByte(pointer, '/')
		if at.Line > 0 || i < 0 {
			at.Line = max(at.Line, 1)
			return at
		}
		pointer = pointer[:i]
	}
}

// at is what stands at a pointer; it is not to be changed.
func (l *linter) at(pointer string) (any, bool) {
	v := l.root
	if pointer == "" {
		return v, true
	}
	for _, token := range strings.Split(pointer, "/")[1:] {
		switch of := v.(type) {
		case map[string]any:
			next, ok := of[specs.UnescapePointer(token)]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(of) {
				return nil, false
			}
			v = of[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// object is the object at a pointer, nil when there is none.
func (l *linter) object(pointer string) map[string]any {
	v, _ := l.at(pointer)
	m, _ := v.(map[string]any)
	return m
}
