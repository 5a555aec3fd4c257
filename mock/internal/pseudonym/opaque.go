package pseudonym

import (
	"crypto/sha256"
	"slices"
	"strings"
	"unicode"

	"understudy/mock/internal/detect"
)

// opaque is a text that means nothing by itself: a number in somebody's list, a token.
type opaque struct{ text, of string }

// longEnough is the least of letters and digits that a stand-in for a token has, if its place allows it.
const longEnough = 16

func (o opaque) kind() string           { return o.of }
func (o opaque) canonical() string      { return o.text }
func (o opaque) render(m string) string { return m }

func (o opaque) make(_ *Maker, s *stream, try int) string {
	text := o.text
	alphabets := alphabetsOf(text)
	if (o.of == Token || o.of == Secret) && try < tries/4 {
		for n := count(text); n < longEnough; n++ {
			text += string(s.pick(alphabets.filler(text)))
		}
	}
	for {
		made := []rune(text)
		first := true
		for i, r := range made {
			alphabet := alphabets.of(r)
			switch {
			case alphabets.hex == "" && beginsNumber(made, i):
				made[i] = rune(s.pick("23456789")) // a long text would never be free of mobile numbers
			case alphabet != "" && first && isDigitRune(r) && r != '0':
				made[i] = rune(s.pick(strings.TrimPrefix(alphabet, "0")))
			case alphabet != "":
				made[i] = rune(s.pick(alphabet))
			case isHan(r):
				made[i] = s.han(given)
			case try >= tries/4 && strings.ContainsRune("@=:", r):
				made[i] = '-' // with which a detector takes what stands around it for something
			default:
				made[i] = s.replaced(r)
			}
			first = first && alphabet == ""
		}
		// Short ones have too few forms to spare any for check characters.
		checks := checksOf(count(text))
		if try >= tries/2 {
			checks = 0
		}
		alphabets.check(made, checks)
		if !strings.HasPrefix(string(made), "ey") || !strings.HasPrefix(o.text, "ey") {
			return string(made)
		}
	}
}

// mobileDigits is how many digits a mobile number has.
const mobileDigits = 11

// beginsNumber says whether a row of digits begins at a place that is long enough for a mobile number.
func beginsNumber(text []rune, i int) bool {
	if !isDigitRune(text[i]) || i > 0 && isDigitRune(text[i-1]) || i+mobileDigits > len(text) {
		return false
	}
	return !slices.ContainsFunc(text[i:i+mobileDigits], func(r rune) bool { return !isDigitRune(r) })
}

// alphabets says which characters may stand for which in a text: hexadecimal digits for each other, else digits for digits,
// small letters for small ones, capitals for capitals.
type alphabets struct{ hex string }

const (
	lowerHex = "0123456789abcdef"
	upperHex = "0123456789ABCDEF"
)

func alphabetsOf(text string) alphabets {
	if count(text) < longEnough {
		return alphabets{} // the letter of a passport is no digit
	}
	digits, lower, upper := 0, 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case isDigit(c):
			digits++
		case c >= 'a' && c <= 'f':
			lower++
		case c >= 'A' && c <= 'F':
			upper++
		case c >= 'g' && c <= 'z' || c >= 'G' && c <= 'Z' || c >= 0x80:
			return alphabets{}
		}
	}
	switch {
	case digits > 0 && lower > 0 && upper == 0:
		return alphabets{lowerHex}
	case digits > 0 && upper > 0 && lower == 0:
		return alphabets{upperHex}
	}
	return alphabets{}
}

func (a alphabets) of(r rune) string {
	switch {
	case r >= 0x80 || !isAlnum(byte(r)):
		return ""
	case a.hex != "":
		return a.hex
	case r <= '9':
		return "0123456789"
	case r >= 'a':
		return "abcdefghijklmnopqrstuvwxyz"
	}
	return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
}

// filler is what a text is made longer with.
func (a alphabets) filler(text string) string {
	for _, r := range text {
		if alphabet := a.of(r); alphabet != "" && !isDigitRune(r) {
			return alphabet
		}
	}
	return "0123456789"
}

// check writes check characters into the last places of letters and digits.
func (a alphabets) check(text []rune, checks int) {
	var places []int
	for i := len(text) - 1; i >= 0 && len(places) < checks; i-- {
		if a.of(text[i]) != "" {
			places = append(places, i)
		}
	}
	blanked := []rune(string(text))
	for _, at := range places {
		blanked[at] = '0'
	}
	sum := sha256.Sum256([]byte("understudy stand-in 1\x00" + string(blanked)))
	for i, at := range places {
		alphabet := a.of(text[at])
		text[at] = rune(alphabet[(int(sum[2*i])<<8|int(sum[2*i+1]))%len(alphabet)])
	}
}

// checksOf is how many check characters a text of so many letters and digits has.
func checksOf(n int) int {
	switch {
	case n >= 16:
		return 6
	case n >= 12:
		return 4
	case n >= 8:
		return 2
	case n >= 6:
		return 1
	}
	return 0
}

// checked says whether the check characters are right; false where there are none.
func checked(text string) bool {
	n := checksOf(count(text))
	if n == 0 {
		return false
	}
	for _, a := range []alphabets{{}, {lowerHex}, {upperHex}} {
		again := []rune(text)
		a.check(again, n)
		if string(again) == text {
			return true
		}
	}
	return false
}

// StandIn says whether a text is a stand-in for a token or a secret: of twelve letters and digits at least, the last ones right.
// A text that is none passes for one in less than one of ten thousand cases, one of sixteen in less than one of a million.
func StandIn(text string) bool { return count(text) >= 12 && checked(text) }

// Is says whether a text in a place of a kind may be a pseudonym. It is true of every pseudonym that keeps the form that is told
// above, of data too short to tell (fewer than six letters and digits, no Chinese), and of days of birth.
func Is(kind, text string) bool {
	if blank(text) {
		return true
	}
	switch f := formOf(kind, text).(type) {
	case idCard:
		return strings.HasPrefix(f.number, region)
	case mobile:
		return strings.HasPrefix(f.number, network)
	case birth:
		return true
	case email:
		return strings.HasSuffix(f.canonical(), mailHost)
	case name:
		return listed(f.text) || StandIn(text)
	case message:
		return listed(f.text) || listed(withoutFound(text))
	}
	if strings.IndexFunc(text, isHan) >= 0 && !listedHan(text) {
		return false
	}
	return checksOf(count(text)) == 0 || checked(text) || blank(withoutFound(text))
}

// withoutFound is what stands beside the pseudonyms and stand-ins in a text.
func withoutFound(text string) string {
	if StandIn(text) {
		return ""
	}
	var rest strings.Builder
	at := 0
	for _, s := range detect.Find(text) {
		if Found(s.Kind, text[s.Start:s.End]) {
			rest.WriteString(text[at:s.Start])
			at = s.End
		}
	}
	rest.WriteString(text[at:])
	words := strings.FieldsFunc(rest.String(), func(r rune) bool { return r < 0x80 && !isAlnum(byte(r)) && r != '-' && r != '_' })
	return strings.Join(slices.DeleteFunc(words, StandIn), " ")
}

// listed says whether all Chinese characters and Latin letters of a text are those that pseudonyms have.
func listed(text string) bool {
	all := true
	Letters(text, func(r rune) rune {
		switch {
		case isHan(r):
			all = all && (isListed(r) || r == '某')
		case r|0x20 >= 'a' && r|0x20 <= 'z' && r < 0x80:
			all = all && strings.ContainsRune(rare, r|0x20)
		}
		return r
	})
	return all
}

func listedHan(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return isHan(r) && !isListed(r) && r != '某' }) < 0
}

func count(text string) int {
	n := 0
	for i := range len(text) {
		if isAlnum(text[i]) {
			n++
		}
	}
	return n
}

func isAlnum(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigitRune(r rune) bool { return r >= '0' && r <= '9' && !unicode.IsLetter(r) }
