package generate

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"unicode/utf8"

	"understudy/mock/internal/fake"
)

// candidate is another value for a place, and what is special about it.
type candidate struct {
	name, keyword string
	value         any
}

const (
	mostEnumerated = 20
	mostElements   = 200
	firstBorder    = 2 // round in which the first border of a place is wanted
)

// borders adds the values at a place that lie at the borders of its rules.
func (b *builder) borders(s *spot, whole any, label string) {
	round := firstBorder
	for _, c := range b.candidates(s) {
		ok := b.add(Case{
			Name: c.name + place(s.pointer()) + label, Value: replaced(whole, s.tokens, c.value), Pointer: s.pointer(), Keyword: c.keyword,
		}, round)
		if ok {
			round++
		}
	}
}

func (b *builder) candidates(s *spot) []candidate {
	p := s.plan
	var list []candidate
	if p.isFixed {
		for i, v := range p.fixed[:min(len(p.fixed), mostEnumerated)] {
			name := "enum " + short(v)
			if container(v) {
				name = fmt.Sprintf("enum %d", i)
			}
			list = append(list, candidate{name, "enum", v})
		}
		return list
	}
	if p.has(numberType | integerType) {
		list = append(list, numberBorders(p)...)
	}
	if p.has(stringType) {
		list = append(list, b.textBorders(p, s.context)...)
	}
	if p.has(arrayType) {
		list = append(list, b.listBorders(p, s.context)...)
	}
	if p.has(booleanType) && p.stated {
		list = append(list, candidate{"true", "type", true}, candidate{"false", "type", false})
	}
	if p.has(nullType) && p.stated {
		list = append(list, candidate{"null", "type", nil})
	}
	return list
}

// short is an enumerated value as it stands in a name.
func short(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	if s, ok := v.(string); ok && s != "" {
		data = []byte(s)
	}
	return first(string(data), 40)
}

func numberBorders(p *plan) []candidate {
	n, g := p.numbers, p.grid
	if g == nil {
		return nil
	}
	var list []candidate
	border := func(name string, bound *big.Rat, open bool, index *big.Int, inside int64) {
		if bound == nil {
			return
		}
		keyword := name
		if open {
			keyword = "exclusive" + map[string]string{"minimum": "Minimum", "maximum": "Maximum"}[name]
		}
		if n.bits > 0 && bound.IsInt() && bound.Num().BitLen() >= n.bits-1 {
			keyword = "format"
			name = fmt.Sprintf("int%d %s", n.bits, name)
		} else {
			name = keyword
		}
		if exact, ok := exactly(bound); ok && !open && n.step == nil {
			list = append(list, candidate{name, keyword, exact})
		} else {
			list = append(list, candidate{name, keyword, g.at(index)})
		}
		list = append(list, candidate{name + " inside", keyword, g.at(new(big.Int).Add(index, big.NewInt(inside)))})
	}
	border("minimum", n.low, n.lowOpen, g.first, 1)
	border("maximum", n.high, n.highOpen, g.last, -1)
	return list
}

// exactly writes a fraction as a decimal; ok is false when it has no end.
func exactly(r *big.Rat) (json.Number, bool) {
	for scale := 0; scale <= deepestScale; scale++ {
		m := new(big.Rat).Mul(r, new(big.Rat).SetInt(ten(scale)))
		if m.IsInt() {
			return decimal(m.Num().String(), scale), true
		}
	}
	return "", false
}

func (b *builder) textBorders(p *plan, c context) []candidate {
	var list []candidate
	add := func(name, keyword, text string) { list = append(list, candidate{name, keyword, text}) }
	m := b.g.maker(b.o)
	src := b.src.Sub("border", c.name)
	if p.minLength > 0 && p.minLength <= longest {
		if s, ok := m.exact(p, src, p.minLength); ok {
			add("minLength", "minLength", s)
		}
	}
	if p.maxLength <= longest {
		if s, ok := m.exact(p, src, p.maxLength); ok {
			add("maxLength", "maxLength", s)
		}
	}
	for _, name := range p.formats {
		for _, one := range formatBorders(name) {
			add(one.name, "format", one.text)
		}
	}
	if len(p.formats) > 0 || p.media != "" {
		return list
	}
	if p.minLength == 0 {
		add("empty", "minLength", "")
	}
	if len(p.patterns) == 0 {
		for _, one := range []struct{ name, text string }{{"chinese", "健康体检预约"}, {"emoji", "naïve 😀 ✓"}, {"signs", `a "b" <c> & 'd' \ % +`}} {
			add(one.name, "type", fitted(one.text, p.minLength, p.maxLength))
		}
	}
	return list
}

// fitted repeats or cuts a text until it has the right number of characters.
func fitted(text string, least, most int) string {
	for n := utf8.RuneCountInString(text); n < least && least <= longest; n = utf8.RuneCountInString(text) {
		text += first(text, least-n)
	}
	return first(text, most)
}

// exact makes a text of so many characters.
func (m *maker) exact(p *plan, src fake.Source, n int) (string, bool) {
	if n == 0 {
		return "", p.keeps("")
	}
	for _, pattern := range p.patterns {
		for i := range 4 {
			if s, err := pattern.Text(src.Index(i), n, n); err == nil && p.keeps(s) {
				return s, true
			}
		}
	}
	if len(p.patterns) > 0 {
		return "", false
	}
	if len(p.formats) > 0 {
		s, ok := src.Format(p.formats[0], m.at)
		if !ok {
			return string(m.sized(nil, src, n, n)), true
		}
		s = resize(p.formats[0], s, n, n)
		return s, utf8.RuneCountInString(s) == n
	}
	return string(m.sized(nil, src, n, n)), true
}

type bordering struct{ name, text string }

func formatBorders(format string) []bordering {
	switch format {
	case "date":
		return []bordering{{"leap day", "2024-02-29"}, {"far date", "9999-12-31"}, {"early date", "1900-01-01"}}
	case "date-time":
		return []bordering{{"leap day", "2024-02-29T23:59:59Z"}, {"far date", "9999-12-31T23:59:59Z"}, {"early date", "1900-01-01T00:00:00Z"},
			{"fraction", "2025-06-30T12:30:15.123456Z"}, {"offset", "2025-06-30T00:15:00-11:30"}}
	case "cn-date-time":
		return []bordering{{"leap day", "2024-02-29 23:59:59"}, {"far date", "9999-12-31 23:59:59"}}
	case "time":
		return []bordering{{"last second", "23:59:59Z"}, {"midnight", "00:00:00Z"}}
	case "uuid":
		return []bordering{{"nil", "00000000-0000-0000-0000-000000000000"}}
	case "ipv4":
		return []bordering{{"last address", "255.255.255.255"}}
	case "ipv6":
		return []bordering{{"unspecified", "::"}}
	case "duration":
		return []bordering{{"weeks", "P2W"}, {"every part", "P1Y2M3DT4H5M6S"}}
	case "email":
		return []bordering{{"tag", "first.last+tag@mail.example.com"}}
	case "uri":
		return []bordering{{"query", "https://www.example.com:8443/a/b?c=d&e=%20#f"}}
	}
	return nil
}

func (b *builder) listBorders(p *plan, c context) []candidate {
	if !p.stated && p.items[0].heads == nil {
		return nil
	}
	var list []candidate
	add := func(name, keyword string, n int) {
		m := b.g.maker(b.o)
		m.steady, m.o.Optional = true, All
		m.path = []string{c.name}
		m.forced = n + 1
		if v, ok := m.value(p, c, b.src.Sub("elements"), ample); ok {
			list = append(list, candidate{name, keyword, v})
		}
	}
	if p.minItems == 0 {
		list = append(list, candidate{"empty", "minItems", []any{}})
	} else if p.minItems <= mostElements {
		add("minItems", "minItems", p.minItems)
	}
	if p.maxItems < math.MaxInt && p.maxItems <= mostElements && p.maxItems > 0 {
		add("maxItems", "maxItems", p.maxItems)
	}
	if p.maxItems > 1 && p.minItems < 2 && p.prefix == 0 {
		add("two elements", "items", 2)
	}
	return list
}
