package generate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/fake"
)

func (p *plan) mergeText(a *atom) error {
	if n, ok := a.count("minLength"); ok {
		p.minLength = max(p.minLength, n)
	}
	if n, ok := a.count("maxLength"); ok {
		p.maxLength = min(p.maxLength, n)
	}
	if text, ok := a.raw["pattern"].(string); ok {
		pattern, err := fake.CompilePattern(text)
		if err != nil {
			return fmt.Errorf("%s: %w", p.g.contract.Position(a.pointer+"/pattern"), err)
		}
		if !slices.ContainsFunc(p.patterns, func(other *fake.Pattern) bool { return other.String() == text }) {
			p.patterns = append(p.patterns, pattern)
		}
	}
	if name, ok := a.raw["format"].(string); ok && typesOfFormat(name) == stringType && !slices.Contains(p.formats, name) {
		p.formats = append(p.formats, name)
		p.makers = append(p.makers, fake.FormatNamed(name))
	}
	switch a.raw["format"] {
	case "int32", "int64", "uint32", "uint64", "epoch-millis", "decimal", "number", "float", "double":
		p.digits = true
	}
	if media, ok := a.raw["contentMediaType"].(string); ok {
		p.media = media
	}
	if encoding, ok := a.raw["contentEncoding"].(string); ok {
		p.encoding = encoding
	}
	if a.has("contentSchema") {
		content, err := p.g.below(a, "contentSchema")
		if err != nil {
			return err
		}
		p.content = &edge{g: p.g, view: p.view, heads: []*atom{content}}
	}
	return nil
}

// mergeNot uses what can be said in other words; the rest is left to trying.
func (p *plan) mergeNot(a *atom) error {
	if !a.has("not") {
		return nil
	}
	not, err := p.g.below(a, "not")
	if err != nil {
		return err
	}
	p.tricky = true
	return p.refuse(not, 0)
}

const deepestNot = 8

func (p *plan) refuse(not *atom, depth int) error {
	if not.never || depth > deepestNot {
		return nil
	}
	rule := ""
	for keyword := range not.raw {
		switch keyword {
		case "title", "description", "$comment":
		default:
			if rule != "" {
				// The schema has several rules: only one of them has to be broken.
				return nil
			}
			rule = keyword
		}
	}
	switch rule {
	case "":
		p.limit(0, "not")
	case "type":
		for _, name := range append(textsOf(not.raw["type"]), fmt.Sprint(not.raw["type"])) {
			t := typeNamed(name)
			if name == "integer" {
				continue // numbers with a fraction remain
			}
			p.limit(everyType&^t, "not")
		}
	case "const":
		p.excluded = append(p.excluded, not.raw["const"])
	case "enum":
		list, _ := not.raw["enum"].([]any)
		p.excluded = append(p.excluded, list...)
	case "required":
		if names := not.texts("required"); len(names) == 1 {
			if p.forbidden == nil {
				p.forbidden = map[string]bool{}
			}
			p.forbidden[names[0]] = true
		}
	case "anyOf":
		list, _ := not.raw["anyOf"].([]any)
		for i := range list {
			one, err := p.g.below(not, "anyOf", strconv.Itoa(i))
			if err != nil {
				return err
			}
			if err := p.refuse(one, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *plan) mergeList() error {
	p.minContains = 0
	for _, a := range p.atoms {
		if n, ok := a.count("minItems"); ok {
			p.minItems = max(p.minItems, n)
		}
		if n, ok := a.count("maxItems"); ok {
			p.maxItems = min(p.maxItems, n)
		}
		if a.raw["uniqueItems"] == true {
			p.unique = true
		}
		list, _ := a.raw["prefixItems"].([]any)
		p.prefix = max(p.prefix, len(list))
		if a.raw["items"] == false {
			p.maxItems = min(p.maxItems, len(list))
		}
		if a.has("contains") {
			contained, err := p.g.below(a, "contains")
			if err != nil {
				return err
			}
			least := 1
			if n, ok := a.count("minContains"); ok {
				least = n
			}
			if least > 0 {
				p.contains = append(p.contains, contained)
				p.minContains = max(p.minContains, least)
				p.minItems = max(p.minItems, least)
			}
			p.tricky = true
		}
		if a.raw["unevaluatedItems"] == false {
			p.tricky = true
		}
	}
	const mostPlaces = 1000
	p.prefix = min(p.prefix, mostPlaces)
	for i := range p.prefix + 1 {
		heads, err := p.itemHeads(i)
		if err != nil {
			return err
		}
		p.items = append(p.items, &edge{g: p.g, view: p.view, heads: heads})
	}
	return nil
}

// itemHeads lists what holds for the element at an index.
func (p *plan) itemHeads(i int) ([]*atom, error) {
	var heads []*atom
	described := false
	for _, a := range p.atoms {
		list, _ := a.raw["prefixItems"].([]any)
		keyword := []string{"items"}
		if i < len(list) {
			keyword = []string{"prefixItems", strconv.Itoa(i)}
		} else if !a.has("items") {
			continue
		}
		item, err := p.g.below(a, keyword...)
		if err != nil {
			return nil, err
		}
		described = true
		heads = append(heads, item)
	}
	if described {
		return heads, nil
	}
	for _, a := range p.atoms {
		if a.has("unevaluatedItems") {
			item, err := p.g.below(a, "unevaluatedItems")
			if err != nil {
				return nil, err
			}
			heads = append(heads, item)
		}
	}
	return heads, nil
}

// item is the edge to the element at an index.
func (p *plan) item(i int) *edge { return p.items[min(i, len(p.items)-1)] }

// isAnnotation says whether a keyword has no say in what is valid.
func isAnnotation(keyword string) bool {
	switch keyword {
	case "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "xml", "externalDocs", "$comment":
		return true
	}
	return strings.HasPrefix(keyword, "x-")
}
