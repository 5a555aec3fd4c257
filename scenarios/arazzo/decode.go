package arazzo

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"understudy/specs"
)

// reader makes a document of nodes and gathers what is wrong with them.
type reader struct {
	problems
	root *node
	// components are the nodes of the components by kind and name.
	components map[string]map[string]*node
	schemas    []pendingSchema
	uses       []use
	references []reference
	within     place
	// outputNames are the names of outputs that were asked for, by the first of the list.
	outputNames map[*Output]map[string]bool
}

// use is an expression and where it stands.
type use struct {
	expression *Expression
	at         specs.Position
	within     place
}

// place is the part of the document that is being read.
type place struct {
	workflow *Workflow
	step     *Step
	// phase says what an expression may speak of: before the call, after it, or once the workflow has ended.
	phase phase
}

type phase int

const (
	beforeCall phase = iota
	afterCall
	afterWorkflow
	inComponents
)

func (r *reader) at(n *node) specs.Position {
	if n == nil {
		return specs.Position{File: r.file}
	}
	return specs.Position{File: r.file, Line: n.line}
}

// ownKeys is what our own extensions begin with; others are nobody's business here.
const ownKeys = "x-understudy-"

// object holds a node to be an object with known members. It gives nil where it is none.
func (r *reader) object(n *node, what string, known ...string) *node {
	if n.kind != object {
		r.add(r.at(n), "%s: an object is due, and this is %s", what, n.inWords())
		return nil
	}
	for _, m := range n.members {
		if !slices.Contains(known, m.name) && (!strings.HasPrefix(m.name, "x-") || strings.HasPrefix(m.name, ownKeys)) {
			r.add(specs.Position{File: r.file, Line: m.line}, "%s: there is no member %s%s", what, shortened(m.name), r.meant(m.name, known))
		}
	}
	return n
}

// names holds a node to be an object whose members have names of its own; it gives nil where it is none.
func (r *reader) names(n *node, what string) *node {
	if n.kind != object {
		return r.object(n, what) // which says so
	}
	for _, m := range n.members {
		if !keyForm.MatchString(m.name) {
			r.add(specs.Position{File: r.file, Line: m.line}, "%s: the name %q has letters, digits, . - and _ alone", what, shortened(m.name))
		}
	}
	return n
}

// items holds a member to be a list and gives its elements; least is how many there must be.
func (r *reader) items(n *node, what string, least int) []*node {
	switch {
	case n == nil:
		return nil
	case n.kind != list:
		r.add(r.at(n), "%s: a list is due, and this is %s", what, n.inWords())
		return nil
	case len(n.list) < least:
		r.add(r.at(n), "%s: at least one entry is due", what)
	}
	return n.list
}

func (n *node) inWords() string {
	switch n.kind {
	case list:
		return "a list"
	case object:
		return "an object"
	}
	return kindInWords(n.value)
}

// text reads a member that is a text.
func (r *reader) text(of *node, what, name string) string {
	n := of.get(name)
	if n == nil {
		return ""
	}
	text, ok := n.value.(string)
	if n.kind != scalar || !ok {
		hint := ""
		if n.kind == scalar && n.value != nil {
			hint = "; put it in quotes"
		}
		r.add(r.at(n), "%s: %s is a text, and this is %s%s", what, name, n.inWords(), hint)
	}
	return text
}

// due reads a member that has to be there and is a text with something in it.
func (r *reader) due(of *node, what, name string) string {
	n := of.get(name)
	if n == nil {
		r.add(r.at(of), "%s: %s is missing", what, name)
		return ""
	}
	text := r.text(of, what, name)
	if v, isText := n.value.(string); isText && strings.TrimSpace(v) == "" {
		r.add(r.at(n), "%s: %s is empty", what, name)
	}
	return text
}

var (
	idForm      = regexp.MustCompile(`^[A-Za-z0-9_\-]+$`)
	keyForm     = regexp.MustCompile(`^[a-zA-Z0-9.\-_]+$`)
	versionForm = regexp.MustCompile(`^1\.0\.[0-9]+(-[0-9A-Za-z.-]+)?$`)
)

// id reads a name that expressions can speak of.
func (r *reader) id(of *node, what, name string) string {
	id := r.due(of, what, name)
	if id != "" && !idForm.MatchString(id) {
		r.add(r.at(of.get(name)), "%s: %s is %q; it has letters, digits, _ and - alone", what, name, shortened(id))
	}
	return id
}

// document reads the whole.
func (r *reader) document(root *node) *Document {
	r.root = root
	d := &Document{File: r.file, parameters: map[string]*Parameter{}}
	n := r.object(root, "a story", "arazzo", "info", "sourceDescriptions", "workflows", "components")
	if n == nil {
		return d
	}
	if n.get("arazzo") == nil && (n.get("openapi") != nil || n.get("swagger") != nil) {
		r.problems = problems{file: r.file}
		r.add(r.at(n), "this is an OpenAPI document and no story; a story begins with arazzo: 1.0.1")
		return d
	}
	d.Arazzo = r.due(n, "a story", "arazzo")
	if d.Arazzo != "" && !versionForm.MatchString(d.Arazzo) {
		r.add(r.at(n.get("arazzo")), "this reads Arazzo 1.0, such as 1.0.1, not %q", shortened(d.Arazzo))
	}
	if info := n.get("info"); info == nil {
		r.add(r.at(n), "a story: info is missing")
	} else if info = r.object(info, "info", "title", "summary", "description", "version"); info != nil {
		d.Title, d.Version = r.due(info, "info", "title"), r.due(info, "info", "version")
		d.Summary, d.Description = r.text(info, "info", "summary"), r.text(info, "info", "description")
	}
	r.sources(d, n)
	r.readComponents(d, n.get("components"))
	if n.get("workflows") == nil {
		r.add(r.at(n), "a story: workflows is missing")
	}
	seen := map[string]bool{}
	for i, item := range r.items(n.get("workflows"), "workflows", 1) {
		w := r.workflow(item, i, d)
		if w == nil {
			continue
		}
		if seen[w.ID] && w.ID != "" {
			r.add(w.At, "the workflow %s is there twice", w.ID)
		}
		seen[w.ID] = true
		d.Workflows = append(d.Workflows, w)
	}
	r.compileSchemas()
	return d
}

func (r *reader) sources(d *Document, n *node) {
	if n.get("sourceDescriptions") == nil {
		r.add(r.at(n), "a story: sourceDescriptions is missing")
	}
	for _, item := range r.items(n.get("sourceDescriptions"), "sourceDescriptions", 1) {
		const what = "a source"
		o := r.object(item, what, "name", "url", "type")
		if o == nil {
			continue
		}
		s := &Source{Name: r.id(o, what, "name"), URL: r.due(o, what, "url"), At: r.at(o)}
		switch kind := r.text(o, what, "type"); kind {
		case "", "openapi":
		case "arazzo":
			r.add(r.at(o.get("type")), "sources of type arazzo are not read; write the workflows in one document")
		default:
			r.add(r.at(o.get("type")), "%s: type is openapi, not %q", what, shortened(kind))
		}
		if _, there := d.Source(s.Name); there && s.Name != "" {
			r.add(s.At, "the source %s is there twice", s.Name)
		}
		d.Sources = append(d.Sources, s)
	}
}

func keys[T any](m map[string]T) []string {
	var list []string
	for name := range m {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// whole reads a number without a fraction.
func whole(v any) (int, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	x, ok := rational(n)
	if !ok || !x.IsInt() || !x.Num().IsInt64() {
		return 0, false
	}
	i := x.Num().Int64()
	return int(i), i >= 0 && i <= 1<<31
}
