package explain

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"understudy/mock/internal/wire"
)

// readMap reads a Map as Java prints it, {a=b, c=d}, a map as Go prints it, map[a:b c:d], and a dict as Python prints it.
func readMap(text string) (message, bool) {
	if n := strings.Count(text, `\"`); n > 0 && n == strings.Count(text, `"`) {
		text = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(text) // the log has quoted it
	}
	pairs := javaMap(text)
	if pairs == nil {
		pairs = goMap(text)
	}
	if pairs == nil {
		pairs = pythonDict(text)
	}
	if pairs == nil {
		return message{}, false
	}
	return message{source: sourceMap, params: []wire.Pairs{pairs}, certain: true}, true
}

var (
	javaName = regexp.MustCompile(`^\s*([A-Za-z_][\w.\-]*)=`)
	goName   = regexp.MustCompile(`^\s*([A-Za-z_][\w.\-]*):`)
)

// javaMap splits where a comma and a name with = follow outside of brackets and quotes: a value may hold commas and
// JSON of its own.
func javaMap(text string) wire.Pairs {
	text = strings.TrimSpace(text)
	if len(text) < 4 || text[0] != '{' || text[len(text)-1] != '}' || !javaName.MatchString(text[1:]) {
		return nil
	}
	return splitPairs(text[1:len(text)-1], ',', javaName)
}

func goMap(text string) wire.Pairs {
	inner, ok := strings.CutPrefix(strings.TrimSpace(text), "map[")
	if !ok || !strings.HasSuffix(inner, "]") || !goName.MatchString(inner) {
		return nil
	}
	pairs := splitPairs(strings.TrimSuffix(inner, "]"), ' ', goName)
	isList := func(p wire.Pair) bool { return len(p.Value) > 1 && p.Value[0] == '[' && p.Value[len(p.Value)-1] == ']' }
	// url.Values prints each value as a list.
	if !slices.ContainsFunc(pairs, func(p wire.Pair) bool { return !isList(p) }) {
		for i, p := range pairs {
			pairs[i].Value = p.Value[1 : len(p.Value)-1]
		}
	}
	return pairs
}

func splitPairs(inner string, mark byte, name *regexp.Regexp) wire.Pairs {
	var parts []string
	depth, start, quoted := 0, 0, false
	for i := 0; i < len(inner); i++ {
		switch c := inner[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == mark && depth <= 0 && name.MatchString(inner[i+1:min(len(inner), i+200)]):
			parts = append(parts, inner[start:i])
			start = i + 1
		}
	}
	parts = append(parts, inner[start:])
	var pairs wire.Pairs
	for _, p := range parts {
		at := name.FindStringSubmatchIndex(p)
		if at == nil || len(pairs) == 1000 {
			return nil
		}
		pairs = append(pairs, wire.Pair{Name: p[at[2]:at[3]], Value: p[at[1]:]})
	}
	return pairs
}

// pythonDict reads {'a': 'b'} by turning its quotes into those of JSON.
func pythonDict(text string) wire.Pairs {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{'") || !strings.HasSuffix(text, "}") {
		return nil
	}
	var b bytes.Buffer
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && text[i+1] == '\'':
			b.WriteByte('\'')
			i++
		case c == '\'':
			b.WriteByte('"')
		case c == '"':
			b.WriteString(`\"`)
		default:
			b.WriteByte(c)
		}
	}
	written := strings.NewReplacer(": None", ": null", ": True", ": true", ": False", ": false").Replace(b.String())
	if !json.Valid([]byte(written)) {
		return nil
	}
	return objectPairs(written)
}
