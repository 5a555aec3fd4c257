package schema

import (
	"understudy/mock/internal/wire"
)

// Syntax says how strictly a JSON text is read, and how its lists are written.
type Syntax struct {
	wire.JSONOptions
	Lists Lists
}

// Accepts says, in one pass over a JSON text and without a value in between, whether it is one that [wire.DecodeJSON] takes
// and that certainly keeps the schema. False decides nothing: DecodeJSON and [Schema.Validate] have the last word, and
// explain. A nil schema takes what is JSON.
func (s *Schema) Accepts(text []byte, syntax Syntax) bool {
	return false
}

// Slow is a schema that one pass over a text cannot judge: it is left to the library, on its own part of the text.
type Slow struct {
	// Pointer is that of the schema in the contract, Keyword what one pass cannot decide there, and Reason why not.
	Pointer, Keyword, Reason string
}

// Slow lists the schemas, this one and those it leads to, that are left to the library, by pointer.
func (s *Schema) Slow() []Slow {
	return nil
}
