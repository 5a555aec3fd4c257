package parameter

import (
	"strings"

	"understudy/specs"
)

// queryText is one pair of the query, its name unescaped.
type queryText struct {
	name string
	text text
}

// pairs are those of the query, their values escaped as they came where that is known.
func (r *reader) pairs() ([]queryText, error) {
	var list []queryText
	if r.raw.Escaped == "" {
		for _, pair := range r.raw.Query {
			list = append(list, queryText{pair.Name, text{s: pair.Value}})
		}
		return list, nil
	}
	for piece := range strings.SplitSeq(r.raw.Escaped, "&") {
		if piece == "" {
			continue
		}
		name, v, _ := strings.Cut(piece, "=")
		name, err := unescape(name, true)
		if err != nil {
			return nil, err
		}
		list = append(list, queryText{name, text{v, true, true}})
	}
	return list, nil
}

func (r *reader) query() (any, bool, error) {
	all, err := r.pairs()
	if err != nil {
		return nil, false, err
	}
	if r.parameter.Style == deepObject {
		return r.deep(all)
	}
	if r.spread() {
		v, given, err := r.spreadPairs(all)
		if given || err != nil || len(r.forms()) == 1 {
			return v, given, err
		}
	}
	var values []text
	for _, pair := range all {
		if pair.name == r.parameter.Name {
			values = append(values, pair.text)
		}
	}
	if len(values) == 0 {
		return nil, false, nil
	}
	if len(values) == 1 && values[0].s == "" && r.parameter.AllowEmptyValue {
		return "", true, nil
	}
	otherwise := scalar
	if len(values) > 1 {
		otherwise = list // without a schema nobody has said that it may not
	}
	v, err := r.choose(otherwise, func(k shapeKind) (any, error) { return r.values(k, values) })
	return v, true, err
}

// values reads the values that stand under the parameter's own name.
func (r *reader) values(k shapeKind, values []text) (any, error) {
	if k == list && (r.parameter.Explode || len(r.forms()) == 0 && len(values) > 1) {
		pieces := make([]string, len(values))
		for i, v := range values {
			var err error
			if pieces[i], err = v.plain(); err != nil {
				return nil, err
			}
		}
		return r.items(pieces), nil
	}
	if len(values) > 1 {
		reason := "the parameter occurs more than once; send it once"
		if k != scalar {
			reason = "the parameter occurs more than once; send it once, its parts with a delimiter between"
		}
		return nil, r.fail(Repeated, "", reason)
	}
	delimiter := byte(',')
	switch r.parameter.Style {
	case spaceDelimited:
		delimiter = ' '
	case pipeDelimited:
		delimiter = '|'
	}
	return r.delimited(k, values[0], delimiter, false)
}

// spreadPairs reads an object whose members are parameters of the query themselves. A member that is a list is repeated.
func (r *reader) spreadPairs(all []queryText) (any, bool, error) {
	texts := map[string][]string{}
	for _, pair := range all {
		if !r.owns(pair.name) {
			continue
		}
		s, err := pair.text.plain()
		if err != nil {
			return nil, false, err
		}
		texts[pair.name] = append(texts[pair.name], s)
	}
	object := make(map[string]any, len(texts))
	for name, values := range texts {
		member := r.shape.Member(name)
		switch {
		case member.Says("array"):
			items := make([]any, len(values))
			for i, s := range values {
				items[i] = value(member.Item(i), s)
			}
			object[name] = items
		case len(values) > 1:
			return nil, true, r.fail(Repeated, "/"+specs.EscapePointer(name), "the parameter occurs more than once; send it once")
		default:
			object[name] = value(member, values[0])
		}
	}
	return object, len(object) > 0, nil
}
