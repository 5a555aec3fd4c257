package schema_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// budget is how many bodies the two ways of judging are held together over; UNDERSTUDY_LONG=1 asks for a million.
func budget() int {
	if os.Getenv("UNDERSTUDY_LONG") != "" {
		return 1_000_000
	}
	return 10_000
}

// tally is what was judged.
type tally struct {
	schemas, bodies int
	valid, invalid  int // by the slow way
	fast            int // of the valid ones, those that one pass took
	left            int // valid ones of schemas that are left to the library in part, which one pass did not take
	failed          int
}

func (t *tally) add(o tally) {
	t.schemas += o.schemas
	t.bodies += o.bodies
	t.valid += o.valid
	t.invalid += o.invalid
	t.fast += o.fast
	t.left += o.left
	t.failed += o.failed
}

func (t *tally) String() string {
	return fmt.Sprintf("%d bodies of %d schemas: %d valid (%d in one pass, %d left to the library), %d not", t.bodies, t.schemas, t.valid, t.fast, t.left, t.invalid)
}

// slowly is what has the last word: the text is decoded, and the value held to the schema.
func slowly(s *schema.Schema, text []byte, syntax schema.Syntax) bool {
	v, err := wire.DecodeJSON(slices.Clone(text), syntax.JSONOptions)
	return err == nil && len(s.Validate(v)) == 0
}

// verdict says what is wrong between the ways of judging, "" for nothing.
func verdict(s *schema.Schema, text []byte, syntax schema.Syntax) string {
	before := slices.Clone(text)
	fast := s.Accepts(text, syntax)
	if !bytes.Equal(before, text) {
		return "Accepts changed the text"
	}
	v, err := wire.DecodeJSON(before, syntax.JSONOptions)
	if err != nil {
		if fast {
			return "unsound: one pass takes what DecodeJSON does not: " + err.Error()
		}
		return ""
	}
	violations := s.Validate(v)
	valid, known := s.Library(v)
	if known && valid != (len(violations) == 0) {
		return fmt.Sprintf("Validate and the library differ: the library takes it: %t", valid)
	}
	if len(violations) > 0 && fast {
		return fmt.Sprintf("unsound: one pass takes what breaks %s at %q, Schema.Validate says", violations[0].Keyword, violations[0].Pointer)
	}
	// One pass gives up over a number that nobody can hold, before it can know that a later member of that name counts instead.
	overruled := syntax.DuplicateNames && unholdable.Match(text)
	if len(violations) == 0 && !fast && known && len(s.Slow()) == 0 && !overruled {
		return "missed: one pass does not take what is valid, and Slow names nothing that it leaves to the library"
	}
	return ""
}

// unholdable finds a number of more than a hundred digits or with an exponent of more than three.
var unholdable = regexp.MustCompile(`[eE][-+]?0*[1-9]\d{3}|\d[\d.]{100}`)

// judge holds the ways of judging a body together; the first few disagreements of a schema are told with the least body.
func (s *subject) judge(t *testing.T, seed uint64, text []byte, syntax schema.Syntax, sum *tally) {
	t.Helper()
	sum.bodies++
	valid := slowly(s.schema, text, syntax)
	if valid {
		sum.valid++
	} else {
		sum.invalid++
	}
	wrong := verdict(s.schema, text, syntax)
	switch {
	case wrong != "":
		if sum.failed++; sum.failed <= 3 {
			kind, _, _ := strings.Cut(wrong, ":")
			least := minimal(text, func(shorter []byte) bool { return strings.HasPrefix(verdict(s.schema, shorter, syntax), kind) })
			raw, _ := s.contract.Value(s.pointer)
			t.Errorf("seed %d: %s: %s\n  least body: %s\n  so: %s\n  schema: %s\n  %s", seed, s, wrong, shown(least), verdict(s.schema, least, syntax), shown([]byte(jsonOf(raw))), optionsOf(syntax))
		}
	case valid && !s.schema.Accepts(text, syntax):
		sum.left++
	case valid:
		sum.fast++
	}
}

func optionsOf(syntax schema.Syntax) string { return fmt.Sprintf("syntax: %+v", syntax) }

func shown(text []byte) string {
	if len(text) > 1500 {
		return fmt.Sprintf("%q… (%d bytes)", text[:1500], len(text))
	}
	return fmt.Sprintf("%q", text)
}

// bodies judges so many bodies of a subject: made values, values that break one rule, values drawn at random, each
// changed here and there and written in one of several styles.
func (s *subject) bodies(t *testing.T, seed uint64, count int, sum *tally) {
	t.Helper()
	sum.schemas++
	random := rand.New(rand.NewPCG(seed, 7))
	h := s.hints(random)
	raw, _ := s.contract.Value(s.pointer)
	var made []*tree
	for i := range min(max(count/8, 1), 40) {
		o := generate.Options{View: s.view, Dynamic: i%2 == 1, Optional: generate.Optional((i + int(seed)) % 3)}
		if v, err := s.gen.Value(s.pointer, fake.New(int64(seed), fmt.Sprint(i)), o); err == nil {
			made = append(made, treeOf(v))
		}
	}
	if count >= 40 {
		for _, one := range s.gen.Cases(s.pointer, fake.New(int64(seed)), generate.Options{View: s.view}) {
			made = append(made, treeOf(one.Value))
		}
	}
	for range count {
		var n *tree
		if len(made) > 0 && random.IntN(4) > 0 {
			n = made[random.IntN(len(made))].clone()
		} else {
			n = s.draw(h, raw, 8)
		}
		for range random.IntN(4) {
			h.mutate(n)
		}
		form := style{random: random}
		if random.IntN(4) == 0 {
			form.space, form.escape = 2+random.IntN(4), 1+random.IntN(30)
		}
		text := form.bytes(n)
		if len(text) > 200_000 {
			continue
		}
		if random.IntN(5) == 0 {
			text = spoil(random, text)
		}
		syntax := schema.Syntax{}
		switch random.IntN(12) {
		case 0:
			syntax.DuplicateNames = true
		case 1:
			syntax.MaxDepth = 1 + random.IntN(4)
		}
		s.judge(t, seed, text, syntax, sum)
	}
}

// spread judges a budget of bodies of many subjects.
func spread(t *testing.T, list []*subject, seed uint64, total int) tally {
	t.Helper()
	var sum tally
	// Schemas that consist of many get more; what a division leaves over is spread as well.
	weights, whole := make([]int, len(list)), 0
	for i, s := range list {
		raw, _ := s.contract.Value(s.pointer)
		weights[i] = min(20, 2+len(below(s.pointer, raw)))
		whole += weights[i]
	}
	before := 0
	for i, s := range list {
		var one tally
		s.bodies(t, seed+uint64(i), max(1, total*(before+weights[i])/whole-total*before/whole), &one)
		before += weights[i]
		sum.add(one)
		if sum.failed > 30 {
			t.Fatalf("and more; %s", &sum)
		}
	}
	return sum
}

// enough refuses a test that had nothing to say.
func (t *tally) enough(tb testing.TB) {
	tb.Helper()
	if t.bodies == 0 || t.valid*10 < t.bodies || t.invalid*10 < t.bodies {
		tb.Errorf("%s: too few of one kind to say anything", t)
	}
}

// TestOnePassAgreesOverTheVendors holds Accepts to DecodeJSON and Validate in every schema of the five contracts.
func TestOnePassAgreesOverTheVendors(t *testing.T) {
	t.Parallel()
	vendors := specs.Vendors()
	if len(vendors) != 5 {
		t.Fatalf("%d contracts", len(vendors))
	}
	for i, vendor := range vendors {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			c, err := specs.Load(vendor)
			if err != nil {
				t.Fatal(err)
			}
			list, broken := subjects(c)
			if len(list) == 0 || broken > 0 {
				t.Fatalf("%d schemas, %d do not compile", len(list), broken)
			}
			sum := spread(t, list, uint64(1+1_000_000*i), budget()/len(vendors))
			sum.enough(t)
			t.Log(&sum)
		})
	}
}
