package media

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"understudy/mock/internal/parameter"
)

const (
	mostDepth    = 64
	mostElements = 200_000
	// instances is the namespace of xsi:nil (XML Schema Part 1, section 2.6.2).
	instances = "http://www.w3.org/2001/XMLSchema-instance"
)

// element is one element as it came; its text is what stands in it outside of its children.
type element struct {
	name     xml.Name
	attrs    []xml.Attr
	children []*element
	text     string
}

// isBlank says whether the element's own text is white space.
func (e *element) isBlank() bool { return strings.Trim(e.text, " \t\r\n") == "" }

// isNil says whether the element says xsi:nil="true".
func (e *element) isNil() bool {
	for _, a := range e.attrs {
		if a.Name.Local == "nil" && (a.Name.Space == instances || a.Name.Space == "xsi") {
			return a.Value == "true" || a.Value == "1"
		}
	}
	return false
}

// own are the attributes that are values, and no declarations.
func (e *element) own() []xml.Attr {
	var list []xml.Attr
	for _, a := range e.attrs {
		switch {
		case a.Name.Space == "xmlns", a.Name.Space == "" && a.Name.Local == "xmlns", a.Name.Space == instances, a.Name.Space == "xsi", a.Name.Space == "xml":
		default:
			list = append(list, a)
		}
	}
	return list
}

// parseXML reads one document (XML 1.0): without a document type, and so without entities of its own, in UTF-8 or in the
// charset that the Content-Type, or else the declaration, states (RFC 7303, section 3).
func parseXML(t mediaType, data []byte) (*element, error) {
	text, err := xmlText(t, data)
	if err != nil {
		return nil, err
	}
	r := xmlReader{decoder: xml.NewDecoder(strings.NewReader(text))}
	// The text is in UTF-8 by now, whatever its declaration says.
	r.decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return r.document()
}

func xmlText(t mediaType, data []byte) (string, error) {
	charset := t.params["charset"]
	if charset == "" && !bytes.HasPrefix(data, byteOrderMark) {
		charset = declared(data)
	}
	return decodeCharset(charset, bytes.TrimPrefix(data, byteOrderMark))
}

// declared is the encoding that the XML declaration states, "" for none.
func declared(data []byte) string {
	rest, ok := bytes.CutPrefix(data, []byte("<?xml"))
	if !ok {
		return ""
	}
	end := bytes.Index(rest, []byte("?>"))
	if end < 0 || end > 200 {
		return ""
	}
	_, value, ok := strings.Cut(string(rest[:end]), "encoding")
	if !ok {
		return ""
	}
	value = strings.TrimLeft(value, " \t\r\n=")
	if value == "" {
		return ""
	}
	name, _, _ := strings.Cut(value[1:], value[:1])
	return name
}

type xmlReader struct {
	decoder  *xml.Decoder
	elements int
}

func (r *xmlReader) fail(kind parameter.Kind, reason string) error {
	return &Error{Kind: kind, Reason: "xml: offset " + strconv.FormatInt(r.decoder.InputOffset(), 10) + ": " + reason, Offset: r.decoder.InputOffset()}
}

func (r *xmlReader) document() (*element, error) {
	var root *element
	for {
		token, err := r.decoder.Token()
		if err != nil {
			switch {
			case !errors.Is(err, io.EOF):
				return nil, r.fail(parameter.Malformed, "not well-formed XML")
			case root == nil:
				return nil, r.fail(parameter.Malformed, "no root element")
			}
			return root, nil
		}
		switch t := token.(type) {
		case xml.StartElement:
			if root != nil {
				return nil, r.fail(parameter.Malformed, "a second root element")
			}
			if root, err = r.element(t, 1); err != nil {
				return nil, err
			}
		case xml.CharData:
			if strings.Trim(string(t), " \t\r\n") != "" {
				return nil, r.fail(parameter.Malformed, "text outside the root element")
			}
		case xml.Directive:
			return nil, r.fail(parameter.Malformed, "a document type is not allowed")
		}
	}
}

// element reads up to the end of an element that has just been opened.
func (r *xmlReader) element(start xml.StartElement, depth int) (*element, error) {
	if depth > mostDepth {
		return nil, r.fail(parameter.TooLarge, "more than "+strconv.Itoa(mostDepth)+" nested elements")
	}
	if r.elements++; r.elements > mostElements {
		return nil, r.fail(parameter.TooLarge, "more than "+strconv.Itoa(mostElements)+" elements")
	}
	e := &element{name: start.Name, attrs: start.Attr}
	if twice(e.attrs) {
		return nil, r.fail(parameter.Malformed, "an attribute occurs twice in one element")
	}
	var text strings.Builder
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return nil, r.fail(parameter.Malformed, "not well-formed XML")
		}
		switch t := token.(type) {
		case xml.StartElement:
			child, err := r.element(t, depth+1)
			if err != nil {
				return nil, err
			}
			e.children = append(e.children, child)
		case xml.CharData:
			text.Write(t)
		case xml.Directive:
			return nil, r.fail(parameter.Malformed, "a document type is not allowed")
		case xml.EndElement:
			e.text = text.String()
			return e, nil
		}
	}
}

func twice(attrs []xml.Attr) bool {
	if len(attrs) < 2 {
		return false
	}
	seen := make(map[xml.Name]bool, len(attrs))
	for _, a := range attrs {
		if seen[a.Name] {
			return true
		}
		seen[a.Name] = true
	}
	return false
}
