package lint

import (
	"slices"
	"strings"

	"understudy/mock/report"
	"understudy/specs"
)

// notes tells what reading the document has found, after the rest: what a rule of its own speaks of is told once, by that
// rule.
func (l *linter) notes() {
	var vague []specs.Note
	for _, n := range l.contract.Notes {
		if n.Rule == specs.NoteInvalid && strings.HasPrefix(n.Text, "invalid ") {
			vague = append(vague, n) // of a whole operation or component, by the library
			continue
		}
		l.note(n)
	}
	for _, n := range vague {
		l.note(n)
	}
}

func (l *linter) note(n specs.Note) {
	rule := n.Rule
	if !slices.ContainsFunc(Rules(), func(r report.Rule) bool { return r.ID == rule }) {
		rule = ruleOpenAPI
	}
	if rule == ruleOpenAPI {
		candidates := subjects(n.Text)
		if slices.ContainsFunc(candidates, func(rule string) bool { return l.toldOf(rule, n.Pointer) }) {
			return
		}
		if len(candidates) > 0 {
			rule = candidates[0]
		}
	}
	before := len(l.found)
	l.add(rule, n.Pointer, "%s", n.Text)
	if len(l.found) > before && n.At.File != "" {
		at := &l.found[before].At
		*at = n.At
		at.Line = max(at.Line, 1)
	}
}

// toldOf says whether a rule has found something at a place of the document or below it.
func (l *linter) toldOf(rule, pointer string) bool {
	return slices.ContainsFunc(l.found, func(f report.Finding) bool {
		return f.Rule == rule && (f.Pointer == pointer || strings.HasPrefix(f.Pointer, pointer+"/"))
	})
}

// subjects are the rules that speak of what a note is about, as far as its words tell.
func subjects(text string) []string {
	for _, one := range []struct {
		words []string
		rules []string
	}{
		{[]string{"security"}, []string{ruleSecurity}},
		{[]string{"must define exactly all path parameters"}, []string{rulePathParameter, ruleUnusedPathParams}},
		{[]string{"has no parameter"}, []string{ruleUnusedPathParams}},
		{[]string{"more than one", "parameter has name"}, []string{ruleParameterTwice}},
		{[]string{"parameter", "twice"}, []string{ruleParameterTwice}},
		{[]string{"link", "operation"}, []string{ruleLink}},
		{[]string{"schema", "'type' value"}, []string{ruleSchema}},
		{[]string{"pattern"}, []string{rulePatternBroken, rulePatternSlow}},
	} {
		if !slices.ContainsFunc(one.words, func(w string) bool { return !strings.Contains(text, w) }) {
			return one.rules
		}
	}
	return nil
}
