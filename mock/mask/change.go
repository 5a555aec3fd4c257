package mask

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"understudy/mock/internal/detect"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/pseudonym"
)

// learner hears what stands in marked places, and changes nothing.
type learner struct{ m *Masker }

func (l learner) free(d datum) string   { return d.text }
func (l learner) closed(d datum) string { return d.text }

func (l learner) datum(d datum) string {
	switch d.kind {
	case pseudonym.Text, pseudonym.Message, page, blob:
		return d.text
	}
	if worthSearching(d) {
		l.m.told.add(d.text, changer{l.m}.datum(d))
	}
	return d.text
}

// worthSearching says whether a datum is told from ordinary words and numbers wherever it stands.
func worthSearching(d datum) bool {
	marks, digits := 0, 0
	for i := range len(d.text) {
		switch c := d.text[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			marks++
		}
	}
	marks += digits
	switch {
	case d.around && digits == 0:
		return false // it may be a word like any other
	case d.around && !longNumber(marks, digits):
		return false // the id of an organization that many places have, such as org-001
	case strings.IndexFunc(d.text, func(r rune) bool { return r >= 0x2e80 }) >= 0:
		n := utf8.RuneCountInString(strings.TrimSpace(d.text))
		return n >= 4 || n >= 2 && d.kind == pseudonym.Name
	case d.kind == pseudonym.Name:
		return marks >= 4
	}
	return marks >= 6
}

// longNumber says whether letters and digits are those of a number that stands for one only.
func longNumber(marks, digits int) bool { return marks >= 8 && digits >= 4 }

// changer puts pseudonyms in the place of data.
type changer struct{ m *Masker }

func (c changer) datum(d datum) string { return c.sound(d, c.pseudonym(d)) }

// pseudonym is what takes the place of a datum.
func (c changer) pseudonym(d datum) string {
	switch d.kind {
	case page:
		return filler(d.text)
	case blob:
		return strings.Repeat("x", len(d.text))
	case pseudonym.Text:
		if with, ok := c.m.told.whole(d.text); ok && d.fits(with) {
			return with
		}
	}
	if d.number {
		return c.number(d)
	}
	if d.kind == pseudonym.Message {
		return c.message(d)
	}
	out := c.m.maker.Of(d.kind, d.text, d.fits, c.otherwise(d))
	if !d.fits(out) && d.place.Closed() {
		if one, ok := c.otherwise(d)(0); ok {
			return one
		}
	}
	return out
}

// message is a pseudonym of a text about a person. Of whom it speaks has the pseudonym there that stands elsewhere, as far as
// that was known when the text came for the first time: the same text has the same pseudonym ever after.
func (c changer) message(d datum) string {
	if known, ok := c.m.told.message(d.text); ok && d.fits(known) {
		return known
	}
	out := c.freshMessage(d)
	c.m.told.keepMessage(d.text, out)
	return out
}

func (c changer) freshMessage(d datum) string {
	out := c.m.maker.Of(d.kind, d.text, d.fits, c.otherwise(d))
	from, to := []rune(d.text), []rune(out)
	if len(from) != len(to) {
		return out
	}
	var edits []detect.Edit
	for _, e := range c.m.told.plainEdits(d.text, c.stand) { // whatever else is hidden with a datum has to go as well
		start := utf8.RuneCountInString(d.text[:e.Start])
		end := start + utf8.RuneCountInString(d.text[e.Start:e.End])
		edits = append(edits, detect.Edit{Start: len(string(to[:start])), End: len(string(to[:end])), Text: e.Text})
	}
	if with := detect.Apply(out, edits); d.fits(with) {
		return with
	}
	return out
}

// number is a pseudonym that is a JSON number as well: the mantissa's, the exponent stays.
func (c changer) number(d datum) string {
	mantissa, exponent := d.text, ""
	if i := strings.IndexAny(d.text, "eE"); i >= 0 {
		mantissa, exponent = d.text[:i], d.text[i:]
	}
	fits := func(text string) bool { return d.fits(text + exponent) }
	var otherwise func(int64) (string, bool)
	if exponent == "" {
		otherwise = c.otherwise(d)
	}
	if out := c.m.maker.Of(d.kind, mantissa, fits, otherwise); isNumber(out + exponent) {
		return out + exponent
	}
	return "0"
}

// otherwise makes a value from the schema alone, where no pseudonym fits.
func (c changer) otherwise(d datum) func(int64) (string, bool) {
	pointers := d.place.Pointers()
	return func(seed int64) (string, bool) {
		for _, pointer := range pointers {
			v, err := c.m.known.generator.Value(pointer, fake.New(seed), generate.Options{View: d.place.View()})
			if err != nil {
				continue
			}
			switch v := v.(type) {
			case string:
				if !d.number {
					return v, true
				}
			case json.Number:
				if d.number || d.spot.text {
					return string(v), true
				}
			}
		}
		return "", false
	}
}

// closed is a value of a list; a secret among them is none the less one, and so is what an alternative to the list takes.
func (c changer) closed(d datum) string {
	if !d.number && len(suspects(d.name(), d.text)) > 0 {
		return c.free(d)
	}
	if with, ok := c.m.told.secret(d.text); ok {
		return with
	}
	return d.text
}

func (c changer) free(d datum) string {
	if d.number {
		return c.freeNumber(d)
	}
	return c.sound(d, c.freeText(d))
}

// freeText is a text without the data in it.
func (c changer) freeText(d datum) string {
	if detect.SecretName(d.name()) && detect.Random(d.text) {
		return c.m.maker.Of(pseudonym.Token, d.text, d.fits, c.otherwise(d))
	}
	out := detect.Apply(d.text, c.m.told.edits(d.text, c.stand))
	if out == d.text || d.fits(out) {
		return out
	}
	kind := pseudonym.Text
	if found := find(d.text); len(found) == 1 && found[0].Start == 0 && found[0].End == len(d.text) {
		kind = kindOf(found[0].Kind)
	}
	return c.m.maker.Of(kind, d.text, d.fits, c.otherwise(d))
}

func (c changer) freeNumber(d datum) string {
	with, known := c.m.told.whole(d.text)
	if known && d.fits(with) {
		return with
	}
	if known || detect.IsIDCard(d.text) || detect.IsMobile(d.text) {
		d.kind = pseudonym.PersonID
		return c.number(d)
	}
	return d.text
}

// mostRounds bounds how often what was put into a text is looked at again: beside what stands there it may look like a datum.
const mostRounds = 3

// sound is what stands in the place of a datum, changed once more where a scan would find somebody or something in it. What the
// contract asks for goes before: a pattern may leave no room for a pseudonym that can be told.
func (c changer) sound(d datum, out string) string {
	if d.number {
		return out
	}
	changed := out
	for range mostRounds {
		switch {
		case len(suspects(d.name(), changed)) == 0:
			if changed != out && !d.fits(changed) {
				return out
			}
			return changed
		case detect.SecretName(d.name()) && detect.Random(changed):
			changed = c.m.maker.Of(pseudonym.Token, changed, d.fits, nil)
		default:
			changed = detect.Apply(changed, detect.Through(changed, c.unsound))
		}
	}
	if changed = mute(changed); d.fits(changed) {
		return changed
	}
	return out
}

// unsound puts pseudonyms in the place of what find finds and is none.
func (c changer) unsound(text string) []detect.Edit {
	var edits []detect.Edit
	for _, s := range find(text) {
		if datum := text[s.Start:s.End]; !pseudonym.Found(s.Kind, datum) {
			edits = append(edits, detect.Edit{Start: s.Start, End: s.End, Text: c.stand(s.Kind, datum), Kind: s.Kind})
		}
	}
	return edits
}

// stand is the pseudonym of what a detector found.
func (c changer) stand(kind, text string) string {
	return c.m.maker.Of(kindOf(kind), text, nil, nil)
}

func kindOf(found string) string {
	switch found {
	case detect.JWT, detect.Token, detect.Cipher:
		return pseudonym.Token
	}
	return found
}
