package schema

import "strings"

// pair is the value of two digits, or more than 99.
func pair(s string) int {
	a, b := s[0]-'0', s[1]-'0'
	if a > 9 || b > 9 {
		return 100
	}
	return int(a)*10 + int(b)
}

func isDate(s string) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	century, year, month, day := pair(s), pair(s[2:]), pair(s[5:]), pair(s[8:])
	if century > 99 || year > 99 || month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	if day <= 28 || month != 2 {
		return day <= 30 || monthsOf31>>month&1 != 0
	}
	// A year that begins a century is a leap year once in four times, as others are.
	return day == 29 && (year > 0 && year%4 == 0 || year == 0 && century%4 == 0)
}

// monthsOf31 has a bit for each month of 31 days.
const monthsOf31 = 1<<1 | 1<<3 | 1<<5 | 1<<7 | 1<<8 | 1<<10 | 1<<12

// findTime leaves leap seconds, and signs in the place of digits, to the library.
func findTime(s string) finding {
	if len(s) < 9 || s[2] != ':' || s[5] != ':' {
		return wrong
	}
	hour, minute, second := pair(s), pair(s[3:]), pair(s[6:])
	if hour > 23 || minute > 59 || second > 59 {
		return unknown
	}
	s = s[8:]
	if s[0] == '.' {
		i := 1
		for i < len(s) && s[i]-'0' <= 9 {
			i++
		}
		if i == 1 {
			return wrong
		}
		s = s[i:]
	}
	if s == "Z" || s == "z" {
		return fine
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return wrong
	}
	return orUnknown(pair(s[1:]) <= 23 && pair(s[4:]) <= 59)
}

func findInstant(s string) finding {
	if len(s) < 20 || s[10]|0x20 != 't' || !isDate(s[:10]) {
		return wrong
	}
	return findTime(s[11:])
}

// isLocalTime takes yyyy-MM-dd HH:mm:ss.
func isLocalTime(s string) bool {
	return len(s) == 19 && s[10] == ' ' && s[13] == ':' && s[16] == ':' && isDate(s[:10]) && pair(s[11:]) <= 23 && pair(s[14:]) <= 59 && pair(s[17:]) <= 59
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	return areHex(eightOf(s)) && areHex(fourOf(s[9:])|fourOf(s[14:])<<32) && areHex(fourOf(s[19:])|fourOf(s[24:])<<32) && areHex(eightOf(s[28:]))
}

func fourOf(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

func eightOf(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// areHex says whether eight bytes are hexadecimal digits. In each byte below 128, adding what a border is short of 128 sets
// the high bit from that border on.
func areHex(w uint64) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	if w&highs != 0 {
		return false
	}
	lower := w | 0x20*ones
	digits := (w + (0x80-'0')*ones) &^ (w + (0x7f-'9')*ones)
	letters := (lower + (0x80-'a')*ones) &^ (lower + (0x7f-'f')*ones)
	return (digits|letters)&highs == highs
}

// findIPv4 leaves signs to the library.
func findIPv4(s string) finding {
	if isIPv4(s) {
		return fine
	}
	if strings.ContainsAny(s, "+-") {
		return unknown
	}
	return wrong
}

func isIPv4(s string) bool {
	for part := range 4 {
		end := len(s)
		if part < 3 {
			end = strings.IndexByte(s, '.')
		}
		if end < 1 || end > 3 || end > 1 && s[0] == '0' {
			return false
		}
		n := 0
		for _, c := range []byte(s[:end]) {
			if c-'0' > 9 {
				return false
			}
			n = n*10 + int(c-'0')
		}
		if n > 255 {
			return false
		}
		if part < 3 {
			s = s[end+1:]
		}
	}
	return true
}

func isAlphanumeric(c byte) bool { return alphanumerics[c>>6]>>(c&63)&1 != 0 }

// alphanumerics is the set of the letters and digits of ASCII.
var alphanumerics = [4]uint64{(1<<10 - 1) << '0', (1<<26-1)<<('A'-64) | (1<<26-1)<<('a'-64)}

func isPlainHost(s string) bool {
	if len(s) > 253 {
		return false
	}
	label := 0
	for i := range len(s) {
		switch c := s[i]; {
		case isAlphanumeric(c):
			label++
		case c == '-' && label > 0 && i+1 < len(s) && s[i+1] != '.':
			label++
		case c == '.' && label > 0 && label < 64:
			label = 0
		default:
			return false
		}
	}
	return label > 0 && label < 64
}

func isPlainEmail(s string) bool {
	at := strings.IndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > 254 || s[0] == '.' || s[at-1] == '.' {
		return false
	}
	for i := range at {
		c := s[i]
		if !isAlphanumeric(c) && c != '_' && c != '-' && c != '+' && (c != '.' || s[i+1] == '.') {
			return false
		}
	}
	return isPlainHost(s[at+1:])
}

// isPlainURL takes URLs of the web without user, address, brackets, and percent signs.
func isPlainURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "http")
	if !ok {
		return false
	}
	if rest, ok = strings.CutPrefix(strings.TrimPrefix(rest, "s"), "://"); !ok {
		return false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, port, _ := strings.Cut(rest[:end], ":")
	for _, c := range []byte(port) {
		if c-'0' > 9 {
			return false
		}
	}
	for _, c := range []byte(rest[end:]) {
		if !isAlphanumeric(c) && strings.IndexByte("-._~/?#=&:@!$'()*+,;", c) < 0 {
			return false
		}
	}
	return isPlainHost(host)
}

// cronFields are what the fields of a cron expression may be: numbers within bounds, or names of three letters for them.
var cronFields = [7]struct {
	within span
	names  string
}{
	{span{0, 59}, ""}, {span{0, 59}, ""}, {span{0, 23}, ""}, {span{1, 31}, ""}, {span{1, 12}, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"},
	{span{1, 7}, "SUNMONTUEWEDTHUFRISAT"}, {span{1970, 1970 * 2}, ""},
}

// isPlainCron takes expressions whose fields are *, ?, a number, a range or a list of numbers, or steps through all of them
// or from one on: most there are.
func isPlainCron(s string) bool {
	var fields [7]string
	n := 0
	for field := range strings.SplitSeq(s, " ") {
		if n == len(fields) {
			return false
		}
		if field != "*" && field != "?" && !isPlainCronField(field, n) {
			return false
		}
		fields[n] = field
		n++
	}
	// The days are those of the month or those of the week.
	return n >= 6 && (fields[3] == "*" || fields[3] == "?" || fields[5] == "*" || fields[5] == "?")
}

func isPlainCronField(field string, at int) bool {
	if from, step, steps := strings.Cut(field, "/"); steps {
		n, ok := unsigned(step)
		if !ok || n < 1 || n > cronFields[at].within.most {
			return false
		}
		return from == "*" || cronNumber(from, at) >= 0
	}
	if low, high, ranged := strings.Cut(field, "-"); ranged {
		from, to := cronNumber(low, at), cronNumber(high, at)
		return from >= 0 && from <= to
	}
	for one := range strings.SplitSeq(field, ",") {
		if cronNumber(one, at) < 0 {
			return false
		}
	}
	return true
}

// cronNumber is the value of a number or a name in a field, -1 where it is none.
func cronNumber(s string, at int) int64 {
	of := &cronFields[at]
	if n, ok := unsigned(s); ok && of.within.has(n) {
		return n
	}
	for i := 0; len(s) == 3 && i < len(of.names); i += 3 {
		if of.names[i:i+3] == s {
			return int64(i/3) + 1
		}
	}
	return -1
}

func unsigned(s string) (int64, bool) {
	n, ok := plainNumber(s)
	return n, ok && s[0] != '-'
}
