package fake

import (
	"strings"
	"time"
	"unicode"
)

// Field is what the name of a member says about its value.
type Field struct {
	text  func(s Source, r Record) string
	low   float64
	high  float64
	count bool // low and high hold
	// instant says that a number is one: of milliseconds since 1970 in UTC.
	instant bool
	// format is the format that the text has, "" for none.
	format string
}

// Record is what the fields of one object have in common.
type Record struct {
	// Source is the object's: the person and the place that it speaks of are those of this key.
	Source Source
	// At is the instant before which invented dates lie.
	At time.Time
	// Chinese asks for Chinese data, else it is English.
	Chinese bool
}

// FieldNamed finds what a member's name says, in camel or snake case, with or without what stands before it: homePhone is
// a phone. entity is the kind of object it belongs to, or "": what its last words say counts first. The result is nil for a name that says nothing known.
func FieldNamed(name, entity string) *Field {
	words := wordsOf(name)
	if len(words) == 0 {
		return nil
	}
	for from := range words {
		key := strings.Join(words[from:], "")
		if key == "name" && from == 0 {
			return named(wordsOf(entity))
		}
		if key == "name" || key == "names" {
			return named(words[from-1 : from])
		}
		if f, ok := fields[key]; ok {
			return f
		}
		if f, ok := fields[strings.TrimSuffix(key, "s")]; ok && len(key) > 3 {
			return f
		}
	}
	for _, suffix := range []string{"姓名", "手机号", "手机", "电话", "地址", "城市", "医院", "科室", "备注", "描述", "标题", "金额", "价格", "年龄"} {
		if strings.HasSuffix(name, suffix) {
			return chineseFields[suffix]
		}
	}
	return nil
}

// named is what a name is a name of.
func named(owner []string) *Field {
	for i := len(owner) - 1; i >= 0; i-- {
		if f, ok := names[strings.TrimSuffix(owner[i], "s")]; ok {
			return f
		}
	}
	return names["thing"]
}

// wordsOf splits a name at signs and at changes of case, in lower case.
func wordsOf(name string) []string {
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = nil
		}
	}
	lower := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			lower = false
			continue
		case unicode.IsUpper(r) && lower:
			flush()
		}
		lower = !unicode.IsUpper(r)
		word = append(word, r)
	}
	flush()
	return words
}

// Numeric says whether the name is rather that of a number.
func (f *Field) Numeric() bool { return f.count && f.text == nil }

// Text makes a text; ok is false where the name speaks of no text.
func (f *Field) Text(s Source, r Record) (text string, ok bool) {
	if f.text == nil {
		return "", false
	}
	return f.text(s, r), true
}

// IsOf says whether the field's texts have a format.
func (f *Field) IsOf(format string) bool { return f.text != nil && f.format == format && format != "" }

// Range says within which borders a number is believable; ok is false where the name speaks of no number.
func (f *Field) Range(s Source, r Record) (low, high float64, ok bool) {
	if f.instant {
		at := float64(s.PastInstant(r.At, 365).UnixMilli())
		return at, at, true
	}
	return f.low, f.high, f.count
}

func (r Record) person() Person { return r.Source.Person(PersonOptions{At: r.At}) }

// either makes a field of a Chinese and an English maker.
func either(chinese, english func(s Source, r Record) string) *Field {
	return &Field{text: func(s Source, r Record) string {
		if r.Chinese {
			return chinese(s, r)
		}
		return english(s, r)
	}}
}

// of makes a field of one of some texts.
func of(chinese, english string) *Field {
	zh, en := strings.Split(chinese, "|"), strings.Split(english, "|")
	return either(
		func(s Source, _ Record) string { return s.Pick(zh) },
		func(s Source, _ Record) string { return s.Pick(en) },
	)
}

func plainly(text func(s Source, r Record) string) *Field { return &Field{text: text} }

func formatted(format string, text func(s Source, r Record) string) *Field {
	return &Field{text: text, format: format}
}

func within(low, high float64) *Field { return &Field{low: low, high: high, count: true} }
