// Package generate makes values from the schemas of a contract: believable ones, those at the borders of what a schema
// allows, and those that break exactly one of its rules.
//
// A value is a function of the schema and of the [fake.Source] alone: no clock, no shared random numbers, no order of
// a map has a say. Every value is checked with the validator of package schema before it is handed out; a text that is
// written without a value, by [Generator.Append], is left to whoever sends it.
//
// Values are map[string]any, []any, string, bool, nil and json.Number.
package generate

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// Optional says which members that are not required a made object has.
type Optional int

// The choices of optional members.
const (
	// Believable has those that a reader of the document expects: all but deprecated ones and endless nesting.
	Believable Optional = iota
	// All has every one that may stand there.
	All
	// None has none.
	None
)

// Options say how a value is made.
type Options struct {
	// View is the side of the call: it decides about readOnly and writeOnly members.
	View schema.View
	// Dynamic prefers fakes to the document's example, examples and default.
	Dynamic bool
	// Optional decides about members that are not required.
	Optional Optional
	// Depth is how many objects and lists may stand within each other before optional ones are left out; 0 means 8.
	Depth int
	// Given are values for members of the whole value, where it is an object and keeps its schema with them.
	Given []Given
	// At is the instant before which invented dates lie; the zero time means the start of 2026 in UTC+8.
	At time.Time
}

// Case is a value with what is special about it.
type Case struct {
	// Name is unique among the cases of a schema and the same for every source, such as "minimum /age".
	Name string
	// Value is the whole value.
	Value any
	// Pointer is the place within the value (RFC 6901) that the case is about, Keyword the rule of JSON Schema; both are ""
	// for a case about no single place.
	Pointer, Keyword string
}

// Named is an example that is valid.
type Named struct {
	Name    string
	Value   any
	Pointer string // of the value in the contract
}

// Problem is an example that breaks its own schema.
type Problem struct {
	Name       string
	Pointer    string // of the value in the contract
	At         specs.Position
	Violations []schema.Violation
	// Err is set where the schema does not compile; there are no violations then.
	Err error
}

// Generator makes values from the schemas of one contract. It is safe for concurrent use.
type Generator struct {
	contract *specs.Contract
	set      *schema.Set

	scripts scripts

	mu    sync.Mutex
	atoms map[string]*atom
	plans map[string]*plan

	heights  sync.Mutex
	endings  map[ending]bool
	combined int // how many plans of many settled groups were looked into for one answer

	extended   sync.Once
	extensions map[string][]string // schemas by what they extend
	tellers    map[string]*atom    // what tells a schema apart from others, by its pointer
	spoken     sync.Once
	chinese    bool
}

// New returns a generator. It reads and compiles a schema when it is first asked for.
func New(c *specs.Contract, set *schema.Set) *Generator {
	return &Generator{contract: c, set: set, atoms: map[string]*atom{}, plans: map[string]*plan{}, endings: map[ending]bool{}}
}

// isChinese says whether the document is written in Chinese.
func (g *Generator) isChinese() bool {
	g.spoken.Do(func() {
		for _, pointer := range []string{"/info/title", "/info/description", "/info/summary"} {
			v, _ := g.contract.Value(pointer)
			text, _ := v.(string)
			g.chinese = g.chinese || fake.HasHan(text)
		}
		for _, op := range g.contract.Operations {
			g.chinese = g.chinese || fake.HasHan(op.Summary)
		}
	})
	return g.chinese
}

// Error says why no value of a schema could be made.
type Error struct {
	// Schema is the JSON pointer of the schema that was asked for, At its place in the file.
	Schema string
	At     specs.Position
	// Pointer is the place within the value, Keyword the rule that could not be kept there.
	Pointer, Keyword string
	Reason           string
}

// Error implements error.
func (e *Error) Error() string {
	place := e.Pointer
	if place == "" {
		place = "the whole value"
	}
	return fmt.Sprintf("%s: no value of the schema at #%s could be made: %s: %s: %s", e.At, e.Schema, place, e.Keyword, e.Reason)
}

// wholeTries bounds how often a whole value is made anew.
const wholeTries = 40

// Value makes a value that is valid against the schema at a JSON pointer of the contract, in the view of the options.
// What cannot be made is an [*Error] that says which place and keyword could not be satisfied; a schema that does not
// compile is one as well.
func (g *Generator) Value(pointer string, src fake.Source, o Options) (any, error) {
	p, compiled, err := g.prepare(pointer, o.View)
	if err != nil {
		return nil, err
	}
	m := g.maker(o)
	return g.attempt(p, compiled, m, pointer, src)
}

func (g *Generator) prepare(pointer string, view schema.View) (*plan, *schema.Schema, error) {
	broken := func(err error) error {
		return &Error{Schema: pointer, At: g.contract.Position(pointer), Keyword: "schema", Reason: err.Error()}
	}
	compiled, err := g.set.CompileView(pointer, view)
	if err != nil {
		return nil, nil, broken(err)
	}
	p, err := g.planAt(pointer, view)
	if err != nil {
		return nil, nil, broken(err)
	}
	return p, compiled, nil
}

func (g *Generator) maker(o Options) *maker {
	if o.Depth <= 0 {
		o.Depth = defaultDepth
	}
	return &maker{hand: newHand(o.At, g.isChinese()), o: o}
}

// attempt makes the whole value until the validator takes it.
func (g *Generator) attempt(p *plan, compiled *schema.Schema, m *maker, pointer string, src fake.Source) (any, error) {
	optional := m.o.Optional
	var last []schema.Violation
	for try := range wholeTries {
		from := src
		if try > 0 {
			from = src.Sub("try").Index(try)
			m.o.Optional = variant(optional, try/2)
			m.careful = try > 1
			m.bare = try / 8
		}
		m.work = min(m.work, mostWork-mostWork/8)
		v, ok := m.value(p, context{record: from}, from, ample)
		if !ok && p.reach() >= endless {
			break
		}
		if !ok {
			continue
		}
		if last = compiled.Validate(v); len(last) == 0 {
			return withGiven(v, compiled, m.o.Given), nil
		}
	}
	e := &Error{Schema: pointer, At: g.contract.Position(pointer), Pointer: m.failure.pointer, Keyword: m.failure.keyword, Reason: m.failure.reason}
	if e.Keyword == "" && len(last) > 0 {
		e.Pointer, e.Keyword, e.Reason = last[0].Pointer, last[0].Keyword, "wanted "+last[0].Expected
	}
	return nil, e
}

// withGiven gives the members of a valid value what was given for them. What would break the schema stays as it was made.
func withGiven(v any, compiled *schema.Schema, list []Given) any {
	made, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for _, given := range list {
		name := given.Name
		if _, there := made[name]; !there {
			name = given.Else
		}
		before, there := made[name]
		if !there {
			continue
		}
		made[name] = given.Value
		if _, isText := before.(string); isText {
			if number, ok := given.Value.(json.Number); ok {
				made[name] = number.String()
			}
		}
		if len(compiled.Validate(v)) > 0 {
			made[name] = before
		}
	}
	return v
}
