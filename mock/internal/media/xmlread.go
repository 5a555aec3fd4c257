package media

import (
	"encoding/xml"
	"strings"

	"understudy/mock/internal/parameter"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// decodeXML reads an XML document by OpenAPI's "XML Object". The root element is the value itself; its name is the schema's,
// or that of its component. A prefix does not count, the namespace does where the contract states one. What the contract
// does not describe comes as members by the names of the elements and attributes, lists where a name occurs more than once,
// so that validation tells.
func decodeXML(sh schema.Shape, t mediaType, body []byte) (any, error) {
	root, err := parseXML(t, body)
	if err != nil {
		return nil, err
	}
	if names := rootNames(sh); len(names) > 0 && !matches(root.name, names, sh.XML().Namespace) {
		return nil, fail(parameter.Breached, "", "the root element is not <"+names[0]+">"+inNamespace(sh.XML().Namespace))
	}
	return readElement(root, sh, "")
}

func inNamespace(namespace string) string {
	if namespace == "" {
		return ""
	}
	return " in the namespace " + namespace
}

// rootNames are those that the root element may have; none when the contract names it nowhere.
func rootNames(sh schema.Shape) []string {
	if name := sh.XML().Name; name != "" {
		return []string{name}
	}
	if name := sh.Name(); name != "" {
		return []string{name}
	}
	return nil
}

// matches says whether a name is one of some, in a namespace where one is stated.
func matches(name xml.Name, names []string, namespace string) bool {
	if namespace != "" && name.Space != namespace {
		return false
	}
	for _, one := range names {
		if one == name.Local {
			return true
		}
	}
	return false
}

// readElement is the value of an element.
func readElement(e *element, sh schema.Shape, pointer string) (any, error) {
	if e.isNil() {
		return nil, nil
	}
	if len(sh.Types()) == 0 && len(e.children) == 0 && len(e.own()) == 0 {
		return e.text, nil
	}
	switch {
	case sh.Says("array") && !sh.Says("object") && (onlyList(sh) || len(e.children) > 0):
		return readItems(e, sh, pointer)
	case sh.Is("object") && (len(e.children) > 0 || len(e.own()) > 0 || e.isBlank() && !sh.Is("string")):
		return readObject(e, sh, pointer)
	case len(e.children) > 0:
		return readObject(e, schema.Shape{}, pointer) // for the schema to tell
	}
	return typed(e.text, sh), nil
}

// typed is a text as the shape describes it; around anything but a text white space does not count (XML Schema Part 2,
// whiteSpace).
func typed(text string, sh schema.Shape) any {
	if !sh.Is("string") {
		trimmed := strings.Trim(text, " \t\r\n")
		if trimmed == "" && sh.Says("null") {
			return nil
		}
		if v := sh.FromText(trimmed); v != any(trimmed) {
			return v
		}
		return text
	}
	return sh.FromText(text)
}

// readItems is the list within an element of its own.
func readItems(e *element, sh schema.Shape, pointer string) (any, error) {
	item := sh.Item(0)
	names := itemNames(sh, e.name.Local)
	items := make([]any, 0, len(e.children))
	if !e.isBlank() {
		return strings.TrimSpace(e.text), nil // for the schema to tell
	}
	for _, child := range e.children {
		if !matches(child.name, names, item.XML().Namespace) {
			return readObject(e, schema.Shape{}, pointer)
		}
		v, err := readElement(child, sh.Item(len(items)), pointer)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	return items, nil
}

// itemNames are those that an element of a list may have: the one stated for it, else the list's own.
func itemNames(list schema.Shape, own string) []string {
	item := list.Item(0)
	if name := item.XML().Name; name != "" {
		return []string{name}
	}
	names := []string{own}
	if name := item.Name(); name != "" {
		names = append(names, name) // as many write a list of components
	}
	return names
}

// object gathers the members of an element.
type object struct {
	element *element
	byName  map[string][]*element // children that no member is, by local name
	used    map[*element]bool
	attrs   map[xml.Name]bool
	out     map[string]any
}

func readObject(e *element, sh schema.Shape, pointer string) (any, error) {
	o := object{element: e, byName: map[string][]*element{}, used: map[*element]bool{}, attrs: map[xml.Name]bool{}, out: map[string]any{}}
	for _, child := range e.children {
		o.byName[child.name.Local] = append(o.byName[child.name.Local], child)
	}
	textMember := ""
	for _, name := range sh.Members() {
		member := sh.Member(name)
		x := member.XML()
		switch {
		case x.Attribute:
			o.attribute(name, member)
			continue
		case x.Text:
			textMember = name
			continue
		}
		if err := o.member(name, member, pointer+"/"+specs.EscapePointer(name)); err != nil {
			return nil, err
		}
	}
	if textMember != "" {
		o.out[textMember] = typed(e.text, sh.Member(textMember))
	} else if !e.isBlank() {
		if len(e.children) == 0 && len(o.out) == 0 {
			return e.text, nil // for the schema to tell
		}
		return nil, fail(parameter.Malformed, pointer, "text beside elements or attributes, which the contract does not describe")
	}
	return o.out, o.others(sh, pointer)
}

// attribute takes the attribute that a member is.
func (o *object) attribute(name string, member schema.Shape) {
	names := []string{name}
	if x := member.XML(); x.Name != "" {
		names = []string{x.Name}
	}
	for _, a := range o.element.own() {
		if matches(a.Name, names, member.XML().Namespace) {
			o.attrs[a.Name] = true
			o.out[name] = typed(a.Value, member)
			return
		}
	}
}

// take are the children of a name, in their order, in a namespace where one is stated.
func (o *object) take(name, namespace string) []*element {
	var list, left []*element
	for _, child := range o.byName[name] {
		if namespace != "" && child.name.Space != namespace {
			left = append(left, child)
			continue
		}
		o.used[child] = true
		list = append(list, child)
	}
	o.byName[name] = left
	return list
}

// member takes the elements that a member is.
func (o *object) member(name string, member schema.Shape, pointer string) error {
	x := member.XML()
	called, namespace := name, x.Namespace
	if !member.Says("array") || x.Wrapped {
		if x.Name != "" {
			called = x.Name
		}
		return o.single(name, member, o.take(called, namespace), pointer)
	}
	// A name on a list that is not wrapped has no effect.
	item := member.Item(0)
	if item.XML().Name != "" {
		called = item.XML().Name
	}
	if item.XML().Namespace != "" {
		namespace = item.XML().Namespace
	}
	children := o.take(called, namespace)
	if len(children) == 0 {
		return nil
	}
	if len(children) == 1 && !onlyList(member) {
		return o.single(name, member, children, pointer)
	}
	if len(children) == 1 && children[0].isNil() && member.Says("null") && !item.Says("null") {
		o.out[name] = nil
		return nil
	}
	items := make([]any, len(children))
	for i, child := range children {
		var err error
		if items[i], err = readElement(child, member.Item(i), pointer); err != nil {
			return err
		}
	}
	o.out[name] = items
	return nil
}

// onlyList says whether a value that is no list is none of the shape's, but for null.
func onlyList(sh schema.Shape) bool {
	for _, t := range sh.Types() {
		if t != "array" && t != "null" {
			return false
		}
	}
	return true
}

// single sets a member that is one element; several are a list, for the schema to tell.
func (o *object) single(name string, member schema.Shape, children []*element, pointer string) error {
	if len(children) == 0 {
		return nil
	}
	values := make([]any, len(children))
	for i, child := range children {
		var err error
		if values[i], err = readElement(child, member, pointer); err != nil {
			return err
		}
	}
	o.out[name] = values[0]
	if len(values) > 1 {
		o.out[name] = values
	}
	return nil
}

// others adds what the contract has no property for.
func (o *object) others(sh schema.Shape, pointer string) error {
	for _, a := range o.element.own() {
		if _, known := o.out[a.Name.Local]; !o.attrs[a.Name] && !known && !sh.Knows(a.Name.Local) {
			o.out[a.Name.Local] = typed(a.Value, sh.Member(a.Name.Local))
		}
	}
	var names []xml.Name
	left := map[xml.Name][]*element{}
	for _, child := range o.element.children {
		if o.used[child] {
			continue
		}
		if left[child.name] == nil {
			names = append(names, child.name)
		}
		left[child.name] = append(left[child.name], child)
	}
	for _, of := range names {
		name := of.Local
		if _, known := o.out[name]; known || sh.Knows(name) {
			name = qualified(of) // a property of that name is written in another way
		}
		if err := o.single(name, sh.Member(name), left[of], pointer+"/"+specs.EscapePointer(name)); err != nil {
			return err
		}
	}
	return nil
}

// qualified is a name that none of the properties has.
func qualified(name xml.Name) string { return "{" + name.Space + "}" + name.Local }
