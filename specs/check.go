package specs

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// checkCatalogue holds the rows of x-errors against each other and against the operations.
func (b *builder) checkCatalogue() {
	seen := map[string]bool{}
	known := Conditions()
	for i, row := range b.contract.Errors {
		at := fmt.Sprintf("/%s/%d", KeyErrors, i)
		switch {
		case row.ID == "":
			b.problem(at, "an error row needs an id")
		case seen[row.ID]:
			b.problem(at+"/id", "error id %q stands twice", row.ID)
		case row.Code == "":
			b.problem(at, "error %q needs a code", row.ID)
		}
		seen[row.ID] = true
		if row.Fault != "caller" && row.Fault != "vendor" {
			b.problem(b.nearest(at, "fault"), "error %q: fault is caller or vendor, not %q", row.ID, row.Fault)
		}
		if row.Status != 0 && (row.Status < 200 || row.Status > 599) {
			b.problem(at+"/status", "error %q: %d is not an HTTP status", row.ID, row.Status)
		}
		for j, on := range row.Conditions {
			condition, _, _ := strings.Cut(on, ":")
			if !slices.Contains(known, Condition(condition)) {
				b.problem(fmt.Sprintf("%s/conditions/%d", at, j), "error %q: unknown condition %q; known: %v", row.ID, condition, known)
			}
			for _, earlier := range b.contract.Errors[:i] {
				if slices.Contains(earlier.Conditions, on) && rivals(earlier.Operations, row.Operations) {
					b.problem(fmt.Sprintf("%s/conditions/%d", at, j), "error %q: %q already answers %s in the same operations", row.ID, earlier.ID, on)
				}
			}
		}
		for j, id := range row.Operations {
			if _, ok := b.contract.byID[id]; !ok {
				b.problem(fmt.Sprintf("%s/operations/%d", at, j), "error %q: there is no operation %q", row.ID, id)
			}
		}
		b.checkTemplate(at+"/body", row.Body)
	}
}

// rivals says whether rows limited to these operations compete: both for all of them, or both for a common one.
func rivals(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	return slices.ContainsFunc(a, func(id string) bool { return slices.Contains(b, id) })
}

// checkUnclear holds the clauses of x-unclear to what a letter to the vendor and a choice need.
func (b *builder) checkUnclear() {
	seen := map[string]bool{}
	for i, u := range b.contract.Unclear {
		at := fmt.Sprintf("/%s/%d", KeyUnclear, i)
		if u.ID == "" || u.Question == "" || u.QuestionZh == "" || len(u.Readings) == 0 {
			b.problem(at, "an unclear clause needs id, question, questionZh and readings")
		}
		if seen[u.ID] {
			b.problem(at+"/id", "the clause %q stands twice", u.ID)
		}
		seen[u.ID] = true
		if u.Default != anyReading && !slices.Contains(u.names(), u.Default) {
			b.problem(b.nearest(at, "default"), "%s: the default %q is none of its readings", u.ID, u.Default)
		}
		b.checkReadings(at, u)
	}
}

func (b *builder) checkReadings(clause string, u Unclear) {
	for i, r := range u.Readings {
		at := fmt.Sprintf("%s/readings/%d", clause, i)
		if r.Name == "" || r.Meaning == "" || r.MeaningZh == "" {
			b.problem(at, "%s: a reading needs name, meaning and meaningZh", u.ID)
		}
		if slices.Index(u.names(), r.Name) < i {
			b.problem(at, "%s: the reading %q stands twice", u.ID, r.Name)
		}
		if r.Base && r.Name != u.Default {
			b.problem(b.nearest(at, "base"), "%s: only the default can be the document as it stands, not %q", u.ID, r.Name)
		}
	}
}

// checkSensitive holds every x-sensitive to its closed list.
func (b *builder) checkSensitive() {
	if !b.ours {
		return
	}
	kinds := sensitiveKinds()
	for _, pointer := range slices.Sorted(maps.Keys(b.document.nodes)) {
		n := b.document.nodes[pointer]
		if strings.HasSuffix(pointer, "/"+KeySensitive) && n.Kind == yaml.ScalarNode && !slices.Contains(kinds, n.Value) {
			b.problem(pointer, "x-sensitive is one of %s, not %q", strings.Join(kinds, ", "), n.Value)
		}
	}
}

// checkWire holds an operation's wire parts to their closed lists and to the rest of the document. A part that several
// operations share is reported once, where it is stated.
func (b *builder) checkWire(op *Operation) {
	w := op.Wire
	if r := w.Route; r != nil {
		c := b.part(op, "route")
		c.all("in", r.In, oneOf(*r, "in")...)
		if r.Path == "" || r.Parameter == "" || len(r.Methods) == 0 {
			c.problem("", "route needs path, parameter and methods")
		}
	}
	if w.Auth != nil {
		b.part(op, "auth").auth(op)
	}
	if w.Seal != nil {
		b.part(op, "seal").seal(op)
	}
	if w.Sign != nil {
		b.part(op, "sign").sign(op)
	}
	if e := w.Envelope; e != nil {
		c := b.part(op, "envelope")
		b.checkTemplate(c.pointer+"/success", e.Success)
		b.checkTemplate(c.pointer+"/error", e.Error)
	}
	if w.Formats != nil {
		b.part(op, "formats").formats(w.Formats)
	}
}

// nearest points at a field of the thing at pointer, or at that thing when the field is absent.
func (b *builder) nearest(pointer, field string) string {
	if _, stated := b.document.nodes[pointer+"/"+field]; stated {
		return pointer + "/" + field
	}
	return pointer
}

// wirePart judges one part of x-wire at the place that states it.
type wirePart struct {
	*builder
	name, pointer string
}

// part finds the innermost statement of a part that holds for an operation.
func (b *builder) part(op *Operation, name string) wirePart {
	for at := op.Pointer; ; {
		pointer := at + "/" + KeyWire + "/" + name
		if _, stated := b.document.nodes[pointer]; stated || at == "" {
			return wirePart{b, name, pointer}
		}
		at = at[:strings.LastIndexByte(at, '/')]
	}
}

// problem reports what is wrong with a field of the part, or with the whole part when the field is absent.
func (c wirePart) problem(field, format string, args ...any) {
	c.builder.problem(c.nearest(c.pointer, field), format, args...)
}

func (c wirePart) one(field, got string, known ...string) {
	if !slices.Contains(known, got) {
		c.problem(field, "%s.%s is one of %s, not %q", c.name, strings.ReplaceAll(field, "/", "."), strings.Join(known, ", "), got)
	}
}

func (c wirePart) all(field string, got []string, known ...string) {
	if len(got) == 0 {
		c.problem(field, "%s.%s names nothing; it takes %s", c.name, field, strings.Join(known, ", "))
	}
	for _, g := range got {
		c.one(field, g, known...)
	}
}

func (c wirePart) auth(op *Operation) {
	a := op.Wire.Auth
	if len(a.Fields) > 0 {
		if a.Security != "" || a.Token != "" {
			c.problem("", "auth takes either security and token, or fields")
		}
		return
	}
	c.one("token", a.Token, oneOf(*a, "token")...)
	if op.Security == nil || op.Security.Name != a.Security {
		c.problem("security", "auth.security %q is not a security scheme that %s requires", a.Security, op.ID)
	}
	if (a.Token == "listed") != (a.Slot != "") {
		c.problem("slot", "auth.slot goes with token: listed")
	}
	if (a.Token == "jwt") != (a.Lifetime > 0) {
		c.problem("lifetime", "auth.lifetime goes with token: jwt")
	}
}

func (c wirePart) formats(f *Formats) {
	c.hold("", *f)
	if f.Parameter != "" && f.Default == "" {
		c.one("default", f.Default, oneOf(*f, "default")...)
	}
}

// checkTemplate reports texts of an envelope that look like a placeholder and are none.
func (b *builder) checkTemplate(pointer string, template any) {
	switch t := template.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(t)) {
			b.checkTemplate(pointer+"/"+EscapePointer(name), t[name])
		}
	case []any:
		for i, v := range t {
			b.checkTemplate(pointer+"/"+strconv.Itoa(i), v)
		}
	case string:
		if strings.HasPrefix(t, "$") && !slices.Contains(placeholders(), t) {
			b.problem(pointer, "unknown placeholder %s; known: %s", t, strings.Join(placeholders(), ", "))
		}
	}
}
