package wire

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// signForm makes a text that clients are known to sign in place of the
// canonical one. all holds every pair but the signature's own, in the order
// received; ok is false when the mistake would change nothing that could be
// told apart.
type signForm struct {
	id   string
	make func(all Pairs) (text string, ok bool)
}

func signForms() []signForm {
	list := []signForm{
		{"signature-unsorted", func(all Pairs) (string, bool) { return joinPairs(filled(all)), true }},
		{"signature-unsorted", func(all Pairs) (string, bool) {
			pairs := sorted(filled(all))
			slices.Reverse(pairs)
			return joinPairs(pairs), true
		}},
		{"signature-case-folded", foldedForm(strings.ToLower)},
		{"signature-case-folded", foldedForm(strings.ToUpper)},
		{"signature-plus-as-space", valueForm(func(p Pair) string {
			if p.Name == "timestamp" {
				return p.Value
			}
			return strings.ReplaceAll(p.Value, " ", "+")
		})},
		{"signature-values-encoded", valueForm(func(p Pair) string { return url.QueryEscape(p.Value) })},
		{"signature-values-encoded", valueForm(func(p Pair) string { return percentEscape(p.Value) })},
		{"signature-values-encoded", valueForm(func(p Pair) string { return lowerEscapes(url.QueryEscape(p.Value)) })},
		{"signature-values-encoded", valueForm(func(p Pair) string { return lowerEscapes(percentEscape(p.Value)) })},
		{"signature-values-encoded", valueForm(func(p Pair) string { return componentEscape(p.Value) })},
		{"signature-sent-encoded-twice", valueForm(func(p Pair) string {
			if s, err := url.QueryUnescape(p.Value); err == nil && strings.ContainsRune(p.Value, '%') {
				return s
			}
			return p.Value
		})},
		{"signature-values-gbk", valueForm(func(p Pair) string {
			s, err := simplifiedchinese.GBK.NewEncoder().String(p.Value)
			if err != nil {
				return p.Value
			}
			return s
		})},
		{"signature-values-ascii", valueForm(func(p Pair) string { return asciiOnly(p.Value) })},
		{"signature-values-trimmed", valueForm(func(p Pair) string { return strings.TrimSpace(p.Value) })},
		{"signature-values-only", func(all Pairs) (string, bool) {
			pairs := sorted(filled(all))
			for i := range pairs {
				pairs[i].Name = ""
			}
			return joinPairs(pairs), true
		}},
		{"signature-empty-pairs", emptyForm("=")},
		{"signature-empty-pairs", emptyForm("null")},
		{"signature-sign-included", includedForm("")},
		{"signature-sign-included", includedForm("null")},
		{"signature-without-sign-method", withoutForm(func(p Pair) bool { return p.Name == "sign_method" })},
		{"signature-without-session", withoutForm(func(p Pair) bool { return p.Name == "session" })},
		{"signature-without-query", withoutForm(func(p Pair) bool { return p.In == InQuery })},
		{"signature-without-form", withoutForm(func(p Pair) bool { return p.In == InForm })},
		// The old PHP client takes a value that begins with '@' for a file.
		{"signature-without-at-values", withoutForm(func(p Pair) bool { return strings.HasPrefix(p.Value, "@") })},
	}
	list = append(list, timestampForms()...)
	for _, rewrite := range []func(string) (string, bool){compactJSON, spacedJSON, slashedJSON} {
		list = append(list, signForm{"signature-json-rewritten", valueForm(func(p Pair) string {
			if s, ok := rewrite(p.Value); ok {
				return s
			}
			return p.Value
		})})
	}
	for _, empties := range []func(Pairs) Pairs{filled, withEmpty} {
		for _, s := range []struct {
			equals, and       string
			inOrder, unescape bool
		}{
			{"=", "&", true, true}, {"=", "&", true, false}, {"=", "&", false, true}, {"=", "&", false, false},
			{"=", "", true, true}, {"", "&", true, true}, {"=", ",", true, true}, {":", ",", true, true}, {"=", ";", true, true},
		} {
			list = append(list, signForm{"signature-joined", separatedForm(empties, s.equals, s.and, s.inOrder, !s.unescape)})
		}
	}
	return list
}

// timestampForms are those in which the timestamp was signed otherwise than it was sent: encoded, at another moment of
// the same call, or in another form.
func timestampForms() []signForm {
	list := []signForm{
		{"signature-timestamp-encoded", timestampForm(func(s string) string { return strings.ReplaceAll(s, " ", "+") })},
		{"signature-timestamp-encoded", timestampForm(func(s string) string { return strings.ReplaceAll(s, " ", "%20") })},
		{"signature-timestamp-encoded", timestampForm(url.QueryEscape)},
		{"signature-timestamp-encoded", timestampForm(percentEscape)},
		{"signature-timestamp-encoded", timestampForm(func(s string) string { return lowerEscapes(url.QueryEscape(s)) })},
		{"signature-timestamp-encoded", timestampForm(func(s string) string { return lowerEscapes(percentEscape(s)) })},
	}
	for _, seconds := range []int{-1, 1, -2, 2, -3, 3} {
		list = append(list, signForm{"signature-timestamp-twice", momentForm(func(t time.Time) string {
			return t.Add(time.Duration(seconds) * time.Second).Format(time.DateTime)
		})})
	}
	for _, hours := range []int{-8, 8} {
		list = append(list, signForm{"signature-timestamp-zone", momentForm(func(t time.Time) string {
			return t.Add(time.Duration(hours) * time.Hour).Format(time.DateTime)
		})})
	}
	for _, layout := range []string{
		"2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04", "20060102150405", "2006/01/02 15:04:05",
		"2006-01-02 15:04:05.000", "2006-1-2 15:04:05", "2006-01-02 03:04:05",
	} {
		list = append(list, signForm{"signature-timestamp-form", momentForm(func(t time.Time) string { return t.Format(layout) })})
	}
	return append(list,
		signForm{"signature-timestamp-form", momentForm(func(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) })},
		signForm{"signature-timestamp-form", momentForm(func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) })},
	)
}

// filled returns the pairs with a name and a value.
func filled(all Pairs) Pairs { return signable(all, "", false) }

// withEmpty returns the pairs with a name, empty values included.
func withEmpty(all Pairs) Pairs { return signable(all, "", true) }

func foldedForm(fold func(string) string) func(Pairs) (string, bool) {
	return func(all Pairs) (string, bool) {
		pairs := filled(all)
		slices.SortStableFunc(pairs, func(a, b Pair) int {
			return cmp.Or(strings.Compare(fold(a.Name), fold(b.Name)), strings.Compare(a.Name, b.Name))
		})
		return joinPairs(pairs), true
	}
}

// valueForm changes every value before the pairs are joined.
func valueForm(change func(Pair) string) func(Pairs) (string, bool) {
	return func(all Pairs) (string, bool) {
		pairs := sorted(filled(all))
		changed := false
		for i := range pairs {
			if v := change(pairs[i]); v != pairs[i].Value {
				pairs[i].Value, changed = v, true
			}
		}
		return joinPairs(pairs), changed
	}
}

// timestampForm changes the value of the timestamp alone.
func timestampForm(change func(string) string) func(Pairs) (string, bool) {
	return valueForm(func(p Pair) string {
		if p.Name == "timestamp" {
			return change(p.Value)
		}
		return p.Value
	})
}

// momentForm writes the moment that the timestamp names in another way.
func momentForm(write func(time.Time) string) func(Pairs) (string, bool) {
	return timestampForm(func(s string) string {
		t, err := time.ParseInLocation(time.DateTime, s, time.FixedZone("", 8*60*60))
		if err != nil {
			return s
		}
		return write(t)
	})
}

// emptyForm signs the pairs with empty values, with a text in the value's place.
func emptyForm(value string) func(Pairs) (string, bool) {
	return func(all Pairs) (string, bool) {
		pairs, changed := withEmpty(all), false
		for i := range pairs {
			if pairs[i].Value == "" {
				pairs[i].Value, changed = value, true
			}
		}
		return joinPairs(sorted(pairs)), changed
	}
}

// includedForm signs the parameter of the signature itself, which then held nothing yet.
func includedForm(value string) func(Pairs) (string, bool) {
	return func(all Pairs) (string, bool) {
		return joinPairs(sorted(append(filled(all), Pair{Name: "sign", Value: value}))), true
	}
}

// withoutForm leaves out the pairs that drop names, if there are any and
// others remain.
func withoutForm(drop func(Pair) bool) func(Pairs) (string, bool) {
	return func(all Pairs) (string, bool) {
		pairs := filled(all)
		before := len(pairs)
		pairs = sorted(slices.DeleteFunc(pairs, drop))
		return joinPairs(pairs), len(pairs) > 0 && len(pairs) < before
	}
}

// separatedForm writes pairs with separators, as other gateways sign them.
func separatedForm(pick func(Pairs) Pairs, equals, and string, inOrder, encoded bool) func(Pairs) (string, bool) {
	return func(all Pairs) (string, bool) {
		pairs := pick(all)
		if inOrder {
			pairs = sorted(pairs)
		}
		var b strings.Builder
		for i, p := range pairs {
			if i > 0 {
				b.WriteString(and)
			}
			if encoded {
				p.Value = url.QueryEscape(p.Value)
			}
			b.WriteString(p.Name + equals + p.Value)
		}
		return b.String(), true
	}
}
