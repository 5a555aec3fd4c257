package pseudonym

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// lastBand is the first year of which a pseudonymous day of birth stays in its month: days later than today are none of birth.
const lastBand = 2025

// band is the first day of those among which a day of birth is exchanged, and how many there are: five years, or the month of
// one who is still small.
func band(day time.Time) (first time.Time, days int) {
	year, month, _ := day.Date()
	if year >= lastBand {
		first = time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
		return first, int(first.AddDate(0, 1, 0).Sub(first) / (24 * time.Hour))
	}
	first = time.Date(year-year%5, 1, 1, 0, 0, 0, 0, time.UTC)
	return first, int(first.AddDate(5, 0, 0).Sub(first) / (24 * time.Hour))
}

// day is the pseudonym of a day of birth. The days of a band stand in a ring, in an order that the key decides, and each one's
// pseudonym is the next: so no two have the same, and none its own. It is the same day in an identity number and beside it.
func (m *Maker) day(birth time.Time) time.Time {
	first, days := band(birth)
	at := int(first.Unix() / (24 * 60 * 60))
	next, ok := m.days[at]
	if !ok {
		order := make([]int, days)
		for i := range order {
			order[i] = i
		}
		s := m.stream("days "+first.Format(time.DateOnly), 0)
		for i := days - 1; i > 0; i-- {
			j := s.below(i + 1)
			order[i], order[j] = order[j], order[i]
		}
		next = make([]int, days)
		for i, one := range order {
			next[one] = order[(i+1)%days]
		}
		m.days[at] = next
	}
	offset := int(birth.Sub(first) / (24 * time.Hour))
	return first.AddDate(0, 0, next[offset])
}

// birth is a day of birth in any of its usual writings.
type birth struct {
	day time.Time
	// parts are what the datum consists of: texts, and the places of year, month and day with their widths.
	parts []part
	// millis is the time within the day where it is written as a number of milliseconds since 1970 in UTC, or of seconds.
	millis         int64
	epoch, seconds bool
}

type part struct {
	text  string
	digit byte // y, m, d or 0 for the text
	width int
}

const dayMillis = 24 * 60 * 60 * 1000

// chinaMillis is how far UTC+8 is ahead of UTC.
const chinaMillis = 8 * 60 * 60 * 1000

func readBirth(text string) (birth, bool) {
	if b, ok := readEpoch(text); ok {
		return b, true
	}
	if len(text) == 8 && onlyDigits(text) {
		return dated(text[:4], text[4:6], text[6:], []part{{"", 'y', 4}, {"", 'm', 2}, {"", 'd', 2}})
	}
	rest := text
	var numbers []string
	var parts []part
	for _, name := range []byte("ymd") {
		n := 0
		for n < len(rest) && isDigit(rest[n]) {
			n++
		}
		if name == 'y' && n != 4 || n < 1 || n > 4 {
			return birth{}, false
		}
		if name != 'y' && n > 2 {
			return birth{}, false
		}
		numbers = append(numbers, rest[:n])
		parts = append(parts, part{"", name, n})
		rest = rest[n:]
		separator := separatorOf(rest)
		if name == 'd' {
			break
		}
		if separator == "" {
			if name == 'm' {
				numbers = append(numbers, "1") // a month alone
				break
			}
			return birth{}, false
		}
		rest = rest[len(separator):]
		parts = append(parts, part{text: separator})
		if name == 'm' && (rest == "" || !isDigit(rest[0])) {
			numbers = append(numbers, "1")
			break
		}
	}
	if rest != "" && isDigit(rest[0]) {
		return birth{}, false
	}
	return dated(numbers[0], numbers[1], numbers[2], append(parts, part{text: rest}))
}

func separatorOf(text string) string {
	for _, one := range []string{"-", "/", ".", "年", "月", " "} {
		if strings.HasPrefix(text, one) {
			return one
		}
	}
	return ""
}

func dated(year, month, day string, parts []part) (birth, bool) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return birth{day: at, parts: parts}, y >= 1000 && at.Year() == y && at.Month() == time.Month(m) && at.Day() == d
}

func readEpoch(text string) (birth, bool) {
	digits := strings.TrimPrefix(text, "-")
	if len(digits) < 9 || len(digits) > 13 || !onlyDigits(digits) || isMobile(text) {
		return birth{}, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return birth{}, false
	}
	seconds := len(digits) <= 10
	if seconds {
		n *= 1000
	}
	local := n + chinaMillis
	within := ((local % dayMillis) + dayMillis) % dayMillis
	return birth{day: time.UnixMilli(local - within).UTC(), millis: within, epoch: true, seconds: seconds}, true
}

func (b birth) kind() string      { return BirthDate }
func (b birth) canonical() string { return b.day.Format("2006-01-02") }

func (b birth) make(m *Maker, _ *stream, _ int) string { return m.day(b.day).Format("2006-01-02") }

func (b birth) render(made string) string {
	day, err := time.Parse("2006-01-02", made)
	if err != nil {
		return made // one that the contract's pattern asked for
	}
	if b.epoch {
		n := day.UnixMilli() + b.millis - chinaMillis
		if b.seconds {
			n /= 1000
		}
		return strconv.FormatInt(n, 10)
	}
	if !slices.ContainsFunc(b.parts, func(p part) bool { return p.digit == 'd' }) {
		day = time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	var out strings.Builder
	for _, p := range b.parts {
		switch p.digit {
		case 'y':
			fmt.Fprintf(&out, "%04d", day.Year())
		case 'm':
			fmt.Fprintf(&out, "%0*d", p.width, int(day.Month()))
		case 'd':
			fmt.Fprintf(&out, "%0*d", p.width, day.Day())
		default:
			out.WriteString(p.text)
		}
	}
	return out.String()
}
