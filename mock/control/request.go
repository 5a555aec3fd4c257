package control

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
)

// read holds a request to the document and decodes its parameters. All that is wrong with it is told at once; known are
// names that may be quoted back anywhere.
func (op *operation) read(r *http.Request, path map[string]string, known map[string]bool) (*call, error) {
	c := &call{request: r, values: map[string]any{}}
	query, list := op.query(r.URL.RawQuery)
	for _, p := range op.parameters {
		var given []string
		switch p.In {
		case "path":
			given = []string{path[p.Name]}
		case "query":
			given = query[p.Name]
		case "header":
			given = r.Header.Values(p.Name)
		}
		v, wrong := op.parameter(p, given)
		list = append(list, wrong...)
		if v != nil {
			c.values[p.Name] = v
		}
	}
	if op.body != nil {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, bodyFailure(err)
		}
		wrong := op.readBody(text, known)
		list = append(list, wrong...)
		if len(bytes.TrimSpace(text)) > 0 {
			c.body = text
		}
	}
	if len(list) > 0 {
		return nil, violated(list)
	}
	return c, nil
}

// query reads the query strictly: what the document does not name is a mistake, of a filter most likely.
func (op *operation) query(raw string) (url.Values, []Violation) {
	var known []string
	for _, p := range op.parameters {
		if p.In == "query" {
			known = append(known, p.Name)
		}
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, []Violation{{In: "query", Keyword: "syntax", Expected: "NAME=VALUE pairs, percent-encoded and joined by &", Got: "something else"}}
	}
	expected := "no parameter"
	if len(known) > 0 {
		expected = "one of " + strings.Join(known, ", ")
	}
	var list []Violation
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !slices.Contains(known, name) {
			name = quotable(name)
			if len(op.secrets) > 0 {
				name = "?"
			}
			list = append(list, Violation{In: "query", Pointer: name, Keyword: "unknown", Expected: expected, Got: "another parameter"})
		}
	}
	return query, list
}

func (op *operation) parameter(p parameter, given []string) (any, []Violation) {
	switch {
	case len(given) == 0 && p.Required:
		return nil, []Violation{{In: p.In, Pointer: p.Name, Keyword: "required", Expected: "a value", Got: "absent"}}
	case len(given) == 0:
		return nil, nil
	case len(given) > 1:
		return nil, []Violation{{In: p.In, Pointer: p.Name, Keyword: "once", Expected: "one value", Got: fmt.Sprintf("%d of them", len(given))}}
	}
	v := p.schema.FromText(given[0])
	var list []Violation
	for _, found := range p.schema.Validate(v) {
		list = append(list, Violation{In: p.In, Pointer: p.Name, Keyword: found.Keyword, Expected: op.expected(found), Got: found.Got})
	}
	return v, list
}

// readBody holds a body to its schema.
func (op *operation) readBody(text []byte, known map[string]bool) []Violation {
	if len(bytes.TrimSpace(text)) == 0 {
		if op.Body.Required {
			return []Violation{{In: "body", Keyword: "required", Expected: "a JSON object", Got: "nothing"}}
		}
		return nil
	}
	v, wrong := wire.DecodeJSON(text, wire.JSONOptions{})
	if wrong != nil {
		return []Violation{{In: "body", Keyword: "syntax", Expected: "one JSON value (RFC 8259) in UTF-8", Got: spoken(wrong.Reason), Line: lineAt(text, wrong.Offset)}}
	}
	found := op.body.Validate(v)
	if found == nil {
		return nil
	}
	lines := linesOf(text)
	var list []Violation
	for _, one := range found {
		list = append(list, Violation{
			In: "body", Pointer: op.shown(one.Pointer, known), Keyword: one.Keyword, Expected: op.expected(one), Got: op.got(one), Line: lineOf(lines, one.Pointer),
		})
	}
	return list
}

// spoken puts the reason of a JSON error into words that quote nothing.
func spoken(reason string) string {
	switch reason {
	case wire.JSONDuplicateName:
		return "a name twice in one object"
	case wire.JSONDepth:
		return "objects and lists nested too deeply"
	case wire.JSONUTF8:
		return "bytes or escapes that are not Unicode text"
	case wire.JSONTrailing:
		return "more text after the value"
	case wire.JSONBOM:
		return "a byte order mark before the value"
	case wire.JSONNul:
		return `the escape \u0000`
	}
	return "something else"
}

// expected says what a rule asks for: in the words of the document where the rule alone is a riddle.
func (op *operation) expected(v schema.Violation) string {
	switch v.Keyword {
	case "required", "enum", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems":
		return v.Expected
	case "additionalProperties":
		known := op.api.contract.Names(v.Schema + "/properties")
		if len(known) == 0 {
			return "no member"
		}
		return "one of " + strings.Join(known, ", ")
	}
	if title := op.api.title(v.Schema); title != "" {
		return title
	}
	return v.Expected
}

// got keeps even a short number from being shown where it may be a secret.
func (op *operation) got(v schema.Violation) string {
	if op.secret(v.Pointer) && strings.HasPrefix(v.Got, "the number ") {
		return "a number"
	}
	return v.Got
}

// secret says whether a place in the body lies where secrets are.
func (op *operation) secret(pointer string) bool {
	return slices.ContainsFunc(op.secrets, func(part string) bool { return pointer == part || strings.HasPrefix(pointer, part+"/") })
}

// shown is a pointer that may be quoted back: where secrets are, only names that are known and positions in lists.
func (op *operation) shown(pointer string, known map[string]bool) string {
	if pointer == "" {
		return ""
	}
	var b strings.Builder
	walked := ""
	for _, token := range strings.Split(pointer[1:], "/") {
		walked += "/" + token
		b.WriteByte('/')
		switch {
		case known[token], position.MatchString(token):
			b.WriteString(token)
		case op.secret(walked):
			b.WriteByte('?')
		default:
			b.WriteString(quotable(token))
		}
	}
	return b.String()
}

// position is one in a list: so short a text is no secret.
var position = regexp.MustCompile(`^[0-9]{1,3}$`)

var quotablePattern = regexp.MustCompile(`^[A-Za-z]{1,24}$`)

// quotable is a name fit to be quoted back: a slip of the pen by its look. "?" stands for one that may be a secret.
func quotable(name string) string {
	if quotablePattern.MatchString(name) {
		return name
	}
	return "?"
}

// linesOf tells on which line of a JSON text each place stands.
func linesOf(text []byte) map[string]int {
	lines := map[string]int{}
	d := jsontext.NewDecoder(bytes.NewReader(text))
	line, counted := 1, int64(0)
	for {
		if _, err := d.ReadToken(); err != nil {
			return lines
		}
		end := d.InputOffset()
		line += bytes.Count(text[counted:end], []byte("\n"))
		counted = end
		if at := string(d.StackPointer()); lines[at] == 0 {
			lines[at] = line
		}
	}
}

// lineOf is the line of a place, or of what should hold it where it is missing.
func lineOf(lines map[string]int, pointer string) int {
	for {
		if line := lines[pointer]; line != 0 {
			return line
		}
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return 1
		}
		pointer = pointer[:i]
	}
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
}

func bodyFailure(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return fail(http.StatusRequestEntityTooLarge, "body-too-large", fmt.Sprintf("a body has at most %d bytes here", maxBody))
	}
	return fail(http.StatusBadRequest, "body", "the body ended before its announced length, or is not framed as HTTP has it")
}

// withLines adds to violations that were found later the lines of the body on which they stand.
func withLines(body []byte, list []Violation) []Violation {
	lines := linesOf(body)
	for i := range list {
		list[i].Line = lineOf(lines, list[i].Pointer)
	}
	return list
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
