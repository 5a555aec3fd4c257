package mask

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"

	"understudy/mock/internal/schema"
	"understudy/specs"
)

// xmlWalk goes through an XML document and changes texts and attributes in place.
type xmlWalk struct {
	*walk
	text  []byte
	out   bytes.Buffer
	stack []spot
	// rooted says that the root element is the only member of what the schema describes, as contracts with x-wire.formats have
	// it.
	rooted bool
}

// xml goes through a body of XML by OpenAPI's keyword xml; what stands behind the place where it stops being XML is no more
// than text.
func (w *walk) xml(s spot, text []byte, rooted bool) []byte {
	x := &xmlWalk{walk: w, text: text, rooted: rooted}
	decoder := xml.NewDecoder(bytes.NewReader(text))
	decoder.Strict = true
	at := 0
	for {
		token, err := decoder.RawToken()
		end := int(decoder.InputOffset())
		if err == io.EOF {
			return x.out.Bytes()
		}
		if err != nil {
			return append(x.out.Bytes(), w.remainder(s, text[at:])...)
		}
		x.token(s, token, string(text[at:end]))
		at = end
	}
}

func (x *xmlWalk) token(root spot, token xml.Token, raw string) {
	switch t := token.(type) {
	case xml.StartElement:
		at := root
		if len(x.stack) > 0 {
			at = x.child(x.stack[len(x.stack)-1], t.Name.Local)
		} else if member := x.child(root, t.Name.Local); x.rooted && member.place.Described() {
			at = member
		} else {
			at.pointer = "/" + specs.EscapePointer(t.Name.Local)
			at.raw = at.pointer
		}
		at.text = true
		if x.keeps(at.raw) {
			at.kept = true
		}
		if kind := at.place.Sensitive(); kind != "" && at.within == "" && kind != "ciphertext" {
			at.within = kind
		}
		x.stack = append(x.stack, at)
		x.out.WriteString(plainName(x.start(at, t, raw)))
	case xml.EndElement:
		if len(x.stack) > 0 {
			x.stack = x.stack[:len(x.stack)-1]
		}
		x.out.WriteString(plainName(raw))
	case xml.CharData:
		text := string(t)
		if strings.TrimSpace(text) == "" {
			x.out.WriteString(raw)
			return
		}
		if len(x.stack) == 0 { // no document has text there
			x.out.Write(x.remainder(root, []byte(raw)))
			return
		}
		x.out.WriteString(x.changed(x.textOf(x.stack[len(x.stack)-1]), text, raw))
	case xml.Comment:
		x.out.WriteString("<!--" + strings.ReplaceAll(filler(string(t)), "--", "xx") + "-->")
	case xml.ProcInst:
		if t.Target != "xml" {
			raw = "<?" + filler(t.Target) + " " + strings.ReplaceAll(filler(string(t.Inst)), "?>", "xx") + "?>"
		}
		x.out.WriteString(raw)
	case xml.Directive:
		x.out.WriteString("<!DOCTYPE x>") // what it declares may be a text about somebody
	}
}

// plainName is a tag whose name is no datum: one with many digits or with characters beyond ASCII is filled.
func plainName(raw string) string {
	end := strings.IndexAny(raw, " \t\r\n>")
	if end < 0 {
		end = len(raw)
	}
	if name := strings.Trim(raw[:end], "</"); name != "" && !isName(strings.ReplaceAll(name, ":", "")) {
		return strings.Replace(raw, name, filler(name), 1)
	}
	return raw
}

// textOf is the place of an element's text: its own, or that of the member that is the text.
func (x *xmlWalk) textOf(s spot) spot {
	shape := s.place.Shape()
	for _, name := range shape.Members() {
		if shape.Member(name).XML().Text {
			return s.member(name)
		}
	}
	return s
}

// changed is what stands for a text in the document.
func (x *xmlWalk) changed(s spot, text, raw string) string {
	out := x.value(s, text, "")
	if out == text {
		return raw
	}
	return escapedXML(out)
}

func escapedXML(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.String()
}

func (x *xmlWalk) start(s spot, t xml.StartElement, raw string) string {
	var b strings.Builder
	b.WriteString("<" + written(t.Name))
	changed := false
	for _, a := range t.Attr {
		value := a.Value
		switch {
		case a.Name.Space == "xmlns", a.Name.Local == "xmlns", a.Name.Space == "xsi":
			value = x.leaf(spot{where: s.where, pointer: s.pointer, kept: true}, value, false)
			changed = changed || value != a.Value
		case value != "":
			value = x.value(x.attribute(s, a.Name.Local), value, "")
			changed = changed || value != a.Value
		}
		b.WriteString(" " + written(a.Name) + `="` + escapedXML(value) + `"`)
	}
	if !changed {
		return raw
	}
	if strings.HasSuffix(raw, "/>") {
		b.WriteString("/")
	}
	return b.String() + ">"
}

func written(name xml.Name) string {
	if name.Space != "" {
		return name.Space + ":" + name.Local
	}
	return name.Local
}

func (x *xmlWalk) attribute(s spot, local string) spot {
	shape := s.place.Shape()
	for _, name := range shape.Members() {
		if as := shape.Member(name).XML(); as.Attribute && (as.Name == local || as.Name == "" && name == local) {
			at := s.member(name)
			at.text = true
			return at
		}
	}
	at := s
	token := "/" + specs.EscapePointer(local)
	at.place, at.pointer, at.raw = schema.Place{}, s.pointer+token, s.raw+token
	return at
}

// child is the place of an element within another.
func (x *xmlWalk) child(s spot, local string) spot {
	shape := s.place.Shape()
	for _, name := range shape.Members() {
		member := s.member(name)
		form := member.place.Shape()
		as := form.XML()
		if as.Attribute || as.Text {
			continue
		}
		called := name
		switch {
		case !form.Says("array") || as.Wrapped:
			if as.Name != "" {
				called = as.Name
			}
		default:
			if item := form.Item(0).XML().Name; item != "" {
				called = item
			}
			if called == local && !(form.Says("object") || form.Says("string")) {
				member.place = member.place.Item(0)
			}
		}
		if called == local {
			return member
		}
	}
	if s.place.Takes("array") && s.place.Described() {
		if item := s.place.Item(0); item.Described() {
			token := "/" + specs.EscapePointer(local)
			s.place, s.pointer, s.raw = item, s.pointer+token, s.raw+token
			return s
		}
	}
	return s.member(local)
}
