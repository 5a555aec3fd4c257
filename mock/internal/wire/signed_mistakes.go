package wire

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// textSlips lists the known departures from the text to sign of a call, the likely ones first.
func textSlips(s *Signer, m *Message, right *composition) []textSlip {
	var list []textSlip
	add := func(id string, change func(*composition), detail ...string) {
		one := textSlip{id: id, change: change}
		if len(detail) > 0 {
			one.detail = map[string]string{detail[0]: detail[1]}
		}
		list = append(list, one)
	}
	if slices.Contains(right.parts, "fields") {
		fieldSlips(s, m, right, add)
	}
	partSlips(m, right, add)
	for _, rewrite := range []func(string) (string, bool){compactJSON, spacedJSON, slashedJSON, sortedJSON, escapedJSON} {
		add("signed-json-rewritten", func(c *composition) {
			if text, ok := rewrite(string(c.body)); ok {
				c.body = []byte(text)
			}
			c.value = func(p Pair) string {
				if text, ok := rewrite(p.Value); ok && p.In == inBody {
					return text
				}
				return p.Value
			}
		})
	}
	if m.Opened != nil {
		for _, body := range [][]byte{m.Opened, m.Body} {
			other := &Message{Method: m.Method, RawQuery: m.RawQuery, Pairs: m.Pairs, Header: m.Header, Body: body}
			add("signed-other-body", func(c *composition) {
				from := s.composed(other, c.path, c.show)
				c.body, c.all, c.at = from.body, from.all, from.at
			})
		}
	}
	for _, end := range []string{"\n", "&", "\r\n", " "} {
		add("signed-end", func(c *composition) { c.end = end })
	}
	return append(list, timeSlips(s, right)...)
}

// fieldSlips are about the pairs.
func fieldSlips(s *Signer, m *Message, right *composition, add func(string, func(*composition), ...string)) {
	if right.order == byName {
		add("signed-unsorted", func(c *composition) { c.order = received })
		add("signed-unsorted", func(c *composition) { c.order = reversed })
		add("signed-case-folded", func(c *composition) { c.order = folded })
	} else {
		add("signed-sorted", func(c *composition) { c.order = byName })
		add("signed-unlisted-order", func(c *composition) { c.order = received })
	}
	if right.keepEmpty {
		add("signed-empty-left-out", func(c *composition) { c.keepEmpty = false })
		add("signed-empty-as-null", func(c *composition) { c.empty = "null" })
	} else {
		add("signed-empty-kept", func(c *composition) { c.keepEmpty = true })
		add("signed-empty-kept", func(c *composition) { c.keepEmpty, c.empty = true, "null" })
	}
	for _, escape := range []func(string) string{
		url.QueryEscape, percentEscape, func(v string) string { return lowerEscapes(url.QueryEscape(v)) },
		func(v string) string { return lowerEscapes(percentEscape(v)) }, componentEscape,
	} {
		if right.escape == nil {
			add("signed-values-encoded", func(c *composition) { c.value = func(p Pair) string { return escape(p.Value) } })
		} else {
			add("signed-values-other-encoding", func(c *composition) { c.escape = escape })
		}
	}
	if right.escape != nil {
		add("signed-values-plain", func(c *composition) { c.escape = nil })
	}
	add("signed-names", func(c *composition) { c.namesOut = !c.namesOut })
	for _, joints := range [][2]string{{"=", "&"}, {"", ""}, {"=", ""}, {"", "&"}, {"=", ","}, {":", ","}, {"=", "|"}, {"=", ";"}, {"=", "\n"}, {":", "\n"}} {
		if joints != [2]string{right.equals, right.pairs} {
			add("signed-joints", func(c *composition) { c.equals, c.pairs = joints[0], joints[1] })
		}
	}
	add("signed-itself", func(c *composition) {
		c.all = append(slices.Clone(c.all), Pair{Name: s.location(s.sign.Parameter).Name()})
		c.keepEmpty = true
	})
	add("signed-values-trimmed", func(c *composition) { c.value = func(p Pair) string { return strings.TrimSpace(p.Value) } })
	add("signed-plus-as-space", func(c *composition) {
		c.value = func(p Pair) string { return strings.ReplaceAll(p.Value, " ", "+") }
	})
	add("signed-values-gbk", func(c *composition) {
		c.value = func(p Pair) string {
			text, err := simplifiedchinese.GBK.NewEncoder().String(p.Value)
			if err != nil {
				return p.Value
			}
			return text
		}
	})
	add("signed-values-ascii", func(c *composition) { c.value = func(p Pair) string { return asciiOnly(p.Value) } })
	for _, place := range []string{InQuery, InForm, inBody, inHeader} {
		without := slices.DeleteFunc(slices.Clone(right.all), func(p Pair) bool { return p.In == place })
		if len(without) > 0 && len(without) < len(right.all) {
			add("signed-place-left-out", func(c *composition) {
				c.all = slices.DeleteFunc(slices.Clone(c.all), func(p Pair) bool { return p.In == place })
			}, "name", place)
		}
	}
	excluded := s.excluded(m)
	if len(excluded) > 1 {
		add("signed-too-much", func(c *composition) { c.all = slices.Concat(c.all, c.hidden(excluded)) }, "name", namesOf(excluded))
	}
	for _, p := range excluded {
		add("signed-too-much", func(c *composition) { c.all = slices.Concat(c.all, c.hidden(Pairs{p})) }, "name", p.Name)
	}
	if len(right.all) > maxSignPairs {
		return
	}
	for _, p := range right.all {
		if p.Value != "" {
			add("signed-left-out", func(c *composition) { c.all = withoutName(c.all, p.Name) }, "name", p.Name)
		}
	}
}

// excluded are the pairs of a call that the contract does not sign, without the signature.
func (s *Signer) excluded(m *Message) Pairs {
	all := m.Pairs
	list, _ := rawMembers(s.bodyOf(m))
	for _, one := range list {
		all = append(slices.Clip(all), Pair{Name: one.name, Value: signedText(one.raw), In: inBody})
	}
	signed := s.composed(m, m.Path, nil).all
	var out Pairs
	for _, p := range all {
		if p.Name != "" && p.Value != "" && !s.isSignature(p) && !slices.Contains(signed, p) && len(out) < maxSignPairs {
			out = append(out, p)
		}
	}
	return out
}

func namesOf(pairs Pairs) string {
	var names []string
	for _, p := range pairs {
		names = append(names, clip(p.Name))
	}
	return strings.Join(names, ", ")
}

// partSlips are about the parts and what stands between them.
func partSlips(m *Message, right *composition, add func(string, func(*composition), ...string)) {
	has := func(part string) bool { return slices.Contains(right.parts, part) }
	if len(right.parts) > 1 {
		for _, join := range []string{"", "\n", "&", ",", "|", ":", "\r\n", "\\n", " ", "_"} {
			if join != right.join {
				add("signed-join", func(c *composition) { c.join = join })
			}
		}
		for i, part := range right.parts {
			if part != "secret" && part != "empty" {
				add("signed-part-left-out", func(c *composition) { c.parts = slices.Delete(slices.Clone(c.parts), i, i+1) }, "name", part)
				add("signed-part-left-out", func(c *composition) { c.parts = slices.Replace(slices.Clone(c.parts), i, i+1, "empty") }, "name", part)
			}
			for j := range i {
				add("signed-parts-order", func(c *composition) {
					c.parts = slices.Clone(c.parts)
					c.parts[i], c.parts[j] = c.parts[j], c.parts[i]
				})
			}
		}
		sortedParts := slices.Sorted(slices.Values(right.parts))
		add("signed-parts-order", func(c *composition) { c.parts = sortedParts })
	}
	if has("method") {
		add("signed-method-case", func(c *composition) { c.method = strings.ToLower(c.method) })
	}
	if has("path") || has("target") {
		for _, path := range pathForms(m) {
			add("signed-path-other", func(c *composition) { c.path = path })
		}
		add("signed-path-other", func(c *composition) {
			if has("path") && c.query != "" {
				c.path += "?" + c.query
			}
		})
		if has("target") {
			add("signed-without-query", func(c *composition) { c.query = "" })
		}
	}
	if has("query") || has("target") {
		add("signed-query-sorted", func(c *composition) {
			parts := strings.Split(c.query, "&")
			slices.Sort(parts)
			c.query = strings.Join(parts, "&")
		})
		add("signed-query-decoded", func(c *composition) {
			if plain, err := url.QueryUnescape(c.query); err == nil {
				c.query = plain
			}
		})
	}
	if has("body") || has("body-md5") || has("body-sha256") || has("body-md5-base64") {
		for _, body := range []string{"{}", "null", ""} {
			add("signed-empty-body", func(c *composition) { c.body = []byte(body) })
		}
	}
	for _, swap := range [][2]string{
		{"body", "body-md5"}, {"body", "body-sha256"}, {"body-md5", "body"}, {"body-sha256", "body"}, {"body-md5", "body-md5-base64"},
		{"body-md5-base64", "body-md5"}, {"body", "fields"},
	} {
		if has(swap[0]) {
			add("signed-body-form", func(c *composition) {
				c.parts = slices.Clone(c.parts)
				c.parts[slices.Index(c.parts, swap[0])] = swap[1]
			})
		}
	}
}

// pathForms are other paths that a caller may have signed.
func pathForms(m *Message) []string {
	var list []string
	for _, path := range append([]string{m.Path}, m.OtherPaths...) {
		trimmed := strings.Trim(path, "/")
		list = append(list, trimmed, trimmed+"/", "/"+trimmed+"/", strings.ToLower(path))
		if plain, err := url.PathUnescape(path); err == nil {
			list = append(list, plain)
		}
		for rest := trimmed; strings.Contains(rest, "/"); {
			_, rest, _ = strings.Cut(rest, "/")
			list = append(list, "/"+rest)
		}
		if host := m.Header.Get("Host"); host != "" {
			list = append(list, "http://"+host+path, "https://"+host+path)
		}
	}
	return slices.DeleteFunc(list, func(p string) bool { return p == m.Path })
}
