package check

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"understudy/mock/drive"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// broken are values that break one rule each: those that are far from right, and those that a server may well take for
// right, which reads generously or looks at a part only.
func (r *run) broken(pointer string, valid any, src fake.Source) []generate.Case {
	list := r.values.Broken(pointer, valid, src, requestOptions(generate.Believable))
	compiled, err := r.set.CompileView(pointer, schema.Request)
	if err != nil || len(compiled.Validate(valid)) > 0 {
		return list
	}
	seen := map[string]bool{}
	for _, c := range list {
		seen[c.Pointer+"\x00"+string(jsonText(c.Value))] = true
	}
	for _, near := range nearMisses("", valid) {
		value := replacedAt(valid, near.pointer, near.value)
		if found := compiled.Validate(value); len(found) != 1 || found[0].Pointer != near.pointer || found[0].Keyword != near.keyword {
			continue
		}
		if key := near.pointer + "\x00" + string(jsonText(value)); !seen[key] {
			seen[key] = true
			list = append(list, generate.Case{
				Name: strings.TrimSuffix(near.name+" "+near.pointer, " "), Value: value, Pointer: near.pointer, Keyword: near.keyword,
			})
		}
	}
	return list
}

// nearMiss is a value that is nearly right, for one place.
type nearMiss struct {
	name, pointer, keyword string
	value                  any
}

// nearMisses lists what may be tried in the place of each single value.
func nearMisses(below string, v any) []nearMiss {
	switch v := v.(type) {
	case map[string]any:
		var list []nearMiss
		for _, name := range slices.Sorted(maps.Keys(v)) {
			list = append(list, nearMisses(below+"/"+specs.EscapePointer(name), v[name])...)
		}
		return list
	case []any:
		if len(v) == 0 {
			return nil
		}
		return nearMisses(below+"/0", v[0]) // one stands for all
	case bool, json.Number:
		return []nearMiss{{"type as text", below, "type", textOf(v)}}
	case string:
		list := []nearMiss{{"pattern with more behind", below, "pattern", v + "x"}, {"pattern with more before", below, "pattern", "x" + v}}
		if other := otherCase(v); other != v {
			list = append(list, nearMiss{"enum in another case", below, "enum", other}, nearMiss{"const in another case", below, "const", other})
		}
		return list
	}
	return nil
}

// otherCase has lower-case letters in the place of upper-case ones, and the reverse.
func otherCase(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsUpper(c) {
			return unicode.ToLower(c)
		}
		return unicode.ToUpper(c)
	}, text)
}

// replacedAt is a copy of a value with another one at a pointer.
func replacedAt(v any, pointer string, by any) any {
	if pointer == "" {
		return by
	}
	out := clone(v)
	cut := strings.LastIndexByte(pointer, '/')
	container, _ := at(out, pointer[:cut])
	last := specs.UnescapePointer(pointer[cut+1:])
	switch held := container.(type) {
	case map[string]any:
		held[last] = by
	case []any:
		if i, ok := index(last); ok && i < len(held) {
			held[i] = by
		}
	}
	return out
}

// nearTokens carry what is nearly the right credential: of it the beginning, or the user without the password.
func nearTokens(scheme specs.SecurityScheme, text string) []nearToken {
	word, rest, worded := strings.Cut(text, " ")
	if !worded {
		rest = text
	}
	if worded && strings.EqualFold(word, "basic") {
		return nearBasic(word, rest)
	}
	if len(rest) < 2 {
		return nil
	}
	cut := rest[:len(rest)-1]
	if worded {
		cut = word + " " + cut
	}
	return []nearToken{{"token cut short", fmt.Sprintf("carries a credential of %s that lacks its end", scheme.Name), cut}}
}

// nearBasic has the right user with another password, and with none.
func nearBasic(word, encoded string) []nearToken {
	plain, err := base64.StdEncoding.DecodeString(encoded)
	user, password, ok := strings.Cut(string(plain), ":")
	if err != nil || !ok || password == "" {
		return nil
	}
	write := func(text string) string { return word + " " + base64.StdEncoding.EncodeToString([]byte(user+":"+text)) }
	list := []nearToken{
		{"wrong user", "carries the right password of another user", word + " " + base64.StdEncoding.EncodeToString([]byte("understudy-nobody:"+password))},
		{"wrong password", "carries the right user with a wrong password", write(garbled(password) + "-understudy")},
		{"no password", "carries the right user without a password", write("")},
	}
	if len(password) > 1 {
		list = append(list, nearToken{"password cut short", "carries the right user with a password that lacks its end", write(password[:len(password)-1])})
	}
	return list
}

// nearToken is a credential that is nearly right.
type nearToken struct{ name, what, text string }

// nearMistakes carry what is nearly right: of one scheme a credential that is not quite it, or none beside those of others.
func (r *run) nearMistakes(op *operation, base *drive.Request, ways [][]specs.SecurityScheme) []mistake {
	var list []mistake
	for _, scheme := range slices.Concat(ways...) {
		text := credentialOf(base, scheme)
		if text == "" {
			continue
		}
		near := nearTokens(scheme, text)
		if len(ways) == 1 && len(ways[0]) > 1 {
			near = append(near, nearToken{name: "no token " + scheme.Name, what: "carries no credential of " + scheme.Name})
		}
		for _, one := range near {
			list = append(list, mistake{
				trial: trial{name: one.name, values: op.base, alter: func(request *drive.Request) {
					if one.text == "" {
						strip(request, [][]specs.SecurityScheme{{scheme}})
						return
					}
					setCredential(request, scheme, one.text)
				}},
				what: one.what, in: "header", keyword: "security", rule: op.Pointer, conditions: []specs.Condition{specs.InvalidToken, specs.MissingToken},
			})
		}
	}
	return list
}

// standsIn says that nothing can be told of wrong credentials, where nobody configured a right one: whoever takes a text
// that was made up takes any, and may well be asked to.
func (r *run) standsIn(ways [][]specs.SecurityScheme) string {
	for _, scheme := range slices.Concat(ways...) {
		if slices.Contains(r.config.StandIns, scheme.Name) {
			return "the server takes any credential, and none is configured to compare with; set " + variable(r.contract.Vendor, scheme.Name)
		}
	}
	return ""
}
