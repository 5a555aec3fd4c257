package replay

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"understudy/mock/drive"
	"understudy/specs"
)

// eachScalar visits the scalars of a value in order, also those of JSON within texts.
func eachScalar(v any, pointer string, visit func(pointer string, v any)) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			eachScalar(v[name], pointer+"/"+specs.EscapePointer(name), visit)
		}
	case []any:
		for i, item := range v {
			eachScalar(item, pointer+"/"+strconv.Itoa(i), visit)
		}
	case string:
		if inner, ok := drive.Held(v); ok {
			eachScalar(inner, pointer, visit)
			return
		}
		visit(pointer, v)
	default:
		visit(pointer, v)
	}
}

// textOf is a scalar as a text; "" for null and for what is none.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return string(v)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// kindOf names the JSON type of a value.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case string:
		return "a text"
	case json.Number:
		return "a number"
	case []any:
		return "a list"
	}
	return "an object"
}

func jsonText(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // the values are JSON's own
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
