package lint

import (
	"cmp"

	"understudy/mock/internal/schema"
	"understudy/specs"
)

// slow tells the schemas that one pass over a text cannot judge, from whichever side of a call: the part of a body that one
// of them is about takes longer to judge than the rest.
func (l *linter) slow(roots []string) {
	for _, pointer := range roots {
		for _, view := range []schema.View{schema.Any, schema.Request, schema.Response} {
			compiled, err := l.set.CompileView(pointer, view)
			if err != nil {
				continue // it is told as a schema that does not compile
			}
			for _, one := range compiled.Slow() {
				l.add(ruleSlow, l.slowAt(one), "one pass over a body cannot judge %s here: %s", cmp.Or(one.Keyword, "the schema"), cmp.Or(one.Reason, "it takes the decoded value"))
			}
		}
	}
}

// slowAt is where the keyword stands that makes a schema slow; one that stands elsewhere is told at the schema.
func (l *linter) slowAt(one schema.Slow) string {
	at := one.Pointer + "/" + specs.EscapePointer(one.Keyword)
	if _, ok := l.at(at); ok && one.Keyword != "" {
		return at
	}
	return one.Pointer
}
