package media

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"understudy/mock/internal/parameter"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// unnamed is the root element of a schema that is named nowhere.
const unnamed = "root"

// encodeXML writes an XML document: the reverse of decodeXML. Members stand in the order of the schema, those without a
// property last, by name; null is xsi:nil.
func encodeXML(sh schema.Shape, t mediaType, v any) ([]byte, error) {
	name := unnamed
	if names := rootNames(sh); len(names) > 0 {
		name = names[0]
	}
	charset := t.params["charset"]
	shown := "UTF-8"
	if e, err := charsetOf(charset); err != nil {
		return nil, err
	} else if e != nil {
		shown = strings.ToUpper(charset)
	}
	w := xmlWriter{scope: map[string]string{}}
	w.out = append(w.out, `<?xml version="1.0" encoding="`+shown+`"?>`...)
	if err := w.element(name, sh, v, ""); err != nil {
		return nil, err
	}
	return encodeCharset(charset, string(w.out))
}

// xmlWriter writes elements; scope has the namespaces of the prefixes that are declared around.
type xmlWriter struct {
	out   []byte
	scope map[string]string
	depth int
}

// open writes the start tag of an element without its end, and gives the name to close it with.
func (w *xmlWriter) open(name string, x schema.XML, pointer string) (tag string, leave func(), err error) {
	if !isName(name) {
		return "", nil, fail(parameter.Unfit, pointer, "a member's name that is no name in XML")
	}
	if w.depth++; w.depth > mostDepth {
		return "", nil, fail(parameter.Unfit, pointer, "nested too deeply for XML")
	}
	tag, declaration, restore := w.qualify(name, x, true)
	w.out = append(append(append(w.out, '<'), tag...), declaration...)
	return tag, func() { w.depth--; restore() }, nil
}

// qualify gives a name its prefix, and declares its namespace where that has not been done. A prefix without a namespace that
// is known is left out: nobody could read it.
func (w *xmlWriter) qualify(name string, x schema.XML, isElement bool) (tag, declaration string, restore func()) {
	none := func() {}
	prefix := x.Prefix
	if prefix != "" && !isName(prefix) {
		prefix = ""
	}
	switch {
	case x.Namespace == "" && (prefix == "" || w.scope[prefix] == ""):
		return name, "", none
	case prefix == "" && !isElement:
		return name, "", none // an attribute without a prefix is in no namespace
	case x.Namespace == "" || w.scope[prefix] == x.Namespace:
	default:
		before := w.scope[prefix]
		w.scope[prefix] = x.Namespace
		restore = func() { w.scope[prefix] = before }
		attribute := "xmlns"
		if prefix != "" {
			attribute += ":" + prefix
		}
		declaration = " " + attribute + `="` + string(wire.AppendXMLText(nil, x.Namespace)) + `"`
	}
	if restore == nil {
		restore = none
	}
	if prefix != "" {
		name = prefix + ":" + name
	}
	return name, declaration, restore
}

// element writes a value as one element.
func (w *xmlWriter) element(name string, sh schema.Shape, v any, pointer string) error {
	sh = sh.Pick(v)
	tag, restore, err := w.open(name, sh.XML(), pointer)
	if err != nil {
		return err
	}
	defer restore()
	switch v := v.(type) {
	case nil:
		w.out = append(w.out, ` xmlns:xsi="`+instances+`" xsi:nil="true"/>`...)
		return nil
	case map[string]any:
		leave, err := w.attributes(sh, v, pointer)
		if err != nil {
			return err
		}
		defer leave()
		w.out = append(w.out, '>')
		if err := w.members(sh, v, pointer); err != nil {
			return err
		}
	case []any:
		w.out = append(w.out, '>')
		if err := w.items(itemName(sh, name), sh, v, pointer); err != nil {
			return err
		}
	default:
		w.out = append(w.out, '>')
		if err := w.text(v, pointer); err != nil {
			return err
		}
	}
	w.out = append(append(append(w.out, "</"...), tag...), '>')
	return nil
}

// itemName is the name of an element of a list.
func itemName(list schema.Shape, own string) string {
	if name := list.Item(0).XML().Name; name != "" {
		return name
	}
	return own
}

func (w *xmlWriter) items(name string, sh schema.Shape, items []any, pointer string) error {
	for i, item := range items {
		if err := w.element(name, sh.Item(i), item, pointer); err != nil {
			return err
		}
	}
	return nil
}

// attributes writes the members that are attributes; one that is null is left out. leave takes back what they have declared,
// which holds up to the element's end.
func (w *xmlWriter) attributes(sh schema.Shape, v map[string]any, pointer string) (leave func(), err error) {
	leave = func() {}
	for _, name := range sh.Members() {
		member := sh.Member(name)
		x := member.XML()
		item, there := v[name]
		if !x.Attribute || !there || item == nil {
			continue
		}
		at := pointer + "/" + specs.EscapePointer(name)
		if x.Name != "" {
			name = x.Name
		}
		if !isName(name) {
			return leave, fail(parameter.Unfit, at, "a member's name that is no name in XML")
		}
		tag, declaration, restore := w.qualify(name, x, false)
		before := leave
		leave = func() { restore(); before() }
		text, err := xmlValue(item, at)
		if err != nil {
			return leave, err
		}
		w.out = append(w.out, declaration+" "+tag+`="`...)
		w.out = appendAttribute(w.out, text)
		w.out = append(w.out, '"')
	}
	return leave, nil
}

// appendAttribute writes an attribute's text: white space as references, which a reader would turn into spaces.
func appendAttribute(dst []byte, text string) []byte {
	escaped := string(wire.AppendXMLText(nil, text))
	return append(dst, strings.NewReplacer("\n", "&#10;", "\t", "&#9;").Replace(escaped)...)
}

func (w *xmlWriter) members(sh schema.Shape, v map[string]any, pointer string) error {
	for _, name := range members(sh, v) {
		member := sh.Member(name).Pick(v[name])
		x := member.XML()
		at := pointer + "/" + specs.EscapePointer(name)
		switch {
		case x.Attribute:
			continue
		case x.Text:
			if err := w.text(v[name], at); err != nil {
				return err
			}
			continue
		}
		item := v[name]
		if items, isList := item.([]any); isList && !x.Wrapped {
			if err := w.items(itemName(member, name), member, items, at); err != nil {
				return err
			}
			continue
		}
		if x.Name != "" {
			name = x.Name
		}
		if err := w.element(name, member, item, at); err != nil {
			return err
		}
	}
	return nil
}

func (w *xmlWriter) text(v any, pointer string) error {
	text, err := xmlValue(v, pointer)
	w.out = wire.AppendXMLText(w.out, text)
	return err
}

// xmlValue is a single value as text, which has to be one that XML can hold (XML 1.0, section 2.2).
func xmlValue(v any, pointer string) (string, error) {
	text, err := textOf(v, pointer)
	if err != nil {
		return "", err
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, notXML) {
		return "", fail(parameter.Unfit, pointer, "a character that XML cannot hold; state a contentEncoding such as base64 for bytes")
	}
	return text, nil
}

func notXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

// isName says whether a text is a name in XML without a colon (Namespaces in XML, NCName), roughly: letters, digits, and
// some signs that none begins with.
func isName(s string) bool {
	for i, r := range s {
		switch {
		case r == '_', unicode.IsLetter(r):
		case i > 0 && (r == '-' || r == '.' || r == 0xB7 || unicode.IsDigit(r) || unicode.Is(unicode.M, r)):
		default:
			return false
		}
	}
	return s != ""
}
