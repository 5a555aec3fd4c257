package media

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"understudy/mock/internal/parameter"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

const (
	mostParts = 1000
	// mostWithin bounds how deep multipart bodies may stand in each other: each is copied out of the one around it.
	mostWithin = 4
	formData   = "multipart/form-data"
)

// part is one part of a multipart body.
type part struct {
	name     string
	header   textproto.MIMEHeader
	filename string
	content  []byte
	depth    int // how many multipart bodies are around it
}

// decodeMultipart reads multipart/form-data (RFC 7578) into an object by the names of its parts, and any other multipart body
// into a list; depth counts it and those around it. A part that occurs more than once is a list where the contract has one.
// Where the contract states an encoding for a part, one that says another Content-Type is Mismatched; one that says none is
// taken for what the contract states.
func decodeMultipart(m *specs.MediaType, s *schema.Schema, t mediaType, body []byte, depth int) (any, error) {
	sh := s.Shape()
	parts, err := readParts(t, body, depth)
	if err != nil {
		return nil, err
	}
	if t.base != formData {
		items := make([]any, len(parts))
		for i, p := range parts {
			f := field{shape: sh.Item(i)}
			if items[i], err = f.part(f.shape, p); err != nil {
				return nil, below(err, strconv.Itoa(i))
			}
		}
		return items, nil
	}
	byName := map[string][]part{}
	var order []string
	var styled wire.Pairs
	for _, p := range parts {
		if p.name == "" {
			return nil, fail(parameter.Malformed, "", "a part has no name; each has a Content-Disposition such as form-data; name=\"photo\" (RFC 7578, section 4.2)")
		}
		if owner := styledOwner(m, p.name); owner != "" {
			styled = append(styled, wire.Pair{Name: p.name, Value: string(p.content), In: wire.InQuery})
			continue
		}
		if byName[p.name] == nil {
			order = append(order, p.name)
		}
		byName[p.name] = append(byName[p.name], p)
	}
	object, err := decodeFields(m, sh, styled, "")
	if err != nil {
		return nil, err
	}
	for _, name := range order {
		f := fieldOf(m, sh, name)
		v, err := f.parts(s, byName[name])
		if err != nil {
			return nil, below(err, name)
		}
		object[name] = v
	}
	return object, nil
}

// styledOwner is the field whose encoding states a style and that a part of this name belongs to; "" for none.
func styledOwner(m *specs.MediaType, name string) string {
	for owner, e := range m.Encoding {
		if e.Stated && (name == owner || e.Style == "deepObject" && strings.HasPrefix(name, owner+"[")) {
			return owner
		}
	}
	return ""
}

func readParts(t mediaType, body []byte, depth int) ([]part, error) {
	if depth > mostWithin {
		return nil, fail(parameter.TooLarge, "", "more than "+strconv.Itoa(mostWithin)+" multipart bodies within each other")
	}
	boundary := t.params["boundary"]
	if boundary == "" {
		return nil, fail(parameter.Malformed, "", "the Content-Type has no boundary, such as "+t.base+"; boundary=abc (RFC 2046, section 5.1.1)")
	}
	// The reader takes the end of the body for the last boundary.
	if !bytes.Contains(body, []byte("--"+boundary+"--")) {
		return nil, fail(parameter.Malformed, "", "the body does not end with the boundary that the Content-Type states and two hyphens (RFC 2046, section 5.1.1)")
	}
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	var parts []part
	for {
		p, err := r.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return parts, nil
		case err != nil:
			return nil, fail(parameter.Malformed, "", "the body cannot be cut into parts at the boundary that the Content-Type states (RFC 2046, section 5.1)")
		case len(parts) == mostParts:
			return nil, fail(parameter.TooLarge, "", "more than "+strconv.Itoa(mostParts)+" parts")
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return nil, fail(parameter.Malformed, "", "the last part does not end with the boundary that the Content-Type states (RFC 2046, section 5.1)")
		}
		one := part{name: p.FormName(), header: p.Header, filename: p.FileName(), content: content, depth: depth}
		if strings.EqualFold(p.Header.Get("Content-Transfer-Encoding"), "base64") {
			if one.content, err = base64.StdEncoding.DecodeString(strings.NewReplacer("\r", "", "\n", "").Replace(string(content))); err != nil {
				return nil, fail(parameter.Malformed, "", "a part is not the Base64 that its Content-Transfer-Encoding states")
			}
		}
		parts = append(parts, one)
	}
}

// parts is the value of all parts of a name.
func (f field) parts(s *schema.Schema, parts []part) (any, error) {
	for _, p := range parts {
		if err := f.headers(s, p); err != nil {
			return nil, err
		}
	}
	if !f.isList() {
		if len(parts) > 1 && len(f.shape.Types()) > 0 {
			return nil, fail(parameter.Repeated, "", "the part occurs more than once; send it once")
		}
		if len(parts) == 1 {
			return f.part(f.shape, parts[0])
		}
	}
	if len(parts) == 1 {
		if v, ok := f.wholeList(string(parts[0].content)); ok {
			return v, nil
		}
	}
	items := make([]any, len(parts))
	for i, p := range parts {
		var err error
		if items[i], err = f.part(f.shape.Item(i), p); err != nil {
			return nil, below(err, strconv.Itoa(i))
		}
	}
	return items, nil
}

// part is the value of one part.
func (f field) part(sh schema.Shape, p part) (any, error) {
	stated := f.types()
	text := p.header.Get("Content-Type")
	t := usual(sh)
	if len(stated) > 0 {
		t = stated[0]
	}
	if text != "" {
		given, err := parseType(text)
		if err != nil {
			return nil, fail(parameter.Malformed, "", "the part's Content-Type cannot be read (RFC 9110, section 8.3.1)")
		}
		if len(stated) > 0 && !slices.ContainsFunc(stated, func(s mediaType) bool { return s.covers(given) }) {
			return nil, fail(parameter.Mismatched, "", "the part's Content-Type is not "+f.encoding.ContentType)
		}
		// Many say text/plain, or octet-stream, of everything: it says less than the schema does.
		if len(stated) > 0 || given.base != "text/plain" && given.base != "application/octet-stream" {
			t = given
		} else if given.params["charset"] != "" && t.family() == textFamily || given.family() == bytesFamily && !utf8.Valid(p.content) {
			t = given
		}
	}
	if p.filename != "" && t.family() == textFamily && len(stated) == 0 && text == "" {
		return string(p.content), nil
	}
	if t.family() == multipartFamily {
		return decodeMultipart(&specs.MediaType{Type: t.base}, nil, t, p.content, p.depth+1)
	}
	return readText(sh, t, p.content, len(stated) > 0 || text != "" && t.family() == jsonFamily)
}

// headers holds a part's own headers to what the encoding states of them.
func (f field) headers(s *schema.Schema, p part) error {
	for _, h := range f.encoding.Headers {
		if strings.EqualFold(h.Name, "Content-Type") {
			continue // OpenAPI: described by contentType alone
		}
		described := &specs.Parameter{Name: h.Name, In: "header", Style: "simple", Explode: h.Explode, MediaType: h.MediaType}
		var compiled *schema.Schema
		if h.Schema != "" && s != nil {
			var err error
			if compiled, err = s.At(h.Schema); err != nil {
				return fail(parameter.Unsupported, "", err.Error())
			}
		}
		v, given, err := parameter.Decode(described, compiled, parameter.Raw{Header: map[string][]string(p.header)})
		switch {
		case err != nil:
			return err
		case !given && h.Required:
			return fail(parameter.Breached, "", "the part has no header "+h.Name)
		case !given:
		default:
			if violations := compiled.Validate(v); len(violations) > 0 {
				return fail(parameter.Breached, "", "the part's header "+h.Name+" is not what the contract says: "+violations[0].Keyword+", "+violations[0].Expected)
			}
		}
	}
	return nil
}

// encodeMultipart writes a multipart body: the reverse of decodeMultipart. Bytes get a file name, without which servers take
// a part for a field of text.
func encodeMultipart(m *specs.MediaType, sh schema.Shape, t mediaType, v any) ([]byte, string, error) {
	var parts []part
	var err error
	switch v := v.(type) {
	case map[string]any:
		if t.base != formData {
			return nil, "", fail(parameter.Unfit, "", t.base+" is a list of parts")
		}
		parts, err = objectParts(m, sh.Pick(v), v)
	case []any:
		if t.base == formData {
			return nil, "", fail(parameter.Unfit, "", formData+" is an object")
		}
		for i, item := range v {
			w, failed := field{}.text(sh.Item(i), item)
			if failed != nil {
				return nil, "", below(failed, strconv.Itoa(i))
			}
			parts = append(parts, part{header: textproto.MIMEHeader{"Content-Type": {partType(w.mediaType)}}, content: []byte(w.content)})
		}
	default:
		return nil, "", fail(parameter.Unfit, "", "a multipart body is an object or a list")
	}
	if err != nil {
		return nil, "", err
	}
	boundary := t.params["boundary"]
	if boundary == "" {
		boundary = boundaryOf(parts)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary(boundary); err != nil {
		return nil, "", fail(parameter.Unsupported, "", "the contract's boundary is none (RFC 2046, section 5.1.1)")
	}
	for _, p := range parts {
		out, err := w.CreatePart(p.header)
		if err == nil {
			_, err = out.Write(p.content)
		}
		if err != nil {
			return nil, "", fail(parameter.Unfit, "", "a part cannot be written")
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", fail(parameter.Unfit, "", "the parts cannot be written")
	}
	params := map[string]string{"boundary": boundary}
	for name, value := range t.params {
		params[name] = value
	}
	return b.Bytes(), mime.FormatMediaType(t.base, params), nil
}

// objectParts are the parts of multipart/form-data.
func objectParts(m *specs.MediaType, sh schema.Shape, object map[string]any) ([]part, error) {
	var parts []part
	for _, name := range members(sh, object) {
		if object[name] == nil {
			continue
		}
		f := fieldOf(m, sh, name)
		if f.encoding.Stated {
			w, err := parameter.Encode(f.parameter(), object[name])
			if err != nil {
				return nil, below(err, name)
			}
			for _, pair := range w.Pairs {
				parts = append(parts, part{header: disposition(pair.Name, ""), content: []byte(pair.Value)})
			}
			continue
		}
		texts, err := f.texts(object[name])
		if err != nil {
			return nil, below(err, name)
		}
		for _, w := range texts {
			filename := ""
			if w.family() == bytesFamily {
				filename = name
			}
			header := disposition(name, filename)
			if w.base != "text/plain" {
				header.Set("Content-Type", partType(w.mediaType))
			}
			parts = append(parts, part{header: header, content: []byte(w.content)})
		}
	}
	return parts, nil
}

func partType(t mediaType) string { return mime.FormatMediaType(t.base, t.params) }

// disposition is the header that names a part. Names are in UTF-8 (RFC 7578, section 5.1), line ends escaped as browsers do.
func disposition(name, filename string) textproto.MIMEHeader {
	escape := strings.NewReplacer("\r", "%0D", "\n", "%0A", `\`, `\\`, `"`, `\"`)
	value := `form-data; name="` + escape.Replace(name) + `"`
	if filename != "" {
		value += `; filename="` + escape.Replace(filename) + `"`
	}
	return textproto.MIMEHeader{"Content-Disposition": {value}}
}

// boundaryOf is a boundary that none of the parts holds, and the same for the same parts.
func boundaryOf(parts []part) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p.header.Get("Content-Disposition") + "\x00" + p.header.Get("Content-Type") + "\x00"))
		h.Write(p.content)
		h.Write([]byte{0})
	}
	return "understudy-" + hex.EncodeToString(h.Sum(nil))[:32]
}
