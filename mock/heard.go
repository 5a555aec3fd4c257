package mock

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"understudy/mock/internal/journal"
	"understudy/mock/internal/wire"
	"understudy/scenarios"
	"understudy/specs"
)

// heard is what a request was, from a call under way or from the journal; [heard.request] takes it to contract level.
type heard struct {
	op           *compiled // nil where no operation is called
	method, path string
	label        string // the Content-Type that travelled, without parameters
	pairs        wire.Pairs
	note         *journal.Wire
	// body is the opened text, a sealed member in it still sealed; nil where it could not be opened.
	body      []byte
	mediaType string
	bytes     int
}

// heardOf says what a call under way was.
func (s *Server) heardOf(x *exchange, conditions []specs.Condition) *heard {
	h := &heard{method: x.request.Method, path: x.path, note: &journal.Wire{Path: x.path}, bytes: len(x.body)}
	x.noteWire(h.note, conditions)
	h.label = h.note.Label
	h.pairs = append(append(h.pairs, x.query...), x.form...)
	h.body, h.mediaType = x.body, h.label
	if x.op == nil {
		return h
	}
	h.op = x.op.compiled
	if x.op.openBody {
		h.body = x.opened
		if h.note.Plain {
			h.body = x.body
		}
	}
	if x.media != nil {
		h.mediaType = x.media.base
	}
	return h
}

// noteWire notes what a call looked like on the wire, for whoever takes it to contract level later. All but the path is noted,
// and copied.
func (x *exchange) noteWire(n *journal.Wire, conditions []specs.Condition) {
	if n.Label, _ = x.mediaType(); x.media != nil && x.media.base == n.Label {
		n.Label = x.media.base
	} else {
		n.Label = strings.Clone(n.Label)
	}
	for _, c := range conditions {
		n.Credential, n.Signed = fared(c, n.Credential, n.Signed)
	}
	op := x.op
	if op == nil {
		return
	}
	if x.verified && n.Signed == "" {
		n.Signed = scenarios.Valid
	}
	if sign := op.Wire.Sign; sign != nil {
		digest, _ := x.lookup(sign.MethodParameter)
		n.Digest = strings.Clone(digest)
	}
	if auth := op.Wire.Auth; auth != nil && n.Credential == "" && len(conditions) == 0 {
		n.Credential = scenarios.Valid
	}
	n.Plain = op.openBody && x.opened == nil && isPlainJSON(x.body)
	if op.openBody && len(bytes.TrimSpace(x.body)) > 0 {
		n.Carrier = x.carrier
		if n.Carrier == "form" {
			if name, _, ok := bytes.Cut(bytes.TrimSpace(x.body), []byte("=")); ok {
				n.Field, _ = url.QueryUnescape(string(name))
			}
		}
		n.Encoding = x.encoding
	}
	if op.openPart != "" && x.hasField {
		n.Encoding, n.Member = x.encoding, x.memberText
	}
	for i := range op.parameters {
		p := &op.parameters[i]
		if p.In == "header" && !slices.Contains(op.secrets, p.Name) && !op.signs(specs.PlaceHeader, p.Name) {
			for _, v := range x.request.Header.Values(p.Name) {
				n.Header = append(n.Header, journal.Parameter{In: "header", Name: p.Name, Value: strings.Clone(v)})
			}
		}
		if p.In == "cookie" && !slices.Contains(op.secrets, p.Name) {
			if c, err := x.request.Cookie(p.Name); err == nil {
				n.Header = append(n.Header, journal.Parameter{In: "cookie", Name: p.Name, Value: strings.Clone(c.Value)})
			}
		}
	}
}

// fared says what a "no" tells about credential and signature.
func fared(c specs.Condition, credential, signed string) (string, string) {
	switch c {
	case specs.MissingToken:
		credential = scenarios.Missing
	case specs.InvalidToken, specs.WrongCredentials:
		credential = scenarios.Invalid
	case specs.ExpiredToken:
		credential = scenarios.Stale
	case specs.MissingSignature:
		signed = scenarios.Missing
	case specs.InvalidSignature, specs.UnknownKey:
		signed = scenarios.Invalid
	case specs.StaleTimestamp:
		signed = scenarios.Stale
	}
	return credential, signed
}

// encodingOf tells in which of the encodings that a seal is read in a ciphertext is written.
func encodingOf(seal *specs.Seal, text []byte) string {
	reads := seal.Reads
	if len(reads) == 0 {
		reads = []string{seal.Encoding}
	}
	text = bytes.TrimSpace(text)
	isHex := len(text)%2 == 0 && len(bytes.Trim(text, "0123456789abcdefABCDEF")) == 0
	if isHex && slices.Contains(reads, "hex") {
		return "hex"
	}
	if bytes.ContainsAny(text, "-_") && slices.Contains(reads, "base64url") {
		return "base64url"
	}
	for _, one := range reads {
		if one != "hex" {
			return one
		}
	}
	return reads[0]
}

// signs says whether a place belongs to the operation's signature.
func (op *compiled) signs(place, name string) bool {
	sign := op.Wire.Sign
	if sign == nil {
		return false
	}
	for _, at := range []string{sign.Parameter, sign.KeyParameter, sign.TimeParameter, sign.NonceParameter, sign.MethodParameter} {
		in, located := specs.Location(at).Split()
		if in == place && strings.EqualFold(located, name) {
			return true
		}
	}
	return false
}

// request is the request at contract level.
func (h *heard) request() scenarios.Request {
	r := scenarios.Request{Method: strings.Clone(h.method), Path: strings.Clone(h.path), MediaType: strings.Clone(h.mediaType)}
	n := h.note
	r.Wire = scenarios.Wire{Encoding: n.Encoding, Carrier: n.Carrier, Field: n.Field, Signed: n.Signed, Credential: n.Credential, Digest: n.Digest, Bytes: h.bytes}
	if h.label != h.mediaType || n.Carrier != "" {
		r.Wire.Label = strings.Clone(h.label)
	}
	if h.op != nil && h.op.Wire.Route == nil {
		r.Path = ownPath(h.path, h.op.Path)
	}
	var form wire.Pairs
	formed := false
	for _, p := range h.pairs {
		wired := h.op != nil && (slices.Contains(h.op.wired, p.Name) || h.op.signs(specs.PlaceQuery, p.Name) || h.op.signs(specs.PlaceForm, p.Name) || h.op.signs(specs.PlaceParameter, p.Name))
		if p.In == wire.InForm {
			if formed = true; !wired {
				form = append(form, p)
			}
		} else if !wired {
			r.Parameters = append(r.Parameters, scenarios.Parameter{In: "query", Name: strings.Clone(p.Name), Value: strings.Clone(p.Value)})
		}
		if h.op != nil && h.op.spreads() && !wired && !slices.Contains(r.Wire.Form, p.In) {
			r.Wire.Form = append(r.Wire.Form, strings.Clone(p.In))
		}
	}
	for _, p := range n.Header {
		r.Parameters = append(r.Parameters, scenarios.Parameter(p))
	}
	r.Body = slices.Clone(h.body)
	if formed && h.op != nil && len(form) < len(h.pairs) {
		r.Body = writeForm(form)
	}
	h.settle(&r)
	if len(r.Body) == 0 {
		r.Body, r.MediaType = nil, ""
	}
	return r
}

// settle says how the sealed part fared, puts it in its place, and leaves the credentials of the body out.
func (h *heard) settle(r *scenarios.Request) {
	op := h.op
	if op == nil {
		return
	}
	if h.mediaType == formMediaType && !op.openBody {
		h.settleForm(r)
		return
	}
	switch {
	case op.openBody && h.note.Plain:
		r.Wire.Seal, r.Wire.Carrier, r.Wire.Field, r.Wire.Encoding = scenarios.SealPlain, "", "", ""
	case op.openBody && h.bytes > 0 && h.body == nil:
		r.Wire.Seal, r.MediaType = scenarios.SealUnopened, ""
	case op.openBody && h.body != nil:
		r.Wire.Seal = scenarios.SealOpened
	case op.openPart != "" && h.note.Member != nil:
		member := h.note.Member
		if !json.Valid(member) {
			member, _ = json.Marshal(string(member))
		}
		if body, err := wire.PutMember(r.Body, op.openPart, member); err == nil {
			r.Body, r.Wire.Seal = body, scenarios.SealOpened
		}
	case op.openPart != "":
		if raw, ok := wire.Member(r.Body, op.openPart); ok && string(raw) != "null" && string(raw) != `""` {
			r.Wire.Seal = scenarios.SealPlain
			if raw[0] == '"' { // it may be ciphertext
				r.Wire.Seal = scenarios.SealUnopened
				r.Body = wire.DropMember(r.Body, op.openPart)
			}
		}
	}
	if auth := op.Wire.Auth; auth != nil {
		for pointer := range auth.Fields {
			r.Body = wire.DropMember(r.Body, pointer)
		}
	}
	if sign := op.Wire.Sign; sign != nil {
		for _, at := range []string{sign.Parameter, sign.KeyParameter, sign.TimeParameter, sign.NonceParameter, sign.MethodParameter} {
			if pointer := specs.Location(at).Pointer(); pointer != "" {
				r.Body = wire.DropMember(r.Body, pointer)
			}
		}
	}
}

// isPlainJSON says whether a body that should be sealed travelled open: no ciphertext is JSON.
func isPlainJSON(body []byte) bool {
	text := bytes.TrimSpace(body)
	return len(text) > 0 && (text[0] == '{' || text[0] == '[') && json.Valid(text)
}

// settleForm does the same to the fields of a form.
func (h *heard) settleForm(r *scenarios.Request) {
	pairs, err := wire.ParseForm(r.Body)
	if err != nil {
		return
	}
	left := len(pairs)
	var credentials []string
	if auth := h.op.Wire.Auth; auth != nil {
		for pointer := range auth.Fields {
			credentials = append(credentials, specs.UnescapePointer(strings.TrimPrefix(pointer, "/")))
		}
	}
	pairs = slices.DeleteFunc(pairs, func(p wire.Pair) bool { return slices.Contains(credentials, p.Name) })
	sealed := specs.UnescapePointer(strings.TrimPrefix(h.op.openPart, "/"))
	for i, p := range pairs {
		switch {
		case sealed == "" || p.Name != sealed || p.Value == "":
		case h.note.Member != nil:
			pairs[i].Value, r.Wire.Seal = string(h.note.Member), scenarios.SealOpened
		default: // it may be ciphertext
			pairs[i].Value, r.Wire.Seal = "", scenarios.SealUnopened
		}
	}
	if r.Wire.Seal != "" || len(pairs) < left {
		r.Body = writeForm(pairs)
	}
}

// spreads says whether the fields of the operation's form may come in several places.
func (op *compiled) spreads() bool {
	return op.Wire.Route != nil || op.Wire.Formats != nil && len(op.Wire.Formats.Form) > 0
}

// ownPath is the part of a path that is the operation's: what stands before it is a server's path or a prefix.
func ownPath(path, template string) string {
	own := path
	for range strings.Count(template, "/") {
		own = own[:max(strings.LastIndexByte(own, '/'), 0)]
	}
	return path[len(own):]
}

// writeForm writes pairs as a form.
func writeForm(pairs wire.Pairs) []byte {
	var parts []string
	for _, p := range pairs {
		parts = append(parts, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
	}
	return []byte(strings.Join(parts, "&"))
}
