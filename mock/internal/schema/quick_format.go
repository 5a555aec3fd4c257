package schema

import (
	"sync"

	"github.com/reugn/go-quartz/quartz"
)

// finding is what is known of a text without the library.
type finding int

const (
	fine finding = iota
	wrong
	unknown
)

func findingOf(ok bool) finding {
	if ok {
		return fine
	}
	return wrong
}

// orUnknown takes a text that is surely as it has to be; of the others nothing is known.
func orUnknown(ok bool) finding {
	if ok {
		return fine
	}
	return unknown
}

// format is how a format is checked: texts by check, whole numbers by their width. Both are empty where the format is only
// a hint. What is unusual, the library's own checks tell.
func (b *builder) format(name string) (check func(string) bool, bits int) {
	of := func(check func(string) error) func(string) bool {
		return func(text string) bool { return check(text) == nil }
	}
	switch name {
	case "int32":
		return nil, 32
	case "int64", "epoch-millis":
		return nil, 64
	case "cn-id-card":
		return of(checkIDCard), 0
	case "cn-mobile":
		return of(checkMobile), 0
	case "cn-name":
		return of(checkName), 0
	case "date":
		return isDate, 0
	case "uuid":
		return isUUID, 0
	case "cn-date-time":
		return func(text string) bool { return isLocalTime(text) || checkDateTime(text) == nil }, 0
	case "quartz-cron":
		return func(text string) bool { return isPlainCron(text) || quartz.ValidateCronExpression(text) == nil }, 0
	}
	look, asserted := usualForm(name)
	if !asserted {
		return nil, 0
	}
	full := b.asserted(name)
	switch name {
	case "date-time":
		return func(text string) bool {
			found := findInstant(text)
			return found == fine || found == unknown && full(text)
		}, 0
	case "email":
		return func(text string) bool { return isPlainEmail(text) || full(text) }, 0
	}
	return func(text string) bool {
		found := look(text)
		return found == fine || found == unknown && full(text)
	}, 0
}

// usualForm looks at texts of one of the library's formats.
func usualForm(format string) (look func(string) finding, asserted bool) {
	switch format {
	case "date":
		return func(s string) finding { return findingOf(isDate(s)) }, true
	case "time":
		return findTime, true
	case "date-time":
		return findInstant, true
	case "uuid":
		return func(s string) finding { return findingOf(isUUID(s)) }, true
	case "ipv4":
		return findIPv4, true
	case "email":
		return func(s string) finding { return orUnknown(isPlainEmail(s)) }, true
	case "hostname":
		return func(s string) finding { return orUnknown(isPlainHost(s)) }, true
	case "uri", "iri", "uri-reference", "iri-reference":
		return func(s string) finding { return orUnknown(isPlainURL(s)) }, true
	case "json-pointer", "relative-json-pointer", "duration", "period", "ipv6", "uri-template", "semver", "regex":
		return func(string) finding { return unknown }, true
	}
	return nil, false
}

// asserted is the library's own check of a format, which it has nowhere but in a compiled schema.
func (b *builder) asserted(format string) func(string) bool {
	set := b.set
	check := sync.OnceValue(func() func(any) error {
		set.mu.Lock()
		defer set.mu.Unlock()
		resource := "format:///" + format
		// Another schema may have added it: then it is there.
		_ = set.compiler.AddResource(resource, map[string]any{"format": format})
		compiled, err := set.compiler.Compile(resource)
		if err != nil || compiled.Format == nil {
			return nil
		}
		return compiled.Format.Validate
	})
	return func(text string) bool {
		check := check()
		return check != nil && check(text) == nil
	}
}
