package generate_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
)

// inText is a schema of a text that holds the JSON of a schema.
func inText(name string) string {
	return `{"type":"string","contentMediaType":"application/json","contentSchema":{"$ref":"#/components/schemas/` + name + `"}}`
}

// TestTextsThatHoldThemselves: a text whose content leads back to the text has an end wherever it may have one, and is
// refused where it may not. Each of these grew until there was no memory left.
func TestTextsThatHoldThemselves(t *testing.T) {
	t.Parallel()
	self := inText("Root")
	chain := make([]string, 24)
	for i := range chain {
		chain[i] = fmt.Sprintf(`"S%d":{"type":"object","required":["a"],"properties":{"a":%s,"b":{"type":"string"}}}`, i, inText(fmt.Sprintf("S%d", i+1)))
	}
	wide := make([]string, 10)
	for i := range wide {
		next := inText(fmt.Sprintf("W%d", i+1))
		wide[i] = fmt.Sprintf(`"W%d":{"type":"object","required":["x","y"],"properties":{"x":%s,"y":%s}}`, i, next, next)
	}
	ten := make([]string, 10)
	for i := range ten {
		ten[i] = fmt.Sprintf(`"m%d":%s`, i, self)
	}
	for name, tt := range map[string]struct {
		schemas string
		// why is the keyword that nothing can be made for, "" where there is a value.
		why string
	}{
		"nothing else":           {`{"Root":` + self + `}`, "contentSchema"},
		"two in turn":            {`{"Root":` + inText("Other") + `,"Other":` + self + `}`, "contentSchema"},
		"a member that has to":   {`{"Root":{"type":"object","required":["a"],"properties":{"a":` + self + `}}}`, "required"},
		"an element that has to": {`{"Root":{"type":"array","minItems":1,"items":` + self + `}}`, "minItems"},
		"a member that may":      {`{"Root":{"type":"object","properties":{"a":` + self + `,"b":{"type":"integer"}}}}`, ""},
		"ten members that may":   {`{"Root":{"type":"object","properties":{` + strings.Join(ten, ",") + `}}}`, ""},
		"members of any name":    {`{"Root":{"type":"object","additionalProperties":` + self + `}}`, ""},
		"elements":               {`{"Root":{"type":"array","items":` + self + `}}`, ""},
		"ten elements":           {`{"Root":{"type":"object","properties":{"list":{"type":"array","minItems":10,"items":` + self + `}}}}`, ""},
		"an alternative":         {`{"Root":{"anyOf":[` + self + `,{"type":"object","required":["a"],"properties":{"a":` + self + `}},{"type":"integer"}]}}`, ""},
		"a member or null":       {`{"Root":{"type":"object","required":["a"],"properties":{"a":{"oneOf":[` + self + `,{"type":"null"}]}}}}`, ""},
		"a text or a number":     {`{"Root":{"type":["string","integer"],"contentMediaType":"application/json","contentSchema":{"$ref":"#/components/schemas/Root"}}}`, ""},
		"a number instead":       {`{"Root":{"type":"object","required":["a"],"properties":{"a":{"type":["string","integer"],"contentMediaType":"application/json","contentSchema":{"$ref":"#/components/schemas/Never"}}}},"Never":{"type":"object","required":["a"],"properties":{"a":` + inText("Never") + `}}}`, ""},
		"in Base64":              {`{"Root":{"type":"object","properties":{"a":{"type":"string","contentEncoding":"base64","contentMediaType":"application/json","contentSchema":{"$ref":"#/components/schemas/Root"}}}}}`, ""},
		"fourteen in each other": {`{"Root":{"type":"object","properties":{"a":` + inText("S10") + `}},` + strings.Join(chain, ",") + `,"S24":{"type":"object"}}`, ""},
		"two in each of ten":     {`{"Root":{"type":"object","properties":{"x":` + inText("W0") + `}},` + strings.Join(wide, ",") + `,"W10":{"type":"integer"}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := contract(t, tt.schemas)
			set := schema.NewSet(c)
			g := generate.New(c, set)
			s, err := set.Compile(root)
			if err != nil {
				t.Fatal(err)
			}
			most := 1 << 10
			if len(tt.schemas) > 2*most {
				most = 3 << 20 // a text may have a million bytes, and each quote takes a second one
			}
			judge := func(v any) {
				t.Helper()
				text, err := json.Marshal(v)
				if err != nil || len(text) > most || len(s.Validate(v)) > 0 {
					t.Fatalf("%d bytes, %v, %v", len(text), err, s.Validate(v))
				}
			}
			for i := range 12 {
				o := generate.Options{Optional: generate.Optional(i % 3), Dynamic: i%2 == 0, Depth: i % 5}
				src := fake.New(int64(i))
				v, err := g.Value(root, src, o)
				if tt.why != "" {
					var refused *generate.Error
					if !errors.As(err, &refused) || refused.Keyword != tt.why {
						t.Fatalf("%v, %v", v, err)
					}
				} else if err != nil {
					t.Fatal(err)
				} else {
					judge(v)
					holdsJSON(t, s, v, len(chain))
				}
				if text, ok := g.Append(nil, root, src, o); ok && (tt.why != "" || len(text) > most) {
					t.Fatalf("%d bytes are written", len(text))
				}
				if i > 2 {
					continue
				}
				cases := g.Cases(root, src, o)
				if (len(cases) > 0) != (tt.why == "") {
					t.Fatalf("%d cases", len(cases))
				}
				for _, one := range cases {
					judge(one.Value)
				}
				if tt.why == "" {
					for _, one := range g.Broken(root, v, src, o) {
						if len(s.Validate(one.Value)) == 0 {
							t.Errorf("%s breaks nothing", one.Name)
						}
					}
				}
			}
		})
	}
}

// holdsJSON says that what stands under "a" is the text of another such value, as far as one is in it.
func holdsJSON(t *testing.T, s *schema.Schema, v any, deepest int) {
	t.Helper()
	for deep := 0; ; deep++ {
		if found := s.Validate(v); len(found) > 0 || deep > deepest {
			t.Fatalf("%d texts deep: %v: %v", deep, v, found)
		}
		object, _ := v.(map[string]any)
		text, ok := object["a"].(string)
		if !ok {
			return
		}
		if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
			text = string(raw)
		}
		inner, wrong := wire.DecodeJSON([]byte(text), wire.JSONOptions{})
		if wrong != nil {
			t.Fatalf("%d texts deep: %s: %v", deep, text, wrong)
		}
		v = inner
	}
}
