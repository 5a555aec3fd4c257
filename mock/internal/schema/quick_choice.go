package schema

import "github.com/go-json-experiment/json/jsontext"

// choice is anyOf or oneOf: which alternatives can take a value is often told by its type or by one member.
type choice struct {
	list []*quick
	one  bool // exactly one has to take it
	// can are the types of the values that an alternative may take.
	can []types
	// property is the name of a member whose text tells alternatives apart, "" for none. byText has the sets of those that
	// may take an object with such a text there, and only they; it is nil where the text is but a hint.
	property, quoted string
	byText           map[string]uint64
	// hint has the alternative that a text of the member is meant to stand for (OpenAPI, "Discriminator Object").
	hint map[string]int
}

// mostChoices are told apart; where there are more, all are tried.
const mostChoices = 64

func (b *builder) choice(keyword string, list []*quick, one bool) *choice {
	c := &choice{list: list, one: one, can: make([]types, len(list))}
	property, names := discriminatorOf(b.raw, keyword)
	for _, n := range names {
		if c.hint == nil {
			c.hint = map[string]int{}
		}
		if _, taken := c.hint[n.value]; !taken {
			c.hint[n.value] = n.index
		}
	}
	if c.hint != nil {
		c.name(property)
	}
	return c
}

func (c *choice) name(property string) {
	c.property = property
	quoted, err := jsontext.AppendQuote(nil, property)
	if err == nil && len(quoted) == len(property)+2 {
		c.quoted = string(quoted)
	}
}

// settle finds out what tells the alternatives apart, once all of them are compiled.
func (c *choice) settle() {
	for i, one := range c.list {
		c.can[i] = one.can(0)
	}
	if len(c.list) > mostChoices {
		return
	}
	if c.property != "" {
		c.byText = c.texts(c.property)
		return
	}
	for i, one := range c.list {
		if c.can[i]&objectType == 0 {
			continue
		}
		for _, name := range one.closedMembers(0) {
			if byText := c.texts(name); byText != nil {
				c.name(name)
				c.byText = byText
				return
			}
		}
		return
	}
}

// texts are the sets of alternatives by the texts that they list for a member; nil where they do not all list some, or
// where all list the same.
func (c *choice) texts(property string) map[string]uint64 {
	byText := map[string]uint64{}
	objects, entries := 0, 0
	for i, one := range c.list {
		if c.can[i]&objectType == 0 {
			continue
		}
		objects++
		texts, ok := one.memberTexts(property, 0)
		if !ok {
			return nil
		}
		entries += len(texts)
		for _, text := range texts {
			byText[text] |= 1 << i
		}
	}
	if objects < 2 || len(byText) < 2 || entries >= objects*len(byText) {
		return nil
	}
	return byText
}

// mostNested bounds how far schemas of the same value are followed.
const mostNested = 32

// can are the types of the values that the schema may take.
func (q *quick) can(level int) types {
	if q == nil || level > mostNested || q.slow != nil {
		return everyType
	}
	if q.never {
		return 0
	}
	t := q.types.expanded()
	for _, e := range q.enums {
		t &= e.types()
	}
	for _, part := range q.allOf {
		t &= part.can(level + 1)
	}
	for _, c := range q.choices {
		var any types
		for _, one := range c.list {
			any |= one.can(level + 1)
		}
		t &= any
	}
	return t
}

// closedMembers are the names of members that have an enumeration.
func (q *quick) closedMembers(level int) []string {
	if q == nil || level > mostNested {
		return nil
	}
	var names []string
	for i := range q.members {
		if _, ok := q.members[i].quick.texts(0); ok {
			names = append(names, q.members[i].name)
		}
	}
	for _, part := range q.allOf {
		names = append(names, part.closedMembers(level+1)...)
	}
	return names
}

// memberTexts are the texts that a member may be, where it may be nothing else.
func (q *quick) memberTexts(name string, level int) ([]string, bool) {
	if q == nil || level > mostNested {
		return nil, false
	}
	if i, ok := q.index[name]; ok {
		if texts, ok := q.members[i].quick.texts(0); ok {
			return texts, true
		}
	}
	for _, part := range q.allOf {
		if texts, ok := part.memberTexts(name, level+1); ok {
			return texts, true
		}
	}
	return nil, false
}

// texts are those that the schema may take, where it takes nothing else.
func (q *quick) texts(level int) ([]string, bool) {
	if q == nil || level > mostNested {
		return nil, false
	}
	for _, e := range q.enums {
		if e.types() == stringType {
			return e.texts, true
		}
	}
	for _, part := range q.allOf {
		if texts, ok := part.texts(level + 1); ok {
			return texts, true
		}
	}
	return nil, false
}

// order says which alternatives may take a value: a set of them, and the one to try first, -1 for any.
func (c *choice) order(kind types, text string, found bool) (set uint64, first int) {
	first = -1
	for i, can := range c.can {
		if can&kind != 0 {
			set |= 1 << i
		}
	}
	if kind != objectType || !found {
		return set, first
	}
	if c.byText != nil {
		set &= c.byText[text]
	}
	if i, ok := c.hint[text]; ok {
		first = i
	}
	return set, first
}
