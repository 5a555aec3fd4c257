package schema

import "maps"

// prune leaves out of a value that was not accepted what would only repeat what is wrong with it: a list ends after a few
// elements that were not accepted. The places of what stays are the same. Without it, a body of a hundred thousand wrong
// elements would have the library explain each.
func (q *quick) prune(v any) any {
	const enough = 5
	if q == nil || q.never || q.slow != nil || len(q.not) > 0 || q.condition != nil || q.contains != nil || q.unique || len(q.first) > 0 || len(q.needs) > 0 {
		return v // what is left out might make something else wrong
	}
	for _, c := range q.choices {
		if c.one {
			return v
		}
	}
	switch v := v.(type) {
	case map[string]any:
		out, cloned := v, false
		for i := range q.members {
			m := &q.members[i]
			item, ok := v[m.name]
			if !ok || m.quick.accepts(item) {
				continue
			}
			if !cloned {
				out, cloned = maps.Clone(v), true
			}
			out[m.name] = m.quick.prune(item)
		}
		return out
	case []any:
		if q.items == nil || !q.count.has(int64(len(v))) {
			return v
		}
		out := make([]any, 0, min(len(v), 64))
		wrong := 0
		for _, item := range v {
			if !q.items.accepts(item) {
				item = q.items.prune(item)
				wrong++
			}
			out = append(out, item)
			if wrong >= enough && int64(len(out)) >= q.count.least {
				break
			}
		}
		return out
	}
	return v
}
