package pseudonym

import (
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// region begins the identity numbers that are pseudonyms; no place has it in GB/T 2260.
	region = "3399"
	// network begins the mobile numbers that are pseudonyms; it is given to none.
	network = "154"
)

// idCard is an identity number of 18 or 15 characters, valid or with a fault that its pseudonym has as well.
type idCard struct {
	written string
	number  string // without separators, X in upper case
	right   bool   // its check digit
	birth   time.Time
	dated   bool // birth is a day
}

// readIDCard reads what looks like an identity number.
func readIDCard(text string) (idCard, bool) {
	number := strings.ToUpper(bare(text))
	c := idCard{written: text, number: number}
	if len(number) != 18 && len(number) != 15 {
		return c, false
	}
	for i := range len(number) {
		if !isDigit(number[i]) && (i != 17 || number[i] != 'X') {
			return c, false
		}
	}
	birth := "19" + number[6:12]
	if len(number) == 18 {
		birth = number[6:14]
		c.right = number[17] == checkDigit(number[:17])
	}
	day, err := time.Parse("20060102", birth)
	c.birth, c.dated = day, err == nil
	return c, true
}

func (c idCard) kind() string      { return IDCard }
func (c idCard) canonical() string { return c.number }

func (c idCard) make(m *Maker, s *stream, _ int) string {
	day := c.number[6 : len(c.number)-3]
	if len(c.number) == 18 {
		day = c.number[6:14]
	}
	if c.dated {
		day = m.day(c.birth).Format("20060102")
		if len(c.number) == 15 {
			day = day[2:]
		}
	}
	sex := c.number[len(c.number)-1]
	if len(c.number) == 18 {
		sex = c.number[16]
	}
	for {
		// The numbers of one day are given out in order, odd ones to men, even ones to women.
		sequence := 1 + s.below(998)
		if sequence%2 != int(sex)%2 {
			sequence++
		}
		made := []byte(region)
		made = append(made, byte('0'+s.below(10)), byte('0'+s.below(10)))
		made = append(made, day...)
		made = append(made, byte('0'+sequence/100), byte('0'+sequence/10%10), byte('0'+sequence%10))
		if len(c.number) == 15 {
			return string(made)
		}
		right := checkDigit(string(made))
		last := right
		switch isX := c.number[17] == 'X'; {
		case c.right && (right == 'X') == isX:
		case !c.right && isX && right != 'X':
			last = 'X'
		case !c.right && !isX:
			for last == right {
				last = byte('0' + s.below(10))
			}
		default:
			continue
		}
		return string(append(made, last))
	}
}

func (c idCard) render(made string) string {
	if strings.HasSuffix(bare(c.written), "x") {
		made = strings.ToLower(made)
	}
	return dressed(c.written, made)
}

func checkDigit(body string) byte {
	sum := 0
	for i := range len(body) {
		sum = (sum + int(body[i]-'0')) * 2 % 11
	}
	return "10X98765432"[sum]
}

// mobile is a mobile number, with or without +86 and separators.
type mobile struct {
	written, prefix, number string
}

func readMobile(text string) (mobile, bool) {
	digits := bare(strings.TrimPrefix(strings.TrimSpace(text), "+"))
	n := mobile{written: text}
	for _, prefix := range []string{"0086", "86", ""} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && isMobile(rest) {
			n.prefix, n.number = prefix, rest
			return n, true
		}
	}
	return n, false
}

func isMobile(text string) bool {
	return len(text) == 11 && text[0] == '1' && text[1] >= '3' && onlyDigits(text)
}

func (n mobile) kind() string      { return Mobile }
func (n mobile) canonical() string { return n.number }

func (n mobile) make(_ *Maker, s *stream, _ int) string {
	made := []byte(network)
	for range 8 {
		made = append(made, s.pick("0123456789"))
	}
	return string(made)
}

func (n mobile) render(made string) string { return dressed(n.written, n.prefix+made) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func onlyDigits(text string) bool {
	for i := range len(text) {
		if !isDigit(text[i]) {
			return false
		}
	}
	return text != ""
}

// bare is a number without spaces, hyphens and brackets, full-width characters folded.
func bare(text string) string {
	var b strings.Builder
	for _, r := range text {
		r = narrow(r)
		if !between(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func narrow(r rune) rune {
	if r >= 0xff01 && r <= 0xff5e {
		return r - 0xfee0
	}
	return r
}

func between(r rune) bool {
	switch r {
	case ' ', '-', '(', ')', '\t', '\u00a0', '\u3000':
		return true
	}
	return false
}

// dressed writes a number as another one of the same length was written. One of another length is written as it is.
func dressed(written, number string) string {
	if utf8.RuneCountInString(bare(strings.TrimPrefix(strings.TrimSpace(written), "+"))) != len(number) {
		return number
	}
	var b strings.Builder
	at := 0
	for _, r := range written {
		switch {
		case between(narrow(r)) || r == '+' || at >= len(number):
			b.WriteRune(r)
		case r != narrow(r):
			b.WriteRune(rune(number[at]) + 0xfee0)
			at++
		default:
			b.WriteByte(number[at])
			at++
		}
	}
	return b.String()
}
