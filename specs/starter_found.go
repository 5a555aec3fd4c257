package specs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The bounds of a starter: it is for reading, and each suggestion is tried.
const (
	mostRows      = 10
	mostKinds     = 8
	mostSensitive = 20
)

// envelope suggests one where successful replies have a code beside a message or a result.
func (w *starterWriter) envelope() suggestion {
	at, good, message, data := "", "", "", ""
	replies, enveloped := 0, 0
	for _, op := range w.contract.Operations {
		for _, r := range op.Responses {
			if !strings.HasPrefix(r.Status, "2") || len(r.Content) == 0 {
				continue
			}
			replies++
			schema := r.Content[0].Schema
			code := w.memberOf(schema, "code", "errcode", "errCode", "errorCode", "retCode", "ret_code", "returnCode", "return_code", "resultCode", "status")
			text := w.memberOf(schema, "msg", "message", "errmsg", "errMsg", "errorMsg", "retMsg", "returnMsg", "return_msg", "resultMsg", "info", "desc")
			result := w.memberOf(schema, "data", "result", "content", "obj", "payload")
			if code == "" || text == "" && result == "" {
				continue
			}
			enveloped++
			if at == "" || data == "" && result != "" {
				at, _ = w.contract.Member(schema, "/"+EscapePointer(code))
				good, message, data = code, text, result
			}
		}
	}
	if at == "" || 2*enveloped <= replies {
		return suggestion{}
	}
	success, failure := []string{good + ": " + w.goodCode(at)}, []string{good + ": $code"}
	if message != "" {
		success, failure = append(success, message+": ok"), append(failure, message+": $message")
	}
	if data != "" {
		success = append(success, data+": $result")
	}
	return suggestion{
		why: []string{"What stands around every result and every error. Failures then are HTTP 200, unless x-errors says otherwise."},
		lines: []string{
			"envelope:", "  success: {" + strings.Join(success, ", ") + "}", "  error: {" + strings.Join(failure, ", ") + "}",
		},
	}
}

// memberOf is the first of some names that a schema states as a member.
func (w *starterWriter) memberOf(schema string, names ...string) string {
	for _, name := range names {
		if member, ok := w.contract.Member(schema, "/"+EscapePointer(name)); ok && member != "" {
			return name
		}
	}
	return ""
}

// goodCode guesses the code of a success from what the document says about the member, else from its type.
func (w *starterWriter) goodCode(member string) string {
	d := w.contract.document
	for _, keyword := range []string{"/const", "/example", "/default", "/examples/0", "/enum/0"} {
		if n, ok := d.node(member + keyword); ok && n.Kind == yaml.ScalarNode {
			if n.ShortTag() == "!!str" {
				return quoted(n.Value)
			}
			return n.Value
		}
	}
	if n, ok := d.node(member + "/type"); ok && (n.Value == "integer" || n.Value == "number") {
		return "0"
	}
	return `"0"`
}

// errors suggests rows of the catalogue for the failures that the document declares by their status.
func (w *starterWriter) errors() {
	if len(w.contract.Errors) > 0 {
		return
	}
	taken := map[string]bool{}
	var lines []string
	for _, one := range []struct {
		status, id, message string
		conditions          []Condition
	}{
		{"400", "bad-request", "bad request", []Condition{InvalidParameter, MissingParameter, MalformedBody, EmptyBody}},
		{"401", "unauthorized", "unauthorized", []Condition{MissingToken, InvalidToken, ExpiredToken, MissingSignature, InvalidSignature}},
		{"403", "forbidden", "forbidden", []Condition{UnknownKey}},
		{"404", "not-found", "not found", nil},
		{"405", "method-not-allowed", "method not allowed", []Condition{MethodNotAllowed}},
		{"409", "conflict", "conflict", nil},
		{"415", "unsupported-media-type", "unsupported media type", []Condition{UnsupportedMediaType}},
		{"422", "unprocessable", "unprocessable", []Condition{InvalidParameter, MissingParameter, MalformedBody, EmptyBody}},
		{"429", "too-many-requests", "too many requests", nil},
		{"500", "internal-error", "internal error", nil},
	} {
		if !w.answers(one.status) || len(lines) >= mostRows {
			continue
		}
		var on []string
		for _, c := range one.conditions {
			if !taken[string(c)] {
				taken[string(c)] = true
				on = append(on, string(c))
			}
		}
		row := fmt.Sprintf("  - {id: %s, code: %q, status: %s, message: %s, fault: caller", one.id, one.status, one.status, one.message)
		if one.status == "500" {
			row = strings.Replace(row, "fault: caller", "fault: vendor", 1)
		}
		if len(on) == 0 {
			lines = append(lines, row+"}")
			continue
		}
		lines = append(lines, row+",", "     conditions: ["+strings.Join(on, ", ")+"]}")
	}
	s := suggestion{
		why:   []string{"The catalogue of error codes: which there are, and which conditions raise them."},
		lines: append([]string{KeyErrors + ":"}, lines...),
	}
	if len(lines) == 0 {
		s.lines = []string{
			KeyErrors + ":", "  - {id: bad-value, code: \"1001\", message: invalid parameter, fault: caller,", "     conditions: [invalid-parameter, missing-parameter]}",
		}
	}
	if w.applies(append(slices.Clone(w.wireRoot), s.lines...), nil) {
		w.suggest(3, s)
	}
}

// answers says whether an operation declares a reply of that status.
func (w *starterWriter) answers(status string) bool {
	return slices.ContainsFunc(w.contract.Operations, func(op *Operation) bool {
		return slices.ContainsFunc(op.Responses, func(r Response) bool { return r.Status == status })
	})
}

// resources suggests x-resource where a path and the same with one parameter more look like a collection and its items.
func (w *starterWriter) resources() {
	byPath := map[string][]*Operation{}
	var paths []string
	for _, op := range w.contract.Operations {
		if byPath[op.Path] == nil {
			paths = append(paths, op.Path)
		}
		byPath[op.Path] = append(byPath[op.Path], op)
	}
	kinds, tried := 0, 0
	for _, item := range paths {
		collection, last := item[:strings.LastIndexByte(item, '/')], item[strings.LastIndexByte(item, '/')+1:]
		if !strings.HasPrefix(last, "{") || !strings.HasSuffix(last, "}") || byPath[collection] == nil || kinds == mostKinds || tried == 2*mostKinds {
			continue
		}
		tried++
		var actions [][]string
		for _, op := range append(slices.Clone(byPath[collection]), byPath[item]...) {
			verb := map[bool]map[string]string{
				false: {"POST": VerbCreate, "GET": VerbList},
				true:  {"GET": VerbRead, "PUT": VerbReplace, "PATCH": VerbPatch, "DELETE": VerbDelete},
			}[op.Path == item][op.Method]
			if verb != "" && op.Resource == nil && !strings.ContainsAny(op.Path, `'\`) {
				actions = append(actions, []string{
					"- target: " + quoted("$.paths['"+op.Path+"']."+strings.ToLower(op.Method)),
					fmt.Sprintf("  update: {%s: {kind: %s, verb: %s}}", KeyResource, kindName(collection), verb),
				})
			}
		}
		s := suggestion{why: []string{"Things that are stored: what one operation creates, the others see."}, lines: w.agreeing(actions)}
		if len(s.lines) > 2 && s.fits(1) {
			if kinds++; kinds > 1 {
				s.why = nil
			}
			w.suggest(1, s)
		}
	}
}

// agreeing are the lines of those actions that the document takes together: all, or what can be added one by one.
func (w *starterWriter) agreeing(actions [][]string) []string {
	if all := slices.Concat(actions...); len(actions) > 1 && w.applies(w.wireRoot, all) {
		return all
	}
	var lines []string
	for _, action := range actions {
		if more := slices.Concat(lines, action); w.applies(w.wireRoot, more) {
			lines = more
		}
	}
	return lines
}

// kindName is what is stored below a path: the last word of it, in the singular where that is easy.
func kindName(path string) string {
	words := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '{' || r == '}' || r == ' ' })
	if len(words) == 0 {
		return "thing"
	}
	name := words[len(words)-1]
	switch {
	case strings.HasSuffix(name, "ies") && len(name) > 4:
		name = name[:len(name)-3] + "y"
	case strings.HasSuffix(name, "s") && !strings.HasSuffix(name, "ss") && len(name) > 3:
		name = name[:len(name)-1]
	}
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return quoted(name)
		}
	}
	if _, err := strconv.Atoi(name); err == nil {
		return quoted(name)
	}
	return name
}
