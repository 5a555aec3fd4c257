package record

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"understudy/mock/drive"
	"understudy/scenarios"
	"understudy/specs"
)

// openReply takes the reply of an operation to contract level. By are the credentials that opened the request.
func (o *Opener) openReply(h *Heard, x *scenarios.Exchange, by *keys) {
	op, _ := o.contract.Operation(x.Operation)
	r := &x.Response
	r.Status, r.Broken, r.Wire.Bytes = h.Status, h.Broken, len(h.Reply)
	r.Header = headersOf(op, h)
	if h.Status == 0 {
		if r.Broken == "" {
			r.Broken = scenarios.BrokenReset // the recording does not tell how
		}
		r.Outcome = scenarios.OutcomeBroken
		return
	}
	label := base(h.ReplyHeader.Get("Content-Type"))
	r.MediaType = label
	switch {
	case h.ReplyUnkept:
		r.Wire.Unkept, r.MediaType, r.Outcome = true, label, scenarios.OutcomeUnexplained
		if r.Broken != "" {
			r.Outcome = scenarios.OutcomeBroken
		}
		return
	case r.Broken != "":
		r.Outcome = scenarios.OutcomeBroken
		r.Body = h.Reply
		if op.Wire.Seal.SealsReplies() && len(h.Reply) > 0 && (ciphertext(h.Reply) || op.Wire.Seal.ResponsePart() != "body") {
			r.Body, r.Wire.Seal = nil, scenarios.SealUnopened // a part of a ciphertext opens to nothing
		}
		return
	}
	done := o.judge(h, x.Operation, by)
	if done == nil {
		r.Outcome, r.Wire.Seal = scenarios.OutcomeUnexplained, scenarios.SealUnopened
		return
	}
	switch done.Outcome {
	case drive.OK:
		r.Outcome = scenarios.OutcomeOK
	case drive.VendorError:
		r.Outcome = scenarios.OutcomeVendorError
	default:
		r.Outcome = scenarios.OutcomeUnexplained
	}
	if done.Error != nil {
		r.Error = done.Error.ID
	}
	o.settle(op, h, done, r)
}

// settle says how the body of a reply was sealed and keeps what it opened to.
func (o *Opener) settle(op *specs.Operation, h *Heard, done *drive.Exchange, r *scenarios.Response) {
	got, seal := done.Reply, op.Wire.Seal
	part := seal.ResponsePart()
	r.Body = got.Plain
	switch {
	case len(h.Reply) == 0:
		r.Body, r.MediaType = nil, ""
	case got.Sealed && !readable(done):
		if part == "body" && !ciphertext(h.Reply) {
			r.Body, r.Wire.Seal = h.Reply, scenarios.SealPlain // a page of somebody on the way
			break
		}
		r.Body, r.Wire.Seal = nil, scenarios.SealUnopened
	case got.Sealed:
		r.Wire.Seal, r.Wire.Encoding = scenarios.SealOpened, encodingOf(seal, sealedText(h.Reply, part))
		if declared := mediaOf(op, r.Status); part == "body" && declared != "" && declared != r.MediaType {
			r.Wire.Label, r.MediaType = r.MediaType, declared
		}
	case part != "" && (seal.SealsFailures() || r.Outcome != scenarios.OutcomeVendorError):
		r.Wire.Seal = scenarios.SealPlain
	}
}

// judge holds the reply to the contract under the credentials that open it; nil where none has what it takes.
func (o *Opener) judge(h *Heard, operation string, by *keys) *drive.Exchange {
	var best *drive.Exchange
	sets := append([]*keys{by}, slices.DeleteFunc(slices.Clone(o.sets), func(k *keys) bool { return k == by })...)
	for _, k := range sets {
		done, err := k.client.Judge(operation, h.Status, h.ReplyHeader, h.Reply)
		if err != nil {
			continue
		}
		if best == nil || readable(done) {
			best = done
		}
		if readable(done) {
			break
		}
	}
	return best
}

// readable says whether a reply was opened, as far as it was sealed. What opens to no text was not: padding comes out right
// by chance now and then.
func readable(x *drive.Exchange) bool {
	if !x.Reply.Sealed {
		return true
	}
	return x.Reply.Unopened == nil && (x.Reply.Unread == nil || len(x.Reply.Plain) == 0)
}

// headersOf are the headers of a reply that are kept: those that the operation declares for any status, and a few that say
// what the body is or where to go on.
func headersOf(op *specs.Operation, h *Heard) []scenarios.Parameter {
	names := []string{"Content-Type", "Location", "Retry-After"}
	if op != nil {
		for _, r := range op.Responses {
			for _, one := range r.Headers {
				if name := http.CanonicalHeaderKey(one.Name); !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	var list []scenarios.Parameter
	for _, name := range names {
		for _, v := range h.ReplyHeader.Values(name) {
			if name == "Location" {
				v = withoutQuery(v)
			}
			list = append(list, scenarios.Parameter{Name: name, Value: v})
		}
	}
	return list
}

// withoutQuery takes query and user from an address: tickets and tokens stand there.
func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment, u.User = "", false, "", "", nil
	return u.String()
}

// mediaOf is the type that the contract has for a body under a status, "" for none.
func mediaOf(op *specs.Operation, status int) string {
	code := strconv.Itoa(status)
	for _, want := range []string{code, code[:1] + "XX", "default"} {
		for _, r := range op.Responses {
			if strings.EqualFold(r.Status, want) && len(r.Content) > 0 {
				return base(r.Content[0].Type)
			}
		}
	}
	return ""
}

// base is a media type without its parameters, in lower case.
func base(label string) string {
	if media, _, err := mime.ParseMediaType(label); err == nil {
		return media
	}
	media, _, _ := strings.Cut(label, ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// sealedText is the ciphertext of a reply: all of it, or a member.
func sealedText(body []byte, part string) []byte {
	if part == "body" {
		return bare(body)
	}
	var v any
	if json.Unmarshal(body, &v) != nil {
		return nil
	}
	for _, token := range strings.Split(strings.TrimPrefix(part, "/"), "/") {
		record, _ := v.(map[string]any)
		v = record[specs.UnescapePointer(token)]
	}
	text, _ := v.(string)
	return []byte(text)
}

// encodingOf tells in which of the encodings that a seal is read in a ciphertext is written.
func encodingOf(seal *specs.Seal, text []byte) string {
	reads := seal.Reads
	if len(reads) == 0 {
		reads = []string{seal.Encoding}
	}
	for _, one := range reads {
		switch {
		case one == "hex" && len(text)%2 == 0 && len(bytes.Trim(text, "0123456789abcdefABCDEF")) == 0,
			one == "base64url" && bytes.ContainsAny(text, "-_"):
			return one
		}
	}
	for _, one := range reads {
		if one != "hex" {
			return one
		}
	}
	return reads[0]
}

// shortest is how many characters a ciphertext has at least: a block of 16 bytes in Base64.
const shortest = 22

// ciphertext says whether a body may be a text under a cipher: one long word of the letters that encodings use, bare, in
// quotes, or as the only field of a form; or bytes that are no text.
func ciphertext(body []byte) bool {
	text := bare(body)
	if !utf8.Valid(text) {
		return true
	}
	if len(text) < shortest {
		return false
	}
	for _, c := range text {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', bytes.IndexByte([]byte("+/=-_\r\n"), c) >= 0:
		default:
			return false
		}
	}
	return true
}

// bare takes quotes, the name of a form's only field, and escapes from a text.
func bare(body []byte) []byte {
	text := bytes.TrimSpace(body)
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	if name, rest, ok := bytes.Cut(text, []byte("=")); ok && len(name) < shortest && len(bytes.Trim(rest, "=")) > 0 && !bytes.ContainsAny(rest, "&") {
		text = rest
	}
	if bytes.IndexByte(text, '%') >= 0 {
		if plain, err := url.QueryUnescape(string(text)); err == nil {
			text = bytes.TrimSpace([]byte(strings.ReplaceAll(plain, " ", "+")))
		}
	}
	return text
}
