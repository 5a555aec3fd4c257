package mask

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"understudy/mock/internal/pseudonym"
	"understudy/specs"
)

// jsonWalk goes through a JSON text and changes it in place: what stays keeps its spelling.
type jsonWalk struct {
	*walk
	text    []byte
	decoder *jsontext.Decoder
	out     bytes.Buffer
	at      int // up to where the text is in out
}

// json goes through a text of JSON; false where it is none.
func (w *walk) json(s spot, text string) (string, bool) {
	out, end, ok := w.jsonText(s, []byte(text))
	if !ok || strings.TrimSpace(text[end:]) != "" {
		return "", false
	}
	return string(out) + text[end:], true
}

// jsonText goes through the JSON value that a text begins with. Where the text stops being JSON, ok is false, out is what could
// be read before and end where that was.
func (w *walk) jsonText(s spot, text []byte) (out []byte, end int, ok bool) {
	j := &jsonWalk{walk: w, text: text}
	j.decoder = jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	err := j.value(s)
	end = int(j.decoder.InputOffset())
	if err != nil {
		end = max(j.at, end)
	}
	j.out.Write(text[j.at:end])
	return j.out.Bytes(), end, err == nil
}

// replace puts a text in the place of the raw value that was read last.
func (j *jsonWalk) replace(raw int, with []byte) {
	end := int(j.decoder.InputOffset())
	j.out.Write(j.text[j.at : end-raw])
	j.out.Write(with)
	j.at = end
}

func (j *jsonWalk) value(s spot) error {
	if j.keeps(s.raw) {
		s.kept = true
	}
	if s.within == "" {
		// What stands in a marked place is a datum, whatever its type; an opened ciphertext is as its content is described.
		switch kind := s.place.Sensitive(); kind {
		case "":
		case "ciphertext":
			if k := j.decoder.PeekKind(); k == '{' || k == '[' {
				if content, _ := s.place.Content(); content.Described() {
					s.place = content
				}
			}
		default:
			s.within = kind
		}
	}
	switch j.decoder.PeekKind() {
	case '{':
		return j.object(s)
	case '[':
		return j.list(s)
	}
	raw, err := j.decoder.ReadValue()
	if err != nil {
		return err
	}
	switch raw.Kind() {
	case '"':
		text, err := jsontext.AppendUnquote(nil, raw)
		if err != nil && len(text) == 0 {
			return nil
		}
		if out := j.leaf(s, string(text), false); out != string(text) {
			quoted, err := jsontext.AppendQuote(nil, out)
			if err != nil {
				quoted, _ = jsontext.AppendQuote(nil, strings.ToValidUTF8(out, "?"))
			}
			j.replace(len(raw), quoted)
		}
	case '0':
		size := len(raw)
		if out := j.leaf(s, string(raw), true); out != string(raw) {
			j.replace(size, []byte(out))
		}
	case 't':
		if !s.kept && !s.place.Takes("boolean") && s.within == "" {
			j.replace(len(raw), []byte("false"))
		}
	}
	return nil
}

func (j *jsonWalk) object(s spot) error {
	if _, err := j.decoder.ReadToken(); err != nil {
		return err
	}
	for j.decoder.PeekKind() != '}' {
		raw, err := j.decoder.ReadValue()
		if err != nil {
			return err
		}
		if raw.Kind() != '"' {
			return nil
		}
		unquoted, _ := jsontext.AppendUnquote(nil, raw)
		name := string(unquoted)
		member := s.member(name)
		if form := s.place.Shape(); form.Says("array") && !form.Says("object") { // the list stands in an object under its element's name
			member.place = s.place
		}
		if !s.place.Names(name) {
			shown := j.name(s, member, name)
			if shown != name {
				quoted, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(shown, "?"))
				j.replace(len(raw), quoted)
			}
			member.pointer = s.pointer + "/" + specs.EscapePointer(shown)
		}
		if err := j.value(member); err != nil {
			return err
		}
	}
	_, err := j.decoder.ReadToken()
	return err
}

// name is that of a member which no property is: it may be a datum itself, such as the number of whom the member is about.
func (j *jsonWalk) name(s, member spot, name string) string {
	at := spot{where: s.where, pointer: s.pointer, kept: s.kept || member.place.Described() || isName(name)}
	d := datum{spot: at, text: name}
	if at.kept {
		return j.visitor.free(d)
	}
	d.kind = pseudonym.Text
	return j.visitor.datum(d)
}

// isName says whether a text is one that a programmer gives to a member.
func isName(text string) bool {
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9' && i > 0:
			digits++
		case c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("_.$-", c) >= 0:
		default:
			return false
		}
	}
	return text != "" && len(text) <= 64 && digits <= 4
}

func (j *jsonWalk) list(s spot) error {
	if _, err := j.decoder.ReadToken(); err != nil {
		return err
	}
	for i := 0; j.decoder.PeekKind() != ']'; i++ {
		item := s
		token := "/" + strconv.Itoa(i)
		item.place, item.pointer, item.raw = s.place.Item(i), s.pointer+token, s.raw+token
		if err := j.value(item); err != nil {
			return err
		}
	}
	_, err := j.decoder.ReadToken()
	return err
}
