package specs

import (
	"maps"
	"slices"
	"strings"
)

// verbs lists what an operation can do with representations.
func verbs() []string {
	return []string{VerbCreate, VerbRead, VerbList, VerbReplace, VerbPatch, VerbDelete, VerbAcknowledge}
}

// resource reads x-resource of an operation whose other parts are known, and fills in what the operation itself decides.
func (b *builder) resource(op *Operation) {
	if _, stated := b.document.nodes[op.Pointer+"/"+KeyResource]; !stated || !b.ours {
		return
	}
	known := len(b.problems)
	var r Resource
	b.decode(op.Pointer+"/"+KeyResource, &r)
	if len(b.problems) > known {
		return
	}
	inPath := pathParameters(op.Path)
	if r.Keyed() && r.Parameter == "" && len(inPath) > 0 {
		r.Parameter = inPath[len(inPath)-1]
	}
	if r.Verb == VerbList && r.Page == nil {
		r.Page = b.usualPage(op)
	}
	if at, ok := op.Wire.Envelope.Result(); ok {
		if r.Body == "" && r.Verb != VerbList {
			if r.Request == nil {
				r.Request = new(string)
			}
			r.Body = at
		}
		if r.Items == "" && r.Verb == VerbList {
			r.Items = at
		}
	}
	op.Resource = &r
}

// pathParameters are the parameters of a path template in its order.
func pathParameters(path string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(path, "{")
		if !ok {
			return names
		}
		name, rest, ok := strings.Cut(rest, "}")
		if !ok {
			return names
		}
		if name != "" && !strings.Contains(name, "/") {
			names = append(names, name)
		}
		path = rest
	}
}

// resourceCheck holds x-resource to the operation that it stands at.
type resourceCheck struct {
	*builder
	op      *Operation
	r       *Resource
	pointer string
}

func (c resourceCheck) problem(field, format string, args ...any) {
	c.builder.problem(c.nearest(c.pointer, field), format, args...)
}

func (c resourceCheck) run() {
	r := c.r
	if r.Kind == "" || strings.ContainsAny(r.Kind, "/ ") {
		c.problem("kind", "x-resource.kind names what is stored, such as pet, without spaces and slashes")
	}
	if !slices.Contains(verbs(), r.Verb) {
		c.problem("verb", "x-resource.verb is one of %s, not %q", strings.Join(verbs(), ", "), r.Verb)
		return
	}
	known := len(c.problems)
	for _, p := range []struct{ field, value string }{{"key", r.Key}, {"body", r.Body}, {"items", r.Items}, {"request", r.Sends()}} {
		if p.value != "" && !strings.HasPrefix(p.value, "/") {
			c.problem(p.field, "x-resource.%s is a JSON pointer, such as /data, not %q", p.field, p.value)
		}
	}
	if len(c.problems) > known {
		return
	}
	c.parameter()
	c.bodies()
	c.enveloped()
	if r.Verb == VerbList {
		c.list()
	} else {
		c.noList()
	}
	representation, ok := c.contract.Representation(c.op)
	if !ok {
		return
	}
	// A deletion may answer with nothing of what it deleted.
	if _, has := c.contract.Member(representation, r.Key); !has && r.Verb != VerbDelete {
		c.problem("key", "x-resource.key: a representation has nothing at %s (%s)", r.Key, c.document.position(representation))
	}
	c.members("filter", r.Filter, representation)
	c.parents(representation)
}

// parameter checks where the key of a call stands.
func (c resourceCheck) parameter() {
	switch {
	case c.r.Keyed() && c.r.Parameter == "":
		c.problem("", "x-resource.parameter has to say which parameter holds the key: the path has none")
	case c.r.Keyed():
		c.has("parameter", c.r.Parameter)
	case c.r.Parameter != "":
		c.problem("parameter", "x-resource.parameter goes with read, replace, patch, delete and acknowledge")
	}
}

// has checks that the operation takes a parameter, or a member of its body.
func (c resourceCheck) has(field, name string) {
	if strings.HasPrefix(name, "/") {
		request, ok := c.op.RequestContent()
		if ok {
			_, ok = c.contract.Member(request.Schema, name)
		}
		if !ok {
			c.problem(field, "x-resource.%s: the body of the request has nothing at %s", field, name)
		}
		return
	}
	if !slices.ContainsFunc(c.op.Parameters, func(p Parameter) bool { return p.Name == name }) && !slices.Contains(pathParameters(c.op.Path), name) {
		c.problem(field, "x-resource.%s: the operation has no parameter %q", field, name)
	}
}

// bodies checks where representations stand in request and reply.
func (c resourceCheck) bodies() {
	r := c.r
	if r.Verb == VerbAcknowledge {
		return // a key, and no representation
	}
	reply, replies := c.op.ReplyContent()
	request, requests := c.op.RequestContent()
	if r.Verb == VerbRead || r.Verb == VerbList {
		if !replies {
			c.problem("verb", "x-resource.verb %s needs a reply with content", r.Verb)
			return
		}
	} else if r.Verb != VerbDelete && !requests {
		c.problem("verb", "x-resource.verb %s needs a requestBody", r.Verb)
	}
	if r.Verb == VerbList {
		return
	}
	inReply, inRequest := false, false
	if replies {
		_, inReply = c.contract.Member(reply.Schema, r.Body)
	}
	if requests {
		_, inRequest = c.contract.Member(request.Schema, r.Sends())
	}
	if r.Body != "" && !inReply && (replies || !inRequest) && r.Verb != VerbDelete {
		c.problem("body", "x-resource.body: the reply has nothing at %s", r.Body)
	}
	if r.Request != nil && !inRequest && r.Verb != VerbRead && r.Verb != VerbDelete {
		c.problem("request", "x-resource.request: the body of the request has nothing at %s", *r.Request)
	}
}

// enveloped checks that what a behaviour answers with stands where the envelope has its result.
func (c resourceCheck) enveloped() {
	at, ok := c.op.Wire.Envelope.Result()
	if !ok {
		return
	}
	places := []struct{ field, value string }{{"body", c.r.Body}, {"items", c.r.Items}, {"total", c.r.Total}}
	if c.r.Page != nil {
		places = append(places, struct{ field, value string }{"page/next", c.r.Page.Next})
	}
	for _, p := range places {
		if strings.HasPrefix(p.value, "/") && p.value != at && !strings.HasPrefix(p.value, at+"/") {
			c.problem(p.field, "x-resource.%s: %s is not within the envelope's $result, which stands at %s", p.field, p.value, at)
		}
	}
}

// noList checks that nothing is said that means something for a list only.
func (c resourceCheck) noList() {
	for _, p := range []struct {
		field  string
		stated bool
	}{{"items", c.r.Items != ""}, {"total", c.r.Total != ""}, {"page", c.r.Page != nil}, {"filter", len(c.r.Filter) > 0}} {
		if p.stated {
			c.problem(p.field, "x-resource.%s goes with list", p.field)
		}
	}
}

func (c resourceCheck) list() {
	r := c.r
	if r.Body != "" || r.Request != nil {
		c.problem("body", "x-resource.body goes with a single representation; items says where a list stands")
	}
	reply, ok := c.op.ReplyContent()
	if !ok {
		return
	}
	if list, has := c.contract.Member(reply.Schema, r.Items); !has {
		c.problem("items", "x-resource.items: the reply has nothing at %s", r.Items)
	} else if list != "" && !c.isList(list) {
		if r.Items == "" {
			c.problem("items", "x-resource.items has to say where the list stands in the reply, as items: /data")
		} else {
			c.problem("items", "x-resource.items: what the reply has at %s is no array", r.Items)
		}
	}
	switch {
	case strings.HasPrefix(r.Total, "/"):
		if _, has := c.contract.Member(reply.Schema, r.Total); !has {
			c.problem("total", "x-resource.total: the reply has nothing at %s", r.Total)
		}
	case r.Total != "" && !c.declaresHeader(r.Total):
		c.problem("total", "x-resource.total: the reply has no header %q; a place in its body begins with a slash", r.Total)
	}
	if r.Page != nil {
		c.page(reply.Schema)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Filter)) {
		c.has("filter", name)
	}
}

// isList says whether a schema describes an array, as far as it says so.
func (c resourceCheck) isList(schema string) bool {
	_, ok := c.contract.Member(schema, "/0")
	return ok
}

func (c resourceCheck) declaresHeader(name string) bool {
	for _, r := range c.op.Responses {
		if strings.HasPrefix(r.Status, "2") && slices.ContainsFunc(r.Headers, func(h Header) bool { return strings.EqualFold(h.Name, name) }) {
			return true
		}
	}
	return false
}

func (c resourceCheck) page(reply string) {
	p := c.r.Page
	ways := 0
	for _, name := range []string{p.Page, p.Offset, p.Cursor} {
		if name != "" {
			ways++
		}
	}
	switch {
	case ways != 1:
		c.problem("page", "x-resource.page takes page and size, or offset and limit, or cursor, limit and next")
		return
	case p.Page != "" && p.Limit != "", p.Page == "" && p.Size != "":
		c.problem("page", "x-resource.page: size goes with page, limit with offset and cursor")
	case p.Page == "" && p.First != nil:
		c.problem("page/first", "x-resource.page.first goes with page")
	case (p.Cursor != "") != (p.Next != ""):
		c.problem("page", "x-resource.page: cursor and next go together")
	}
	for _, f := range []struct{ field, name string }{{"page", p.Page}, {"size", p.Size}, {"offset", p.Offset}, {"limit", p.Limit}, {"cursor", p.Cursor}} {
		if f.name != "" {
			c.has("page/"+f.field, f.name)
		}
	}
	if p.Next == "" {
		return
	}
	if _, has := c.contract.Member(reply, p.Next); !has || !strings.HasPrefix(p.Next, "/") {
		c.problem("page/next", "x-resource.page.next: the reply has nothing at %s", p.Next)
	}
}

// members checks that representations have what a map of parameters leads to.
func (c resourceCheck) members(field string, m map[string]string, representation string) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		at := field + "/" + EscapePointer(name)
		if m[name] != "" && !strings.HasPrefix(m[name], "/") {
			c.problem(at, "x-resource.%s: %q is no JSON pointer, such as /%s", field, m[name], m[name])
		} else if _, has := c.contract.Member(representation, m[name]); !has {
			c.problem(at, "x-resource.%s: a representation has nothing at %s", field, m[name])
		}
	}
}

// parents checks what is said of the other parameters of the path and maps those by itself that nothing is said of.
func (c resourceCheck) parents(representation string) {
	inPath := pathParameters(c.op.Path)
	for _, name := range slices.Sorted(maps.Keys(c.r.Parents)) {
		if !slices.Contains(inPath, name) || name == c.r.Parameter {
			c.problem("parents/"+EscapePointer(name), "x-resource.parents: %q is no parameter of the path above the last", name)
		}
	}
	c.members("parents", c.r.Parents, representation)
	for _, name := range inPath {
		_, stated := c.r.Parents[name]
		if stated || name == c.r.Parameter {
			continue
		}
		if c.r.Parents == nil {
			c.r.Parents = map[string]string{}
		}
		c.r.Parents[name] = ""
		at := "/" + EscapePointer(name)
		if member, has := c.contract.Member(representation, at); has && member != "" {
			c.r.Parents[name] = at
		}
	}
}

// checkResources fills in what the operations of one kind leave to each other, and checks all of them.
func (b *builder) checkResources() {
	keys := map[string]*Operation{} // by kind, the first that states the key
	described := map[string]bool{}
	var list []*Operation
	for _, op := range b.contract.Operations {
		r := op.Resource
		if r == nil {
			continue
		}
		list = append(list, op)
		if _, ok := b.contract.Representation(op); ok {
			described[r.Kind] = true
		}
		if r.Key == "" {
			continue
		}
		if first := keys[r.Kind]; first == nil {
			keys[r.Kind] = op
		} else if first.Resource.Key != r.Key {
			b.problem(op.Pointer+"/"+KeyResource+"/key", "x-resource.key of %s is %s here and %s at %s", r.Kind, r.Key, first.Resource.Key, first.ID)
		}
	}
	told := map[string]bool{}
	for _, op := range list {
		r := op.Resource
		if first := keys[r.Kind]; first != nil && r.Key == "" {
			r.Key = first.Resource.Key
		} else if r.Key == "" {
			r.Key = "/id"
		}
		resourceCheck{b, op, r, op.Pointer + "/" + KeyResource}.run()
		if !described[r.Kind] && !told[r.Kind] && slices.Contains(verbs(), r.Verb) {
			told[r.Kind] = true
			b.problem(op.Pointer+"/"+KeyResource, "nothing says what a %s is: no operation creates, reads, lists or replaces one", r.Kind)
		}
	}
}
