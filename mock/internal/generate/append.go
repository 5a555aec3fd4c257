package generate

import (
	"understudy/mock/internal/fake"
)

// Append appends the JSON text of the very value that [Generator.Value] makes of the same source and options, members in the
// order of the schema, and makes no values in between. It says false, and appends nothing, where a schema is outside of what
// it can write; Value makes the value then.
func (g *Generator) Append(dst []byte, pointer string, src fake.Source, o Options) ([]byte, bool) {
	return dst, false
}
