package check

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/media"
	"understudy/mock/internal/parameter"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// A request is looked at as its server will: what was broken as a value may be in order as a text.

// parameterBroken says whether a parameter of a request breaks the contract for whoever reads the request.
func (r *run) parameterBroken(p argument, request *drive.Request) bool {
	if slices.ContainsFunc(request.Problems, func(one drive.Problem) bool {
		return one.In == p.In && one.Keyword == "style" && (one.Pointer == p.Name || strings.HasPrefix(one.Pointer, p.Name+"/"))
	}) {
		return false // it has no form there, so that it is another mistake
	}
	var compiled *schema.Schema
	if p.Schema != "" {
		var err error
		if compiled, err = r.set.CompileView(p.Schema, schema.Request); err != nil {
			return false
		}
	}
	raw := rawOf(request)
	if p.In == "path" && raw.EscapedPath[p.Name] == "" {
		return false // another path
	}
	v, given, err := parameter.Decode(&p.Parameter, compiled, raw)
	switch {
	case err != nil:
		return true
	case !given:
		return p.Required
	}
	return len(parameter.Validate(&p.Parameter, compiled, v)) > 0
}

// rawOf takes a request apart as far as parameters go.
func rawOf(request *drive.Request) parameter.Raw {
	raw := parameter.Raw{Header: request.Header, Cookies: (&http.Request{Header: request.Header}).Cookies(), EscapedPath: map[string]string{}}
	u, err := url.Parse(request.URL)
	if err != nil {
		return raw
	}
	raw.Escaped = u.RawQuery
	raw.Query = queryPairs(request)
	if request.Operation.Wire.Route != nil && mediaBase(request.Header.Get("Content-Type")) == formType {
		// At a gateway parameters travel in the form as well.
		if pairs, err := wire.ParseForm(request.Body); err == nil {
			raw.Query, raw.Escaped = append(raw.Query, pairs...), ""
		}
	}
	for name, text := range pathTexts(request.Operation, u) {
		raw.EscapedPath[name] = text
	}
	return raw
}

var placeholder = regexp.MustCompile(`\\\{[^/{}]+\\\}`)

// pathTexts is what stands in a URL for the parameters of a path, escaped.
func pathTexts(op *specs.Operation, u *url.URL) map[string]string {
	var names []string
	for _, one := range regexp.MustCompile(`\{([^/{}]+)\}`).FindAllStringSubmatch(op.Path, -1) {
		names = append(names, one[1])
	}
	if names == nil {
		return nil
	}
	// What is escaped in the URL and not in the template has to be told apart by the placeholders alone.
	pieces := placeholder.Split(regexp.QuoteMeta(op.Path), -1)
	for i := range pieces {
		pieces[i] = "(?:" + pieces[i] + "|" + regexp.QuoteMeta((&url.URL{Path: strings.ReplaceAll(pieces[i], `\`, "")}).EscapedPath()) + ")"
	}
	pattern, err := regexp.Compile(strings.Join(pieces, `([^/]*)`) + "$")
	if err != nil {
		return nil
	}
	found := pattern.FindStringSubmatch(u.EscapedPath())
	if found == nil {
		return nil
	}
	texts := map[string]string{}
	for i, name := range names {
		texts[name] = found[i+1]
	}
	return texts
}

// otherPath says whether a request's path parameters are such that the path is another one, to a router or on the way.
func otherPath(request *drive.Request) bool {
	if !strings.Contains(request.Operation.Path, "{") || request.Operation.Wire.Route != nil {
		return false
	}
	u, err := url.Parse(request.URL)
	if err != nil {
		return true
	}
	for _, text := range pathTexts(request.Operation, u) {
		plain, err := url.PathUnescape(text)
		if err != nil || plain == "" || plain == "." || plain == ".." || strings.ContainsAny(plain, "/\\") {
			return true
		}
	}
	return false
}

// bodyBroken says whether a body that is no JSON breaks its schema for whoever reads it.
func (r *run) bodyBroken(op *operation, request *drive.Request) bool {
	compiled, err := r.set.CompileView(op.body.Schema, schema.Request)
	if err != nil || len(request.Plain) == 0 && !op.Body.Required {
		return false
	}
	v, err := media.Decode(op.body, compiled, request.Header.Get("Content-Type"), request.Plain)
	return err != nil || len(compiled.Validate(v)) > 0
}
