package schema

import (
	"encoding/json"
	"strings"
)

// decimal is a number as it is written, exactly: digits times a power of ten.
type decimal struct {
	negative bool
	n        int              // of digits, without zeros on either side; 0 is the number zero
	exp      int              // power of ten of the last digit
	digits   [mostDigits]byte // their values
}

// read reads a JSON number; false is one that is monstrous, see [unreadable], or none.
func (d *decimal) read(literal string) bool {
	d.negative, d.n, d.exp = false, 0, 0
	if len(literal) > mostDigits {
		return false
	}
	i := 0
	if i < len(literal) && literal[i] == '-' {
		d.negative = true
		i++
	}
	point, seen := -1, 0
	for ; i < len(literal); i++ {
		c := literal[i]
		if c == '.' && point < 0 {
			point = seen
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		seen++
		if c != '0' || d.n > 0 {
			d.digits[d.n] = c - '0'
			d.n++
		}
	}
	if seen == 0 {
		return false
	}
	if point >= 0 {
		d.exp = point - seen
	}
	if i < len(literal) {
		power, ok := exponent(literal[i:])
		if !ok {
			return false
		}
		d.exp += power
	}
	for d.n > 0 && d.digits[d.n-1] == 0 {
		d.n--
		d.exp++
	}
	if d.n == 0 {
		d.negative, d.exp = false, 0
	}
	return true
}

// exponent reads what stands behind the digits: at most three digits count.
func exponent(s string) (int, bool) {
	if s[0]|0x20 != 'e' {
		return 0, false
	}
	s = s[1:]
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	n := 0
	for _, c := range []byte(s) {
		if n = n*10 + int(c-'0'); c < '0' || c > '9' || n > 999 {
			return 0, false
		}
	}
	if negative {
		n = -n
	}
	return n, s != ""
}

// whole says whether there is no fraction.
func (d *decimal) whole() bool { return d.exp >= 0 }

// int64 is the value of a whole number of at most 18 digits.
func (d *decimal) int64() int64 {
	var n int64
	for _, digit := range d.digits[:d.n] {
		n = n*10 + int64(digit)
	}
	for range d.exp {
		n *= 10
	}
	if d.negative {
		return -n
	}
	return n
}

// compare is negative where d is less than other, positive where it is more.
func (d *decimal) compare(other *decimal) int {
	switch {
	case d.negative != other.negative:
		if d.negative {
			return -1
		}
		return 1
	case d.negative:
		return other.size(d)
	}
	return d.size(other)
}

// size compares without the signs.
func (d *decimal) size(other *decimal) int {
	switch {
	case d.n == 0 || other.n == 0:
		return min(d.n, 1) - min(other.n, 1)
	case d.n+d.exp != other.n+other.exp:
		return d.n + d.exp - other.n - other.exp
	}
	for i := range max(d.n, other.n) {
		var a, b byte
		if i < d.n {
			a = d.digits[i]
		}
		if i < other.n {
			b = other.digits[i]
		}
		if a != b {
			return int(a) - int(b)
		}
	}
	return 0
}

// limit is a bound of numbers.
type limit struct {
	bound decimal
	upper bool
	open  bool // the bound itself does not do
}

func (l *limit) takes(d *decimal) bool {
	way := d.compare(&l.bound)
	if l.upper {
		way = -way
	}
	return way > 0 || way == 0 && !l.open
}

// step is what numbers have to be multiples of: size times a power of ten, size not a multiple of ten.
type step struct {
	size uint64
	exp  int
}

// newStep takes a positive number of at most 18 digits.
func newStep(d *decimal) (*step, bool) {
	if d.n == 0 || d.n > 18 || d.negative {
		return nil, false
	}
	s := &step{exp: d.exp}
	for _, digit := range d.digits[:d.n] {
		s.size = s.size*10 + uint64(digit)
	}
	return s, true
}

func (s *step) takes(d *decimal) bool {
	if d.n == 0 {
		return true
	}
	// Neither is a multiple of ten: with a lower power than the step's, the number would have to be one.
	if d.exp < s.exp {
		return false
	}
	left := uint64(0)
	for _, digit := range d.digits[:d.n] {
		left = (left*10 + uint64(digit)) % s.size
	}
	for range d.exp - s.exp {
		if left == 0 {
			break
		}
		left = left * 10 % s.size
	}
	return left == 0
}

// numberOf is the literal of a number of the contract.
func numberOf(v any) (string, bool) {
	n, ok := v.(json.Number)
	return string(n), ok
}

// set makes it a whole number.
func (d *decimal) set(n int64) {
	d.negative, d.n, d.exp = n < 0, 0, 0
	if n < 0 {
		n = -n
	}
	for power := int64(100_000_000_000_000_000); power > 0; power /= 10 {
		digit := n / power
		if digit == 0 && d.n == 0 {
			continue
		}
		d.digits[d.n] = byte(digit)
		d.n++
		n %= power
	}
	for d.n > 0 && d.digits[d.n-1] == 0 {
		d.n--
		d.exp++
	}
	if d.n == 0 {
		d.exp = 0
	}
}
