package play

import (
	"fmt"
	"slices"
	"strings"
)

// ignored are the places that are not compared.
type ignored []pattern

// pattern is a place with * for any one token of its pointer.
type pattern struct {
	text, in string
	tokens   []string
}

// parseIgnored reads places: a JSON pointer is one into the body, with * for any name or index; query:NAME, header:NAME,
// path:NAME, form:NAME and cookie:NAME are parameters, as body:POINTER is the body.
func parseIgnored(texts []string) (ignored, error) {
	var list ignored
	for _, text := range texts {
		one := pattern{text: text, in: "body"}
		pointer := text
		if in, name, ok := strings.Cut(text, ":"); ok && !strings.HasPrefix(text, "/") {
			if !slices.Contains([]string{"query", "header", "path", "form", "cookie", "body"}, in) {
				return nil, fmt.Errorf("ignore %q: a place is a JSON pointer into the body, such as /data/*/id, or query:NAME, header:NAME, path:NAME or cookie:NAME", shorten(text))
			}
			one.in, pointer = in, name
			if in == "form" {
				one.in = "body"
			}
			if in != "body" {
				pointer = "/" + name
			}
		}
		if !strings.HasPrefix(pointer, "/") || pointer == "/" {
			return nil, fmt.Errorf("ignore %q: a JSON pointer begins with a slash and names a member, such as /data/*/id; a parameter is query:NAME, header:NAME, path:NAME or cookie:NAME", shorten(text))
		}
		one.tokens = strings.Split(pointer[1:], "/")
		list = append(list, one)
	}
	return list, nil
}

func shorten(text string) string {
	if r := []rune(text); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return text
}

// covers says whether a field stands at the place or below it.
func (p pattern) covers(at place) bool {
	if at.in != p.in {
		return false
	}
	pointer := strings.TrimPrefix(at.pointer, "/")
	if at.in != "body" { // of a parameter given several times, all
		name, _, _ := strings.Cut(pointer, "#")
		pointer = name
	}
	tokens := strings.Split(pointer, "/")
	if len(tokens) < len(p.tokens) {
		return false
	}
	for i, token := range p.tokens {
		if token != "*" && token != tokens[i] && !(p.in == "header" && strings.EqualFold(token, tokens[i])) {
			return false
		}
	}
	return true
}

// loosen leaves the ignored places out of the comparison.
func (out *request) loosen(list ignored) {
	for at, f := range out.fields {
		if !f.loose && slices.ContainsFunc(list, func(p pattern) bool { return p.covers(at) }) {
			f.loose = true
			f.format = "" // what is ignored is no hint either
			out.fields[at] = f
		}
	}
}
