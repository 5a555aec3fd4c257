package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode"

	"github.com/reugn/go-quartz/quartz"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"understudy/mock/internal/value"
)

// formats are the shapes that JSON Schema does not know: the Chinese ones, and the integer widths of OpenAPI.
func formats() []*jsonschema.Format {
	text := func(name string, check func(string) error) *jsonschema.Format {
		return &jsonschema.Format{Name: name, Validate: func(v any) error {
			s, ok := v.(string)
			if !ok {
				return nil
			}
			return check(s)
		}}
	}
	bits := func(name string, size int) *jsonschema.Format {
		return &jsonschema.Format{Name: name, Validate: func(v any) error {
			n, ok := v.(json.Number)
			if !ok {
				return nil
			}
			if _, err := strconv.ParseInt(string(n), 10, size); err != nil {
				return fmt.Errorf("not a whole number of %d bits, written with digits alone", size)
			}
			return nil
		}}
	}
	return []*jsonschema.Format{
		text("cn-id-card", checkIDCard), text("cn-mobile", checkMobile), text("cn-name", checkName),
		text("cn-date-time", checkDateTime), text("quartz-cron", quartz.ValidateCronExpression),
		bits("int32", 32), bits("int64", 64), bits("epoch-millis", 64),
	}
}

// checkIDCard holds an identity number to GB 11643: 17 digits with a real birth date, and the check digit that
// follows from them (ISO 7064, MOD 11-2).
func checkIDCard(s string) error {
	if len(s) != 18 {
		return fmt.Errorf("an identity number has 18 characters")
	}
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		if s[i] < '0' || s[i] > '9' {
			return errors.New("an identity number has digits before its check digit")
		}
		sum += int(s[i]-'0') * weight
	}
	if _, err := time.Parse("20060102", s[6:14]); err != nil {
		return errors.New("the birth date in the identity number does not exist")
	}
	if s[17] != "10X98765432"[sum%11] {
		return errors.New("the check digit of the identity number is wrong")
	}
	return nil
}

func checkMobile(s string) error {
	if len(s) != 11 || s[0] != '1' || s[1] < '3' {
		return errors.New("a mobile number has 11 digits and begins with 13 to 19")
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return errors.New("a mobile number has digits only")
		}
	}
	return nil
}

func checkName(s string) error {
	for _, r := range s {
		if unicode.IsControl(r) || unicode.IsDigit(r) {
			return errors.New("a name has neither digits nor control characters")
		}
	}
	return nil
}

func checkDateTime(s string) error {
	// The length has to be looked at as well: Go also reads an hour of one digit and a fraction of a second.
	_, err := time.ParseInLocation(time.DateTime, s, value.China())
	if err != nil || len(s) != len(time.DateTime) {
		return errors.New("not a time as yyyy-MM-dd HH:mm:ss")
	}
	return nil
}
