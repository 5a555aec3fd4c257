package specs

import "strings"

// Resource is the value of x-resource: what an operation does with the stored representations of one kind, so that a plain
// CRUD vendor needs no code. What the document leaves out has its default once the contract is read. A pointer is a JSON
// pointer (RFC 6901); the name of a parameter that begins with a slash is one into the request's body.
type Resource struct {
	// Kind names what is stored, such as pet; operations of one kind see each other's representations.
	Kind string `yaml:"kind" need:"yes"`
	// Verb is create, read, list, replace, patch, delete or acknowledge: what was acknowledged is listed no more.
	Verb string `yaml:"verb" one:"create read list replace patch delete acknowledge" need:"yes"`
	// Key points to the key in a representation. One operation of a kind says it for all; when none does it is /id.
	Key string `yaml:"key"`
	// Parameter is the parameter that holds the key of a call; "" in the document means the last one of the path.
	Parameter string `yaml:"parameter"`
	// Body points to the representation in the reply, and in the request where Request says nothing else. "" is the whole
	// body, or what an envelope has around $result.
	Body string `yaml:"body"`
	// Request points to the representation in the request where it stands elsewhere than in the reply: "" is the whole.
	Request *string `yaml:"request"`
	// Items points to the list in the reply of a list, Total to the number of all there are; a total without a slash is the
	// name of a header.
	Items string `yaml:"items"`
	Total string `yaml:"total"`
	// Page says how a list is asked for in parts; nil for a list that is always whole. Pairs of parameters with usual names,
	// such as page and size, or offset and limit, are it by themselves.
	Page *Page `yaml:"page"`
	// Filter maps parameters of a list to the members that have to be equal. A query parameter named like a member is one by
	// itself.
	Filter map[string]string `yaml:"filter"`
	// Parents maps the other parameters of the path to the members that hold them; "" where the representation holds no such
	// member. One named like a member is mapped by itself.
	Parents map[string]string `yaml:"parents"`
}

// Page names the parameters that ask for a part of a list, in one of three ways: by Page and Size, by Offset and Limit, or
// by Cursor and Limit.
type Page struct {
	// Page is the number of the page, of Size items; First is the number of the first one, 1 when the document does not say.
	Page  string `yaml:"page"`
	Size  string `yaml:"size"`
	First *int   `yaml:"first"`
	// Offset is how many items are left out, Limit how many are returned at most.
	Offset string `yaml:"offset"`
	Limit  string `yaml:"limit"`
	// Cursor is what the reply before said at Next, a pointer; there is nothing when no items are left.
	Cursor string `yaml:"cursor"`
	Next   string `yaml:"next"`
}

// The verbs of x-resource.
const (
	VerbCreate  = "create"
	VerbRead    = "read"
	VerbList    = "list"
	VerbReplace = "replace"
	VerbPatch   = "patch"
	VerbDelete  = "delete"
	// VerbAcknowledge tells the vendor that a representation was received, and that its lists need not have it any more.
	VerbAcknowledge = "acknowledge"
)

// Keyed says whether a call of the operation names one representation by its key.
func (r *Resource) Keyed() bool {
	switch r.Verb {
	case VerbRead, VerbReplace, VerbPatch, VerbDelete, VerbAcknowledge:
		return true
	}
	return false
}

// Sends points to the representation in a request.
func (r *Resource) Sends() string {
	if r.Request != nil {
		return *r.Request
	}
	return r.Body
}

// Representation is the schema of one representation as an operation replies it, or as it takes it where the reply holds
// none: the JSON pointer of the schema, "" where the document leaves it open; false where there is no representation.
func (c *Contract) Representation(op *Operation) (schema string, ok bool) {
	if op.Resource == nil || op.Resource.Verb == VerbAcknowledge {
		return "", false
	}
	if pointer, ok := c.Replied(op); ok {
		return pointer, true
	}
	if op.Resource.Verb == VerbList || op.Resource.Verb == VerbPatch {
		return "", false
	}
	return c.Taken(op)
}

// Replied is the schema of one representation in the reply of an operation with x-resource, as [Contract.Representation].
func (c *Contract) Replied(op *Operation) (schema string, ok bool) {
	reply, ok := op.ReplyContent()
	if !ok {
		return "", false
	}
	if op.Resource.Verb != VerbList {
		return c.Member(reply.Schema, op.Resource.Body)
	}
	return c.Member(reply.Schema, op.Resource.Items+"/0")
}

// Taken is the schema of the representation in the request of an operation with x-resource, as [Contract.Representation].
func (c *Contract) Taken(op *Operation) (schema string, ok bool) {
	request, ok := op.RequestContent()
	if !ok {
		return "", false
	}
	if pointer, ok := c.Member(request.Schema, op.Resource.Sends()); ok {
		return pointer, true
	}
	// What is wrapped in the reply may stand bare in the request.
	return request.Schema, op.Resource.Request == nil
}

// ReplyContent is what the operation answers when all is well, in JSON where it has that, else in its first form; false when
// that has no body.
func (op *Operation) ReplyContent() (MediaType, bool) {
	for _, r := range op.Responses {
		if strings.HasPrefix(r.Status, "2") && len(r.Content) > 0 {
			return preferred(r.Content), true
		}
	}
	if len(op.Responses) == 1 && op.Responses[0].Status == "default" && len(op.Responses[0].Content) > 0 {
		return preferred(op.Responses[0].Content), true
	}
	return MediaType{}, false
}

// RequestContent is what the operation takes, in JSON where it takes that, else in its first form; false when it takes no
// body.
func (op *Operation) RequestContent() (MediaType, bool) {
	if op.Body == nil || len(op.Body.Content) == 0 {
		return MediaType{}, false
	}
	return preferred(op.Body.Content), true
}

func preferred(content []MediaType) MediaType {
	for _, m := range content {
		if strings.Contains(strings.ToLower(m.Type), "json") {
			return m
		}
	}
	return content[0]
}

// Result points to the result in a success, and says whether the envelope has one.
func (e *Envelope) Result() (pointer string, ok bool) {
	if e == nil {
		return "", false
	}
	return findResult(e.Success)
}

func findResult(template any) (string, bool) {
	switch t := template.(type) {
	case string:
		return "", t == "$result"
	case map[string]any:
		for name, v := range t {
			if below, ok := findResult(v); ok {
				return "/" + EscapePointer(name) + below, true
			}
		}
	}
	return "", false
}
