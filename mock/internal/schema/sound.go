package schema

import (
	"encoding/json"
	"strconv"
	"strings"
)

// isSound says whether the schema at pointer and all that it leads to are what JSON Schema wants them to be, so that the
// library has nothing to refuse. What it does not say is left to the library.
func (s *Set) isSound(pointer string) bool {
	seen := map[string]bool{pointer: true}
	queue := []string{pointer}
	for i := 0; i < len(queue); i++ {
		if sound, known := s.sound[queue[i]]; known && sound {
			continue
		} else if known {
			return false
		}
		var refs []string
		if !s.soundSchema(s.raw(queue[i]), &refs) { // nothing is no schema either
			s.sound[queue[i]] = false
			return false
		}
		for _, ref := range refs {
			if !seen[ref] {
				seen[ref] = true
				queue = append(queue, ref)
			}
		}
	}
	for at := range seen {
		s.sound[at] = true
	}
	return true
}

func (s *Set) soundSchema(raw any, refs *[]string) bool {
	m, ok := raw.(map[string]any)
	if !ok {
		_, isBool := raw.(bool)
		return isBool
	}
	for keyword, v := range m {
		sound := true
		switch kindOf(keyword) {
		case assertion:
			sound = s.soundAssertion(keyword, v)
		case oneSchema:
			sound = s.soundSchema(v, refs)
		case schemaList:
			list, ok := v.([]any)
			sound = ok && len(list) > 0
			for _, one := range list {
				sound = sound && s.soundSchema(one, refs)
			}
		case schemaMap:
			members, ok := v.(map[string]any)
			sound = ok
			for name, one := range members {
				sound = sound && s.soundSchema(one, refs) && (keyword != "patternProperties" || s.soundPattern(name))
			}
		}
		if keyword == "$ref" {
			ref, _ := v.(string)
			pointer, local := localPointer(ref)
			if sound = local && (pointer == "" || pointer[0] == '/'); sound {
				*refs = append(*refs, pointer)
			}
		}
		if !sound {
			return false
		}
	}
	return true
}

func (s *Set) soundPattern(v any) bool {
	text, ok := v.(string)
	if !ok {
		return false
	}
	_, err := s.compilePattern(text)
	return err == nil
}

func (s *Set) soundAssertion(keyword string, v any) bool {
	switch keyword {
	case "const":
		return true
	case "type":
		return soundType(v)
	case "required":
		return uniqueTexts(v, nil)
	case "dependentRequired":
		members, ok := v.(map[string]any)
		for _, list := range members {
			ok = ok && uniqueTexts(list, nil)
		}
		return ok
	case "enum":
		_, ok := v.([]any)
		return ok
	case "format":
		_, ok := v.(string)
		return ok
	case "uniqueItems":
		_, ok := v.(bool)
		return ok
	case "pattern":
		return s.soundPattern(v)
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
		n, ok := v.(json.Number)
		f, err := strconv.ParseFloat(string(n), 64)
		_, monstrous := unreadable(v, nil)
		return ok && err == nil && !monstrous && (keyword != "multipleOf" || f > 0)
	case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains":
		n, ok := v.(json.Number)
		return ok && len(n) < 10 && strings.Trim(string(n), "0123456789") == ""
	}
	return false // anchors: whether they lead somewhere, the library knows
}

func soundType(v any) bool {
	if name, ok := v.(string); ok {
		return typeNamed(name) != 0
	}
	list, ok := v.([]any)
	return ok && len(list) > 0 && uniqueTexts(list, func(name string) bool { return typeNamed(name) != 0 })
}

// uniqueTexts says whether a value is a list of texts, none of them twice, that all are as asked for.
func uniqueTexts(v any, is func(string) bool) bool {
	list, ok := v.([]any)
	seen := make(map[string]bool, len(list))
	for _, one := range list {
		name, isText := one.(string)
		if !isText || is != nil && !is(name) || seen[name] {
			return false
		}
		seen[name] = true
	}
	return ok
}
