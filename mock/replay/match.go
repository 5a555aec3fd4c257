package replay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"understudy/mock/drive"
	"understudy/mock/internal/detect"
	"understudy/mock/mask"
)

// pairs are what stood in the places of recorded values: each always the same.
type pairs struct{ to, from map[string]string }

func newPairs() *pairs { return &pairs{map[string]string{}, map[string]string{}} }

// match says whether two values may stand for each other: as they do elsewhere, or as nothing else does yet.
func (p *pairs) match(class, was, got string) bool {
	was, got = class+"\x00"+was, class+"\x00"+got
	now, known := p.to[was]
	then, taken := p.from[got]
	if !known && !taken {
		p.to[was], p.from[got] = got, was
		return true
	}
	return known && taken && now == got && then == was
}

// within is a text with what stood in the places of recorded values this time, the longest first; one of a single character is
// part of anything.
func (p *pairs) within(class, text string) string {
	var list []string
	for was := range p.to {
		if recorded, ok := strings.CutPrefix(was, class+"\x00"); ok && utf8.RuneCountInString(recorded) > 1 && strings.Contains(text, recorded) {
			list = append(list, recorded)
		}
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	var both []string
	for _, recorded := range list {
		both = append(both, recorded, strings.TrimPrefix(p.to[class+"\x00"+recorded], class+"\x00"))
	}
	return strings.NewReplacer(both...).Replace(text)
}

// fits says whether a value that differs is an id which flows, and the same in all places.
func (f *flows) fits(p *pairs, name, was, got string) bool {
	return f.of(name, was) != nil && got != "" && p.match("id", was, got)
}

// The ways in which values differ.
const (
	valueDiffers = "value"
	differKind   = "type"
	differTwice  = "pairs"
	differForm   = "format"
)

func reason(why string) string {
	switch why {
	case differKind:
		return "it is of another type"
	case differTwice:
		return "other places have something else for it"
	case differForm:
		return "it has another form"
	}
	return "it is another one"
}

// differ says how two scalars differ, "" where they do not.
func (c *comparison) differ(pointer string, place drive.Place, was, got any) string {
	if kindOf(was) != kindOf(got) {
		return differKind
	}
	a, b := textOf(was), textOf(got)
	name := lastName(pointer)
	switch {
	case isSecret(place, a):
		// Some vendors put the token into a sentence.
		if sentence := strings.ContainsAny(a, " ") && len(b) >= leastToken; a != b && !sentence && !tokenLike(b) {
			return differForm
		}
		return ""
	case place.Minted == "$requestId":
		if b == "" {
			return differForm
		}
		return ""
	case place.Minted == "$now":
		if !c.instants(a, b, true) {
			return differForm
		}
		return ""
	}
	if c.isPersonal(place, was, got) {
		switch {
		case a == "" || b == "":
			if a != b {
				return valueDiffers
			}
			return ""
		case c.pairs.match("person", a, b):
			return ""
		}
		return differTwice
	}
	if place.Fixed {
		return valueUnless(sameScalar(was, got))
	}
	if one := c.flows.of(name, a); one != nil && b != "" {
		if c.pairs.match("id", a, b) {
			return ""
		}
		return differTwice
	}
	if sameScalar(was, got) {
		return ""
	}
	if (place.Key || minted(place, a, b)) && a != "" && b != "" {
		if c.pairs.match("id", a, b) {
			return ""
		}
		return differTwice
	}
	if c.config.Recording.Masked && !place.Described && place.Minted == "" {
		return "" // a masked recording has but the type of what the contract does not describe
	}
	if strings.Trim(a, "0123456789") == "" && !timeName(name) && !timeName(place.Format) {
		return valueDiffers // digits may be anything
	}
	return valueUnless(c.instants(a, b, false))
}

// minted says whether both texts are such as servers make up: as long as each other, and as chance makes them.
func minted(place drive.Place, was, got string) bool {
	return place.Format == "uuid" || len(was) == len(got) && detect.Random(was) && detect.Random(got)
}

func valueUnless(same bool) string {
	if same {
		return ""
	}
	return valueDiffers
}

// sameScalar compares numbers by their value: 1.0 is 1.
func sameScalar(a, b any) bool {
	x, isNumber := a.(json.Number)
	y, both := b.(json.Number)
	if !isNumber || !both {
		return a == b
	}
	if x == y {
		return true
	}
	p, err := x.Float64()
	q, wrong := y.Float64()
	return err == nil && wrong == nil && p == q && strings.ContainsAny(string(x+y), ".eE")
}

// isSecret says whether a token or another secret stands at a place.
func isSecret(place drive.Place, recorded string) bool {
	return place.Sensitive == "token" || place.Sensitive == "secret" || mask.StandIn(recorded)
}

// leastToken is how long a token is at least.
const leastToken = 8

// tokenLike says whether a text may be a token (RFC 6750, section 2.1, and what vendors make of it): long enough to be no word,
// and without blanks. JSON that holds one is one as well.
func tokenLike(text string) bool {
	if _, ok := drive.Held(text); ok {
		return true
	}
	return utf8.RuneCountInString(text) >= leastToken && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

// isPersonal says whether a pseudonym stands at a place of the recording, in whose place the server has the person: where the
// contract marks it, and in what looks like a personal datum.
func (c *comparison) isPersonal(place drive.Place, was, got any) bool {
	if !c.config.Recording.Masked || place.Fixed {
		return false
	}
	if place.Sensitive != "" {
		return true
	}
	text, isText := was.(string)
	now, _ := got.(string)
	if !isText {
		return false
	}
	return strings.HasPrefix(place.Format, "cn-") && place.Format != "cn-day" || len(detect.Find(text)) > 0 || len(detect.Find(now)) > 0
}

// shownAt is a value as a finding shows it: nothing of a person and of a secret.
func (c *comparison) shownAt(place drive.Place, v any) string {
	text := textOf(v)
	switch v.(type) {
	case nil, bool, map[string]any:
		return kindText(v)
	case []any:
		return items(len(v.([]any)))
	}
	if place.Sensitive != "" || isSecret(place, text) || strings.HasPrefix(place.Format, "cn-") || !place.Described && c.contract.Extended {
		return fmt.Sprintf("%s of %d characters", kindOf(v), utf8.RuneCountInString(text))
	}
	return c.shown(text, kindOf(v))
}

func kindText(v any) string {
	switch v := v.(type) {
	case bool:
		return textOf(v)
	case nil:
		return "null"
	}
	return kindOf(v)
}

// mostShown bounds what a finding shows of a text, in characters.
const mostShown = 60

// shown is a text as a finding shows it.
func (c *comparison) shown(text, kind string) string {
	if len(detect.Find(text)) > 0 || detect.Ciphertext(text, detect.BeyondHash) {
		return fmt.Sprintf("%s of %d characters", orText(kind, "a text"), utf8.RuneCountInString(text))
	}
	if r := []rune(text); len(r) > mostShown {
		text = string(r[:mostShown]) + "…"
	}
	if kind == "a number" {
		return text
	}
	return string(jsonText(text))
}
