package behave

import (
	"strings"
	"sync"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// resources are what a contract's x-resource says: the operations that have it, and the kinds that they store.
type resources struct {
	contract   *specs.Contract
	schemas    *schema.Set
	generator  *generate.Generator
	kinds      []*resourceKind // in the order of their first mention
	operations []*resourceOperation

	// memory keeps representations as they were presented.
	memory *memory[presented, *value.Fixed]

	mu       sync.Mutex
	outlines map[string]*outline
}

// resourceOperation is an operation with x-resource.
type resourceOperation struct {
	*specs.Operation
	*resources
	kind *resourceKind
	says *specs.Resource
	// result is the schema of what a step answers with, within the envelope; "" when that is left open. Bare is true when there
	// is no such thing.
	result string
	bare   bool
	// body, items, total and next are pointers within the result.
	body, items, total, next string
	// sends points to the representation in the request.
	sends string
	// one is the schema of a representation in the reply.
	one      string
	examples func() []any // of the result, those that are valid
}

// resourcesKey is under which a contract keeps its resources.
type resourcesKey struct{}

// resourcesOf compiles what a contract says of its resources, once for as long as it lives.
func resourcesOf(c *specs.Contract) *resources {
	v, _ := c.Derived(resourcesKey{}, func() (any, error) { return newResources(c), nil })
	return v.(*resources)
}

func newResources(c *specs.Contract) *resources {
	r := &resources{contract: c, outlines: map[string]*outline{}, memory: &memory[presented, *value.Fixed]{most: mostPresented}}
	own := written(c)
	byName := map[string]*resourceKind{}
	for _, op := range c.Operations {
		if op.Resource == nil || own[op.ID] != nil {
			continue
		}
		if r.schemas == nil {
			r.schemas = schema.NewSet(c)
			r.generator = generate.New(c, r.schemas)
		}
		k := byName[op.Resource.Kind]
		if k == nil {
			k = &resourceKind{resources: r, name: op.Resource.Kind, key: op.Resource.Key, cache: map[moment][]row{}}
			k.stored = "resource " + c.Vendor + " " + k.name
			byName[k.name] = k
			r.kinds = append(r.kinds, k)
		}
		r.operations = append(r.operations, r.operation(op, k))
	}
	for _, k := range r.kinds {
		k.settle()
	}
	return r
}

func (r *resources) operation(op *specs.Operation, k *resourceKind) *resourceOperation {
	says := op.Resource
	o := &resourceOperation{Operation: op, resources: r, kind: k, says: says, body: says.Body, items: says.Items, total: says.Total}
	k.operations = append(k.operations, o)
	if says.Page != nil {
		o.next = says.Page.Next
	}
	if _, ok := r.contract.Taken(op); ok {
		o.sends = says.Sends()
		if request, _ := op.RequestContent(); says.Request == nil {
			if _, wrapped := r.contract.Member(request.Schema, o.sends); !wrapped {
				o.sends = ""
			}
		}
	}
	reply, ok := op.ReplyContent()
	if !ok {
		o.bare = true
		return o
	}
	at, enveloped := op.Wire.Envelope.Result()
	for _, p := range []*string{&o.body, &o.items, &o.total, &o.next} {
		*p = strings.TrimPrefix(*p, at)
	}
	o.result, _ = r.contract.Member(reply.Schema, at)
	o.one, _ = r.contract.Replied(op)
	o.examples = sync.OnceValue(func() []any {
		var list []any
		if reply.Schema == "" {
			return nil
		}
		valid, _ := r.generator.Examples(reply.Examples, reply.Schema, schema.Response)
		for _, e := range valid {
			v, ok := e.Value, true
			if enveloped {
				v, ok = valueAt(v, at)
			}
			if ok {
				list = append(list, v)
			}
		}
		return list
	})
	return o
}

// step is what the operation does.
func (o *resourceOperation) step() Step {
	switch o.says.Verb {
	case specs.VerbCreate:
		return o.create
	case specs.VerbRead:
		return o.read
	case specs.VerbList:
		return o.list
	case specs.VerbReplace:
		return o.replace
	case specs.VerbPatch:
		return o.patch
	case specs.VerbDelete, specs.VerbAcknowledge:
		return o.delete
	}
	return nil
}

// compiled is the schema at a pointer; nil where anything goes, or where the schema is unsound: whoever writes the reply
// tells that.
func (r *resources) compiled(pointer string, view schema.View) *schema.Schema {
	if pointer == "" {
		return nil
	}
	s, err := r.schemas.CompileView(pointer, view)
	if err != nil {
		return nil
	}
	return s
}

func keeps(s *schema.Schema, v any) bool { return s == nil || len(s.Validate(v)) == 0 }

// invented is a generated value of a schema, nil where none can be made.
func (r *resources) invented(pointer string, w *World, src fake.Source) any {
	if pointer == "" {
		return nil
	}
	v, err := r.generator.Value(pointer, src, generate.Options{View: schema.Response, At: w.Start})
	if err != nil {
		return nil
	}
	return v
}

// response is what the operation declares for a status by itself.
func (o *resourceOperation) response(status string) (specs.Response, bool) {
	for _, r := range o.Responses {
		if r.Status == status {
			return r, true
		}
	}
	return specs.Response{}, false
}
