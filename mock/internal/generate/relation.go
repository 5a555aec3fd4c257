package generate

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// relation is what members of one object have to do with each other.
type relation interface{ agree(out map[string]any) }

// order puts two members of the same kind in order: what begins before it ends.
type order struct{ before, after string }

func (o order) agree(out map[string]any) {
	switch a := out[o.before].(type) {
	case string:
		// Texts of one format and offset sort as what they mean.
		if b, ok := out[o.after].(string); ok && b < a && len(a) == len(b) {
			out[o.before], out[o.after] = b, a
		}
	case json.Number:
		b, ok := out[o.after].(json.Number)
		if !ok {
			return
		}
		x, okX := ratOf(a)
		y, okY := ratOf(b)
		if okX && okY && y.Cmp(x) < 0 {
			out[o.before], out[o.after] = b, a
		}
	}
}

// tally says how many elements a list has.
type tally struct {
	count, list string
	least, most int64
}

func (t tally) agree(out map[string]any) {
	list, ok := out[t.list].([]any)
	if _, there := out[t.count].(json.Number); !ok || !there {
		return
	}
	if n := int64(len(list)); t.least <= n && n <= t.most {
		out[t.count] = json.Number(strconv.FormatInt(n, 10))
	}
}

// pairsInOrder are the endings and beginnings of names that tell what comes first.
var pairsInOrder = [...][2]string{
	{"created", "updated"}, {"create", "update"}, {"created", "modified"}, {"create", "modify"}, {"start", "end"}, {"begin", "end"},
	{"from", "to"}, {"min", "max"}, {"open", "close"}, {"departure", "arrival"}, {"validfrom", "validto"}, {"checkin", "checkout"},
	{"issued", "expires"}, {"since", "until"}, {"opened", "closed"}, {"started", "finished"}, {"low", "high"},
}

// settleRelations finds them by the names of members whose schemas say the same.
func (p *plan) settleRelations() {
	if len(p.members) < 2 {
		return
	}
	byName := map[string]*member{}
	for _, m := range p.members {
		byName[plainName(m.name)] = m
	}
	for _, m := range p.members {
		name := plainName(m.name)
		for _, pair := range pairsInOrder {
			before, after := pair[0], pair[1]
			if !strings.Contains(name, before) {
				continue
			}
			other := byName[strings.Replace(name, before, after, 1)]
			if other != nil && other != m && p.alike(m, other) {
				p.relations = append(p.relations, order{m.name, other.name})
			}
		}
	}
	p.settleTally()
}

// plainName is a name in lower case without the signs between its words.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// alike says whether the schemas of two members take the same values, by what stands in them.
func (p *plan) alike(a, b *member) bool {
	if len(a.edge.heads) != len(b.edge.heads) || p.needs != nil {
		return false
	}
	for i, x := range a.edge.heads {
		y := b.edge.heads[i]
		if x.pointer == y.pointer {
			continue
		}
		for _, keyword := range append(sortedNames(x.raw), sortedNames(y.raw)...) {
			switch {
			case keyword == "type" || keyword == "format":
				if !equal(x.raw[keyword], y.raw[keyword]) {
					return false
				}
			case !isAnnotation(keyword):
				return false
			case keyword == "example" || keyword == "examples" || keyword == "default":
				// The document's own values agree, or the document says that they do not.
				return false
			}
		}
	}
	return true
}

// settleTally joins the number of elements to the only list of an object.
func (p *plan) settleTally() {
	list := ""
	for _, m := range p.members {
		for _, a := range m.edge.heads {
			if a.raw["type"] != "array" {
				continue
			}
			if list != "" && list != m.name {
				return
			}
			list = m.name
		}
	}
	if list == "" {
		return
	}
	for _, m := range p.members {
		switch plainName(m.name) {
		case "total", "count", "totalcount", "totalelements", "totalitems", "recordcount", "totalrecords", "numberofelements", "totalnum", "totalsize":
		default:
			continue
		}
		if t, ok := whole(m, list); ok {
			p.relations = append(p.relations, t)
		}
	}
}

// whole is the tally of a member that is a whole number with no more than borders.
func whole(m *member, list string) (tally, bool) {
	t := tally{count: m.name, list: list, most: 1<<31 - 1}
	for _, a := range m.edge.heads {
		if a.raw["type"] != "integer" {
			return t, false
		}
		for keyword, v := range a.raw {
			n, _ := v.(json.Number)
			bound, err := strconv.ParseInt(string(n), 10, 64)
			switch {
			case keyword == "minimum" && err == nil:
				t.least = max(t.least, bound)
			case keyword == "maximum" && err == nil:
				t.most = min(t.most, bound)
			case keyword == "type" || keyword == "format":
			case slices.Contains([]string{"example", "examples", "default"}, keyword) || !isAnnotation(keyword):
				return t, false
			}
		}
	}
	return t, true
}
