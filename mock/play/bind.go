package play

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"understudy/mock/internal/schema"
)

// bindings are the real values that stand for the recorded ones in one session: each for one, and one for each, among
// those of a kind.
type bindings struct {
	real     map[datum]bound
	recorded map[datum]string
	// version counts the changes; replaced are the bindings as text is searched for them.
	version  int
	replaced []replacement
	made     int
}

// datum is a value and the kind that its schema gives it.
type datum struct{ kind, text string }

// bound is a real value and the step in whose place it was met first.
type bound struct {
	text string
	step int
}

// pair is a recorded value and the real one that stands in its place.
type pair struct {
	kind, recorded, real string
}

// fits says whether a real value may stand for a recorded one, and whether it does so for the first time. Pending are pairs of
// the same request.
func (b *bindings) fits(p pair, pending []pair) (ok, fresh bool) {
	if known, is := b.real[datum{p.kind, p.recorded}]; is {
		return known.text == p.real, false
	}
	if _, taken := b.recorded[datum{p.kind, p.real}]; taken {
		return false, false
	}
	for _, other := range pending {
		if other.kind == p.kind && (other.recorded == p.recorded || other.real == p.real) {
			return other == p, false
		}
	}
	return true, true
}

func (b *bindings) add(pairs []pair, step int) {
	if len(pairs) == 0 {
		return
	}
	if b.real == nil {
		b.real, b.recorded = map[datum]bound{}, map[datum]string{}
	}
	for _, p := range pairs {
		b.real[datum{p.kind, p.recorded}] = bound{p.real, step}
		b.recorded[datum{p.kind, p.real}] = p.recorded
	}
	b.version++
}

// renew lets the newest value stand for a recorded one of which each call has another.
func (b *bindings) renew(p pair, step int) {
	if p.recorded == p.real {
		return
	}
	if before, is := b.real[datum{p.kind, p.recorded}]; is {
		delete(b.recorded, datum{p.kind, before.text})
	}
	b.add([]pair{p}, step)
}

// replacement is a text that is looked for within others.
type replacement struct{ recorded, real string }

// The shortest texts that are looked for within other texts: a shorter one might be a part of anything.
const (
	leastASCII = 5
	leastRunes = 2
)

// replacements are the bindings that are looked for in text, the longest first.
func (b *bindings) replacements() []replacement {
	if b.made == b.version {
		return b.replaced
	}
	b.replaced = nil
	for d, real := range b.real {
		if isLookedFor(d.text, real.text) {
			b.replaced = append(b.replaced, replacement{d.text, real.text})
		}
	}
	slices.SortFunc(b.replaced, replacement.compare)
	b.made = b.version
	return b.replaced
}

// replacementsWith are those with pairs that are not bound yet.
func (b *bindings) replacementsWith(pending []pair) []replacement {
	list := slices.Clone(b.replacements())
	for _, p := range pending {
		if isLookedFor(p.recorded, p.real) {
			list = append(list, replacement{p.recorded, p.real})
		}
	}
	slices.SortFunc(list, replacement.compare)
	return list
}

func isLookedFor(recorded, real string) bool {
	n := utf8.RuneCountInString(recorded)
	return recorded != real && n >= leastRunes && (n < len(recorded) || n >= leastASCII)
}

func (r replacement) compare(other replacement) int {
	return cmp.Or(cmp.Compare(len(other.recorded), len(r.recorded)), cmp.Compare(r.recorded, other.recorded), cmp.Compare(r.real, other.real))
}

// whole is the real value of a recorded one that stands alone in a place of a kind.
func (b *bindings) whole(kind, text string) (string, bool) {
	if known, ok := b.real[datum{kind, text}]; ok {
		return known.text, true
	}
	return "", false
}

// within puts the real values where recorded ones occur in a text. A value that begins or ends with a letter or digit of ASCII
// counts only where no other one stands beside it.
func within(text string, list []replacement) string {
	list = slices.DeleteFunc(slices.Clone(list), func(r replacement) bool { return !strings.Contains(text, r.recorded) })
	if len(list) == 0 {
		return text
	}
	var out strings.Builder
	for at := 0; at < len(text); {
		i := slices.IndexFunc(list, func(r replacement) bool {
			return strings.HasPrefix(text[at:], r.recorded) && standsAlone(text, at, at+len(r.recorded))
		})
		if i < 0 {
			out.WriteByte(text[at])
			at++
			continue
		}
		out.WriteString(list[i].real)
		at += len(list[i].recorded)
	}
	return out.String()
}

func standsAlone(text string, from, to int) bool {
	return !(from > 0 && isWord(text[from-1]) && isWord(text[from])) && !(to < len(text) && isWord(text[to]) && isWord(text[to-1]))
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// isBound says whether values of a kind are matched by the pattern of their equality and not by themselves.
func isBound(f field, masked bool) bool {
	switch f.value.(type) {
	case string, number, content:
	default:
		return false
	}
	return f.kind != "" && (f.kind != schema.Undescribed || masked)
}

// textOf is a value as it is bound; a number counts as its digits.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case number:
		return string(v)
	case content:
		return string(v)
	}
	return ""
}
