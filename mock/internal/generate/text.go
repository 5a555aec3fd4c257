package generate

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"understudy/mock/internal/fake"
)

// longest bounds the texts that are made; a schema that asks for more gets them nevertheless, up to longestMade.
const (
	longest = 10000
	// longestMade and mostMade bound what is made at all.
	longestMade = 1 << 20
	mostMade    = 10000
	// mostTexts is how many texts may stand within each other before optional parts are left out: each doubles what is quoted.
	mostTexts = 3
)

// text makes a text: by a pattern where there is one, else by the format, else by the name it stands under.
func (m *maker) text(p *plan, c context, src fake.Source, room, try int) (any, bool) {
	if p.media != "" && len(p.patterns) == 0 && p.minLength <= longestMade {
		if s, ok := m.encoded(p, c, src, room); ok && p.fits(s) {
			return s, true
		}
	}
	s, missed := m.appendText(nil, p, c.field, c.record, src, try)
	if missed != "" {
		m.fail(missed, missing[missed])
		return nil, false
	}
	return string(s), true
}

// missing says by the keyword why there is no text.
var missing = map[string]string{
	"minLength": "a text that long is not made", "pattern": "no text was found for it", "format": "no text of that format has the right length",
}

// appendText appends a text that no other document is in; missed is the keyword that could not be met, "" for none.
func (h *hand) appendText(dst []byte, p *plan, f *fake.Field, record, src fake.Source, try int) (text []byte, missed string) {
	if p.minLength > longestMade {
		return dst, "minLength"
	}
	from := len(dst)
	if dst, ok := h.believable(dst, p, f, record, src); ok && try < 8 && p.keepsBytes(dst[from:]) {
		return dst, ""
	}
	if len(p.patterns) > 0 {
		dst, ok := h.patterned(dst, p, src, try)
		if !ok {
			return dst[:from], "pattern"
		}
		return dst, ""
	}
	if len(p.formats) > 0 {
		if dst, ok := h.format(dst, p, record, src, try); ok {
			return dst, ""
		}
		if p.makers[0] != nil {
			return dst[:from], "format"
		}
	}
	return h.plain(dst, p, src), ""
}

// fits holds a text to its length in characters.
func (p *plan) fits(s string) bool { return p.fitsBytes([]byte(s)) }

func (p *plan) fitsBytes(s []byte) bool {
	if p.minLength == 0 && len(s) <= p.maxLength {
		return true
	}
	n := utf8.RuneCount(s)
	return p.minLength <= n && n <= p.maxLength
}

// keeps says whether a text has the right length and fits every pattern.
func (p *plan) keeps(s string) bool { return p.keepsBytes([]byte(s)) }

func (p *plan) keepsBytes(s []byte) bool {
	return p.fitsBytes(s) && p.matches(s)
}

// matches says whether a text fits every pattern.
func (p *plan) matches(s []byte) bool {
	for _, pattern := range p.patterns {
		if !pattern.MatchBytes(s) {
			return false
		}
	}
	return true
}

// believable is what format or name suggest.
func (h *hand) believable(dst []byte, p *plan, f *fake.Field, record, src fake.Source) ([]byte, bool) {
	from := len(dst)
	if len(p.formats) > 0 && (f == nil || !f.IsOf(p.formats[0])) {
		dst, ok := h.format(dst, p, record, src, 0)
		if ok || p.makers[0] != nil {
			return dst, ok
		}
	}
	if p.digits {
		n := src.Between(max(1, int(pow10(p.minLength-1))), int(pow10(min(p.maxLength, 5)))-1)
		return strconv.AppendInt(dst, int64(n), 10), true
	}
	if f == nil {
		return dst, false
	}
	r := h.record(record)
	dst, ok := f.Append(dst, src, r)
	if !ok || p.fitsBytes(dst[from:]) {
		return dst, ok
	}
	for i := range 4 {
		if dst, ok = f.Append(dst[:from], src.Index(i), r); ok && p.fitsBytes(dst[from:]) {
			break
		}
	}
	return dst, ok
}

// pow10 is a power of ten that an id may have.
func pow10(n int) int64 {
	r := int64(1)
	for range min(n, 15) {
		r *= 10
	}
	return r
}

// format makes a text of the first format. That of a person's datum belongs to the person of the record.
func (h *hand) format(dst []byte, p *plan, record, src fake.Source, try int) ([]byte, bool) {
	name, made := p.formats[try%len(p.formats)], p.makers[try%len(p.formats)]
	if made == nil {
		return dst, false
	}
	r, from := h.record(record), len(dst)
	own := src
	if ofPerson(name) && try == 0 && record != (fake.Source{}) {
		own = record
	}
	for i := range 12 {
		if i > 0 {
			own = src.Index(i)
		}
		dst = made(dst[:from], own, r)
		if p.fitsBytes(dst[from:]) {
			return dst, true
		}
		if s := resize(name, string(dst[from:]), p.minLength, p.maxLength); p.fits(s) {
			return append(dst[:from], s...), true
		}
	}
	return dst[:from], false
}

// resize lengthens or shortens a text of a format where the format leaves room.
func resize(format, s string, least, most int) string {
	n := utf8.RuneCountInString(s)
	switch format {
	case "uri", "url", "iri", "uri-reference", "iri-reference", "json-pointer", "password", "binary", "regex", "uri-template":
		if n < least {
			return s + strings.Repeat("a", least-n)
		}
		switch {
		case most < 4 && strings.HasSuffix(format, "-reference"), format == "password", format == "binary":
			return first(s, most)
		case most >= 5 && most < n && (format == "uri" || format == "iri" || format == "url"):
			return "a://" + strings.Repeat("b", most-4)
		}
	case "email", "idn-email":
		if n < least {
			local, host, _ := strings.Cut(s, "@")
			return first(local+strings.Repeat("a", least), max(1, min(60, least-1-len(host)))) + "@" +
				strings.Repeat("long.", max(0, least-60-1-len(host)+4)/5) + host
		}
		if most >= 3 && most < n {
			return "a@" + strings.Repeat("b", min(most-2, 8))
		}
	case "hostname", "idn-hostname":
		if n < least {
			return strings.Repeat("a.", (least-n+1)/2) + s
		}
		if most >= 1 && most < n {
			return strings.Repeat("h", min(most, 20))
		}
	case "byte":
		switch {
		case n < least:
			return strings.Repeat("QUJD", (least+3)/4)
		case most < n:
			return strings.Repeat("QUJD", most/4)
		}
	case "date-time":
		if most >= 20 && most < n {
			return s[:19] + "Z"
		}
		if n < least && least > 21 {
			return s[:19] + "." + strings.Repeat("0", least-21) + "Z"
		}
	case "time":
		if most >= 9 && most < n {
			return s[:8] + "Z"
		}
	}
	return s
}

func first(s string, n int) string {
	for i := range s {
		if n <= 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// patterned makes a text for the patterns: for one of them, held to the others.
func (h *hand) patterned(dst []byte, p *plan, src fake.Source, try int) ([]byte, bool) {
	most := p.maxLength
	if most == math.MaxInt {
		most = 0
	}
	if p.maxLength == 0 {
		return dst, p.keeps("")
	}
	at := len(dst)
	for i := range 2 * len(p.patterns) {
		pattern := p.patterns[(i+try)%len(p.patterns)]
		from := src
		if i > 0 || try > 0 {
			from = src.Index(i + 8*try)
		}
		dst, ok := pattern.Append(dst, from, p.minLength, most)
		if ok && (len(p.patterns) == 1 || p.keepsBytes(dst[at:])) {
			return dst, true
		}
		// A pattern without anchors leaves room around what it asks for.
		if dst, ok = pattern.Append(dst[:at], from, 0, 0); !ok {
			continue
		}
		if n := utf8.RuneCount(dst[at:]); n < p.minLength {
			s, pad := string(dst[at:]), strings.Repeat("a", p.minLength-n)
			for _, longer := range []string{s + pad, pad + s} {
				if p.keeps(longer) {
					return append(dst[:at], longer...), true
				}
			}
		}
	}
	for _, pattern := range p.patterns {
		for i := range 4 {
			dst, ok := pattern.Append(dst[:at], src.Sub("other").Index(i+16*try), p.minLength, most)
			if ok && p.keepsBytes(dst[at:]) {
				return dst, true
			}
		}
	}
	return dst[:at], false
}

// plain makes a text that nothing is said about but its length.
func (h *hand) plain(dst []byte, p *plan, src fake.Source) []byte {
	return h.sized(dst, src, p.minLength, min(p.maxLength, max(longest, p.minLength)))
}

// sized makes a text of least to most characters.
func (h *hand) sized(dst []byte, src fake.Source, least, most int) []byte {
	if most == 0 {
		return dst
	}
	wish := most
	if most > 40 {
		wish = max(least, 40)
	}
	if h.chinese {
		return src.AppendText(dst, least, max(least, min(wish, 20)))
	}
	return src.AppendEnglish(dst, least, wish)
}

func isJSONMedia(media string) bool { return strings.HasSuffix(media, "json") }

// holds says whether a text is made of a value that some schema describes.
func (p *plan) holds() bool {
	return p.content != nil && isJSONMedia(p.media) && len(p.patterns) == 0 && p.minLength <= longestMade
}

// encoded makes the text that holds another document. One within another has the room that is left there.
func (m *maker) encoded(p *plan, c context, src fake.Source, room int) (string, bool) {
	if !isJSONMedia(p.media) {
		return "", false
	}
	var v any = map[string]any{}
	if p.content != nil {
		if m.texts == 0 {
			room = ample / 4
		}
		var ok bool
		m.texts++
		v, ok = m.value(p.content.plan(), context{name: c.name}, src, room)
		m.texts--
		if !ok {
			return "", false
		}
	}
	data, err := json.Marshal(v)
	if m.work += len(data) / 1000; err != nil || len(data) > longestMade {
		return "", false
	}
	switch p.encoding {
	case "base64":
		return base64.StdEncoding.EncodeToString(data), true
	case "base64url":
		return base64.URLEncoding.EncodeToString(data), true
	}
	return string(data), true
}
