package mask

import (
	"cmp"
	"strconv"
	"strings"
	"sync"

	"understudy/mock/internal/generate"
	"understudy/mock/internal/media"
	"understudy/mock/internal/schema"
	"understudy/scenarios"
	"understudy/specs"
)

// described is what a contract says about the places of exchanges.
type described struct {
	contract  *specs.Contract
	set       *schema.Set
	generator *generate.Generator
	mu        sync.Mutex
	// places are those of schemas that were looked up, by pointer and view.
	places map[viewed]schema.Place
}

type viewed struct {
	pointer string
	view    schema.View
}

func describe(c *specs.Contract) *described {
	if c == nil {
		return &described{}
	}
	set := schema.NewSet(c)
	return &described{contract: c, set: set, generator: generate.New(c, set), places: map[viewed]schema.Place{}}
}

// place is that of a schema; one that does not compile describes nothing.
func (d *described) place(pointer string, view schema.View) schema.Place {
	if d.contract == nil || pointer == "" {
		return schema.Place{}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	at := viewed{pointer, view}
	if known, ok := d.places[at]; ok {
		return known
	}
	var p schema.Place
	if compiled, err := d.set.CompileView(pointer, view); err == nil {
		p = compiled.Place()
	}
	d.places[at] = p
	return p
}

// body is what the contract says about one body.
type body struct {
	place schema.Place
	// media is the form of it in the contract, nil for none.
	media *specs.MediaType
	view  schema.View
}

func (d *described) body(content []specs.MediaType, mediaType string, view schema.View) body {
	i, ok := media.Select(content, mediaType)
	if !ok {
		return body{view: view}
	}
	return body{d.place(content[i].Schema, view), &content[i], view}
}

// operation is the one of an exchange, nil where the contract has none such.
func (d *described) operation(x *scenarios.Exchange) *specs.Operation {
	if d.contract == nil {
		return nil
	}
	if x.Callback != "" {
		return d.callback(x.Callback)
	}
	op, _ := d.contract.Operation(x.Operation)
	return op
}

// callback makes an operation of a callback: it says the same of one.
func (d *described) callback(name string) *specs.Operation {
	parts := strings.Split(name, "/")
	if len(parts) != 3 {
		return nil
	}
	owner, ok := d.contract.Operation(parts[0])
	if !ok {
		return nil
	}
	at := d.follow(d.follow(owner.Pointer+"/callbacks") + "/" + specs.EscapePointer(parts[1]))
	for _, expression := range d.contract.Names(at) {
		path := d.follow(at + "/" + specs.EscapePointer(expression))
		pointer := path + "/" + strings.ToLower(parts[2])
		if _, ok := d.contract.Value(pointer); !ok {
			continue
		}
		op := &specs.Operation{Vendor: d.contract.Vendor, Method: strings.ToUpper(parts[2]), Pointer: pointer}
		if content := d.content(d.follow(pointer + "/requestBody")); content != nil {
			op.Body = &specs.Body{Content: content}
		}
		for _, status := range d.contract.Names(pointer + "/responses") {
			at := d.follow(pointer + "/responses/" + specs.EscapePointer(status))
			op.Responses = append(op.Responses, specs.Response{Status: strings.ToUpper(status), Content: d.content(at)})
			if status == "default" {
				op.Responses[len(op.Responses)-1].Status = status
			}
		}
		op.Parameters = append(d.parameters(path), d.parameters(pointer)...)
		return op
	}
	return nil
}

// mostReferences bounds how many references are followed from one place.
const mostReferences = 20

// follow is where a reference at a place leads to, or the place itself.
func (d *described) follow(pointer string) string {
	for range mostReferences {
		v, _ := d.contract.Value(pointer + "/$ref")
		ref, ok := v.(string)
		if !ok || !strings.HasPrefix(ref, "#") {
			break
		}
		pointer = ref[1:]
	}
	return pointer
}

func (d *described) content(pointer string) []specs.MediaType {
	var list []specs.MediaType
	for _, name := range d.contract.Names(pointer + "/content") {
		m := specs.MediaType{Type: name, Pointer: pointer + "/content/" + specs.EscapePointer(name)}
		if _, ok := d.contract.Value(m.Pointer + "/schema"); ok {
			m.Schema = m.Pointer + "/schema"
		}
		list = append(list, m)
	}
	return list
}

func (d *described) parameters(pointer string) []specs.Parameter {
	var list []specs.Parameter
	all, _ := d.contract.Value(pointer + "/parameters")
	items, _ := all.([]any)
	for i := range items {
		at := d.follow(pointer + "/parameters/" + strconv.Itoa(i))
		text := func(name string) string {
			v, _ := d.contract.Value(at + "/" + name)
			s, _ := v.(string)
			return s
		}
		list = append(list, specs.Parameter{Name: text("name"), In: text("in"), Sensitive: text(specs.KeySensitive), Schema: at + "/schema", Pointer: at})
	}
	return list
}

// reply is what the contract says about a status: by itself, by a range such as 4XX, or by default.
func reply(op *specs.Operation, status int) *specs.Response {
	code := strconv.Itoa(status)
	var best *specs.Response
	rank := 0
	for i := range op.Responses {
		r, n := &op.Responses[i], 0
		switch {
		case r.Status == code:
			return r
		case len(r.Status) == 3 && r.Status[1:] == "XX" && r.Status[0] == code[0]:
			n = 2
		case r.Status == "default":
			n = 1
		}
		if n > rank {
			best, rank = r, n
		}
	}
	return best
}

// parameter is what an operation says about a parameter of a name; a field of a form may stand in the query as well.
func parameter(op *specs.Operation, in, name string) *specs.Parameter {
	if op == nil {
		return nil
	}
	in = cmp.Or(in, "query")
	for i := range op.Parameters {
		p := &op.Parameters[i]
		same := p.Name == name || p.In == "header" && strings.EqualFold(p.Name, name)
		if same && (p.In == in || in == "form" && p.In == "query") {
			return p
		}
	}
	return nil
}

// credential says whether a parameter is that of a security scheme.
func credential(op *specs.Operation, in, name string) bool {
	if op == nil {
		return false
	}
	is := func(s *specs.SecurityScheme) bool {
		return s.Key != "" && (s.Key == name || s.In == "header" && strings.EqualFold(s.Key, name)) && (s.In == in || in == "form")
	}
	if op.Security != nil && is(op.Security) {
		return true
	}
	for _, all := range op.Requirements {
		for i := range all {
			if is(&all[i]) {
				return true
			}
		}
	}
	return false
}

// wired says whether a parameter is one that only the wire has: it names the operation or the form of the reply.
func wired(op *specs.Operation, name string) bool {
	return op != nil && (op.Wire.Route != nil && op.Wire.Route.Parameter == name || op.Wire.Formats != nil && name != "" &&
		(op.Wire.Formats.Parameter == name || op.Wire.Formats.Simplify == name))
}
