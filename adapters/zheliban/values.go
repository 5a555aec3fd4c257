package zheliban

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// Day is a calendar day without a zone (Z-48).
type Day = adapters.Day

// readDay takes yyyy-MM-dd, the same with a time of day after a space or a T, and epoch milliseconds, whose day is that of UTC+8.
func readDay(f *rest.Fields, name string) (Day, error) {
	text := f.Text(name)
	if text == "" {
		return Day{}, nil
	}
	if len(text) > len(time.DateOnly) && text[4] == '-' {
		for _, layout := range []string{time.DateTime, "2006-01-02T15:04:05"} {
			if t, err := time.Parse(layout, text); err == nil {
				return adapters.DayOf(t), nil
			}
		}
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return adapters.DayOf(t.In(rest.Beijing())), nil
		}
	}
	if day, err := adapters.ParseDay(text); err == nil {
		return day, nil
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) >= 9 && len(text) <= 14 {
		return adapters.DayOf(time.UnixMilli(ms).In(rest.Beijing())), nil
	}
	return Day{}, rest.Undecodable("%s: expected a day in the form yyyy-MM-dd", f.Path(name))
}

// Decimal is an amount exactly as it was written: 2881.00 stays 2881.00 and never passes through a float (Z-47). The zero Decimal
// means not given. Amounts of this vendor are yuan.
type Decimal struct{ literal string }

// ParseDecimal reads a number as JSON writes it (RFC 8259 section 6), with an exponent of at most three digits.
func ParseDecimal(text string) (Decimal, error) {
	d := Decimal{text}
	if _, _, _, err := d.split(); err != nil {
		return Decimal{}, err
	}
	return d, nil
}

// IsZero reports that no amount is given. An amount of 0.00 is given.
func (d Decimal) IsZero() bool { return d.literal == "" }

// String gives the literal.
func (d Decimal) String() string { return d.literal }

// MarshalJSON writes the literal as a JSON number, null when not given.
func (d Decimal) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return []byte(d.literal), nil
}

// UnmarshalJSON reads a number, a number in quotes, or null.
func (d *Decimal) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if text == "null" || text == `""` {
		*d = Decimal{}
		return nil
	}
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	parsed, err := ParseDecimal(text)
	if err == nil {
		*d = parsed
	}
	return err
}

// Fen gives the amount in fen, a hundredth of a yuan. It is an error when none is given, when there is a fraction of a fen, and
// beyond 64 bits; nothing is ever rounded.
func (d Decimal) Fen() (int64, error) {
	if d.IsZero() {
		return 0, errors.New("no amount is given")
	}
	negative, digits, exponent, err := d.split()
	if err != nil {
		return 0, err
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return 0, nil
	}
	if shift := exponent + 2; shift >= 0 {
		digits += strings.Repeat("0", shift)
	} else {
		cut := max(len(digits)+shift, 0)
		if strings.Trim(digits[cut:], "0") != "" || cut == 0 {
			return 0, errors.New("the amount has a fraction of a fen")
		}
		digits = digits[:cut]
	}
	if negative {
		digits = "-" + digits
	}
	fen, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, errors.New("the amount does not fit 64 bits of fen")
	}
	return fen, nil
}

// split takes the literal apart: its value is ±digits × 10^exponent.
func (d Decimal) split() (negative bool, digits string, exponent int, err error) {
	bad := errors.New("not a decimal number")
	text, negative := strings.CutPrefix(d.literal, "-")
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		power := strings.TrimPrefix(strings.TrimPrefix(text[at+1:], "+"), "-")
		if !allDigits(power) || len(power) > 3 || len(text[at+1:])-len(power) > 1 {
			return false, "", 0, bad
		}
		if exponent, err = strconv.Atoi(text[at+1:]); err != nil {
			return false, "", 0, bad
		}
		text = text[:at]
	}
	whole, fraction, point := strings.Cut(text, ".")
	if !allDigits(whole) || len(whole) > 1 && whole[0] == '0' || point && !allDigits(fraction) {
		return false, "", 0, bad
	}
	return negative, whole + fraction, exponent - len(fraction), nil
}

func allDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

func readDecimal(f *rest.Fields, name string) (Decimal, error) {
	text := f.Text(name)
	if text == "" {
		return Decimal{}, nil
	}
	d, err := ParseDecimal(text)
	if err != nil {
		return Decimal{}, rest.Undecodable("%s: expected a decimal number", f.Path(name))
	}
	return d, nil
}
