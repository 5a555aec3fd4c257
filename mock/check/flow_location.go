package check

import (
	"net/url"
	"strings"

	"understudy/mock/report"
)

// located holds the Location of a creation to what was created (RFC 9110, section 15.3.2): it ends with the key. That it
// names another host or another folder is no more than observed, for a gateway may stand before the server.
func (r *run) located(k *kind, one *made, s step) []report.Finding {
	text := s.x.Reply.Header.Get("Location")
	if text == "" || k.read == nil || s.x.Reply.Status != 201 || !strings.HasSuffix(k.read.Path, "}") {
		return nil
	}
	from, err := url.Parse(s.x.Request.URL)
	if err != nil {
		return nil
	}
	location, err := from.Parse(text)
	if err != nil {
		return []report.Finding{r.astray(k.create, s, ruleLocation, "Location", "a URL", "a text that is none", "the Location of what was created is no URL")}
	}
	before, last := splitLast(strings.TrimSuffix(location.EscapedPath(), "/"))
	key, err := url.PathUnescape(last)
	if err != nil || !strings.EqualFold(key, textOf(one.key)) && location.RawQuery == "" {
		return []report.Finding{r.astray(k.create, s, ruleLocation, "Location", "an address that ends with the key of what was created", "another one",
			"the Location of what was created names something else")}
	}
	if location.Host != from.Host {
		r.observe(k.create, "location", "the Location of what was created is at another host: "+location.Scheme+"://"+location.Host)
	} else if folder, _ := splitLast(k.read.Path); !strings.Contains(folder, "{") && !strings.HasSuffix(before, folder) {
		r.observe(k.create, "location", "the Location of what was created is not where the contract reads it: "+before+", not "+folder)
	}
	return nil
}

// splitLast divides a path before its last segment.
func splitLast(path string) (before, last string) {
	i := strings.LastIndexByte(path, '/')
	return path[:max(i, 0)], path[i+1:]
}
