package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// XMLError says where an XML text cannot be read. It never quotes the text.
type XMLError struct {
	Offset int64 // bytes read when the fault was found
	Reason string
}

// Error names the place and what is wrong there.
func (e *XMLError) Error() string {
	return "xml: offset " + strconv.FormatInt(e.Offset, 10) + ": " + e.Reason
}

// AppendXMLText appends s to dst as character data or attribute value of XML
// 1.0: markup characters become references, a carriage return too (a reader
// would turn it into a line feed), bytes that are not UTF-8 become U+FFFD, and
// characters that XML 1.0 forbids (section 2.2) are dropped.
func AppendXMLText(dst []byte, s string) []byte {
	last := 0
	for i := 0; i < len(s); {
		r, width := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, width = utf8.DecodeRuneInString(s[i:])
		}
		var escaped string
		switch {
		case r == '&':
			escaped = "&amp;"
		case r == '<':
			escaped = "&lt;"
		case r == '>':
			escaped = "&gt;"
		case r == '"':
			escaped = "&#34;"
		case r == '\'':
			escaped = "&#39;"
		case r == '\r':
			escaped = "&#13;"
		case r == utf8.RuneError && width == 1:
			escaped = "\uFFFD"
		case r == '\t', r == '\n', r >= 0x20 && r != 0xFFFE && r != 0xFFFF:
			i += width
			continue
		}
		dst = append(append(dst, s[last:i]...), escaped...)
		i += width
		last = i
	}
	return append(dst, s[last:]...)
}

// DecodeXML reads one XML document into values: an element with children is a
// map[string]any, a child name that occurs more than once a []any in document
// order, an element without children its text as a string ("" when empty).
// Attributes and comments are ignored. Refused, as an *XMLError: a document
// type, entities other than the five predefined and character references,
// processing instructions other than the declaration at the start, an encoding
// other than UTF-8, namespaces, text between child elements, anything but white
// space and comments around the root, and more than maxDepth nested elements
// (0 stands for 64).
func DecodeXML(data []byte, maxDepth int) (name string, value any, err error) {
	if maxDepth <= 0 {
		maxDepth = defaultDepth
	}
	r := xmlReader{dec: xml.NewDecoder(bytes.NewReader(data)), maxDepth: min(maxDepth, depthLimit)}
	if !utf8.Valid(data) {
		return "", nil, r.fail("the text is not UTF-8")
	}
	for first := true; ; first = false {
		token, err := r.dec.Token()
		if err != nil {
			if errors.Is(err, io.EOF) && name != "" {
				return name, value, nil
			}
			if errors.Is(err, io.EOF) {
				return "", nil, r.fail("no root element")
			}
			return "", nil, r.fail("not well-formed XML")
		}
		switch t := token.(type) {
		case xml.StartElement:
			if name != "" {
				return "", nil, r.fail("a second root element")
			}
			if value, err = r.element(t, 1); err != nil {
				return "", nil, err
			}
			name = t.Name.Local
		case xml.CharData:
			if strings.TrimLeft(string(t), " \t\r\n") != "" {
				if bytes.HasPrefix(data, utf8BOM) {
					return "", nil, r.fail("a byte order mark before the document; send UTF-8 without it")
				}
				return "", nil, r.fail("text outside the root element")
			}
		case xml.ProcInst:
			if !first || t.Target != "xml" {
				return "", nil, r.fail("a processing instruction is not allowed here")
			}
		case xml.Directive:
			return "", nil, r.fail("a document type is not allowed")
		}
	}
}

type xmlReader struct {
	dec      *xml.Decoder
	maxDepth int
}

func (r *xmlReader) fail(reason string) error {
	return &XMLError{Offset: r.dec.InputOffset(), Reason: reason}
}

// element reads up to the end of an element that has just been opened.
func (r *xmlReader) element(start xml.StartElement, depth int) (any, error) {
	if depth > r.maxDepth {
		return nil, r.fail("more than " + strconv.Itoa(r.maxDepth) + " nested elements")
	}
	if start.Name.Space != "" {
		return nil, r.fail("namespaces are not allowed")
	}
	var text strings.Builder
	var children map[string]any
	var repeated map[string]bool
	for {
		token, err := r.dec.Token()
		if err != nil {
			return nil, r.fail("not well-formed XML")
		}
		switch t := token.(type) {
		case xml.StartElement:
			child, err := r.element(t, depth+1)
			if err != nil {
				return nil, err
			}
			key := t.Name.Local
			if children == nil {
				children = map[string]any{}
			}
			switch before, found := children[key]; {
			case !found:
				children[key] = child
			case repeated[key]:
				children[key] = append(before.([]any), child)
			default:
				if repeated == nil {
					repeated = map[string]bool{}
				}
				repeated[key] = true
				children[key] = []any{before, child}
			}
		case xml.CharData:
			text.Write(t)
		case xml.ProcInst:
			return nil, r.fail("a processing instruction is not allowed here")
		case xml.Directive:
			return nil, r.fail("a document type is not allowed")
		case xml.EndElement:
			if children == nil {
				return text.String(), nil
			}
			if strings.TrimLeft(text.String(), " \t\r\n") != "" {
				return nil, r.fail("text between child elements")
			}
			return children, nil
		}
	}
}
