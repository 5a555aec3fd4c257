package schema

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"understudy/mock/internal/value"
)

// literal says whether a text is a JSON number.
func literal(s string) (json.Number, bool) {
	if s == "" || (s[0] != '-' && (s[0] < '0' || s[0] > '9')) {
		return "", false
	}
	if s[0] != '0' && s[0] != '-' && strings.Trim(s, "0123456789") == "" {
		return json.Number(s), true
	}
	v := jsontext.Value(s)
	return json.Number(s), v.IsValid() && strings.TrimSpace(s) == s
}

// whole says whether a number has no fraction and no exponent.
func whole(n json.Number) bool { return !strings.ContainsAny(string(n), ".eE") }

// describe names a value without showing it: it may be somebody's datum.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case string:
		return fmt.Sprintf("a text of %d characters", len([]rune(v)))
	case json.Number:
		if len(v) <= 6 {
			return "the number " + string(v)
		}
		return fmt.Sprintf("a number of %d characters", len(v))
	case map[string]any:
		return fmt.Sprintf("an object of %d members", len(v))
	case []any:
		return fmt.Sprintf("a list of %d elements", len(v))
	case int, int64:
		return describe(json.Number(fmt.Sprint(v)))
	case time.Time:
		return "an instant"
	case value.Day:
		return "a day"
	}
	return fmt.Sprintf("a %T", v)
}
