package generate

import (
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/schema"
)

// plan is everything that holds for one value, merged once: what stands at a pointer, what it refers to, all parts of
// its allOf, and the branches that were chosen of its oneOf, anyOf and if.
type plan struct {
	g       *Generator
	view    schema.View
	heads   []*atom
	decided []string // groups that are settled, as pointer=branch

	once   sync.Once
	err    error
	atoms  []*atom
	part   map[string]bool // pointers of the atoms that were reached through an allOf
	groups []*choice       // those that are not settled
	rules

	literal literals
	// fixed are the values of enum and const that every other rule takes.
	fixed   []any
	isFixed bool
	// tricky says that a value made by the rules may still break one.
	tricky bool
	han    bool
	entity string

	height atomic.Int32 // 0 is not known yet
	never  string       // keyword that leaves nothing
}

const (
	objectType types = 1 << iota
	arrayType
	stringType
	numberType
	integerType
	booleanType
	nullType
	everyType = objectType | arrayType | stringType | numberType | integerType | booleanType | nullType
)

// edge leads to the plan of a part.
type edge struct {
	g     *Generator
	view  schema.View
	heads []*atom
	field *fake.Field
	once  sync.Once
	to    *plan
}

// plan is where the edge leads.
func (e *edge) plan() *plan {
	to := e.shell()
	to.compile()
	return to
}

// shell is the plan that may not have been merged yet.
func (e *edge) shell() *plan {
	e.once.Do(func() { e.to = e.g.plan(e.view, e.heads, nil) })
	return e.to
}

// plan finds or begins the plan of what the heads say together.
func (g *Generator) plan(view schema.View, heads []*atom, decided []string) *plan {
	var key strings.Builder
	key.WriteByte(byte('0' + view))
	unique := make([]*atom, 0, len(heads))
	for _, a := range heads {
		if slices.ContainsFunc(unique, func(b *atom) bool { return b.pointer == a.pointer }) {
			continue
		}
		unique = append(unique, a)
		key.WriteByte('\n')
		key.WriteString(a.pointer)
	}
	for _, d := range decided {
		key.WriteByte('\r')
		key.WriteString(d)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	p, ok := g.plans[key.String()]
	if !ok {
		p = &plan{g: g, view: view, heads: unique, decided: decided}
		g.plans[key.String()] = p
	}
	return p
}

// planAt is the plan of the schema at a pointer of the contract.
func (g *Generator) planAt(pointer string, view schema.View) (*plan, error) {
	a, err := g.atom(pointer)
	if err != nil {
		return nil, err
	}
	p := g.plan(view, []*atom{a}, nil)
	p.compile()
	return p, p.err
}

func (p *plan) compile() {
	p.once.Do(func() {
		p.err = p.merge()
		if p.err != nil {
			p.types = 0
			p.never = "schema"
		}
	})
}

func (p *plan) merge() error {
	var err error
	p.atoms, p.part, err = p.g.flatten(p.heads)
	if err != nil {
		return err
	}
	p.rules = rules{types: everyType, maxLength: math.MaxInt, maxItems: math.MaxInt, maxSize: math.MaxInt, byName: map[string]*member{}}
	for _, a := range p.atoms {
		if a.never {
			p.types = 0
			p.never = "false"
		}
		p.mergeType(a)
		p.mergeFixed(a)
		p.mergeNumber(a)
		if err := p.mergeText(a); err != nil {
			return err
		}
		if err := p.mergeNot(a); err != nil {
			return err
		}
		p.mergeTitle(a)
	}
	if err := p.mergeList(); err != nil {
		return err
	}
	if err := p.mergeObject(); err != nil {
		return err
	}
	if err := p.mergeGroups(); err != nil {
		return err
	}
	p.settleTypes()
	p.settleFixed()
	p.settleRelations()
	return nil
}

func (p *plan) mergeTitle(a *atom) {
	for _, keyword := range []string{"title", "description"} {
		if s, ok := a.raw[keyword].(string); ok && fake.HasHan(s) {
			p.han = true
		}
	}
	if p.entity == "" {
		if name, ok := strings.CutPrefix(a.pointer, "/components/schemas/"); ok && !strings.Contains(name, "/") {
			p.entity = name
		}
	}
}

// accepts judges a value by the validator of each schema that the plan begins with.
func (p *plan) accepts(v any) bool {
	for _, a := range p.heads {
		if !p.g.accepts(a, p.view, v) {
			return false
		}
	}
	return true
}

// accepts judges a value by one schema. One that does not compile judges nothing.
func (g *Generator) accepts(a *atom, view schema.View, v any) bool {
	if a.made {
		return acceptsMade(a, v)
	}
	if a.never {
		return false
	}
	if a.raw == nil {
		return true
	}
	s, err := g.set.CompileView(a.pointer, view)
	return err != nil || len(s.Validate(v)) == 0
}

// acceptsMade judges by the few keywords of an invented schema: members with a constant, present and absent ones.
func acceptsMade(a *atom, v any) bool {
	m, ok := v.(map[string]any)
	if !ok {
		return !a.never
	}
	for _, name := range a.texts("required") {
		if _, ok := m[name]; !ok {
			return false
		}
	}
	properties, _ := a.raw["properties"].(map[string]any)
	for name, rule := range properties {
		item, there := m[name]
		if rule == false && there {
			return false
		}
		if rule, ok := rule.(map[string]any); ok && there && !equal(item, rule["const"]) {
			return false
		}
	}
	return true
}
