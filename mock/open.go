package mock

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/media"
	params "understudy/mock/internal/parameter"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// unseal opens a body that is sealed as a whole. The raw bytes are looked at before anything else: hutool posts Base64
// text labelled as a form, and a form parser would turn its plus signs into spaces (Z-3).
func (s *Server) unseal(x *exchange) *no {
	if !x.op.openBody || len(bytes.TrimSpace(x.body)) == 0 {
		return nil
	}
	base, _ := x.mediaType()
	if labels := x.op.Wire.Seal.Labels; len(labels) > 0 && !slices.Contains(labels, base) {
		return vendorNo(specs.UnsupportedMediaType, "Content-Type", diagnosis.New("content-type-wrong", "got", clip(base), "known", strings.Join(labels, ", ")))
	}
	text, carrier := wire.Carried(x.body, x.op.Wire.Seal.Carriers)
	x.carrier, x.encoding = carrier, encodingOf(x.op.Wire.Seal, text)
	if carriers := x.op.Wire.Seal.Carriers; len(carriers) > 0 && !slices.Contains(carriers, carrier) {
		return vendorNo(specs.Unsealable, "", diagnosis.New("sealed-carrier", "known", strings.Join(carriers, ", ")))
	}
	if carrier == "text" && base == formMediaType {
		x.warn(diagnosis.New("sealed-labelled-form"))
	}
	opened, failed := x.op.cipher.Open(nil, text)
	if failed != nil {
		return vendorNo(specs.Unsealable, "", sealDiagnosis(x.op.cipher.DiagnoseOpen(text)))
	}
	x.opened = opened
	return nil
}

func sealDiagnosis(f wire.Finding) *diagnosis.Diagnosis {
	return &diagnosis.Diagnosis{ID: f.ID, Detail: f.Detail}
}

// decode turns the opened body into values, once.
func (s *Server) decode(x *exchange) *no {
	if len(x.op.bodies) == 0 {
		if len(x.body) > 0 {
			x.warn(diagnosis.New("body-not-expected"))
		}
		return nil
	}
	if failed := s.chooseMedia(x); failed != nil {
		return failed
	}
	switch {
	case x.media.base == formMediaType && (x.op.Wire.Route != nil || x.op.Wire.Formats != nil):
		return s.decodeForm(x)
	case isJSON(x.media.base):
		return s.decodeJSON(x)
	}
	return s.decodeOther(x)
}

// decodeOther reads a body of any other type as the contract describes it.
func (s *Server) decodeOther(x *exchange) *no {
	if len(x.opened) == 0 {
		return x.emptyBody()
	}
	contentType := x.request.Header.Get("Content-Type")
	if contentType == "" || x.op.openBody {
		contentType = x.media.Type
	}
	v, err := media.Decode(&x.media.MediaType, x.media.schema, contentType, x.opened)
	if err != nil {
		x.opened = nil
		d := diagnosis.New("body-malformed", "type", x.media.base, "reason", err.Error())
		finding := diagnosis.Finding{In: "body", Keyword: "contentMediaType", Expected: "a body of type " + x.media.base, Got: err.Error(), At: x.op.of.contract.Position(x.media.Pointer).String()}
		var unread *media.Error
		if errors.As(err, &unread) {
			finding.Pointer = unread.Pointer
		}
		d.Findings = []diagnosis.Finding{finding}
		if unread != nil && unread.Kind == params.Mismatched {
			return vendorNo(specs.UnsupportedMediaType, "Content-Type", d)
		}
		if unread != nil && unread.Kind == params.Breached {
			return vendorNo(specs.InvalidParameter, "", d)
		}
		return vendorNo(specs.MalformedBody, "", d)
	}
	x.decoded, x.hasBody = v, true
	return nil
}

// emptyBody is the answer to a call without the body that its operation needs.
func (x *exchange) emptyBody() *no {
	if !x.op.Body.Required {
		return nil
	}
	failed := vendorNo(specs.EmptyBody, "", diagnosis.New("body-empty"))
	if !x.op.of.catalogued() {
		c := x.op.of.contract
		failed.diagnosis.Findings = []diagnosis.Finding{{In: "body", Keyword: "required", Expected: "a body", Got: "none", Clause: c.Source(x.op.Body.Pointer), At: c.Position(x.op.Body.Pointer).String()}}
	}
	return failed
}

// chooseMedia finds which declared form the body has. A sealed body is of the first one, whatever its label; an empty
// body never has a wrong type; an absent label is taken for the first declared type, with a warning.
func (s *Server) chooseMedia(x *exchange) *no {
	x.media = &x.op.bodies[0]
	if x.op.openBody {
		return nil
	}
	x.opened = x.body
	if len(x.body) == 0 {
		return nil
	}
	base, charset := x.mediaType()
	if base == "" {
		if !x.formRead {
			x.warn(diagnosis.New("content-type-absent", "taken", x.media.base))
		}
		return nil
	}
	if charset != "" && charset != "utf-8" && charset != "utf8" {
		return vendorNo(specs.UnsupportedMediaType, "Content-Type", diagnosis.New("charset-unsupported", "charset", clip(charset)))
	}
	for i := range x.op.bodies {
		if x.op.bodies[i].base == base {
			x.media = &x.op.bodies[i]
			return nil
		}
	}
	if i, ok := media.Select(x.op.Body.Content, x.request.Header.Get("Content-Type")); ok {
		x.media = &x.op.bodies[i]
		return nil
	}
	var known []string
	for _, b := range x.op.bodies {
		known = append(known, b.base)
	}
	return vendorNo(specs.UnsupportedMediaType, "Content-Type", diagnosis.New("content-type-wrong", "got", clip(base), "known", strings.Join(known, ", ")))
}

func (s *Server) decodeJSON(x *exchange) *no {
	if len(bytes.TrimSpace(x.opened)) == 0 {
		x.opened = nil
		return x.emptyBody()
	}
	syntax := schema.Syntax{JSONOptions: x.op.json}
	if asked := x.op.asked.Load(); asked != nil {
		x.part.Pointer = *asked
		syntax.Part = &x.part
	}
	if x.media.schema.Accepts(x.opened, syntax) {
		x.hasBody, x.kept, x.waiting = true, true, true
		return nil
	}
	v, failed := wire.DecodeJSON(x.opened, x.op.json)
	if failed != nil {
		d := jsonDiagnosis(failed)
		if x.op.openBody {
			// Padding may come out right by chance under a wrong key; what opens to no JSON was not opened.
			if found := x.op.cipher.DiagnoseOpen(x.body); found.ID != "" && failed.Reason != wire.JSONDuplicateName {
				d = sealDiagnosis(found)
			}
		}
		x.opened = nil
		return vendorNo(specs.MalformedBody, "", d)
	}
	x.decoded, x.hasBody = v, true
	return nil
}

func jsonDiagnosis(e *wire.JSONError) *diagnosis.Diagnosis {
	d := diagnosis.New("json-"+e.Reason, "offset", strconv.FormatInt(e.Offset, 10))
	if e.Pointer != "" {
		d.Detail["pointer"] = clip(e.Pointer)
	}
	return d
}

// decodeForm makes a record of the form's fields: each as text, or as the JSON it holds where the contract's encoding
// says so. Where the contract lets fields stand in the query too, those count as well.
func (s *Server) decodeForm(x *exchange) *no {
	if failed := s.readForm(x); failed != nil {
		return failed
	}
	pairs := x.form
	if f := x.op.Wire.Formats; x.op.Wire.Route != nil {
		pairs = x.pairs()
	} else if f != nil && slices.Contains(f.Form, wire.InQuery) {
		pairs = x.query
		if slices.Contains(f.Form, wire.InForm) {
			pairs = x.pairs()
		}
	}
	record := map[string]any{}
	for _, p := range pairs {
		if p.Value == "" && x.op.Wire.Route != nil {
			continue // a gateway leaves an empty field out, as its signature does
		}
		if _, twice := record[p.Name]; twice {
			return vendorNo(specs.InvalidParameter, p.Name, diagnosis.New("parameter-twice", "name", clip(p.Name)))
		}
		record[p.Name] = p.Value
		if encoding := x.media.Encoding[p.Name]; encoding.ContentType == "application/json" {
			v, failed := wire.DecodeJSON([]byte(p.Value), wire.JSONOptions{})
			if failed != nil {
				d := jsonDiagnosis(failed)
				d.Findings = []diagnosis.Finding{{In: "form", Pointer: p.Name, Expected: "JSON text", Got: "text that is not JSON"}}
				return vendorNo(specs.InvalidParameter, p.Name, d)
			}
			record[p.Name] = v
		}
	}
	x.decoded, x.hasBody = record, true
	return nil
}

// unsealField opens a sealed member of the decoded body and decodes what it held.
func (s *Server) unsealField(x *exchange) *no {
	if x.op.openPart == "" {
		return nil
	}
	holder, name := memberAt(x.Value(), x.op.openPart)
	text, isText := holder[name].(string)
	if there := holder[name] != nil; there && !isText && x.media.inPlace {
		// The schema describes the opened value, and would take what nobody has sealed.
		return vendorNo(specs.Unsealable, name, diagnosis.New("sealed-plain-json"))
	}
	if text == "" {
		return nil // the schema says so in a moment
	}
	opened, failed := x.op.cipher.Open(nil, []byte(text))
	if failed != nil {
		return vendorNo(specs.Unsealable, name, sealDiagnosis(x.op.cipher.DiagnoseOpen([]byte(text))))
	}
	v, wrong := wire.DecodeJSON(opened, wire.JSONOptions{})
	if wrong != nil && x.media.sealed == nil && !x.media.inPlace && utf8.Valid(opened) {
		v, wrong = string(opened), nil // nothing says that JSON was sealed: a single number or name may be
	}
	if wrong != nil {
		d := sealDiagnosis(x.op.cipher.DiagnoseOpen([]byte(text)))
		if d.ID == "" {
			d = jsonDiagnosis(wrong)
		}
		return vendorNo(specs.Unsealable, name, d)
	}
	if x.op.signer != nil {
		x.signed, _ = wire.PutMember(x.opened, x.op.openPart, opened)
	}
	x.memberText, x.encoding = opened, encodingOf(x.op.Wire.Seal, []byte(text))
	if x.field, x.hasField = v, true; x.media.inPlace {
		holder[name], x.kept = v, false
	}
	return nil
}

// memberAt finds the object that holds the member at a JSON pointer, and the member's name; the object is nil where there is
// none.
func memberAt(v any, pointer string) (holder map[string]any, name string) {
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, token := range tokens {
		holder, _ = v.(map[string]any)
		if name = specs.UnescapePointer(token); i < len(tokens)-1 {
			v = holder[name]
		}
	}
	return holder, name
}
