package mask

import (
	"bytes"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"understudy/mock/internal/media"
	"understudy/mock/internal/pseudonym"
	"understudy/specs"
)

// body goes through a body of whatever type it says it is.
func (w *walk) body(op *specs.Operation, where string, b body, mediaType string, text []byte) []byte {
	if len(text) == 0 {
		return text
	}
	base, params, err := mime.ParseMediaType(mediaType)
	if err != nil {
		base, _, _ = strings.Cut(mediaType, ";")
		base = strings.ToLower(strings.TrimSpace(base))
	}
	s := spot{where: where, place: b.place}
	switch first := bytes.TrimLeft(text, " \t\r\n"); {
	case media.IsJSON(base), base == "" || isLines(base), base == "text/plain" && !b.place.Takes("string") && b.place.Described():
		return w.jsonBody(s, isLines(base), text)
	case base == formType:
		return w.form(op, s, text)
	case base == "application/xml" || base == "text/xml" || strings.HasSuffix(base, "+xml") && base != "application/xhtml+xml":
		return w.xml(s, text, op != nil && op.Wire.Formats != nil)
	case strings.HasPrefix(base, "multipart/"):
		return w.multipart(op, s, b.media, params["boundary"], text)
	case len(first) > 0 && (first[0] == '{' || first[0] == '[') && !b.place.Described():
		return w.jsonBody(s, false, text) // mislabelled, as many error pages of gateways are
	}
	if !utf8.Valid(text) {
		return w.bytes(s, text)
	}
	if b.place.Described() && base != "text/html" {
		s.text = true
		return []byte(w.value(s, string(text), base))
	}
	return []byte(w.page(s, string(text)))
}

func isLines(base string) bool {
	switch base {
	case "application/x-ndjson", "application/jsonl", "application/json-seq", "application/jsonlines":
		return true
	}
	return false
}

// jsonBody goes through a body of JSON; what stands behind the place where it stops being JSON is no more than text.
func (w *walk) jsonBody(s spot, lines bool, text []byte) []byte {
	mark := 0
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		mark = 3
	}
	out := append([]byte{}, text[:mark]...)
	for rest := text[mark:]; ; {
		if len(bytes.TrimSpace(rest)) == 0 || bytes.Equal(bytes.TrimSpace(rest), []byte("\x1e")) {
			return append(out, rest...)
		}
		if lines && rest[0] == 0x1e {
			out, rest = append(out, 0x1e), rest[1:]
		}
		item := s
		if lines {
			if item.place = s.place.Item(0); !item.place.Described() {
				item.place = s.place
			}
		}
		done, end, ok := w.jsonText(item, rest)
		out = append(out, done...)
		rest = rest[end:]
		if !ok {
			return append(out, w.remainder(s, rest)...)
		}
		if !lines && len(bytes.TrimSpace(rest)) > 0 {
			return append(out, w.remainder(s, rest)...)
		}
	}
}

// remainder is what is left of a body that could not be read to its end.
func (w *walk) remainder(s spot, rest []byte) []byte {
	if len(bytes.TrimSpace(rest)) == 0 {
		return rest
	}
	return []byte(w.page(s, string(bytes.ToValidUTF8(rest, []byte("x")))))
}

// page is a text of which nobody has said what it holds, an HTML page for one.
func (w *walk) page(s spot, text string) string {
	return w.visitor.datum(datum{spot: spot{where: s.where, pointer: s.pointer}, kind: page, text: text})
}

// page is the kind of a whole text outside the contract.
const page = "page"

// bytes are no text: a picture may show a person as well as a name does.
func (w *walk) bytes(s spot, text []byte) []byte {
	out := w.visitor.datum(datum{spot: spot{where: s.where}, kind: blob, text: string(text)})
	return []byte(out)
}

// blob is the kind of bytes that are no text.
const blob = "bytes"

// form goes through application/x-www-form-urlencoded.
func (w *walk) form(op *specs.Operation, s spot, text []byte) []byte {
	pieces := strings.Split(string(text), "&")
	for i, piece := range pieces {
		name, value, found := strings.Cut(piece, "=")
		plainName, plain := unescaped(name), unescaped(value)
		field := s.member(plainName)
		field.text = true
		mediaType := mediaTypeOf(op, "form", plainName)
		if !field.place.Described() {
			known := w.parameterSpot(op, "form", plainName)
			field.place, field.within, field.kept = known.place, known.within, known.kept
		}
		if w.keeps(field.raw) {
			field.kept = true
		}
		if !field.place.Described() && !field.kept {
			at := spot{where: s.where, kept: true}
			if shown := w.visitor.free(datum{spot: at, text: plainName}); shown != plainName {
				name, field.pointer = url.QueryEscape(shown), s.pointer+"/"+specs.EscapePointer(shown)
			}
		}
		if out := w.value(field, plain, mediaType); out != plain {
			value = url.QueryEscape(out)
		}
		// Digits behind a % may be a datum to one reader and an escape to another: '%13…%' is a pattern of SQL as well.
		if name != plainName && len(suspects("", name)) > 0 {
			name = strings.ReplaceAll(mute(name), "%", "x")
		}
		if value != plain && !field.kept && len(suspects(plainName, value)) > 0 {
			value = strings.ReplaceAll(mute(value), "%", "x")
		}
		if pieces[i] = name; found {
			pieces[i] += "=" + value
		}
	}
	return []byte(strings.Join(pieces, "&"))
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// multipart goes through the parts of a body. Where its boundary is not known it is a text of which nothing is known.
func (w *walk) multipart(op *specs.Operation, s spot, m *specs.MediaType, boundary string, text []byte) []byte {
	if boundary == "" || !bytes.Contains(text, []byte("--"+boundary)) {
		if !utf8.Valid(text) {
			return w.bytes(s, text)
		}
		return []byte(w.page(s, string(text)))
	}
	pieces := bytes.Split(text, []byte("--"+boundary))
	var out bytes.Buffer
	for i, piece := range pieces {
		if i > 0 {
			out.WriteString("--" + boundary)
		}
		head, content, ok := bytes.Cut(piece, []byte("\r\n\r\n"))
		if i == 0 || !ok {
			if len(bytes.Trim(piece, "-\r\n \t")) > 0 {
				piece = w.remainder(s, piece)
			}
			out.Write(piece)
			continue
		}
		content, end := bytes.CutSuffix(content, []byte("\r\n"))
		out.Write(w.part(s, m, i-1, head, content))
		if end {
			out.WriteString("\r\n")
		}
	}
	return out.Bytes()
}

// part is one part with its headers.
func (w *walk) part(s spot, m *specs.MediaType, index int, head, content []byte) []byte {
	lines := strings.Split(string(head), "\r\n")
	name, base := "", ""
	for i, line := range lines {
		label, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		switch strings.ToLower(label) {
		case "content-disposition":
			_, params, err := mime.ParseMediaType(strings.TrimSpace(value))
			if err != nil {
				lines[i] = label + ": form-data"
				continue
			}
			name = params["name"]
			if file := params["filename"]; file != "" {
				params["filename"] = w.visitor.datum(datum{spot: spot{where: s.where}, kind: pseudonym.Text, text: file})
				lines[i] = label + ": " + mime.FormatMediaType("form-data", params)
			}
		case "content-type":
			base, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(value)), ";")
		case "content-transfer-encoding":
		default:
			lines[i] = label + ": " + w.visitor.datum(datum{spot: spot{where: s.where}, kind: pseudonym.Text, text: strings.TrimSpace(value)})
		}
	}
	field := s
	if name != "" {
		field = s.member(name)
	} else {
		token := "/" + strconv.Itoa(index)
		field.place, field.pointer, field.raw = s.place.Item(index), s.pointer+token, s.raw+token
	}
	if field.place.Takes("array") && !field.place.Takes("string") {
		field.place = field.place.Item(0)
	}
	field.text = true
	var out []byte
	switch {
	case !utf8.Valid(content):
		out = w.bytes(field, content)
	case media.IsJSON(base):
		field.text = false
		out = w.jsonBody(field, false, content)
	default:
		mediaType := ""
		if m != nil {
			mediaType = m.Encoding[name].ContentType
		}
		out = []byte(w.value(field, string(content), mediaType))
	}
	return append([]byte(strings.Join(lines, "\r\n")+"\r\n\r\n"), out...)
}

// filler is a text of the same length that says nothing: letters are x, digits 0, Chinese characters 某. Markup stays, and so do
// the phrases of HTTP statuses that a piece of text consists of.
func filler(text string) string {
	out := pseudonym.Letters(text, func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return '0'
		case r >= 'a' && r <= 'z', r == '@':
			return 'x'
		case r >= 'A' && r <= 'Z':
			return 'X'
		case r < 0x80 || strings.ContainsRune("，。：；！？、（）《》“”‘’·—…　", r):
			return r
		}
		return '某'
	})
	return withPhrases(text, out)
}

// withPhrases puts the phrases of HTTP statuses back that stand alone between tags or on a line.
func withPhrases(text, out string) string {
	if len(text) != len(out) {
		return out // references have become characters
	}
	changed := []byte(out)
	for at := 0; at < len(text); {
		end := at
		for end < len(text) && text[end] != '<' && text[end] != '>' && text[end] != '\n' {
			end++
		}
		piece := text[at:end]
		if phrase := strings.TrimSpace(piece); isPhrase(phrase) {
			from := at + strings.Index(piece, phrase)
			copy(changed[from:], phrase)
		}
		at = end + 1
	}
	return string(changed)
}

func isPhrase(text string) bool {
	if len(text) < 2 || len(text) > 60 {
		return false
	}
	for status := 400; status < 600; status++ {
		if phrase := http.StatusText(status); phrase != "" && (text == phrase || text == strconv.Itoa(status)+" "+phrase || text == strconv.Itoa(status)) {
			return true
		}
	}
	return false
}
