package generate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"understudy/specs"
)

// atom is one schema as it stands in the contract, or one that was made here to narrow others (the value that a
// discriminator asks for). Several atoms that hold for the same value are merged into a plan.
type atom struct {
	pointer string
	raw     map[string]any
	never   bool // the schema false
	made    bool // stands nowhere in the contract
	// names are the properties in the order of the document.
	names []string
}

// atom reads the schema at a pointer of the contract. A schema that only refers is its target.
func (g *Generator) atom(pointer string) (*atom, error) {
	const mostHops = 100
	for range mostHops {
		a, err := g.read(pointer)
		if err != nil {
			return nil, err
		}
		ref, ok := a.raw["$ref"].(string)
		if !ok || !onlyRefers(a.raw) {
			return a, nil
		}
		if pointer, err = g.target(a, ref); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s: the $ref leads back to itself", g.contract.Position(pointer))
}

func (g *Generator) read(pointer string) (*atom, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if a, ok := g.atoms[pointer]; ok {
		return a, nil
	}
	v, ok := g.contract.Value(pointer)
	if !ok {
		return nil, fmt.Errorf("%s: there is no schema at #%s", g.contract.Position(pointer), pointer)
	}
	a := &atom{pointer: pointer}
	switch v := v.(type) {
	case map[string]any:
		a.raw = v
		a.names = g.contract.Names(pointer + "/properties")
	case bool:
		a.never = !v
	default:
		return nil, fmt.Errorf("%s: a schema is an object or a boolean", g.contract.Position(pointer))
	}
	g.atoms[pointer] = a
	return a, nil
}

func (g *Generator) target(a *atom, ref string) (string, error) {
	if pointer, ok := strings.CutPrefix(ref, "#"); ok {
		return pointer, nil
	}
	return "", fmt.Errorf("%s: only references within the document are supported, not %q", g.contract.Position(a.pointer), ref)
}

// onlyRefers says whether a schema with a $ref says nothing else that matters here.
func onlyRefers(m map[string]any) bool {
	for keyword := range m {
		switch keyword {
		case "$ref", "description", "summary", "title", "deprecated", "$comment", "externalDocs":
		default:
			if !strings.HasPrefix(keyword, "x-") {
				return false
			}
		}
	}
	return true
}

// below reads a schema within another one; the tokens are not escaped.
func (g *Generator) below(a *atom, tokens ...string) (*atom, error) {
	pointer := a.pointer
	for _, t := range tokens {
		pointer += "/" + specs.EscapePointer(t)
	}
	if !a.made {
		return g.atom(pointer)
	}
	var v any = a.raw
	for _, t := range tokens {
		m, _ := v.(map[string]any)
		v = m[t]
	}
	return invent(pointer, v), nil
}

// invent makes an atom that stands nowhere; names of its properties are sorted.
func invent(pointer string, v any) *atom {
	a := &atom{pointer: pointer, made: true}
	switch v := v.(type) {
	case map[string]any:
		a.raw = v
		if p, ok := v["properties"].(map[string]any); ok {
			a.names = sortedNames(p)
		}
	case bool:
		a.never = !v
	}
	return a
}

// flatten lists what holds where all the heads hold: themselves, what they refer to and the parts of their allOf. The
// second result tells which of them were reached through an allOf.
func (g *Generator) flatten(heads []*atom) (all []*atom, part map[string]bool, err error) {
	part = map[string]bool{}
	seen := map[string]bool{}
	var visit func(a *atom, isPart bool) error
	visit = func(a *atom, isPart bool) error {
		if seen[a.pointer] {
			return nil
		}
		seen[a.pointer] = true
		all = append(all, a)
		if isPart {
			part[a.pointer] = true
		}
		if ref, ok := a.raw["$ref"].(string); ok {
			pointer, err := g.target(a, ref)
			if err != nil {
				return err
			}
			t, err := g.atom(pointer)
			if err != nil {
				return err
			}
			if err := visit(t, isPart); err != nil {
				return err
			}
		}
		parts, _ := a.raw["allOf"].([]any)
		for i := range parts {
			t, err := g.below(a, "allOf", strconv.Itoa(i))
			if err != nil {
				return err
			}
			if err := visit(t, true); err != nil {
				return err
			}
		}
		return nil
	}
	for _, a := range heads {
		if err := visit(a, false); err != nil {
			return nil, nil, err
		}
	}
	return all, part, nil
}

func (a *atom) has(keyword string) bool { _, ok := a.raw[keyword]; return ok }

// count reads a keyword that is a natural number.
func (a *atom) count(keyword string) (int, bool) {
	n, ok := a.raw[keyword].(json.Number)
	if !ok {
		return 0, false
	}
	r, ok := ratOf(n)
	if !ok || !r.IsInt() || r.Sign() < 0 {
		return 0, false
	}
	if !r.Num().IsInt64() || r.Num().Int64() > 1<<31-1 {
		return 1<<31 - 1, true
	}
	return int(r.Num().Int64()), true
}

// texts reads a keyword that is a list of texts.
func (a *atom) texts(keyword string) []string { return textsOf(a.raw[keyword]) }

func textsOf(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, one := range list {
		if s, ok := one.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// schemas lists the keys of a keyword that maps names to schemas, sorted.
func (a *atom) schemas(keyword string) []string {
	m, _ := a.raw[keyword].(map[string]any)
	return sortedNames(m)
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
