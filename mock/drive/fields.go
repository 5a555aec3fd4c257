package drive

import (
	"slices"
	"strings"

	"understudy/specs"
)

// Field is one value that a caller may give to an operation.
type Field struct {
	// Name is what [Client.Set] takes; list elements are written with place 0.
	Name string
	// In is path, query, header, cookie or body.
	In string
	// Kinds are its JSON types, the one that is written first; none means any.
	Kinds    []string
	Required bool
	// Format and Description are the contract's own words.
	Format, Description string
	// Sensitive is the kind of personal datum or secret that it holds.
	Sensitive string
	// At is its place in the contract.
	At specs.Position
}

// Fields lists what an operation takes from its caller, in the order of the contract: leaves only, and without what the
// client fills in by itself.
func (c *Client) Fields(operation string) ([]Field, error) {
	p, err := c.plan(operation)
	if err != nil {
		return nil, err
	}
	var list []Field
	for i, one := range p.parameters {
		if _, single := one.shape.only(); single || p.fills(one.Name) || p.authorizes(&one) {
			continue
		}
		list = append(list, Field{
			Name: p.label(&p.parameters[i]), In: one.In, Kinds: one.shape.kinds(), Required: one.Required, Format: one.shape.format,
			Description: one.shape.description, Sensitive: one.Sensitive, At: c.contract.Position(one.Schema),
		})
	}
	if p.media != nil {
		c.leaves(&list, p, p.shape, nil, true, nil)
	}
	return list, nil
}

// fills says whether the client itself gives a parameter its value.
func (p *plan) fills(name string) bool {
	if s := p.Wire.Sign; s != nil && slices.Contains([]string{s.Parameter, s.MethodParameter, s.KeyParameter, s.TimeParameter}, name) {
		return true
	}
	for _, l := range p.locations() {
		if l.Name() == name && l.Place() != specs.PlaceBody {
			return true
		}
	}
	r := p.Wire.Route
	return r != nil && r.Parameter == name
}

func (c *Client) leaves(list *[]Field, p *plan, n *shape, path []string, required bool, above []*shape) {
	if slices.Contains(above, n) {
		return // a schema within itself
	}
	above = append(slices.Clone(above), n)
	if held := n.held(); held != nil && (len(held.members()) > 0 || held.elements() != nil) {
		n = held
	}
	if items := n.elements(); items != nil && len(items.members()) > 0 {
		c.leaves(list, p, items, append(slices.Clone(path), "0"), required, above)
		return
	}
	members := n.members()
	if len(members) == 0 {
		if len(path) > 0 {
			*list = append(*list, Field{
				Name: joinPath(path), In: "body", Kinds: n.kinds(), Required: required, Format: n.format,
				Description: n.description, Sensitive: n.sensitive, At: c.contract.Position(n.pointer),
			})
		}
		return
	}
	needed := n.needs()
	for _, m := range members {
		if _, single := m.shape.only(); single || len(path) == 0 && p.credentialAt(m.name) != "" || m.shape.isReadOnly() {
			continue
		}
		c.leaves(list, p, m.shape, append(slices.Clone(path), m.name), required && slices.Contains(needed, m.name), above)
	}
}

// credentialAt is the slot whose value a member of the body holds, "" for none.
func (p *plan) credentialAt(name string) string {
	if a := p.Wire.Auth; a != nil {
		return a.Fields["/"+specs.EscapePointer(name)]
	}
	return ""
}

func (p *plan) fieldNames() []string {
	var names []string
	for i := range p.parameters {
		one := &p.parameters[i]
		if _, single := one.shape.only(); !single && !p.fills(one.Name) && !p.authorizes(one) {
			names = append(names, p.label(one))
		}
	}
	if p.media != nil {
		for _, m := range p.shape.members() {
			names = append(names, m.name)
		}
	}
	return names
}

// takes says in words which fields there are.
func (p *plan) takes() string {
	names := p.fieldNames()
	if names == nil {
		return "it takes none"
	}
	return "there are " + strings.Join(names, ", ")
}
