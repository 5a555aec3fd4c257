package replay

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

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

// at finds what a pointer names, also within texts that hold JSON.
func at(v any, pointer string) (any, bool) {
	if pointer == "" {
		return v, true
	}
	for _, step := range strings.Split(pointer, "/")[1:] {
		if text, ok := v.(string); ok {
			v, _ = drive.Held(text)
		}
		switch in := v.(type) {
		case map[string]any:
			item, ok := in[specs.UnescapePointer(step)]
			if !ok {
				return nil, false
			}
			v = item
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			v = in[i]
		default:
			return nil, false
		}
	}
	return v, true
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
