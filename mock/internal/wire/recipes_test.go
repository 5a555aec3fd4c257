package wire

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"understudy/specs"
)

const recipeFolder = "../../../specs/testdata/recipes"

// recipeVector is one call of a recipe, made by somebody else.
type recipeVector struct {
	Recipe, Source, Operation string
	Credentials               map[string]string
	Plain, Sealed, Random     string // of the seal
	Body, Method, Path, Now   string
	Headers                   map[string]string
}

func recipeOperation(t *testing.T, v recipeVector) *specs.Operation {
	t.Helper()
	for _, document := range []string{"orders", "envelope", "pay"} {
		c, err := specs.Read(v.Recipe, filepath.Join(recipeFolder, document+".openapi.yaml"),
			specs.ReadConfig{Overlays: []string{filepath.Join(recipeFolder, v.Recipe+".yaml")}})
		if err != nil {
			continue // it is for another document
		}
		if op, ok := c.Operation(v.Operation); ok {
			return op
		}
	}
	t.Fatalf("%s applies to no document that has %s", v.Recipe, v.Operation)
	return nil
}

// TestRecipes holds each recipe to a call that was made without this code: as a server that opens and verifies, and as a
// client that seals and signs.
func TestRecipes(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, v := range outside[recipeVector](t, filepath.Join(recipeFolder, "vectors.json")) {
		tried[v.Recipe] = true
		t.Run(v.Recipe, func(t *testing.T) {
			t.Parallel()
			op := recipeOperation(t, v)
			if op.Wire.Seal != nil {
				recipeSeals(t, v, op.Wire.Seal)
			}
			if op.Wire.Sign != nil {
				recipeSigns(t, v, op.Wire.Sign)
			}
		})
	}
	overlays, err := filepath.Glob(filepath.Join(recipeFolder, "*.yaml"))
	if err != nil || len(tried) < 6 || len(tried) != len(overlays)-3 {
		t.Errorf("%d recipes have a vector, of %d files with 3 documents among them (%v)", len(tried), len(overlays), err)
	}
}

func recipeSeals(t *testing.T, v recipeVector, seal *specs.Seal) {
	c, err := NewSealCipher(seal, v.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(v.Body)
	if seal.RequestPart() == "body" {
		text, _ = Carried(text, seal.Carriers)
	} else {
		raw, ok := Member(text, seal.RequestPart())
		if !ok {
			t.Fatalf("%s has no %s", v.Body, seal.RequestPart())
		}
		text = []byte(signedText(raw))
	}
	if string(text) != v.Sealed {
		t.Errorf("the body carries %s, want %s", text, v.Sealed)
	}
	if got, failed := c.Open(nil, text); failed != nil || string(got) != v.Plain {
		t.Errorf("opened %q (%v), want %q", got, failed, v.Plain)
	}
	if f := c.DiagnoseOpen(text); f.ID != "" {
		t.Errorf("diagnosed %+v", f)
	}
	if got := c.SealWith(nil, []byte(v.Plain), unhex(t, v.Random)); string(got) != v.Sealed {
		t.Errorf("sealed %s, want %s (%s)", got, v.Sealed, v.Source)
	}
}

func recipeSigns(t *testing.T, v recipeVector, sign *specs.Sign) {
	s, err := NewSigner(sign, v.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	m := &Message{Method: v.Method, Path: v.Path, Header: http.Header{}, Body: []byte(v.Body)}
	for name, value := range v.Headers {
		m.Header.Set(name, value)
	}
	now := time.Time{}
	if v.Now != "" {
		if now, err = time.Parse(time.RFC3339, v.Now); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
	}
	if fault := s.Verify(m, Verification{Now: now}); fault != nil {
		t.Errorf("refused: %+v", fault)
	}
	own := s.location(sign.Parameter)
	want, _ := s.valueAt(m, own)
	// The same call without its signature, signed here.
	if own.Place() == specs.PlaceHeader {
		m.Header.Del(own.Name())
	} else {
		m.Body = withoutMember(t, m.Body, own.Name())
	}
	if fault := s.Verify(m, Verification{}); fault == nil || fault.Condition != specs.MissingSignature {
		t.Errorf("without a signature: %+v", fault)
	}
	done, err := s.Sign(m, SignOptions{})
	if err != nil || done.Text != want {
		t.Errorf("signed %+v (%v), want %s (%s)", done, err, want, v.Source)
	}
	if got, _ := s.valueAt(m, own); got != want {
		t.Errorf("the call carries %s, want %s", got, want)
	}
	if now.IsZero() {
		return
	}
	if fault := s.Verify(m, Verification{Now: now.Add(sign.Within)}); fault == nil || fault.Condition != specs.StaleTimestamp {
		t.Errorf("too late: %+v", fault)
	}
}

func withoutMember(t *testing.T, body []byte, name string) []byte {
	t.Helper()
	list, ok := rawMembers(body)
	if !ok {
		t.Fatalf("%s is no object", body)
	}
	out := []byte("{")
	for _, one := range list {
		if one.name == name {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		text, err := json.Marshal(one.name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(append(append(out, text...), ':'), bytes.TrimSpace(one.raw)...)
	}
	return append(out, '}')
}
