package generate

import (
	"encoding/json"
	"math/big"
	"strings"
	"unicode/utf8"
)

func number(text string) json.Number { return json.Number(text) }

// number breaks the borders and multiples of a number.
func (b *breaker) number(p *plan) {
	n := p.numbers
	steps := []*big.Rat{big.NewRat(1, 1), big.NewRat(1, 100), big.NewRat(1, 100000), big.NewRat(100, 1)}
	if p.grid != nil {
		steps = append([]*big.Rat{p.grid.unit}, steps...)
	}
	beyond := func(name string, bound *big.Rat, open bool, sign int64) {
		if bound == nil || n.bits > 0 && bound.IsInt() && bound.Num().BitLen() >= n.bits-1 {
			return // what a format says is broken below
		}
		keyword := name
		if open {
			keyword = "exclusive" + strings.ToUpper(name[:1]) + name[1:]
			if exact, ok := exactly(bound); ok && b.try(keyword, keyword, "", exact) {
				return
			}
		}
		for _, step := range steps {
			far := new(big.Rat).Mul(step, big.NewRat(sign, 1))
			if v, ok := exactly(far.Add(far, bound)); ok && b.try(keyword, keyword, "", v) {
				return
			}
		}
	}
	beyond("minimum", n.low, n.lowOpen, -1)
	beyond("maximum", n.high, n.highOpen, 1)
	if n.bits > 0 {
		over := new(big.Int).Lsh(big.NewInt(1), uint(n.bits-1))
		b.try("format", "format", "", decimal(over.String(), 0))
	}
	if n.step == nil || p.grid == nil {
		return
	}
	current, ok := ratOf(number(numberText(b.spot.value)))
	if !ok {
		return
	}
	for _, off := range []*big.Rat{big.NewRat(1, 1), new(big.Rat).Mul(n.step, big.NewRat(1, 2)), new(big.Rat).Mul(n.step, big.NewRat(1, 10)), big.NewRat(-1, 1)} {
		if v, ok := exactly(new(big.Rat).Add(current, off)); ok && b.try("multipleOf", "multipleOf", "", v) {
			return
		}
	}
}

func numberText(v any) string {
	n, _ := v.(json.Number)
	return string(n)
}

// text breaks length, pattern and format of a text.
func (b *breaker) text(p *plan, v string) {
	if p.minLength > 0 {
		for _, s := range b.ofLength(p, v, p.minLength-1) {
			if b.try("minLength", "minLength", "", s) {
				break
			}
		}
	}
	if p.maxLength <= 1<<20 {
		for _, s := range b.ofLength(p, v, p.maxLength+1) {
			if b.try("maxLength", "maxLength", "", s) {
				break
			}
		}
	}
	if len(p.patterns) > 0 {
		for _, s := range odd(p, v) {
			if b.try("pattern", "pattern", "", s) {
				break
			}
		}
	}
	for _, name := range p.formats {
		for _, s := range append(unlike(name), odd(p, v)...) {
			if b.try("format", "format", "", s) {
				break
			}
		}
	}
}

// ofLength makes texts of a length that the rules forbid, which may still keep all others.
func (b *breaker) ofLength(p *plan, v string, n int) []string {
	var list []string
	for _, pattern := range p.patterns {
		for i := range 8 {
			if s, err := pattern.Text(b.src.Sub("length").Index(i), n, n); err == nil {
				list = append(list, s)
			}
		}
	}
	for _, name := range p.formats {
		list = append(list, resize(name, v, n, n))
	}
	if utf8.RuneCountInString(v) >= n {
		list = append(list, first(v, n))
	} else if v != "" {
		list = append(list, fitted(v, n, n))
	}
	return append(list, strings.Repeat("a", n), strings.Repeat("1", n))
}

// odd are texts of the right length that few patterns take.
func odd(p *plan, v string) []string {
	most := min(p.maxLength, longest)
	var list []string
	for _, s := range []string{"!", "~", " ", "不", "a", "A", "0", "\n", "x!x", "-"} {
		if utf8.RuneCountInString(v) > 0 {
			list = append(list, fitted(s, utf8.RuneCountInString(v), utf8.RuneCountInString(v)))
		}
		list = append(list, fitted(s, max(1, p.minLength), most))
	}
	return append(list, v+"!", "!"+v, v+" ", "")
}

// unlike are texts that look like a format and are not.
func unlike(format string) []string {
	switch format {
	case "date":
		return []string{"2025-02-30", "20250230", "not a date"}
	case "date-time":
		return []string{"2025-02-30T10:00:00Z", "2025-06-30 10:00:00", "not a time"}
	case "cn-date-time":
		return []string{"2025-02-30 10:00:00", "not a time"}
	case "time":
		return []string{"25:00:00Z", "not a time"}
	case "duration":
		return []string{"1 hour"}
	case "email", "idn-email":
		return []string{"not.an.email", "@example.com"}
	case "uuid":
		return []string{"00000000-0000-0000-0000-00000000000g", "not-a-uuid"}
	case "uri", "url", "iri":
		return []string{"not a uri", "://", "http://[1"}
	case "uri-reference", "iri-reference":
		return []string{`\\host\share`, "http://[1"}
	case "uri-template":
		return []string{"http://[1"}
	case "hostname", "idn-hostname":
		return []string{"-host-.example.com", "not a host"}
	case "ipv4":
		return []string{"256.1.2.3", "1.2.3"}
	case "ipv6":
		return []string{"12345::", "not an address"}
	case "byte":
		return []string{"not base64!", "*"}
	case "cn-id-card":
		return []string{"330102199002301234", "123456"}
	case "cn-mobile":
		return []string{"12345678901", "1380000"}
	case "cn-name":
		return []string{"名字1", "1"}
	case "quartz-cron":
		return []string{"not a cron", "0 0 2"}
	case "json-pointer":
		return []string{"no slash"}
	case "relative-json-pointer":
		return []string{"no number"}
	case "regex":
		return []string{"[a-z"}
	}
	return []string{"not a " + format}
}
