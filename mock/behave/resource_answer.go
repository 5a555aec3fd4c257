package behave

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"understudy/mock/internal/value"
	"understudy/specs"
)

// settled is a representation with its key and the parents that the call names in it, whatever it said itself.
func (o *resourceOperation) settled(c *Call, v value.Record, key string) value.Record {
	v = o.kind.keyed(v, key)
	for name, member := range o.says.Parents {
		text, given := c.Parameters[name]
		if schema, ok := o.contract.Member(o.kind.schema, member); member != "" && given && ok {
			v, _ = withValue(v, member, o.typed(schema, scalarText(text))).(value.Record)
		}
	}
	return v
}

// completed adds what the vendor does: what a caller may not send, defaults, and whatever else is asked for. What was there
// before stays where a caller cannot change it; a creation is now, and so is a change where it has a place.
func (o *resourceOperation) completed(c *Call, v value.Record, key string, beside map[string]string, before value.Record) value.Record {
	outline := o.outline(o.kind.schema)
	var invented value.Record
	for _, name := range outline.names {
		m := outline.members[name]
		_, given := v[name]
		was, had := before[name]
		changes := strings.Contains(strings.ToLower(name), "updat") || strings.Contains(strings.ToLower(name), "modif")
		switch {
		case m.readOnly && "/"+specs.EscapePointer(name) == o.kind.key:
		case m.readOnly && m.format == "date-time" && (before == nil || changes):
			v[name] = c.Now.In(value.China()).Format(time.RFC3339)
		case m.readOnly && had:
			v[name] = cloned(was)
		case given:
		case m.hasStandard:
			v[name] = m.standard
		case m.readOnly || m.required:
			if invented == nil {
				invented = o.kind.invent(c.World, key, beside)
			}
			if one, ok := invented[name]; ok {
				v[name] = one
			} else if one := o.invented(m.schema, c.World, o.kind.source(c.World, o.kind.place(key, beside), name)); one != nil {
				v[name] = one
			}
		}
	}
	return v
}

// made answers that there is a new one.
func (o *resourceOperation) made(c *Call, v value.Record, key string, beside map[string]string) (Reply, error) {
	reply := o.answer(c, v, key, beside)
	declared := specs.Response{}
	if r, ok := o.response("201"); ok {
		reply.Status, declared = http.StatusCreated, r
	} else if i := firstSuccess(o.Responses); i >= 0 {
		declared = o.Responses[i]
	}
	for _, h := range declared.Headers {
		if strings.EqualFold(h.Name, "Location") {
			if path, ok := o.kind.location(v, key, beside, c.Parameters); ok {
				reply.Header = map[string]any{h.Name: c.Base + path}
			}
		}
	}
	return reply, nil
}

func firstSuccess(list []specs.Response) int {
	for i, r := range list {
		if strings.HasPrefix(r.Status, "2") {
			return i
		}
	}
	return -1
}

// location is the path at which a representation is read.
func (k *resourceKind) location(v value.Record, key string, beside map[string]string, call value.Record) (string, bool) {
	for _, o := range k.operations {
		if o.says.Verb != specs.VerbRead || strings.Count(o.Path, "{") == 0 {
			continue
		}
		path := o.Path
		for _, name := range pathNames(o.Path) {
			text := scalarText(call[name])
			if member, ok := o.says.Parents[name]; ok && member != "" {
				at, _ := valueAt(v, member)
				text = scalarText(at)
			} else if b, ok := beside[name]; ok {
				text = b
			}
			if name == o.says.Parameter {
				text = key
			}
			if text == "" {
				return "", false
			}
			path = strings.Replace(path, "{"+name+"}", url.PathEscape(text), 1)
		}
		return path, true
	}
	return "", false
}

// answer is a reply with one representation.
func (o *resourceOperation) answer(c *Call, v value.Record, key string, beside map[string]string) Reply {
	if o.bare {
		return Reply{}
	}
	one := o.present(v, o.one, c.World, o.kind.source(c.World, o.kind.place(key, beside)))
	if o.body == "" {
		return Reply{Value: one}
	}
	return Reply{Value: withValue(o.frame(c), o.body, one)}
}

// frame is what stands around representations in a result: what the document has as an example, or something invented.
func (o *resourceOperation) frame(c *Call) any {
	if examples := o.examples(); len(examples) > 0 {
		return examples[0]
	}
	return o.invented(o.result, c.World, c.Minted().Sub("frame"))
}
