package play

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"understudy/mock/internal/media"
	"understudy/mock/internal/schema"
	"understudy/scenarios"
	"understudy/specs"
)

// reply is a recorded answer, with the places in it that may change.
type reply struct {
	// sites are in their order; a body that is neither JSON nor XML is one site of plain text, or none.
	sites []site
	// header has the formats of the headers, by their index; "" where there is none.
	header []string
}

// site is a value in the text of a body.
type site struct {
	from, to int
	in       notation
	// text is the value; number says that it is a number.
	text   string
	number bool
	kind   string
	format string
	// now says that an envelope has the vendor's time there.
	now bool
}

// notation is how a site is written.
type notation int

const (
	inText notation = iota
	inJSON
	inXML
)

// readReply finds the places of an answer.
func (c *contract) readReply(x *scenarios.Exchange) (reply, error) {
	r := reply{header: make([]string, len(x.Response.Header))}
	var o *call
	if x.Operation != "" {
		var err error
		if o, err = c.call(x.Operation); err != nil {
			return r, err
		}
	}
	described := o.response(x.Response.Status)
	for i, h := range x.Response.Header {
		r.header[i] = c.formatOf(described, h.Name)
	}
	scan := scanner{text: x.Response.Body}
	if o != nil {
		scan.nows = o.nows
	}
	base := mediaType(x.Response.MediaType)
	if described != nil {
		for _, m := range described.Content {
			if mediaType(m.Type) != base {
				continue
			}
			s, err := c.compile(m.Schema, schema.Response)
			if err != nil {
				return r, err
			}
			scan.root = s.Place()
			if part := o.Wire.Seal.ResponsePart(); strings.HasPrefix(part, "/") {
				if scan.part, scan.sealed, err = c.sealedAt(m.Schema, part, schema.Response); err != nil {
					return r, err
				}
			}
		}
	}
	whole := x.Response.Broken == ""
	switch text := bytes.TrimSpace(x.Response.Body); {
	case len(text) == 0:
	case media.IsJSON(base) || base == "" && (text[0] == '{' || text[0] == '['):
		if scan.json() || !whole {
			r.sites = scan.sites
		}
	case (strings.HasSuffix(base, "/xml") || strings.HasSuffix(base, "+xml")) && scan.xml():
		r.sites = scan.sites
	}
	if r.sites == nil && len(x.Response.Body) > 0 && isText(base) {
		r.sites = []site{{to: len(x.Response.Body), text: string(x.Response.Body)}}
	}
	return r, nil
}

// isText says whether recorded values may stand in a body of a type as they are.
func isText(base string) bool {
	return base == "" || strings.HasPrefix(base, "text/") || media.IsJSON(base) || strings.HasSuffix(base, "xml") || base == "application/problem+json"
}

// response is what the contract says about a status; nil when it says nothing.
func (o *call) response(status int) *specs.Response {
	if o == nil {
		return nil
	}
	code := strconv.Itoa(status)
	for _, wanted := range []string{code, code[:1] + "XX", "default"} {
		if i := slices.IndexFunc(o.Responses, func(r specs.Response) bool { return strings.EqualFold(r.Status, wanted) }); i >= 0 {
			return &o.Responses[i]
		}
	}
	return nil
}

// formatOf is the format of a declared header.
func (c *contract) formatOf(described *specs.Response, name string) string {
	if strings.EqualFold(name, "Retry-After") {
		return httpDate
	}
	if described == nil {
		return ""
	}
	for _, h := range described.Headers {
		if strings.EqualFold(h.Name, name) {
			if s, err := c.compile(h.Schema, schema.Response); err == nil {
				return s.Shape().Format()
			}
		}
	}
	return ""
}

// scanner finds the values in the text of a body.
type scanner struct {
	text   []byte
	root   schema.Place
	part   string
	sealed schema.Place
	nows   []string
	sites  []site
}

// json finds the values of a JSON text; false when it is none as a whole.
func (s *scanner) json() bool {
	d := jsontext.NewDecoder(bytes.NewReader(s.text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	return s.value(d, "", s.root, "") == nil
}

func (s *scanner) value(d *jsontext.Decoder, pointer string, described schema.Place, kind string) error {
	if s.part != "" && pointer == s.part {
		described, kind = s.sealed, ""
	}
	inside := kind
	if inside == "" {
		inside = described.Sensitive()
	}
	switch d.PeekKind() {
	case '{':
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		for d.PeekKind() != '}' {
			name, err := d.ReadToken()
			if err != nil {
				return err
			}
			member := name.String()
			if err := s.value(d, pointer+"/"+specs.EscapePointer(member), memberOf(described, member), inside); err != nil {
				return err
			}
		}
		_, err := d.ReadToken()
		return err
	case '[':
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		for i := 0; d.PeekKind() != ']'; i++ {
			if err := s.value(d, pointer+"/"+strconv.Itoa(i), described.Item(i), inside); err != nil {
				return err
			}
		}
		_, err := d.ReadToken()
		return err
	}
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	to := int(d.InputOffset())
	one := site{from: to - len(raw), to: to, in: inJSON, kind: kind, format: described.Format(), now: slices.Contains(s.nows, pointer)}
	var v any
	switch raw.Kind() {
	case '"':
		text, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return nil // as it is
		}
		one.text = string(text)
		v = one.text
	case '0':
		one.text, one.number = string(raw), true
		v = json.Number(one.text)
	default:
		return nil
	}
	if one.kind == "" {
		one.kind = markOf(described, v)
	}
	s.sites = append(s.sites, one)
	return nil
}

// xml finds the texts of elements; what stands in attributes is not looked at.
func (s *scanner) xml() bool {
	d := xml.NewDecoder(bytes.NewReader(s.text))
	type level struct {
		described schema.Place
		kind      string
	}
	var stack []level
	for {
		from := d.InputOffset()
		token, err := d.RawToken()
		if err == io.EOF {
			return len(stack) == 0
		}
		if err != nil {
			return false
		}
		switch token := token.(type) {
		case xml.StartElement:
			var next level
			if len(stack) == 0 {
				next.described = elementOf(rootOf(s.root, token.Name.Local))
			} else {
				above := stack[len(stack)-1]
				next = level{below(above.described, token.Name.Local), above.kind}
			}
			if next.kind == "" {
				next.kind = next.described.Sensitive()
			}
			stack = append(stack, next)
		case xml.EndElement:
			if len(stack) == 0 {
				return false
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) == 0 || len(bytes.TrimSpace(token)) == 0 {
				continue
			}
			at := stack[len(stack)-1]
			one := site{from: int(from), to: int(d.InputOffset()), in: inXML, text: string(token), kind: at.kind, format: at.described.Format()}
			if !at.described.Described() {
				one.kind = schema.Undescribed
			}
			s.sites = append(s.sites, one)
		}
	}
}

// rootOf is the place of a root element: the value itself, or its only member where the contract has the element as that.
func rootOf(described schema.Place, name string) schema.Place {
	only := described.Member(name)
	if sh := described.Shape(); sh.XML().Name == name || strings.EqualFold(sh.Name(), name) || !only.Described() {
		return described
	}
	return only
}

// below is the place of an element's content: of a list it is that of one item, unless the element stands around all of them.
func below(described schema.Place, name string) schema.Place {
	if isList(described) {
		return elementOf(described.Item(0))
	}
	member := described.Member(name)
	if !described.Names(name) {
		for _, known := range described.Shape().Members() {
			if described.Shape().Member(known).XML().Name == name {
				member = described.Member(known)
				break
			}
		}
	}
	return elementOf(member)
}

func elementOf(described schema.Place) schema.Place {
	if isList(described) && !described.Shape().XML().Wrapped {
		return described.Item(0)
	}
	return described
}

// isList says whether a place is described as that of a list and of nothing else that has parts.
func isList(described schema.Place) bool {
	sh := described.Shape()
	return sh.Says("array") && !sh.Says("object")
}
