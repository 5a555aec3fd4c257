package detect

import (
	"strings"
	"time"
	"unicode/utf8"
)

// group is a row of digits in a text, full-width ones folded.
type group struct {
	start, end int
	digits     string
	// joined says that nothing but one space or hyphen stands between the group before and this one.
	joined bool
	// x says that the group ends with the letter X.
	x bool
}

// numbers finds identity and mobile numbers, also with single spaces or hyphens within, or in full-width digits.
func numbers(text string) []Span {
	groups := groupsOf(text)
	var found []Span
	for i := 0; i < len(groups); i++ {
		if last, kind := numberAt(text, groups, i); kind != "" {
			found = append(found, Span{groups[i].start, groups[last].end, kind})
			i = last
		}
	}
	return found
}

// mostGroups is how many rows of digits one number is looked for in.
const mostGroups = 5

// numberAt looks for a number that begins with a group, the longest first.
func numberAt(text string, groups []group, i int) (last int, kind string) {
	var digits strings.Builder
	best := -1
	for j := i; j < len(groups) && j < i+mostGroups; j++ {
		g := groups[j]
		if j > i && (!g.joined || groups[j-1].x) || digits.Len()+len(g.digits) > 18 {
			break
		}
		digits.WriteString(g.digits)
		if k := numberKind(text, groups[i:j+1], digits.String()); k != "" {
			best, kind = j, k
		}
	}
	return best, kind
}

func numberKind(text string, groups []group, digits string) string {
	first, last := groups[0], groups[len(groups)-1]
	switch {
	case inUUID(text, first.start, last.end):
		return ""
	case len(digits) == 18 && IsIDCard(digits):
		return IDCard
	case last.x:
		return ""
	case len(digits) == 15 && len(groups) == 1 && isOldIDCard(digits) && !partOfName(text, first.start, last.end):
		return IDCard
	case IsMobile(digits) && (len(groups) == 1 || spaced(groups, 3)):
	case len(digits) == 13 && digits[:2] == "86" && IsMobile(digits[2:]) && (len(groups) == 1 || spaced(groups, 2) || spaced(groups[1:], 3)):
	default:
		return ""
	}
	if partOfName(text, first.start, last.end) {
		return ""
	}
	return Mobile
}

// spaced says whether a number is written in groups as people write one: the first of the prefix alone, none short.
func spaced(groups []group, first int) bool {
	for i, g := range groups {
		if i == 0 && len(g.digits) != first || i > 0 && len(g.digits) < 3 {
			return false
		}
	}
	return len(groups) > 0
}

// longName is from how many letters and digits on a row of them is a hash or a key, in which any number may occur by chance.
const longName = 24

// partOfName says whether a number stands amid the letters of something long.
func partOfName(text string, start, end int) bool {
	from, to := start, end
	for from > 0 && start-from < longName && isAlnum(text[from-1]) {
		from--
	}
	for to < len(text) && to-end < longName && isAlnum(text[to]) {
		to++
	}
	return (from < start || to > end) && to-from >= longName
}

// uuid is how long a UUID is (RFC 9562, section 4).
const uuid = 36

// inUUID says whether a part of a text stands within a UUID: its digits are there by chance.
func inUUID(text string, start, end int) bool {
	for from := max(0, end-uuid); from <= start && from+uuid <= len(text); from++ {
		if isUUID(text[from : from+uuid]) {
			return true
		}
	}
	return false
}

func isUUID(text string) bool {
	for i := range len(text) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (text[i] == '-') || !hyphen && !isHex(text[i]) {
			return false
		}
	}
	return true
}

func groupsOf(text string) []group {
	var groups []group
	for i := 0; i < len(text); {
		c, size := digitAt(text, i)
		if c == 0 {
			i++
			continue
		}
		g := group{start: i}
		var digits []byte
		for c != 0 {
			if len(digits) <= 18 { // more make it no number of ours, however many
				digits = append(digits, c)
			}
			i += size
			c, size = digitAt(text, i)
		}
		if n := letterX(text, i); n > 0 {
			digits, g.x = append(digits, 'X'), true
			i += n
		}
		g.end, g.digits = i, string(digits)
		if n := len(groups); n > 0 {
			between := text[groups[n-1].end:g.start]
			g.joined = between == " " || between == "-" || between == "\u00a0" || between == "\u3000"
		}
		groups = append(groups, g)
	}
	return groups
}

// digitAt is the digit at a place of a text, 0 for none, and how many bytes it takes.
func digitAt(text string, i int) (digit byte, size int) {
	if i >= len(text) {
		return 0, 0
	}
	if isDigit(text[i]) {
		return text[i], 1
	}
	// Full-width digits are EF BC 90 to EF BC 99.
	if text[i] == 0xef && i+2 < len(text) && text[i+1] == 0xbc && text[i+2] >= 0x90 && text[i+2] <= 0x99 {
		return '0' + text[i+2] - 0x90, 3
	}
	return 0, 0
}

// letterX is how many bytes a letter X takes that ends a number.
func letterX(text string, i int) int {
	r, n := utf8.DecodeRuneInString(text[i:])
	if r != 'X' && r != 'x' && r != 'Ｘ' && r != 'ｘ' {
		return 0
	}
	if i+n < len(text) && isDigit(text[i+n]) {
		return 0
	}
	return n
}

// IsIDCard says whether a text is an identity number of GB 11643-1999: a province, a date of birth, the right check digit in
// upper case.
func IsIDCard(text string) bool {
	if len(text) != 18 || !province(text) {
		return false
	}
	sum := 0
	for i := range 17 {
		if !isDigit(text[i]) {
			return false
		}
		sum = (sum + int(text[i]-'0')) * 2 % 11
	}
	return text[17] == "10X98765432"[sum] && isDay(text[6:14])
}

// isOldIDCard is about those of 15 digits, issued until 1999.
func isOldIDCard(text string) bool { return province(text) && isDay("19"+text[6:12]) }

func isDay(text string) bool {
	day, err := time.Parse("20060102", text)
	return err == nil && day.Year() >= 1900 && day.Year() < 2100
}

// province says whether a number begins as GB/T 2260 has it, or with 9 for those of foreigners.
func province(text string) bool {
	switch text[0] {
	case '1':
		return text[1] >= '1' && text[1] <= '5'
	case '2':
		return text[1] >= '1' && text[1] <= '3'
	case '3':
		return text[1] >= '1' && text[1] <= '7'
	case '4':
		return text[1] >= '1' && text[1] <= '6'
	case '5':
		return text[1] <= '4'
	case '6':
		return text[1] >= '1' && text[1] <= '5'
	case '7':
		return text[1] == '1'
	case '8':
		return text[1] >= '1' && text[1] <= '3'
	}
	return text[0] == '9'
}

// IsMobile says whether a text is a mobile number of 11 digits.
func IsMobile(text string) bool {
	if len(text) != 11 || text[0] != '1' || text[1] < '3' {
		return false
	}
	for i := range text {
		if !isDigit(text[i]) {
			return false
		}
	}
	return true
}
