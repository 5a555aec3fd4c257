package generate

import (
	"understudy/mock/internal/fake"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
)

// script is a plan made ready for writing: what is asked of it for every value is settled once. It is never changed after
// it was made.
type script struct {
	plan *plan
	// why says why values of the plan are not written, "" for that they are.
	why string

	// own is the text of the document's own value that comes first, nil for none; whole says that it has parts, and spans
	// where its members stand. given says that a part has one, too.
	own   []byte
	whole bool
	spans map[string][2]int
	given bool

	// tricky says that a value may break a rule: then it is held to the schemas.
	tricky  bool
	schemas []*schema.Schema

	fixed []option // the enumerated values

	branches   []way
	shallowest *script

	// loose and tight are the types that a value has, where it may have parts and where it should not; anything says that
	// nothing but the name tells.
	loose, tight types
	anything     bool
	composite    bool
	endless      bool
	escaped      bool // a text may have characters that JSON escapes

	members []part
	counts  [None + 1]count
	bonds   []bond
	entry   *script // of a map, nil where there are none
	items   []*script
}

// option is one of the enumerated values.
type option struct {
	text []byte
	null bool
}

// way is a branch of a group.
type way struct {
	to   *script
	last bool
}

// part is a member of an object.
type part struct {
	*member
	key     []byte // a comma, the name and a colon
	to      *script
	schemas []*schema.Schema
	// related says that some relation speaks of it.
	related bool
	place   fake.Place
	// shown says for each choice of optional members whether it is written.
	shown [None + 1]shown
	direct
}

// count says how many members are written for a choice of optional ones, and how many of them have parts; depends that more
// may be, which depends on what stands around them.
type count struct {
	chosen, parts int
	depends       bool
}

// bond is a relation of two members, by their numbers: first comes before second, or counts its elements.
type bond struct {
	first, second int
	counts        bool
	least, most   int64
}

// fill settles the script; child finds the script of another plan.
func (s *script) fill(child func(*plan) *script) {
	p := s.plan
	if p.err != nil {
		s.why = p.err.Error()
		return
	}
	if s.tricky = p.tricky; s.tricky {
		s.schemas = p.schemasOf(p.heads)
	}
	s.composite, s.endless = p.composite(), p.reach() >= endless
	if s.endless {
		_, s.why = p.impossible()
		return
	}
	own := p.own()
	s.given = own.given
	if len(own.values) > 0 {
		s.own, s.whole = p.encode(own.values[0]), container(own.values[0])
		s.spans = spansOf(s.own)
	}
	if p.isFixed && len(p.groups) == 0 {
		for _, v := range p.fixed {
			s.fixed = append(s.fixed, option{p.encode(v), v == nil})
		}
		return
	}
	s.why = p.unwritten()
	switch {
	case s.why != "":
	case len(p.groups) > 0:
		s.fillBranches(child)
	default:
		s.fillParts(child)
	}
}

// unwritten says what of a plan is left to trying, "" for nothing.
func (p *plan) unwritten() string {
	for _, a := range p.atoms {
		for _, keyword := range []string{"if", "dependentSchemas", "contains"} {
			if a.has(keyword) {
				return keyword
			}
		}
		if a.has("not") && !isSimple(a.raw["not"]) {
			return "not"
		}
		if _, ok := a.raw["unevaluatedProperties"].(map[string]any); ok {
			return "unevaluatedProperties"
		}
	}
	switch {
	case p.needs != nil:
		return "dependentRequired"
	case p.keys != nil && p.has(objectType) && len(p.members) == 0 && (p.pairs || p.minSize > 0):
		return "propertyNames"
	case len(p.keyPatterns) > 0:
		return "patternProperties"
	case p.content != nil || p.media != "" && len(p.patterns) == 0 && isJSONMedia(p.media):
		return "contentMediaType"
	case p.minLength > longest || p.minItems > mostMade || p.minSize > mostMade:
		return "sizes that hardly anybody asks for"
	}
	return ""
}

// isSimple says whether a schema under "not" excludes a few values or types, which hardly any made value has.
func isSimple(not any) bool {
	raw, ok := not.(map[string]any)
	for keyword := range raw {
		switch keyword {
		case "const", "enum", "type", "title", "description", "$comment":
		default:
			return false
		}
	}
	return ok
}

func (s *script) fillBranches(child func(*plan) *script) {
	p := s.plan
	group := p.groups[0]
	for i, b := range group.branches {
		next := b.plan(p, group, i)
		s.branches = append(s.branches, way{child(next), b.last || next.types == nullType})
	}
	if next := p.shallowest(); next != nil {
		s.shallowest = child(next)
	}
}

func (s *script) fillParts(child func(*plan) *script) {
	p := s.plan
	s.anything = !p.stated && p.wanted == everyType&^nullType
	s.loose, s.tight = p.typeOf(p.wanted, false), p.typeOf(p.wanted, true)
	for _, pattern := range p.patterns {
		s.escaped = s.escaped || !pattern.Plain()
	}
	if s.anything {
		return
	}
	if s.loose == arrayType || s.tight == arrayType {
		for _, e := range p.items {
			s.items = append(s.items, child(e.plan()))
		}
	}
	if s.loose != objectType && s.tight != objectType {
		return
	}
	for i, m := range p.members {
		one := part{member: m, place: fake.PlaceOf(i), key: append(quote([]byte{','}, m.name), ':'), to: child(m.edge.plan())}
		one.schemas = p.schemasOf(m.edge.heads)
		s.members = append(s.members, one)
	}
	s.fillBonds()
	if len(p.members) > 0 || p.unnamed() || !p.pairs && p.minSize == 0 {
		return
	}
	// No schema tells the entries of such a map apart by their names.
	if one, err := p.newMember("entry"); err == nil && !one.banned && one.edge.plan().reach() < endless {
		s.entry = child(one.edge.plan())
	}
}

func (s *script) fillBonds() {
	number := func(name string) int {
		for i := range s.members {
			if s.members[i].name == name {
				return i
			}
		}
		return -1
	}
	for _, r := range s.plan.relations {
		var b bond
		switch r := r.(type) {
		case order:
			b = bond{first: number(r.before), second: number(r.after)}
		case tally:
			b = bond{first: number(r.count), second: number(r.list), counts: true, least: r.least, most: r.most}
		}
		s.members[b.first].related, s.members[b.second].related = true, true
		s.bonds = append(s.bonds, b)
	}
}

// schemasOf are those that stand in the document.
func (p *plan) schemasOf(heads []*atom) []*schema.Schema {
	var list []*schema.Schema
	for _, a := range heads {
		if !a.made && a.raw != nil {
			if of, err := p.g.set.CompileView(a.pointer, p.view); err == nil {
				list = append(list, of)
			}
		}
	}
	return list
}

// keeps says whether a text keeps all of the schemas.
func (s *script) keeps(text []byte) bool {
	for _, of := range s.schemas {
		if of.Accepts(text, schema.Syntax{}) {
			continue
		}
		if v, wrong := wire.DecodeJSON(text, wire.JSONOptions{}); wrong != nil || len(of.Validate(v)) > 0 {
			return false
		}
	}
	return true
}

// typeOf picks the type of a value; deep says that a value without parts is wanted.
func (p *plan) typeOf(wanted types, deep bool) types {
	for _, t := range [...]types{objectType, arrayType, stringType, numberType | integerType, booleanType, nullType} {
		if wanted&t == 0 || deep && t&(objectType|arrayType) != 0 && wanted&^(objectType|arrayType) != 0 {
			continue
		}
		switch t {
		case objectType:
			if !p.completes(p.objectEnds) {
				continue
			}
		case arrayType:
			if !p.completes(p.listEnds) {
				continue
			}
		case stringType:
			if p.holds() && !p.completes(p.textEnds) {
				continue
			}
		case numberType | integerType:
			return numberType
		}
		return t
	}
	return nullType
}
