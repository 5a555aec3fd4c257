package generate

import (
	"sync"
	"sync/atomic"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/schema"
)

// Append appends the JSON text of the very value that [Generator.Value] makes of the same source and options, members in the
// order of the schema, and makes no values in between. It says false, and appends nothing, where a schema is outside of what
// it can write; Value makes the value then. What it writes keeps the schema where one look is enough to choose between
// alternatives; whoever sends it looks once whether it does, and asks Value where it does not.
func (g *Generator) Append(dst []byte, pointer string, src fake.Source, o Options) ([]byte, bool) {
	e := g.written(pointer, o)
	if e.why != "" {
		return dst, false
	}
	w := writers.Get().(*writer)
	defer writers.Put(w)
	w.begin(o, g.isChinese())
	out, ok := w.value(dst, e.script, nil, src, src, ample)
	w.o.Given = nil
	if !ok {
		return dst, false
	}
	return out, true
}

// Writes says whether [Generator.Append] writes values of the schema at a pointer, and else which schema stands in its way
// and by what.
func (g *Generator) Writes(pointer string, o Options) (ok bool, reason string) {
	e := g.written(pointer, o)
	return e.why == "", e.why
}

// manner is what decides which schemas are written for a value.
type manner struct {
	pointer  string
	view     schema.View
	dynamic  bool
	optional Optional
}

// writing is what is settled for a manner.
type writing struct {
	script *script
	why    string
}

// scripts are all that are settled. Reading needs no lock: who adds to them leaves the old ones as they were.
type scripts struct {
	known  atomic.Pointer[map[manner]*writing]
	mu     sync.Mutex
	byPlan map[*plan]*script
}

func (g *Generator) written(pointer string, o Options) *writing {
	key := manner{pointer, o.View, o.Dynamic, o.Optional}
	if known := g.scripts.known.Load(); known != nil {
		if e, ok := (*known)[key]; ok {
			return e
		}
	}
	g.scripts.mu.Lock()
	defer g.scripts.mu.Unlock()
	known := map[manner]*writing{}
	if before := g.scripts.known.Load(); before != nil {
		for k, e := range *before {
			known[k] = e
		}
	}
	e, ok := known[key]
	if !ok {
		e = g.settle(key)
		known[key] = e
		g.scripts.known.Store(&known)
	}
	return e
}

// mostScripts bounds how many schemas, alternatives settled one by one, are looked into for one value.
const mostScripts = 3000

// settle makes the scripts of a value and all its parts. The scripts of a value with too many parts are forgotten again, so
// that it does not matter which value was asked for first.
func (g *Generator) settle(key manner) *writing {
	p, _, err := g.prepare(key.pointer, key.view)
	if err != nil {
		return &writing{why: err.Error()}
	}
	seen, made := map[*plan]*script{}, []*script{}
	waiting := []*script{}
	child := func(p *plan) *script {
		if s, ok := seen[p]; ok {
			return s
		}
		s := g.scripts.byPlan[p]
		if s == nil {
			s = &script{plan: p}
			made = append(made, s)
		}
		seen[p] = s
		waiting = append(waiting, s)
		return s
	}
	root := child(p)
	for len(waiting) > 0 {
		if len(seen) > mostScripts {
			return &writing{why: "#" + key.pointer + ": more parts and alternatives than are written"}
		}
		s := waiting[0]
		waiting = waiting[1:]
		if g.scripts.byPlan[s.plan] != nil {
			s.each(func(next *script) { child(next.plan) })
			continue
		}
		s.fill(child)
	}
	if g.scripts.byPlan == nil {
		g.scripts.byPlan = map[*plan]*script{}
	}
	for _, s := range made {
		s.settle()
		g.scripts.byPlan[s.plan] = s
	}
	return &writing{script: root, why: key.hindrance(root, map[*script]bool{})}
}

// each visits the scripts of the parts.
func (s *script) each(visit func(*script)) {
	for _, b := range s.branches {
		visit(b.to)
	}
	for i := range s.members {
		visit(s.members[i].to)
	}
	for _, item := range s.items {
		visit(item)
	}
	if s.entry != nil {
		visit(s.entry)
	}
}

// hindrance names the first schema that is not written among those that a value may have parts of.
func (k manner) hindrance(s *script, seen map[*script]bool) string {
	if seen[s] || !k.dynamic && s.own != nil && (k.optional == Believable || !s.whole) {
		return ""
	}
	seen[s] = true
	if s.why != "" {
		return "#" + s.plan.pointer() + ": " + s.why
	}
	why := ""
	look := func(next *script) {
		if why == "" && !next.endless {
			why = k.hindrance(next, seen)
		}
	}
	for _, b := range s.branches {
		look(b.to)
	}
	for i := range s.members {
		if m := &s.members[i]; !m.banned && (m.required || k.optional == All || k.optional == Believable && !m.old) {
			look(m.to)
		}
	}
	for _, item := range s.items {
		look(item)
	}
	if s.entry != nil && k.optional != None {
		look(s.entry)
	}
	return why
}

// pointer is that of the schema that a plan begins with, "" where nothing is said.
func (p *plan) pointer() string {
	if len(p.heads) == 0 {
		return ""
	}
	return p.heads[0].pointer
}

// writers are used again: what a reply is written with is not kept.
var writers = sync.Pool{New: func() any { return &writer{} }}
