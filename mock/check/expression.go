package check

import (
	"net/url"
	"strconv"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/wire"
)

// resolve evaluates a runtime expression, or a text with expressions in braces; anything else stands for itself.
func resolve(x *drive.Exchange, v any) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, item := range v {
			inner, ok := resolve(x, item)
			if !ok {
				return nil, false
			}
			out[name] = inner
		}
		return out, true
	case []any:
		var out []any
		for _, item := range v {
			inner, ok := resolve(x, item)
			if !ok {
				return nil, false
			}
			out = append(out, inner)
		}
		return out, true
	}
	text, ok := v.(string)
	if !ok {
		return v, true
	}
	if strings.HasPrefix(text, "$") {
		return expression(x, text)
	}
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(text, "{$")
		b.WriteString(before)
		if !open {
			return b.String(), true
		}
		inner, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, false
		}
		one, ok := expression(x, "$"+inner)
		if !ok || one == nil {
			return nil, false
		}
		b.WriteString(textOf(one))
		text = after
	}
}

// expression evaluates one runtime expression (OpenAPI 3.1, section 4.8.20.3).
func expression(x *drive.Exchange, text string) (any, bool) {
	switch text {
	case "$url":
		return x.Request.URL, true
	case "$method":
		return x.Request.Method, true
	case "$statusCode":
		return strconv.Itoa(x.Reply.Status), true
	}
	side, rest, ok := strings.Cut(text, ".")
	if !ok || side != "$request" && side != "$response" {
		return nil, false
	}
	in, name, _ := strings.Cut(rest, ".")
	header := x.Reply.Header
	if side == "$request" {
		header = x.Request.Header
	}
	switch {
	case in == "header":
		v := header.Get(name)
		return v, v != ""
	case in == "query" && side == "$request":
		v, n := queryPairs(x.Request).Get(name)
		return v, n > 0
	case in == "path" && side == "$request":
		return pathValue(x.Request, name)
	case strings.HasPrefix(rest, "body"):
		_, pointer, _ := strings.Cut(rest, "#")
		body := x.Reply.Value
		if side == "$request" {
			var failed error
			if v, err := wire.DecodeJSON(x.Request.Plain, wire.JSONOptions{DuplicateNames: true}); err == nil {
				body = v
			} else {
				failed = err
			}
			if failed != nil {
				return nil, false
			}
		}
		v, there := at(body, pointer)
		return v, there && v != nil
	}
	return nil, false
}

// pathValue reads a parameter out of the path that was sent.
func pathValue(request *drive.Request, name string) (any, bool) {
	u, err := url.Parse(request.URL)
	if err != nil {
		return nil, false
	}
	if text, there := pathTexts(request.Operation, u)[name]; there {
		v, err := url.PathUnescape(text)
		return v, err == nil
	}
	return nil, false
}
