// Package diagnosis says why a call was refused, field by field, for the developer who has to mend it. A vendor's answer
// never carries it: only its stable id travels, in a header; the rest is read in the journal, the log and by explain.
//
// Texts exist in English and Chinese. No diagnosis holds a secret or a personal datum: what stood somewhere is
// described, not shown.
package diagnosis

import (
	"maps"
	"slices"
	"strings"
)

// Diagnosis is the cause of one refusal or warning.
type Diagnosis struct {
	// ID is stable, in kebab case; [IDs] lists all of them.
	ID string `json:"id"`
	// Detail fills the places of the text and adds facts that tools may read.
	Detail map[string]string `json:"detail,omitempty"`
	// Findings point at the fields in question.
	Findings []Finding `json:"findings,omitempty"`
}

// Finding is one field that is not as the contract has it.
type Finding struct {
	// In is where the pointer points: body, query, header, form, reply.
	In string `json:"in"`
	// Pointer is a JSON pointer into the body, or the name of a parameter.
	Pointer  string `json:"pointer"`
	Keyword  string `json:"keyword,omitempty"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
	// Clause is the statement of the vendor's document, At the place in the contract.
	Clause string `json:"clause,omitempty"`
	At     string `json:"at,omitempty"`
}

// New makes a diagnosis; detail lists names and values in turn.
func New(id string, detail ...string) *Diagnosis {
	d := &Diagnosis{ID: id}
	for i := 0; i+1 < len(detail); i += 2 {
		if d.Detail == nil {
			d.Detail = map[string]string{}
		}
		d.Detail[detail[i]] = detail[i+1]
	}
	return d
}

// Text says the diagnosis in one sentence, in "zh" or in English.
func (d *Diagnosis) Text(lang string) string {
	t, ok := texts()[d.ID]
	if !ok {
		return d.ID
	}
	s := t.en
	if lang == "zh" {
		s = t.zh
	}
	s = filled(s, d.Detail)
	if len(d.Findings) > 0 {
		f := d.Findings[0]
		if lang == "zh" {
			return s + "：" + place(f.In) + " " + f.Pointer + " 应为：" + phrase(f.Expected) + "；实际为：" + phrase(f.Got)
		}
		s += ": " + f.In + " " + f.Pointer + " " + f.Expected + " ≠ " + f.Got
	}
	return s
}

// filled puts details in their places, in one pass: a detail may hold braces of its own. A place that nothing fills
// would read as a riddle, so it becomes a question mark.
func filled(s string, detail map[string]string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return b.String()
		}
		if v, known := detail[name]; known {
			b.WriteString(v)
		} else {
			b.WriteByte('?')
		}
		s = after
	}
}

// IDs lists every diagnosis there is, in alphabetical order.
func IDs() []string { return slices.Sorted(maps.Keys(texts())) }

type text struct{ en, zh string }
