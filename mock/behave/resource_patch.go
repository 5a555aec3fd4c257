package behave

import (
	"errors"
	"slices"
	"strings"
)

// mergePatch applies a JSON Merge Patch (RFC 7396, section 2).
func mergePatch(target, patch any) any {
	members, ok := patch.(map[string]any)
	if !ok {
		return cloned(patch)
	}
	was, _ := target.(map[string]any)
	out := make(map[string]any, len(was)+len(members))
	for name, v := range was {
		out[name] = v
	}
	for name, v := range members {
		if v == nil {
			delete(out, name)
			continue
		}
		out[name] = mergePatch(out[name], v)
	}
	return out
}

var (
	errPatchForm = errors.New("an operation of the patch is none that RFC 6902 has")
	errPatchPath = errors.New("an operation of the patch names a place that is not there")
	errPatchTest = errors.New("a test of the patch failed")
	errPatchSize = errors.New("the operations of the patch copy too much")
)

// mostCopied bounds about how many bytes all operations of a patch may copy together: a few dozen of them that copy the whole
// into itself would fill any memory.
const mostCopied = 4 << 20

// jsonPatch applies a JSON Patch (RFC 6902): all of it, or nothing with an error.
func jsonPatch(target any, patch []any) (any, error) {
	target = cloned(target)
	copied := 0
	for _, item := range patch {
		op, _ := item.(map[string]any)
		name, _ := op["op"].(string)
		path, hasPath := pointerIn(op, "path")
		v, hasValue := op["value"]
		from, hasFrom := pointerIn(op, "from")
		if !hasPath {
			return nil, errPatchForm
		}
		var err error
		switch {
		case name == "add" && hasValue:
			target, err = added(target, tokens(path), cloned(v))
		case name == "remove":
			target, err = removed(target, tokens(path))
		case name == "replace" && hasValue:
			target, err = replaced(target, tokens(path), cloned(v))
		case (name == "move" || name == "copy") && hasFrom:
			taken, there := valueAt(target, from)
			if !there || name == "move" && strings.HasPrefix(path, from+"/") {
				return nil, errPatchPath
			}
			if name == "move" {
				if target, err = removed(target, tokens(from)); err != nil {
					return nil, err
				}
			} else {
				if copied += weight(taken); copied > mostCopied {
					return nil, errPatchSize
				}
				taken = cloned(taken)
			}
			target, err = added(target, tokens(path), taken)
		case name == "test" && hasValue:
			if is, there := valueAt(target, path); !there || !equalValues(is, v) {
				return nil, errPatchTest
			}
		default:
			return nil, errPatchForm
		}
		if err != nil {
			return nil, err
		}
	}
	return target, nil
}

func pointerIn(op map[string]any, name string) (string, bool) {
	p, ok := op[name].(string)
	return p, ok && (p == "" || strings.HasPrefix(p, "/"))
}

// added puts a value where it is not yet, or in the place of a member.
func added(target any, at []string, v any) (any, error) {
	if len(at) == 0 {
		return v, nil
	}
	return changed(target, at, func(holder any, last string) (any, error) {
		switch h := holder.(type) {
		case map[string]any:
			h[last] = v
			return h, nil
		case []any:
			i, ok := index(last, len(h))
			if last == "-" {
				i, ok = len(h), true
			}
			if ok {
				return slices.Insert(h, i, v), nil
			}
		}
		return nil, errPatchPath
	})
}

// replaced puts a value in the place of another one.
func replaced(target any, at []string, v any) (any, error) {
	if len(at) == 0 {
		return v, nil
	}
	return changed(target, at, func(holder any, last string) (any, error) {
		switch h := holder.(type) {
		case map[string]any:
			if _, there := h[last]; there {
				h[last] = v
				return h, nil
			}
		case []any:
			if i, ok := index(last, len(h)-1); ok {
				h[i] = v
				return h, nil
			}
		}
		return nil, errPatchPath
	})
}

func removed(target any, at []string) (any, error) {
	if len(at) == 0 {
		return nil, nil
	}
	return changed(target, at, func(holder any, last string) (any, error) {
		switch h := holder.(type) {
		case map[string]any:
			if _, there := h[last]; there {
				delete(h, last)
				return h, nil
			}
		case []any:
			if i, ok := index(last, len(h)-1); ok {
				return slices.Delete(h, i, i+1), nil
			}
		}
		return nil, errPatchPath
	})
}

// changed lets change work on what holds the last part of a pointer. The target is the caller's own, and changes.
func changed(target any, at []string, change func(holder any, last string) (any, error)) (any, error) {
	if len(at) == 1 {
		return change(target, at[0])
	}
	switch holder := target.(type) {
	case map[string]any:
		if below, there := holder[at[0]]; there {
			below, err := changed(below, at[1:], change)
			holder[at[0]] = below
			return holder, err
		}
	case []any:
		if i, ok := index(at[0], len(holder)-1); ok {
			below, err := changed(holder[i], at[1:], change)
			holder[i] = below
			return holder, err
		}
	}
	return nil, errPatchPath
}

// weight is about how many bytes a value has as JSON.
func weight(v any) int {
	n := 4
	switch v := v.(type) {
	case string:
		n += len(v)
	case map[string]any:
		for name, one := range v {
			n += len(name) + weight(one)
		}
	case []any:
		for _, one := range v {
			n += weight(one)
		}
	}
	return n
}
