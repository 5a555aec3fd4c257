package specs

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Member finds the schema of what stands at a JSON pointer (RFC 6901) in the values that a schema describes: the JSON
// pointer of that schema, "" where the document leaves open what stands there. It is false when values of the schema have
// nothing there. The schema "" describes anything.
func (c *Contract) Member(schema, pointer string) (member string, ok bool) {
	if pointer == "" || schema == "" {
		return schema, true
	}
	token, rest, _ := strings.Cut(pointer[1:], "/")
	if rest != "" {
		rest = "/" + rest
	}
	member, found := memberSearch{contract: c, seen: map[string]bool{}}.find(schema, UnescapePointer(token), rest)
	return member, found >= left
}

// finding is how much of a member was found: nothing, nothing that forbids it, or what the document says of it.
type finding int

const (
	absent finding = iota
	left
	stated
)

// memberSearch looks for one member in everything that a schema is composed of.
type memberSearch struct {
	contract *Contract
	seen     map[string]bool
}

func (s memberSearch) find(schema, name, rest string) (string, finding) {
	if s.seen[schema] {
		return "", absent
	}
	s.seen[schema] = true
	d := s.contract.document
	for _, place := range []string{"/properties/" + EscapePointer(name), s.item(schema, name)} {
		if place == "" || !d.has(schema+place) {
			continue
		}
		if member, ok := s.contract.Member(schema+place, rest); ok {
			return member, stated
		}
		return "", absent
	}
	if ref, ok := d.node(schema + "/$ref"); ok {
		if member, found := s.find(strings.TrimPrefix(ref.Value, "#"), name, rest); found != absent {
			return member, found
		}
	}
	for _, keyword := range []string{"allOf", "oneOf", "anyOf"} {
		for i := 0; ; i++ {
			part := schema + "/" + keyword + "/" + strconv.Itoa(i)
			if !d.has(part) {
				break
			}
			// A part that says nothing of members leaves them to the others.
			if member, found := s.find(part, name, rest); found == stated {
				return member, stated
			}
		}
	}
	if s.open(schema) {
		return "", left
	}
	return "", absent
}

// item is the place of an item's schema, "" when the name is no index.
func (s memberSearch) item(schema, name string) string {
	if name != "-" {
		if n, err := strconv.Atoi(name); err != nil || n < 0 {
			return ""
		}
		if s.contract.document.has(schema + "/prefixItems/" + name) {
			return "/prefixItems/" + name
		}
	}
	return "/items"
}

// open says whether a schema by itself says nothing of what its values hold.
func (s memberSearch) open(schema string) bool {
	for _, keyword := range []string{"/properties", "/items", "/prefixItems", "/$ref", "/allOf", "/oneOf", "/anyOf", "/enum", "/const"} {
		if s.contract.document.has(schema + keyword) {
			return false
		}
	}
	n, typed := s.contract.document.node(schema + "/type")
	if !typed {
		return true
	}
	holds := func(n *yaml.Node) bool { return n.Value == "object" || n.Value == "array" }
	return holds(n) || slices.ContainsFunc(n.Content, holds)
}
