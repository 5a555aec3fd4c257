package match

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// slow is the index as it can be written down without a thought for speed: a regular expression for each template, all of
// them tried, and the best by the rule of [Index.Match].
type slow struct {
	templates []slowTemplate
}

type slowTemplate struct {
	path    string
	pattern *regexp.Regexp
}

var place = regexp.MustCompile(`\{[^{}/]+\}`)

func (x *slow) add(path string) bool {
	var b strings.Builder
	last := 0
	for _, m := range place.FindAllStringIndex(path, -1) {
		b.WriteString(regexp.QuoteMeta(path[last:m[0]]) + `([^/]+)`)
		last = m[1]
	}
	pattern := regexp.MustCompile("^" + b.String() + regexp.QuoteMeta(path[last:]) + "$")
	for _, t := range x.templates {
		if t.pattern.String() == pattern.String() {
			return false
		}
	}
	x.templates = append(x.templates, slowTemplate{path, pattern})
	return true
}

// find knows paths whose templates hold nothing that could be escaped.
func (x *slow) find(path string) (found string, values []string, ok bool) {
	if _, err := url.PathUnescape(path); err != nil {
		return "", nil, false
	}
	for _, t := range x.templates {
		m := t.pattern.FindStringSubmatch(path)
		if m == nil || ok && compareTemplates(found, t.path) <= 0 {
			continue
		}
		found, values, ok = t.path, nil, true
		for _, v := range m[1:] {
			v, _ = url.PathUnescape(v)
			values = append(values, v)
		}
	}
	return found, values, ok
}

// compareTemplates is below 0 when the first comes before the second.
func compareTemplates(a, b string) int {
	second := strings.Split(b, "/")
	for i, segment := range strings.Split(a, "/") {
		if c := compareSegments(segment, second[i]); c != 0 {
			return c
		}
	}
	return 0
}

func compareSegments(a, b string) int {
	first, second := place.Split(a, -1), place.Split(b, -1)
	switch {
	case len(first) == 1 && len(second) == 1:
		return 0
	case len(first) == 1:
		return -1
	case len(second) == 1:
		return 1
	}
	outer := func(p []string) int { return len(p[0]) + len(p[len(p)-1]) }
	all := func(p []string) int { return len(strings.Join(p, "")) }
	inner := func(p []string) []string { return p[1 : len(p)-1] }
	if bareFirst, bareSecond := all(first) == 0 && len(first) == 2, all(second) == 0 && len(second) == 2; bareFirst != bareSecond {
		if bareFirst {
			return 1
		}
		return -1
	}
	return cmp.Or(
		cmp.Compare(outer(second), outer(first)),
		cmp.Compare(len(second[0]), len(first[0])),
		cmp.Compare(all(second), all(first)),
		cmp.Compare(len(first), len(second)),
		slices.Compare(inner(first), inner(second)),
	)
}
