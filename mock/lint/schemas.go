package lint

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dlclark/regexp2"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// schemas examines every schema that operations and components lead to.
func (l *linter) schemas() {
	roots := l.roots()
	for _, pointer := range roots {
		raw, ok := l.at(pointer)
		if !ok {
			continue
		}
		l.schema(pointer, raw, whole)
	}
	l.compile(roots)
	l.slow(roots)
}

// compile tells the schemas that do not compile. One that fails for what it refers to is not told: what it refers to is.
func (l *linter) compile(roots []string) {
	broken := map[string]string{}
	for _, pointer := range roots {
		if _, err := l.set.Compile(pointer); err != nil {
			broken[pointer] = withoutPlace(err.Error())
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(broken)) {
		if !l.blames(pointer, broken) {
			l.add(ruleSchema, pointer, "%s", broken[pointer])
		}
	}
	l.satisfy(roots, broken)
}

// satisfy tells the schemas of which no value could be made: nothing is served or sent of them. One that fails for what it
// refers to is not told.
func (l *linter) satisfy(roots []string, broken map[string]string) {
	values := generate.New(l.contract, l.set)
	failed := map[string]string{}
	for _, pointer := range roots {
		if _, bad := broken[pointer]; bad || l.blames(pointer, broken) || l.toldOf(ruleClosed, pointer) {
			failed[pointer] = ""
			continue
		}
		_, err := values.Value(pointer, fake.New(1, "lint", pointer), generate.Options{Optional: generate.None})
		var why *generate.Error
		if errors.As(err, &why) {
			failed[pointer] = fmt.Sprintf("%s: %s: %s", cmp.Or(why.Pointer, "the whole"), why.Keyword, why.Reason)
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(failed)) {
		if failed[pointer] != "" && !l.blames(pointer, failed) {
			l.add(ruleUnsatisfiable, pointer, "no value could be made that fits: %s; mend the schema, or give it an example", failed[pointer])
		}
	}
}

// blames says whether a schema that does not compile leads to another one that does not, or to something that was told.
func (l *linter) blames(pointer string, broken map[string]string) bool {
	seen := map[string]bool{pointer: true}
	var walk func(pointer string, raw any) bool
	walk = func(pointer string, raw any) bool {
		m, ok := raw.(map[string]any)
		if !ok {
			return false
		}
		if ref, ok := refOf(m); ok && !seen[ref] {
			seen[ref] = true
			next, found := l.at(ref)
			if _, bad := broken[ref]; bad || !found || walk(ref, next) {
				return true
			}
		}
		if text, ok := m["pattern"].(string); ok && engineOf(text) == noEngine {
			return true
		}
		for _, one := range children(pointer, m) {
			if walk(one.pointer, one.raw) {
				return true
			}
		}
		return false
	}
	raw, _ := l.at(pointer)
	return walk(pointer, raw)
}

// withoutPlace is a message without the place in front of it, which the finding has.
func withoutPlace(message string) string {
	if m := placed.FindStringSubmatch(message); m != nil {
		return m[3]
	}
	return message
}

// schema examines one schema and those within it.
func (l *linter) schema(pointer string, raw any, as role) {
	if l.visited[pointer] {
		return
	}
	l.visited[pointer] = true
	m, ok := raw.(map[string]any)
	if !ok {
		return
	}
	if ref, ok := refOf(m); ok {
		if _, found := l.at(ref); !found {
			l.add(ruleReference, pointer+"/$ref", "#%s is not in the document", ref)
		}
	} else if text, ok := m["$ref"].(string); ok {
		l.add(ruleReference, pointer+"/$ref", "%s leads out of the document", text)
	}
	l.free(pointer, m, as)
	l.freeProperties(pointer, m)
	l.texts(pointer, m)
	l.effect(pointer, m)
	l.values(pointer, m)
	l.discriminator(pointer, m)
	if as == whole && !l.parts[pointer] {
		l.composed(pointer, m)
	}
	for _, one := range children(pointer, m) {
		if one.keyword == "additionalProperties" || one.keyword == "unevaluatedProperties" {
			if empty, ok := one.raw.(map[string]any); ok && len(empty) == 0 {
				continue // the same as true, which is told of the schema around it
			}
		}
		l.schema(one.pointer, one.raw, one.role)
	}
}

// typesOf lists the types that a schema states.
func typesOf(m map[string]any) []string {
	switch v := m["type"].(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, one := range v {
			if name, ok := one.(string); ok {
				list = append(list, name)
			}
		}
		return list
	}
	return nil
}

// engine is what matches a pattern.
type engine int

const (
	noEngine engine = iota
	fast            // Go's own, in linear time
	slow            // one that goes back and forth
)

func engineOf(pattern string) engine {
	if _, err := regexp.Compile(pattern); err == nil {
		return fast
	}
	for _, option := range []regexp2.RegexOptions{regexp2.ECMAScript | regexp2.Unicode, regexp2.ECMAScript, regexp2.None} {
		if _, err := regexp2.Compile(pattern, option); err == nil {
			return slow
		}
	}
	return noEngine
}

// texts examines what a schema says of texts: patterns and formats, and nullable, which is a word of OpenAPI 3.0.
func (l *linter) texts(pointer string, m map[string]any) {
	check := func(at, pattern string) {
		switch engineOf(pattern) {
		case slow:
			l.add(rulePatternSlow, at, "this pattern looks ahead or back, which only a slower engine does: a text that takes it more than 200 ms does not match")
		case noEngine:
			l.add(rulePatternBroken, at, "this is no regular expression")
		}
	}
	if text, ok := m["pattern"].(string); ok {
		check(pointer+"/pattern", text)
	}
	if patterns, ok := m["patternProperties"].(map[string]any); ok {
		for text := range patterns {
			check(pointer+"/patternProperties/"+specs.EscapePointer(text), text)
		}
	}
	if name, ok := m["format"].(string); ok && !slices.Contains(formats(), name) {
		l.add(ruleFormat, pointer+"/format", "nobody knows the format %q here, so it is not checked", name)
	}
	if _, ok := m["nullable"]; ok && !strings.HasPrefix(l.contract.OpenAPI, "3.0") && !strings.HasPrefix(l.contract.OpenAPI, "2") {
		l.add(ruleNullable, pointer+"/nullable", "nullable is a word of OpenAPI 3.0 and means nothing in %s: write type: [%s, \"null\"]", l.contract.OpenAPI, strings.Join(typesOf(m), ", "))
	}
}

// formats lists those that are known: JSON Schema's as far as they are checked, OpenAPI's, and our own.
func formats() []string {
	return []string{
		"date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uri-reference", "uri-template", "uuid", "regex",
		"json-pointer", "relative-json-pointer", "period", "semver", "int32", "int64", "float", "double", "byte", "binary", "password",
		"cn-id-card", "cn-mobile", "cn-name", "cn-date-time", "quartz-cron", "epoch-millis",
	}
}

// values examines the values that a schema lists: enum, const, default, examples.
func (l *linter) values(pointer string, m map[string]any) {
	if kinds := typesOf(m); len(kinds) > 0 {
		if list, ok := m["enum"].([]any); ok {
			for i, v := range list {
				if !isOf(v, kinds) {
					l.add(ruleEnum, pointer+"/enum/"+strconv.Itoa(i), "this value is %s, and the schema takes %s", kindOf(v), strings.Join(kinds, " or "))
				}
			}
		}
		if v, ok := m["const"]; ok && !isOf(v, kinds) {
			l.add(ruleEnum, pointer+"/const", "this value is %s, and the schema takes %s", kindOf(v), strings.Join(kinds, " or "))
		}
	}
	if v, ok := m["default"]; ok {
		l.judge(ruleDefault, "default", pointer+"/default", pointer, v, schema.Any)
	}
	if v, ok := m["example"]; ok {
		l.judge(ruleExample, "example", pointer+"/example", pointer, v, schema.Any)
	}
	if list, ok := m["examples"].([]any); ok {
		for i, v := range list {
			l.judge(ruleExample, "example", pointer+"/examples/"+strconv.Itoa(i), pointer, v, schema.Any)
		}
	}
}

// isOf says whether a value is of one of some types.
func isOf(v any, kinds []string) bool {
	kind := kindOf(v)
	if slices.Contains(kinds, kind) {
		return true
	}
	if n, ok := v.(json.Number); ok && slices.Contains(kinds, "integer") {
		_, fraction, has := strings.Cut(string(n), ".")
		return !strings.ContainsAny(string(n), "eE") && (!has || strings.Trim(fraction, "0") == "")
	}
	return false
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

// discriminator examines what a discriminator names: its property in each alternative, and the schemas of its mapping.
func (l *linter) discriminator(pointer string, m map[string]any) {
	d, ok := m["discriminator"].(map[string]any)
	if !ok {
		return
	}
	at := pointer + "/discriminator"
	name, _ := d["propertyName"].(string)
	if name == "" {
		l.add(ruleDiscriminator, at, "the discriminator names no property")
		return
	}
	mapping, _ := d["mapping"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(mapping)) {
		target, _ := mapping[key].(string)
		ref, local := strings.CutPrefix(target, "#")
		if !local {
			ref = "/components/schemas/" + specs.EscapePointer(target)
		}
		if _, ok := l.at(ref); !ok {
			l.add(ruleDiscriminator, at+"/mapping/"+specs.EscapePointer(key), "%q is no schema of the document", target)
		}
	}
	branches := 0
	for _, one := range children(pointer, m) {
		if one.keyword != "oneOf" && one.keyword != "anyOf" {
			continue
		}
		branch, _ := one.raw.(map[string]any)
		if isOnlyNull(branch) {
			continue
		}
		branches++
		if _, named := refOf(branch); !named {
			l.add(ruleDiscriminator, one.pointer, "this alternative is no reference, so no value of %q can name it", name)
			continue
		}
		if c := l.compose(one.pointer, one.raw); !c.lost && !c.properties[name] {
			l.add(ruleDiscriminator, one.pointer, "this alternative does not define %q, by which it is told from the others", name)
		}
	}
	if branches == 0 {
		if c := l.compose(pointer, m); !c.lost && !c.properties[name] {
			l.add(ruleDiscriminator, at, "the schema does not define %q, by which its kinds are told apart", name)
		}
	}
}

func isOnlyNull(m map[string]any) bool {
	kinds := typesOf(m)
	return len(kinds) == 1 && kinds[0] == "null"
}

// composed examines a schema together with all that it consists of.
func (l *linter) composed(pointer string, m map[string]any) {
	c := l.compose(pointer, m)
	if c.lost {
		return
	}
	if !c.open {
		for _, name := range slices.Sorted(maps.Keys(c.required)) {
			if !c.properties[name] {
				l.add(ruleRequired, c.required[name], "%q is required and not defined: any value does", name)
			}
		}
	}
	for _, closed := range c.closed {
		for _, name := range slices.Sorted(maps.Keys(c.required)) {
			if c.properties[name] && !closed.names[name] {
				l.add(ruleClosed, closed.pointer+"/additionalProperties", "%q is required by another part of the composition, and this part forbids it: no value fits", name)
				break
			}
		}
	}
}
