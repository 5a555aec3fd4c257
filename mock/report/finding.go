package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"understudy/specs"
)

// Sentence says the finding in one sentence: its message, or one put together from the rest.
func (f *Finding) Sentence() string {
	if f.Message != "" {
		return f.Message
	}
	var b strings.Builder
	b.WriteString(strings.TrimSpace(f.In + " " + f.Pointer))
	if f.Keyword != "" {
		b.WriteString(" (" + f.Keyword + ")")
	}
	switch {
	case f.Expected != "" && f.Got != "":
		fmt.Fprintf(&b, ": expected %s, got %s", f.Expected, f.Got)
	case f.Expected != "":
		b.WriteString(": expected " + f.Expected)
	case f.Got != "":
		b.WriteString(": got " + f.Got)
	default:
		b.WriteString(": " + cmp.Or(f.Rule, "not as the contract has it"))
	}
	return strings.TrimPrefix(strings.TrimSpace(b.String()), ": ")
}

// weight is the severity with its default.
func (f *Finding) weight() Severity { return cmp.Or(f.Severity, Error) }

// place is where the finding stands: in the contract, else where its operation does.
func (f *Finding) place(op *Operation) specs.Position {
	switch {
	case f.At.File != "":
		return f.At
	case op != nil:
		return op.At
	}
	return specs.Position{}
}

// fingerprint tells a finding from every other one, the same over seeds and targets, and whatever its wording.
func fingerprint(contract, operation, check string, f *Finding) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{contract, operation, check, f.Rule, f.In, AnyItem(f.Pointer), f.Keyword}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// prints counts fingerprints, so that findings which differ only in the item of an array are told apart.
type prints struct{ used map[string]int }

func (p *prints) next(print string) string {
	if p.used == nil {
		p.used = map[string]int{}
	}
	if p.used[print]++; p.used[print] > 1 {
		return print + "-" + strconv.Itoa(p.used[print])
	}
	return print
}

// AnyItem writes the numbers of array items in a JSON pointer as *: which item it was depends on the data of a run.
func AnyItem(pointer string) string {
	if !strings.HasPrefix(pointer, "/") {
		return pointer
	}
	tokens := strings.Split(pointer, "/")
	for i, t := range tokens {
		if t != "" && strings.Trim(t, "0123456789") == "" {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, "/")
}

// clean makes a text fit for every form: valid UTF-8, and what a terminal or a reader would act on or not show stands
// as its escape. Line breaks and tabs stay.
func clean(text string) string {
	plain := func(r rune, size int) bool {
		switch {
		case r == utf8.RuneError && size < 2:
			return false
		case r == '\n', r == '\t':
			return true
		case r == 0xFFFE, r == 0xFFFF:
			return false
		}
		return !unicode.IsControl(r) && !unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
	}
	fits := true
	for i, size := 0, 0; i < len(text) && fits; i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(text[i:])
		fits = plain(r, size)
	}
	if fits {
		return text
	}
	var b strings.Builder
	for i, size := 0, 0; i < len(text); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(text[i:])
		switch {
		case plain(r, size):
			b.WriteRune(r)
		case r == '\r' && strings.HasPrefix(text[i+size:], "\n"):
		case r == utf8.RuneError && size < 2:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// line is clean in one line of at most so many characters.
func line(text string, most int) string {
	text = strings.Join(strings.Fields(clean(text)), " ")
	n := 0
	for i := range text {
		if n == most {
			return text[:i] + "…"
		}
		n++
	}
	return text
}

// oneLine is clean in one line, whole and with its blanks: a command for a shell.
func oneLine(text string) string { return strings.ReplaceAll(clean(text), "\n", `\n`) }

// failed visits each failed check with its findings; a check that says no more than that it failed has one that says so.
func (r *Report) failed(visit func(op *Operation, part string, c *Check, f *Finding)) {
	r.each(func(op *Operation, part string, c *Check) {
		if !c.Failed {
			return
		}
		for i := range c.findings() {
			visit(op, part, c, &c.findings()[i])
		}
	})
}

func (c *Check) findings() []Finding {
	if len(c.Findings) == 0 {
		return []Finding{{Rule: "failed", Message: c.Name + " failed"}}
	}
	return c.Findings
}

// finding says a stray as a finding.
func (s *Stray) finding() *Finding {
	f := &Finding{Rule: RuleStray, In: "path", Pointer: s.name(), Message: "the contract has no " + s.name()}
	if s.Message != "" {
		f.Message += ": " + s.Message
	}
	if s.Count > 1 {
		f.Message += fmt.Sprintf(" (%d calls)", s.Count)
	}
	return f
}

// name is the name of the check that a stray is.
func (s *Stray) name() string { return strings.TrimSpace(s.Method + " " + s.Path) }

// RuleStray is the rule of calls that belong to no operation.
const RuleStray = "unknown-operation"
