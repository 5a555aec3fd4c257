package schema_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"
	"time"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/value"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// given is a value as a behaviour may give it: each scalar in one of the forms that mean it, or in one that does not.
func given(random *rand.Rand, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := value.Record{}
		for name, item := range v {
			switch random.IntN(12) {
			case 0:
				out[name] = nil
			case 1: // left out
			default:
				out[name] = given(random, item)
			}
		}
		if random.IntN(6) == 0 {
			out["unknown"] = 1
		}
		if random.IntN(5) == 0 {
			return value.Fix(func() any { return out })
		}
		return out
	case []any:
		out := value.List{}
		for _, item := range v {
			out = append(out, given(random, item))
		}
		if len(out) == 1 && random.IntN(8) == 0 {
			return out[0]
		}
		return out
	case string:
		if random.IntN(4) > 0 {
			return v
		}
		if day, err := value.ParseDay(v); err == nil {
			return day
		}
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return at
		}
		if n, err := strconv.Atoi(v); err == nil {
			return n
		}
	case json.Number:
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil || random.IntN(2) == 0 {
			return v
		}
		switch random.IntN(4) {
		case 0:
			return int(n)
		case 1:
			return string(v)
		case 2:
			if n > 1e11 && n < 4e12 {
				return time.UnixMilli(n)
			}
		}
		return n
	case bool:
		if random.IntN(12) == 0 {
			return fmt.Sprint(v)
		}
	}
	return v
}

// TestOneGoWritesWhatTwoDo holds Append to Convert and AppendJSON, over what behaviours give for the schemas of the vendors
// and of others.
func TestOneGoWritesWhatTwoDo(t *testing.T) {
	t.Parallel()
	contracts := corpus(t)
	for _, vendor := range specs.Vendors() {
		c, err := specs.Load(vendor)
		if err != nil {
			t.Fatal(err)
		}
		contracts = append(contracts, c)
	}
	wrote, failed := 0, 0
	for seed, c := range contracts {
		random := rand.New(rand.NewPCG(uint64(seed), 29))
		list, _ := subjects(c)
		for _, s := range list {
			for i := range 12 {
				made, err := s.gen.Value(s.pointer, fake.New(int64(i)), generate.Options{View: s.view, Dynamic: i%2 == 0, Optional: generate.Optional(i % 3)})
				if err != nil {
					break
				}
				v := given(random, made)
				lists := schema.Lists(random.IntN(3))
				want, wantErr := []byte(nil), error(nil)
				converted, wantErr := s.schema.Convert(v)
				if wantErr == nil {
					want, wantErr = s.schema.AppendJSON([]byte("before"), converted, lists)
				}
				got, gotErr := s.schema.Append([]byte("before"), v, lists)
				switch {
				case (gotErr == nil) != (wantErr == nil):
					t.Fatalf("seed %d: %s: %#v: in one go: %v, in two: %v", seed, s, v, gotErr, wantErr)
				case wantErr != nil:
					if gotErr.Error() != wantErr.Error() {
						t.Fatalf("seed %d: %s: %#v: in one go: %v, in two: %v", seed, s, v, gotErr, wantErr)
					}
					if failed++; string(got) != "before" {
						t.Fatalf("seed %d: %s: after %v the buffer holds %q", seed, s, gotErr, got)
					}
				case string(got) != string(want):
					t.Fatalf("seed %d: %s: %#v: lists %d: in one go\n%s\nin two\n%s", seed, s, v, lists, got, want)
				default:
					wrote++
				}
				if wantErr != nil || lists != schema.Plain {
					continue
				}
				back, jsonErr := wire.DecodeJSON(got[len("before"):], wire.JSONOptions{})
				if jsonErr != nil || !reflect.DeepEqual(back, converted) {
					t.Fatalf("seed %d: %s: %s is read as %v, %v", seed, s, got, back, jsonErr)
				}
			}
		}
	}
	if wrote < 5000 || failed < 100 {
		t.Errorf("%d written, %d refused: too few to say anything", wrote, failed)
	}
	t.Logf("%d written, %d refused", wrote, failed)
}
