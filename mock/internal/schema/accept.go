package schema

import "encoding/json"

// judge judges one decoded value.
type judge struct {
	steps  int  // schemas of the same value that were tried
	nested int  // within each other
	unsure bool // it gave up: only the library can tell
}

// Schemas of the same value may be nested without end (not), and tried again and again at each level of a value.
const (
	mostTried  = 1 << 20
	mostInside = 1000
)

// accepts says whether the value is certainly valid.
func (q *quick) accepts(v any) bool {
	j := judge{}
	return j.value(q, v) && !j.unsure
}

// value says whether a schema takes a value; once the judge is unsure, what it says means nothing.
func (j *judge) value(q *quick, v any) bool {
	switch {
	case q == nil:
		return true
	case q.never:
		return false
	case q.slow != nil:
		return j.library(q, v)
	}
	if q.own && !j.own(q, v) || j.unsure {
		return false
	}
	if len(q.allOf) == 0 && len(q.choices) == 0 && len(q.not) == 0 && q.condition == nil {
		return true
	}
	j.nested++
	ok := j.same(q, v)
	j.nested--
	return ok
}

func (j *judge) giveUp() bool {
	j.unsure = true
	return false
}

// try is value for a schema of the same value.
func (j *judge) try(q *quick, v any) bool {
	if j.steps++; j.unsure || j.steps > mostTried || j.nested > mostInside {
		return j.giveUp()
	}
	return j.value(q, v)
}

func (j *judge) same(q *quick, v any) bool {
	for _, part := range q.allOf {
		if !j.try(part, v) {
			return false
		}
	}
	for _, c := range q.choices {
		if !j.choice(c, v) {
			return false
		}
	}
	for _, not := range q.not {
		if j.try(not, v) || j.unsure {
			return false
		}
	}
	if c := q.condition; c != nil {
		then := c.then
		if !j.try(c.when, v) {
			then = c.otherwise
		}
		return !j.unsure && j.try(then, v)
	}
	return true
}

func (j *judge) choice(c *choice, v any) bool {
	if len(c.list) > mostChoices {
		return j.each(c, v, ^uint64(0), -1)
	}
	kind := everyType
	var text string
	found := false
	switch v := v.(type) {
	case map[string]any:
		kind = objectType
		if c.property != "" {
			var item any
			if item, found = v[c.property]; found {
				var isText bool
				if text, isText = item.(string); !isText {
					if c.byText != nil {
						return false
					}
					found = false
				}
			}
		}
	case []any:
		kind = arrayType
	case string:
		kind = stringType
	case json.Number:
		kind = numberType | integerType
	case bool:
		kind = booleanType
	case nil:
		kind = nullType
	}
	set, first := c.order(kind, text, found)
	return j.each(c, v, set, first)
}

func (j *judge) each(c *choice, v any, set uint64, first int) bool {
	if first >= 0 && set>>first&1 != 0 && !c.one && j.try(c.list[first], v) {
		return true
	}
	taken := 0
	for i, one := range c.list {
		if i < mostChoices && set>>i&1 == 0 || i == first && !c.one {
			continue
		}
		if j.try(one, v) {
			if taken++; !c.one {
				return true
			}
		}
		if j.unsure || taken > 1 {
			return false
		}
	}
	return taken == 1
}

// library asks the library about a value.
func (j *judge) library(q *quick, v any) bool {
	if q.library == nil {
		return j.giveUp()
	}
	if monstrous(v) {
		return j.giveUp()
	}
	validator, err := q.library()
	if err != nil {
		return j.giveUp()
	}
	return validator.Validate(v) == nil
}

// own judges by what the schema says itself.
func (j *judge) own(q *quick, v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return q.types.has(objectType) && (len(q.enums) == 0 || j.listed(q, v)) && j.object(q, v)
	case []any:
		return q.types.has(arrayType) && (len(q.enums) == 0 || j.listed(q, v)) && j.list(q, v)
	case string:
		return q.types.has(stringType) && q.text(v)
	case json.Number:
		ok, sure := q.number(string(v))
		if !sure {
			return j.giveUp()
		}
		return ok
	case bool:
		return q.types.has(booleanType) && q.boolean(v)
	case nil:
		return q.types.has(nullType) && q.null()
	}
	return j.giveUp()
}

// monstrous says whether a value holds a number that is not to be held exactly.
func monstrous(v any) bool {
	_, found := unreadable(v, nil)
	return found
}

func (j *judge) listed(q *quick, v any) bool {
	if monstrous(v) {
		return j.giveUp()
	}
	return q.listsOther(v)
}

func (q *quick) listsOther(v any) bool {
	for _, e := range q.enums {
		if !e.other(v) {
			return false
		}
	}
	return true
}

func (j *judge) object(q *quick, v map[string]any) bool {
	if !q.size.has(int64(len(v))) {
		return false
	}
	known := 0
	for i := range q.members {
		m := &q.members[i]
		item, ok := v[m.name]
		if !ok {
			if m.required {
				return false
			}
			continue
		}
		known++
		if !j.value(m.quick, item) {
			return false
		}
	}
	if known < len(v) && !q.rest.open() {
		for name, item := range v {
			if _, ok := q.index[name]; !ok && !j.other(&q.rest, name, item) {
				return false
			}
		}
	}
	if q.names != nil {
		for name := range v {
			if !j.value(q.names, name) {
				return false
			}
		}
	}
	return len(q.needs) == 0 || j.needs(q, v)
}

// other judges a member that has no place of its own.
func (j *judge) other(r *rest, name string, v any) bool {
	matched := false
	for i := range r.patterns {
		if p := &r.patterns[i]; p.matcher.MatchString(name) {
			if matched = true; !j.value(p.quick, v) {
				return false
			}
		}
	}
	return matched || j.value(r.extra, v)
}

func (j *judge) needs(q *quick, v map[string]any) bool {
	for i := range q.needs {
		n := &q.needs[i]
		if _, ok := v[q.members[n.beside].name]; !ok {
			continue
		}
		for _, one := range n.all {
			if _, ok := v[q.members[one].name]; !ok {
				return false
			}
		}
		j.nested++
		ok := j.try(n.whole, v)
		if j.nested--; !ok {
			return false
		}
	}
	return true
}

func (j *judge) list(q *quick, v []any) bool {
	if !q.count.has(int64(len(v))) {
		return false
	}
	for i, item := range v {
		one := q.items
		if i < len(q.first) {
			one = q.first[i]
		} else if one == nil {
			break
		}
		if !j.value(one, item) {
			return false
		}
	}
	if q.contains != nil {
		taken := int64(0)
		for _, item := range v {
			if j.try(q.contains.quick, item) {
				taken++
			}
			if j.unsure {
				return false
			}
		}
		if !q.contains.count.has(taken) {
			return false
		}
	}
	if q.unique && len(v) > 1 {
		if monstrous(v) {
			return j.giveUp()
		}
		return distinct(v)
	}
	return true
}
