package explain

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// maxDepth bounds how often a text inside a text is read: a JSON log line holds a message that holds a body.
const maxDepth = 3

// read finds the messages in a text.
func (e *Explainer) read(text string) []message {
	found := e.readAs(text, maxDepth)
	for i := range found {
		if found[i].place == "" && len(found) > 1 {
			found[i].place = fmt.Sprintf("%d", i+1)
		}
	}
	return found
}

// readAs tries what the whole text may be before it looks for parts of it.
func (e *Explainer) readAs(text string, depth int) []message {
	text = strings.TrimSpace(text)
	if text == "" || depth == 0 {
		return nil
	}
	if json.Valid([]byte(text)) {
		return e.readJSON(text, depth)
	}
	if list := readCurl(text); len(list) > 0 {
		return list
	}
	if list := readHTTP(text); len(list) > 0 {
		return list
	}
	if list := readCalls(text); len(list) > 0 {
		return list
	}
	if m, ok := readMap(text); ok {
		return []message{m}
	}
	if list := e.readAddress(text, depth); len(list) > 0 {
		return list
	}
	if looksSealed(text) {
		return []message{{source: sourceCipher, body: []byte(text), hasBody: true, certain: true}}
	}
	return e.scan(text, depth)
}

// readJSON tells a HAR file, a HAR entry, a body and a log line in JSON apart.
func (e *Explainer) readJSON(text string, depth int) []message {
	if list := readHAR(text); list != nil {
		return list
	}
	switch text[0] {
	case '"':
		var inner string
		if json.Unmarshal([]byte(text), &inner) != nil {
			return nil
		}
		if looksSealed(inner) {
			return []message{{source: sourceCipher, body: []byte(text), hasBody: true, certain: true}}
		}
		return e.readAs(inner, depth-1)
	case '{':
		return e.readObject(text, depth)
	case '[':
		return []message{{source: sourceJSON, body: []byte(text), hasBody: true, certain: depth == maxDepth}}
	}
	return nil
}

// readObject reads a JSON object as parameters, as a body, or, where its names mean nothing to the vendor, as a log line
// whose members hold what is looked for.
func (e *Explainer) readObject(text string, depth int) []message {
	pairs := objectPairs(text)
	m := message{source: sourceJSON, body: []byte(text), hasBody: true, certain: true}
	if e.signed(pairs) {
		m.params, m.body, m.hasBody = []wire.Pairs{pairs}, nil, false
		return []message{m}
	}
	if e.byNames(namesOf(nil, m.body)) != nil || e.isReply(m.body) {
		return []message{m}
	}
	var parts []string
	var walk func(raw json.RawMessage, depth int)
	walk = func(raw json.RawMessage, depth int) {
		var s string
		switch {
		case depth == 0:
		case json.Unmarshal(raw, &s) == nil:
			parts = append(parts, s)
		case len(raw) > 0 && raw[0] == '{':
			if inner := string(raw); e.signed(objectPairs(inner)) || e.byNames(namesOf(nil, raw)) != nil {
				parts = append(parts, inner)
				return
			}
			for _, member := range objectMembers(string(raw)) {
				walk(member.value, depth-1)
			}
		case len(raw) > 0 && raw[0] == '[':
			var items []json.RawMessage
			if json.Unmarshal(raw, &items) == nil {
				for _, item := range items {
					walk(item, depth-1)
				}
			}
		}
	}
	for _, member := range objectMembers(text) {
		walk(member.value, 8)
	}
	found := e.scan(strings.Join(parts, "\n"), depth-1)
	if len(found) == 0 {
		m.certain = depth == maxDepth
		return []message{m}
	}
	return found
}

// signed says whether parameters are those of a signed call.
func (e *Explainer) signed(pairs wire.Pairs) bool {
	for _, op := range e.operations {
		s := op.Wire.Sign
		if s == nil {
			continue
		}
		name := s.Parameter
		if l := specs.Location(s.Parameter); op.signer != nil {
			if name = l.Name(); l.Place() == specs.PlaceBody || l.Place() == specs.PlaceHeader {
				continue // it is a body, or something else
			}
		}
		if _, n := pairs.Get(name); n > 0 {
			return true
		}
		if route := op.Wire.Route; route != nil {
			if _, n := pairs.Get(route.Parameter); n > 0 {
				return true
			}
		}
	}
	return false
}

type jsonMember struct {
	name  string
	value json.RawMessage
}

// objectMembers lists the members of a JSON object in their order; nil when it is none.
func objectMembers(text string) []jsonMember {
	dec := json.NewDecoder(strings.NewReader(text))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var list []jsonMember
	for dec.More() && len(list) < 1000 {
		t, err := dec.Token()
		name, ok := t.(string)
		var value json.RawMessage
		if err != nil || !ok || dec.Decode(&value) != nil {
			return list
		}
		list = append(list, jsonMember{name, value})
	}
	return list
}

// objectPairs reads a JSON object as parameters: texts without their quotes, everything else as it is written.
func objectPairs(text string) wire.Pairs {
	var pairs wire.Pairs
	for _, m := range objectMembers(text) {
		v := string(m.value)
		var s string
		switch {
		case json.Unmarshal(m.value, &s) == nil:
			v = s
		case v == "null":
			v = ""
		}
		pairs = append(pairs, wire.Pair{Name: m.name, Value: v})
	}
	return pairs
}

// sealedLike are the characters that a ciphertext may consist of, with what happens to it on its way.
var sealedLike = regexp.MustCompile(`^[A-Za-z0-9+/=_\-%\s.…\\]+$`)

// looksSealed reports whether a text could be nothing but a ciphertext, be it damaged.
func looksSealed(text string) bool {
	inner := strings.TrimSpace(text)
	if n := len(inner); n > 1 && (inner[0] == '"' || inner[0] == '\'') && inner[n-1] == inner[0] {
		inner = inner[1 : n-1]
	}
	if strings.HasPrefix(inner, "[B@") {
		return true
	}
	if len(inner) < 16 || !sealedLike.MatchString(inner) {
		return false
	}
	// Words of prose are short; a run of a ciphertext is not, unless many of its plus signs became spaces.
	longest := 0
	runs := strings.Fields(inner)
	for _, run := range runs {
		longest = max(longest, len(run))
	}
	isWord := func(s string) bool {
		return len(s) > 1 && len(s) < 16 && strings.Trim(s[1:], "abcdefghijklmnopqrstuvwxyz.") == ""
	}
	return longest >= 16 && looksRandom(inner) && !isWord(runs[0]) && !isWord(runs[len(runs)-1])
}

// looksRandom keeps out names and paths: cipher bytes as text mix digits with letters.
func looksRandom(s string) bool {
	digits, letters := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			letters++
		}
	}
	return letters > 0 && digits*40 >= len(s)
}
