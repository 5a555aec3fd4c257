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
)

// text makes a text: by a pattern where there is one, else by the format, else by the name it stands under.
func (m *maker) text(p *plan, c context, src fake.Source, try int) (any, bool) {
	if p.minLength > longestMade {
		m.fail("minLength", "a text that long is not made")
		return nil, false
	}
	if p.media != "" && len(p.patterns) == 0 {
		if s, ok := m.encoded(p, c, src); ok && p.fits(s) {
			return s, true
		}
	}
	if s, ok := m.believable(p, c, src); ok && try < 8 && p.keeps(s) {
		return s, true
	}
	if len(p.patterns) > 0 {
		s, ok := m.patterned(p, src, try)
		if !ok {
			m.fail("pattern", "no text was found for it")
		}
		return s, ok
	}
	if len(p.formats) > 0 {
		if s, ok := m.format(p, c, src, try); ok {
			return s, true
		}
		if fake.HasFormat(p.formats[0]) {
			m.fail("format", "no text of that format has the right length")
			return nil, false
		}
	}
	return m.plain(p, src), true
}

// fits holds a text to its length in characters.
func (p *plan) fits(s string) bool {
	if p.minLength == 0 && len(s) <= p.maxLength {
		return true
	}
	n := utf8.RuneCountInString(s)
	return p.minLength <= n && n <= p.maxLength
}

// keeps says whether a text has the right length and fits every pattern.
func (p *plan) keeps(s string) bool {
	if !p.fits(s) {
		return false
	}
	for _, pattern := range p.patterns {
		if !pattern.Match(s) {
			return false
		}
	}
	return true
}

// believable is what format or name suggest.
func (m *maker) believable(p *plan, c context, src fake.Source) (string, bool) {
	if len(p.formats) > 0 && (c.field == nil || !c.field.IsOf(p.formats[0])) {
		s, ok := m.format(p, c, src, 0)
		if ok || fake.HasFormat(p.formats[0]) {
			return s, ok
		}
	}
	if p.digits {
		return strconv.Itoa(src.Between(max(1, int(pow10(p.minLength-1))), int(pow10(min(p.maxLength, 5)))-1)), true
	}
	if c.field == nil {
		return "", false
	}
	r := m.record(c)
	s, ok := c.field.Text(src, r)
	if !ok || p.fits(s) {
		return s, ok
	}
	for i := range 4 {
		if s, ok = c.field.Text(src.Index(i), r); ok && p.fits(s) {
			return s, true
		}
	}
	return s, ok
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
func (m *maker) format(p *plan, c context, src fake.Source, try int) (string, bool) {
	name := p.formats[try%len(p.formats)]
	from := src
	switch name {
	case "cn-id-card", "cn-mobile", "cn-name":
		if try == 0 && c.record != (fake.Source{}) {
			from = c.record
		}
	}
	for i := range 12 {
		if i > 0 {
			from = src.Index(i)
		}
		s, ok := from.Format(name, m.at)
		if !ok {
			return "", false
		}
		if p.fits(s) {
			return s, true
		}
		if s = resize(name, s, p.minLength, p.maxLength); p.fits(s) {
			return s, true
		}
	}
	return "", false
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
func (m *maker) patterned(p *plan, src fake.Source, try int) (string, bool) {
	most := p.maxLength
	if most == math.MaxInt {
		most = 0
	}
	if p.maxLength == 0 {
		return "", p.keeps("")
	}
	for i := range 2 * len(p.patterns) {
		pattern := p.patterns[(i+try)%len(p.patterns)]
		from := src
		if i > 0 || try > 0 {
			from = src.Index(i + 8*try)
		}
		s, err := pattern.Text(from, p.minLength, most)
		if err == nil && p.keeps(s) {
			return s, true
		}
		// A pattern without anchors leaves room around what it asks for.
		if s, err = pattern.Text(from, 0, 0); err != nil {
			continue
		}
		if n := utf8.RuneCountInString(s); n < p.minLength {
			pad := strings.Repeat("a", p.minLength-n)
			for _, longer := range []string{s + pad, pad + s} {
				if p.keeps(longer) {
					return longer, true
				}
			}
		}
	}
	for _, pattern := range p.patterns {
		for i := range 4 {
			s, err := pattern.Text(src.Sub("other").Index(i+16*try), p.minLength, most)
			if err == nil && p.keeps(s) {
				return s, true
			}
		}
	}
	return "", false
}

// plain makes a text that nothing is said about but its length.
func (m *maker) plain(p *plan, src fake.Source) string {
	return m.sized(src, p.minLength, min(p.maxLength, max(longest, p.minLength)))
}

// sized makes a text of least to most characters.
func (m *maker) sized(src fake.Source, least, most int) string {
	if most == 0 {
		return ""
	}
	wish := most
	if most > 40 {
		wish = max(least, 40)
	}
	if m.chinese {
		return src.Text(least, max(least, min(wish, 20)))
	}
	return src.English(least, wish)
}

// encoded makes the text that holds another document.
func (m *maker) encoded(p *plan, c context, src fake.Source) (string, bool) {
	if !strings.HasSuffix(p.media, "json") {
		return "", false
	}
	var v any = map[string]any{}
	if p.content != nil {
		var ok bool
		if v, ok = m.value(p.content.plan(), context{name: c.name}, src, ample/4); !ok {
			return "", false
		}
	}
	data, err := json.Marshal(v)
	if err != nil {
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
