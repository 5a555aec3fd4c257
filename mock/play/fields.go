package play

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// walker puts the parts of a value among the fields of a request.
type walker struct {
	out    *request
	in     string
	part   string
	sealed schema.Place
}

func (w *walker) walk(pointer string, v any, described schema.Place, kind string) {
	if w.part != "" && pointer == w.part {
		described, kind = w.sealed, ""
	}
	if kind == "" {
		kind = markOf(described, v)
	}
	switch v := v.(type) {
	case map[string]any:
		n := 0
		for name, item := range v {
			if item != nil { // null and absent are alike
				n++
				w.walk(pointer+"/"+specs.EscapePointer(name), item, memberOf(described, name), passed(kind))
			}
		}
		if n == 0 {
			w.put(pointer, empty("object"), described, kind)
		}
		return
	case []any:
		for i, item := range v {
			w.walk(pointer+"/"+strconv.Itoa(i), item, described.Item(i), passed(kind))
		}
		if len(v) == 0 {
			w.put(pointer, empty("list"), described, kind)
		}
		return
	case string:
		if held, isJSON := described.Content(); isJSON {
			if inner, failed := wire.DecodeJSON([]byte(v), wire.JSONOptions{DuplicateNames: true}); failed == nil {
				w.walk(pointer+"/", inner, held, passed(kind))
				return
			}
		}
	}
	w.put(pointer, v, described, kind)
}

// passed is the kind that the parts of a value have from it: those of an object that nobody describes are undescribed by
// themselves.
func passed(kind string) string {
	if kind == schema.Undescribed {
		return ""
	}
	return kind
}

// memberOf is the place of a member, also of one in an object that stands around a list.
func memberOf(described schema.Place, name string) schema.Place {
	if isList(described) {
		return described
	}
	return described.Member(name)
}

// markOf is the kind of a value: what its schema says, or that no schema describes it.
func markOf(described schema.Place, v any) string {
	jsonType := ""
	switch v.(type) {
	case nil:
		return ""
	case string:
		jsonType = "string"
	case json.Number:
		jsonType = "number"
	}
	if !described.Described() || described.Sensitive() == "" && jsonType != "" && !described.Takes(jsonType) {
		return schema.Undescribed
	}
	return described.Sensitive()
}

func (w *walker) put(pointer string, v any, described schema.Place, kind string) {
	f := field{kind: kind, format: described.Format()}
	switch v := v.(type) {
	case json.Number:
		f.value = canonical(string(v))
		if kind != "" && strings.Trim(string(v), "0123456789") == "" { // as the text of the same digits
			f.value = number(v)
		}
	case string:
		f.value = v
		if sh := described.Shape(); kind == "" && sh.Says("string") && (sh.Says("number") || sh.Says("integer")) && isNumber(v) {
			f.value = canonical(v) // which the contract takes in either form
		}
	default:
		f.value = v
	}
	f.loose = isVolatile(f, w.in == "header")
	w.out.put(place{w.in, pointer}, f)
}

// isVolatile says whether a field is another one with each call, whatever is asked: a credential, an instant, the id of a call.
func isVolatile(f field, header bool) bool {
	switch f.kind {
	case "token", "secret", "ciphertext":
		return true
	}
	return isInstant(f.format) || header && f.format == "uuid"
}

func isInstant(format string) bool {
	switch format {
	case "date-time", "cn-date-time", "epoch-millis":
		return true
	}
	return false
}

// canonical spells a number of JSON in one way: its digits without zeros at either end, and a power of ten.
func canonical(text string) number {
	rest, negative := strings.CutPrefix(text, "-")
	mantissa, exponent, _ := strings.Cut(strings.ToLower(rest), "e")
	power, err := strconv.ParseInt(cmp.Or(exponent, "0"), 10, 32)
	if err != nil {
		return number(text)
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	power -= int64(len(fraction))
	short := strings.TrimRight(digits, "0")
	power += int64(len(digits) - len(short))
	if short == "" {
		return "0"
	}
	if negative {
		short = "-" + short
	}
	if power == 0 {
		return number(short)
	}
	return number(short + "e" + strconv.FormatInt(power, 10))
}

func isNumber(text string) bool {
	if text == "" || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	return json.Valid([]byte(text))
}
