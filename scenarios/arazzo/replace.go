package arazzo

import (
	"fmt"
	"strconv"
	"strings"

	"understudy/specs"
)

// Replace sets the value at a JSON pointer (RFC 6901) in a JSON value, in place, and gives the whole. An object gets the
// member if it has none of the name; of a list the place behind the last one is - or its number. What is above must be there.
func Replace(whole any, pointer string, with any) (any, error) {
	if pointer == "" {
		return with, nil
	}
	if pointer[0] != '/' {
		return nil, fmt.Errorf("a JSON pointer begins with /")
	}
	return set(whole, strings.Split(pointer[1:], "/"), with)
}

func set(v any, steps []string, with any) (any, error) {
	if len(steps) == 0 {
		return with, nil
	}
	name := specs.UnescapePointer(steps[0])
	switch v := v.(type) {
	case map[string]any:
		inner, there := v[name]
		if !there && len(steps) > 1 {
			return nil, fmt.Errorf("there is no member %s in the payload", shortened(name))
		}
		below, err := set(inner, steps[1:], with)
		if err != nil {
			return nil, err
		}
		v[name] = below
		return v, nil
	case []any:
		i, err := strconv.Atoi(name)
		if name == "-" {
			i, err = len(v), nil
		}
		if err != nil || i < 0 || i > len(v) || i == len(v) && len(steps) > 1 {
			return nil, fmt.Errorf("there is no element %s in a list of %d", shortened(name), len(v))
		}
		var inner any
		if i < len(v) {
			inner = v[i]
		}
		below, err := set(inner, steps[1:], with)
		if err != nil {
			return nil, err
		}
		if i == len(v) {
			return append(v, below), nil
		}
		v[i] = below
		return v, nil
	}
	return nil, fmt.Errorf("%s lies within %s", shortened(name), kindInWords(v))
}
