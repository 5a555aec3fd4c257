package drive

import (
	"net/url"
	"strings"

	params "understudy/mock/internal/parameter"
	"understudy/mock/internal/wire"
)

// placeParameters takes the declared parameters out of the values.
func (c *Client) placeParameters(d *draft) error {
	for i := range d.parameters {
		one := &d.parameters[i]
		v, given := d.take(one)
		if !given {
			if v, given = c.usual(d.plan, *one); !given {
				if one.Required && !d.fills(one.Name) && !d.authorizes(one) {
					d.missing(c.contract, *one)
				}
				continue
			}
		}
		if v == nil {
			d.absent[one.Name] = true
			if one.Required {
				d.missing(c.contract, *one)
			}
			continue
		}
		c.place(d, one, v)
	}
	r := d.Wire.Route
	if r == nil || d.parameter(r.Parameter) != nil {
		return nil
	}
	v, given := d.given[r.Parameter]
	delete(d.given, r.Parameter)
	if !given {
		v = d.Path[strings.LastIndexByte(d.Path, '/')+1:]
	}
	d.pair(r.Parameter, v)
	return nil
}

// take finds what the caller gave for a parameter: under its place and name, else under its name, unless that means an earlier
// one.
func (d *draft) take(one *parameter) (any, bool) {
	for _, key := range []string{one.key(), d.label(one)} {
		if v, given := d.given[key]; given {
			delete(d.given, key)
			return v, true
		}
	}
	return nil, false
}

// takeBody takes what is said to be the body's, once the parameters have what is theirs.
func (d *draft) takeBody() {
	for key, v := range d.given {
		if name, ok := strings.CutPrefix(key, "body:"); ok && name != "" && d.media != nil && d.shape.member(key) == nil {
			delete(d.given, key)
			d.given[name] = v
		}
	}
}

// place writes a parameter's value in its style. One that has no form there is written as JSON, and is a problem.
func (c *Client) place(d *draft, one *parameter, v any) {
	raw, isRaw := v.([]byte)
	if isRaw {
		v = string(raw)
	}
	if one.schema != nil {
		judged := v
		if text, isText := v.(string); isText && one.MediaType == "" {
			judged = one.schema.FromText(text)
		} else if isSingle(v) && one.MediaType == "" {
			judged = one.schema.FromText(textOf(v))
		}
		d.request.Problems = append(d.request.Problems, c.problems(one.In, one.Name, params.Validate(&one.Parameter, one.schema, judged))...)
	}
	if one.In == "query" && d.Wire.Route != nil || isSingle(v) && one.MediaType == "" && one.plain() {
		d.placeText(one, textOf(v))
		return
	}
	w, err := params.Encode(&one.Parameter, v)
	if err != nil {
		reason := err.Error()
		d.request.Problems = append(d.request.Problems, Problem{
			In: one.In, Pointer: one.Name, Keyword: "style", Expected: "a value that the parameter's style has a form for", Got: reason,
			At: c.contract.Position(one.Pointer), Clause: c.contract.Source(one.Pointer),
		})
		d.placeText(one, textOf(v))
		return
	}
	switch one.In {
	case "path":
		d.paths[one.Name] = w.Text
	case "header":
		d.request.Header.Set(one.Name, w.Text)
	case "cookie":
		d.cookie(w.Text)
	default:
		d.add(w.Pairs, w.Query)
	}
}

// plain says whether a single value stands in its place as it is.
func (p *parameter) plain() bool {
	return p.In != "cookie" && p.Style != "label" && p.Style != "matrix" && !p.AllowReserved
}

// placeText writes a single text where a parameter stands.
func (d *draft) placeText(one *parameter, text string) {
	switch one.In {
	case "path":
		d.paths[one.Name] = url.PathEscape(text)
	case "header":
		d.request.Header.Set(one.Name, text)
	case "cookie":
		d.cookie(one.Name + "=" + url.PathEscape(text))
	default:
		d.pairs = append(d.pairs, wire.Pair{Name: one.Name, Value: text, In: wire.InQuery})
	}
}

// add adds pairs whose text is written already.
func (d *draft) add(pairs wire.Pairs, text string) {
	pieces := strings.Split(text, "&")
	for i, p := range pairs {
		if len(pieces) == len(pairs) {
			d.written[p] = pieces[i]
		}
		d.pairs = append(d.pairs, p)
	}
}

// cookie adds cookies to the header.
func (d *draft) cookie(text string) {
	if text == "" {
		return
	}
	if before := d.request.Header.Get("Cookie"); before != "" {
		text = before + "; " + text
	}
	d.request.Header.Set("Cookie", text)
}

func isSingle(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}
