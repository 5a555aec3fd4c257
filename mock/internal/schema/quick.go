package schema

import (
	"math"
	"sync/atomic"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// quick is a schema compiled to judge: decoded values (accept.go) and JSON texts as they are read (scan.go). Its judgement
// is the library's at a fraction of the cost; where it cannot be sure it gives up, and the library has the last word and
// explains. A schema that it does not understand is left to the library on its own, the rest is not. Nil takes everything.
// A differential test holds the two together.
type quick struct {
	never  bool // takes nothing
	silent bool // says nothing
	types  types
	enums  []*enumeration // each of them has to have the value

	// Of texts.
	looks   bool // at texts, beyond their type
	length  span // in characters
	pattern matcher
	format  func(string) bool

	// Of numbers.
	counts bool // looks at numbers, beyond their type
	bits   int  // width of a whole number, 0 for any
	amount span // of whole numbers of 18 digits: what limits come to for them
	limits []limit
	step   *step

	// Of objects.
	members []member
	index   map[string]int // of the members
	// after tells which member came after each one, or first of all at 0, when an object was last read: a caller writes its
	// members in the same order again and again.
	after    []atomic.Uint32
	required []uint64 // set of the members that have to be there
	must     uint64   // the same, of at most 64 members
	brief    bool     // nothing else is to be said of an object when all of it was read
	rest     rest
	size     span
	names    *quick // of every member's name
	needs    []need

	// Of lists.
	first    []*quick // of the first elements
	items    *quick   // of those after them
	count    span
	unique   bool
	contains *contained

	// Of the same value.
	simple    bool // there is nothing but what the schema says itself, for lists in any form
	own       bool // it says something itself
	merged    bool
	allOf     []*quick
	choices   []*choice
	not       []*quick
	condition *condition

	// What only the library can judge: by this schema alone, or, where there is no library, by the one around it.
	slow    *Slow
	library func() (*jsonschema.Schema, error)

	list listForm
}

// member is a named member of an object. Names that are only required, or only asked for beside others, are members too.
type member struct {
	name   string
	quoted string // the name as JSON, and a colon; "" where it could be written in several ways
	edges  edges  // of quoted
	quick  *quick
	// required is for decoded values; texts have quick.required.
	required bool
	// declared says that properties has it.
	declared bool
}

// rest says what holds for members that have no place of their own.
type rest struct {
	patterns []patterned
	extra    *quick // of those that no pattern matches
}

// open says that further members are not looked at.
func (r *rest) open() bool { return len(r.patterns) == 0 && r.extra == nil }

// patterned describes the members whose names match.
type patterned struct {
	matcher matcher
	quick   *quick
}

// matcher is a compiled pattern.
type matcher interface{ MatchString(text string) bool }

// need says what has to hold beside a member: other members, or a schema of the whole object.
type need struct {
	beside int   // index of the member
	all    []int // indexes of others
	whole  *quick
}

// contained bounds how many elements of a list are of a kind.
type contained struct {
	quick *quick
	count span
}

type condition struct{ when, then, otherwise *quick }

// listForm is how [Lists] other than Plain change the text of a list.
type listForm struct {
	omitted bool   // left out of its object when it is empty
	element string // the name of the only member of the object around it, "" for a list
	murky   bool   // which of these holds depends on how the value was written
}

// span is a closed range of whole numbers.
type span struct{ least, most int64 }

func (s span) has(n int64) bool { return s.least <= n && n <= s.most }

func natural() span { return span{0, math.MaxInt64} }

// types is a set of JSON types; the empty set takes every type.
type types uint8

const (
	objectType types = 1 << iota
	arrayType
	stringType
	numberType
	integerType
	booleanType
	nullType
)

// everyType is what the empty set stands for.
const everyType = objectType | arrayType | stringType | numberType | integerType | booleanType | nullType

func typeNamed(name string) types {
	switch name {
	case "object":
		return objectType
	case "array":
		return arrayType
	case "string":
		return stringType
	case "number":
		return numberType
	case "integer":
		return integerType
	case "boolean":
		return booleanType
	case "null":
		return nullType
	}
	return 0
}

func (t types) has(one types) bool { return t == 0 || t&one != 0 }

func newQuick() *quick {
	return &quick{length: natural(), amount: span{math.MinInt64, math.MaxInt64}, count: natural(), size: natural()}
}
