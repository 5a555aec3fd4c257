package wire

import (
	"strings"
	"testing"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	pairs := Pairs{{"b", "2", InForm}, {"sign", "X", InQuery}, {"a", "", InForm}, {"", "v", InForm}, {"B", "1", InForm}, {"b", "1", InQuery}}
	if got, want := Canonical(pairs, "sign"), "B1b1b2"; got != want {
		t.Errorf("Canonical = %q, want %q", got, want)
	}
	if pairs[0].Value != "2" || pairs[1].Name != "sign" {
		t.Error("Canonical changed the order of its argument")
	}
}

func TestSignRefuses(t *testing.T) {
	t.Parallel()
	if _, err := Sign(signedCall(), SignConfig{Digest: "sha1", Secret: "hidden"}); err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("unknown digest: %v", err)
	}
	if _, err := Sign(signedCall(), SignConfig{Digest: DigestMD5}); err == nil {
		t.Error("empty secret: no error")
	}
	for _, cfg := range []SignConfig{{Digest: "sha1", Secret: "s"}, {Digest: DigestMD5}} {
		if Verify(signedCall(), cfg, "") || Verify(signedCall(), cfg, sum(DigestMD5, "", Canonical(signedCall(), ""))) {
			t.Errorf("%+v verifies", cfg)
		}
	}
}

func TestVerifyBothFormsOfEmptyPairs(t *testing.T) {
	t.Parallel()
	pairs := Pairs{{"a", "1", InForm}, {"empty", "", InForm}, {"z", "2", InForm}}
	cfg := SignConfig{Skip: "sign", Digest: DigestHMAC, Secret: "s"}
	for form, want := range map[string]bool{"a1z2": true, "a1emptyz2": true, "a1empty=z2": false, "a1z2empty": false} {
		if got := Verify(pairs, cfg, sum(DigestHMAC, "s", form)); got != want {
			t.Errorf("%q: %v, want %v", form, got, want)
		}
	}
}

// FuzzCanonical checks that the canonical text never depends on the order
// received, and that what Sign writes Verify accepts.
func FuzzCanonical(f *testing.F) {
	for _, v := range vectors(f, "alihealth") {
		for name, value := range v.Params {
			f.Add(name, value, "sign", v.Sign, "b", "", uint8(3))
		}
	}
	f.Add("a", "1", "a", "2", "a", "1", uint8(1))
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2, n3, v3 string, turn uint8) {
		pairs := Pairs{{n1, v1, InQuery}, {n2, v2, InForm}, {n3, v3, InForm}}
		k := int(turn) % 3
		turned := append(append(Pairs{}, pairs[k:]...), pairs[:k]...)
		turned[0], turned[1] = turned[1], turned[0]
		if a, b := Canonical(pairs, "sign"), Canonical(turned, "sign"); a != b {
			t.Fatalf("%q and %q", a, b)
		}
		cfg := SignConfig{Skip: "sign", Digest: DigestMD5, Secret: "s"}
		signature, err := Sign(pairs, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if !Verify(turned, cfg, signature) || DiagnoseSign(turned, cfg, signature).ID != "" {
			t.Fatal("a signature does not verify in another order")
		}
		DiagnoseSign(turned, cfg, v1)
	})
}

func BenchmarkDiagnoseSign(b *testing.B) {
	cfg := SignConfig{Skip: "sign", Digest: DigestMD5, Secret: "s"}
	wrong := strings.Repeat("A", 32)
	for b.Loop() {
		DiagnoseSign(signedCall(), cfg, wrong)
	}
}

func BenchmarkVerify(b *testing.B) {
	cfg := SignConfig{Skip: "sign", Digest: DigestMD5, Secret: "s"}
	call := signedCall()
	signature, err := Sign(call, cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if !Verify(call, cfg, signature) {
			b.Fatal("not verified")
		}
	}
}
