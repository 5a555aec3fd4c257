package fake

import (
	"strings"
	"unicode"
)

// Field is what the name of a member says about its value.
type Field struct {
	text  Maker
	low   float64
	high  float64
	count bool // low and high hold
	// instant says that a number is one: of milliseconds since 1970 in UTC.
	instant bool
	// format is the format that the text has, "" for none.
	format string
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
	made, ok := f.Append(nil, s, &r)
	return string(made), ok
}

// Append appends a text; ok is false where the name speaks of no text.
func (f *Field) Append(dst []byte, s Source, r *Record) (made []byte, ok bool) {
	if f.text == nil {
		return dst, false
	}
	return f.text(dst, s, r), true
}

// Maker is what makes the texts, nil where the name speaks of none.
func (f *Field) Maker() Maker { return f.text }

// IsOf says whether the field's texts have a format.
func (f *Field) IsOf(format string) bool { return f.text != nil && f.format == format && format != "" }

// Range says within which borders a number is believable; ok is false where the name speaks of no number.
func (f *Field) Range(s Source, r *Record) (low, high float64, ok bool) {
	if f.instant {
		on, clock := s.past(r.today())
		at := float64((int64(on)*86400 + int64(clock) - 8*3600) * 1000)
		return at, at, true
	}
	return f.low, f.high, f.count
}

// Steady says whether the borders are the same for every source.
func (f *Field) Steady() bool { return !f.instant }

// either makes a field of a Chinese and an English maker.
func either(chinese, english Maker) *Field {
	return &Field{text: func(dst []byte, s Source, r *Record) []byte {
		if r.Chinese {
			return chinese(dst, s, r)
		}
		return english(dst, s, r)
	}}
}

// of makes a field of one of some texts.
func of(chinese, english string) *Field {
	zh, en := strings.Split(chinese, "|"), strings.Split(english, "|")
	return plainly(func(dst []byte, s Source, r *Record) []byte {
		if r.Chinese {
			return append(dst, s.Pick(zh)...)
		}
		return append(dst, s.Pick(en)...)
	})
}

func plainly(text Maker) *Field { return &Field{text: text} }

func formatted(format string, text Maker) *Field { return &Field{text: text, format: format} }

func within(low, high float64) *Field { return &Field{low: low, high: high, count: true} }
