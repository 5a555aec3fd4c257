package fake

import (
	"errors"
	"time"
)

// ErrIDCard says that a text is not an ID card number of GB 11643-1999. It
// never carries the text: ID numbers stay out of errors and logs.
var ErrIDCard = errors.New("not a GB 11643 ID card number: want 17 digits with a birth date at 7 to 14, and a right check digit")

// ParseIDCard reads birth day (midnight of UTC+8) and sex from an ID card
// number (居民身份证号) of 18 characters, and checks its check digit. The check
// digit X is accepted in upper case only, as the standard prints it. The
// region is not looked up. Any fault gives ErrIDCard.
func ParseIDCard(text string) (birth time.Time, sex Sex, err error) {
	if len(text) != 18 {
		return time.Time{}, AnySex, ErrIDCard
	}
	check, ok := checkDigit(text[:17])
	if !ok || text[17] != check {
		return time.Time{}, AnySex, ErrIDCard
	}
	birth, err = time.ParseInLocation("20060102", text[6:14], zone)
	if err != nil {
		return time.Time{}, AnySex, ErrIDCard
	}
	if text[16]%2 == 1 {
		return birth, Male, nil
	}
	return birth, Female, nil
}

// checkDigit is the eighteenth character for the first seventeen, by ISO 7064
// MOD 11-2 as GB 11643 uses it. Horner's scheme replaces the table of weights:
// each weight is twice its right neighbour's.
func checkDigit(body string) (byte, bool) {
	if len(body) != 17 {
		return 0, false
	}
	sum := 0
	for i := 0; i < len(body); i++ {
		c := body[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		sum = (sum + int(c-'0')) * 2 % 11
	}
	return "10X98765432"[sum], true
}

// idCard puts region, birth, a sequence number whose parity is the sex, and
// the check digit together.
func (s Source) idCard(region string, birth time.Time, sex Sex) string {
	return string(s.appendIDCard(nil, region, dayAt(birth), sex))
}

func (s Source) appendIDCard(dst []byte, region string, birth dayCount, sex Sex) []byte {
	from := len(dst)
	number := birth.appendDigits(append(dst, region...))
	sequence := 2 * s.Between(1, 499)
	if sex == Male {
		sequence--
	}
	number = append(number, byte('0'+sequence/100), byte('0'+sequence/10%10), byte('0'+sequence%10))
	check, _ := checkDigit(string(number[from:]))
	return append(number, check)
}
