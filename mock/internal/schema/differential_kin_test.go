package schema_test

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
)

// third is the opinion of a library that shares no code with either way of judging: of kin-openapi, over what OpenAPI 3.0
// can say.
func third(tb testing.TB, raw any, text []byte) bool {
	tb.Helper()
	var s openapi3.Schema
	if err := json.Unmarshal([]byte(jsonOf(raw)), &s); err != nil {
		tb.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return false
	}
	return s.VisitJSON(v) == nil
}

// TestAThirdOpinionAgrees asks kin-openapi as well. What it is known to see otherwise is in [TestWhereLibrariesDiffer].
func TestAThirdOpinionAgrees(t *testing.T) {
	t.Parallel()
	sum := tally{}
	for seed := uint64(1); sum.bodies < budget()/2; seed++ {
		v := &inventor{random: rand.New(rand.NewPCG(seed, 13)), count: 1, old: true}
		s := of(t, jsonOf(v.schema(3)))
		raw, _ := s.contract.Value(s.pointer)
		h := s.hints(v.random)
		sum.schemas++
		for range 30 {
			n := s.draw(h, raw, 8)
			for range v.random.IntN(3) {
				h.mutate(n)
			}
			text := style{random: v.random}.bytes(n)
			if tooOdd(text) {
				continue
			}
			sum.bodies++
			fast, slow, other := s.schema.Accepts(text, schema.Syntax{}), slowly(s.schema, text, schema.Syntax{}), third(t, raw, text)
			switch {
			case !slow:
				sum.invalid++
			case fast:
				sum.valid, sum.fast = sum.valid+1, sum.fast+1
			default:
				sum.valid, sum.left = sum.valid+1, sum.left+1
			}
			missed := slow && !fast && len(s.schema.Slow()) == 0
			if slow != other || fast && !other || missed {
				if sum.failed++; sum.failed > 10 {
					t.Fatal("and more")
				}
				least := minimal(text, func(shorter []byte) bool {
					return !tooOdd(shorter) && slowly(s.schema, shorter, schema.Syntax{}) != third(t, raw, shorter)
				})
				t.Errorf("seed %d: one pass takes it: %t, Validate: %t, kin-openapi: %t\n  schema: %s\n  least body: %s", seed, fast, slow, other, jsonOf(raw), least)
			}
		}
	}
	sum.enough(t)
	t.Log(&sum)
}

// Dates as they stand in a body, times with small letters, and numbers that are too long or too large for a float64 to hold.
var (
	dates        = regexp.MustCompile(`\d{4}-\d\d-\d\d`)
	smallLetters = regexp.MustCompile(`\dt\d|\dz"`)
	longNumbers  = regexp.MustCompile(`[0-9.]{16}|[eE][+-]?\d{3}`)
)

// tooOdd says whether a body holds what libraries are known to see differently, see [TestWhereLibrariesDiffer].
func tooOdd(text []byte) bool {
	v, jsonErr := wire.DecodeJSON(slices.Clone(text), wire.JSONOptions{})
	if jsonErr != nil {
		return true
	}
	text = style{}.bytes(treeOf(v)) // without escapes
	for _, one := range dates.FindAllString(string(text), -1) {
		if _, err := time.Parse(time.DateOnly, one); err != nil {
			return true
		}
	}
	return longNumbers.Match(text) || smallLetters.Match(text) || strings.Contains(string(text), ":60") || strings.Contains(string(text), "+24:")
}

// TestWhereLibrariesDiffer names each known difference: what both of our ways of judging say, and what kin-openapi says.
func TestWhereLibrariesDiffer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, schema, body string
		ours, kin          bool
	}{
		{"a day that does not exist", `{"type":"string","format":"date"}`, `"2025-02-30"`, false, true},
		{"29 February of a century", `{"type":"string","format":"date"}`, `"2100-02-29"`, false, true},
		{"a day that does not exist, with a time", `{"type":"string","format":"date-time"}`, `"2025-02-30T10:20:30Z"`, false, true},
		{"a leap second at the wrong minute", `{"type":"string","format":"date-time"}`, `"2016-12-31T23:58:60Z"`, false, true},
		{"an offset of a whole day", `{"type":"string","format":"date-time"}`, `"2025-01-31T10:20:30+24:00"`, false, true},
		{"small t and z, which RFC 3339 allows", `{"type":"string","format":"date-time"}`, `"2025-01-31t10:20:30z"`, true, false},
		{"a number larger than a float64", `{"type":"number"}`, `1e400`, true, false},
		{"an exponent that no number needs", `{"type":"number"}`, `1e-1000`, false, true},
		{"a number of 101 digits", `{"type":"number"}`, strings.Repeat("9", 101), false, true},
		{"one more than a float64 tells from its neighbour, at a bound", `{"type":"number","maximum":9007199254740992}`, `9007199254740993`, false, true},
		{"the same in a list of values", `{"enum":[9007199254740992]}`, `9007199254740993`, false, true},
		{"the same in a list of unlike items", `{"type":"array","items":{},"uniqueItems":true}`, `[9007199254740992,9007199254740993]`, true, false},
		{"zero and minus zero", `{"type":"array","items":{},"uniqueItems":true}`, `[0,-0]`, false, true},
		{"hardly a multiple", `{"type":"number","multipleOf":0.01}`, `0.30000000000000004`, false, true},
		{"one more than int64 holds", `{"type":"integer","format":"int64"}`, `9223372036854775808`, false, true},
		{"an int64 with a fraction of nothing", `{"type":"integer","format":"int64"}`, `1.0`, false, true},
		{"a name twice", `{"type":"object"}`, `{"a":1,"a":2}`, false, true},
		{"half a surrogate pair", `{"type":"string"}`, `"\ud800"`, false, true},
		{"bytes that are not UTF-8", `{"type":"string"}`, "\"\xff\"", false, true},
		{"the character nought", `{"type":"string"}`, `"\u0000"`, false, true},
		{"deeper than 64", `{"type":"array","items":{}}`, strings.Repeat("[", 65) + strings.Repeat("]", 65), false, true},
		{"the format uuid", `{"type":"string","format":"uuid"}`, `"x"`, false, true},
		{"the format email", `{"type":"string","format":"email"}`, `"x"`, false, true},
		{"the format ipv4", `{"type":"string","format":"ipv4"}`, `"x"`, false, true},
		{"the format byte, an annotation since JSON Schema 2020-12", `{"type":"string","format":"byte"}`, `"!"`, true, false},
		{"a pattern that looks ahead", `{"type":"string","pattern":"^(?!a)"}`, `"b"`, true, false},
		{"null where nothing is said of it", `{}`, `null`, true, false},
		{"null that is listed", `{"enum":[null]}`, `null`, true, false},
		{"two open kinds under a discriminator", `{"oneOf":[{"type":"object","required":["k"]},{"type":"object"}],"discriminator":{"propertyName":"k"}}`, `{"k":"a"}`, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := of(t, tt.schema)
			raw, _ := s.contract.Value(s.pointer)
			if got := slowly(s.schema, []byte(tt.body), schema.Syntax{}); got != tt.ours {
				t.Errorf("Validate takes it: %t", got)
			}
			if wrong := verdict(s.schema, []byte(tt.body), schema.Syntax{}); wrong != "" {
				t.Error(wrong)
			}
			if got := third(t, raw, []byte(tt.body)); got != tt.kin {
				t.Errorf("kin-openapi takes it: %t", got)
			}
		})
	}
}
