package wire

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"understudy/specs"
)

func gatewaySign(digests ...string) *specs.Sign {
	return &specs.Sign{
		Scheme: "top", Parameter: "sign", KeyParameter: "app_key", KeySlot: "key", TimeParameter: "timestamp", Within: 10 * time.Minute,
		MethodParameter: "sign_method", Secret: "secret", Digests: digests,
	}
}

func gatewayCredentials() map[string]string {
	return map[string]string{"key": "12345678", "secret": "not-a-secret"}
}

// TestSignerAgrees holds the signatures that a signer takes, with what it uses again from call to call, to those that Verify
// takes of the same pairs.
func TestSignerAgrees(t *testing.T) {
	t.Parallel()
	digests := []string{DigestMD5, DigestHMAC, DigestHMACSHA256, "unknown"}
	s, err := NewSigner(gatewaySign(digests...), gatewayCredentials())
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	rapid.Check(t, func(t *rapid.T) {
		pair := rapid.Custom(func(t *rapid.T) Pair {
			return Pair{
				Name:  rapid.SampledFrom([]string{"", "a", "b", "B", "aa", "sign", "体检"}).Draw(t, "name"),
				Value: rapid.SampledFrom([]string{"", "", "1", "x y", "体检", strings.Repeat("long", 50)}).Draw(t, "value"), In: InForm,
			}
		})
		pairs := Pairs(rapid.SliceOfN(pair, 0, 20).Draw(t, "pairs"))
		i := rapid.IntRange(0, len(digests)-1).Draw(t, "digest")
		cfg := s.topConfig(digests[i], nil)
		got, _ := Sign(pairs, cfg)
		switch rapid.IntRange(0, 3).Draw(t, "signature") {
		case 0:
			if sum := digestSum(digests[i], cfg.Secret, joinPairs(sorted(signable(pairs, "sign", true)))); sum != nil {
				got = upperHex(sum)
			}
		case 1:
			got = strings.ToLower(got)
		case 2:
			got += rapid.SampledFrom([]string{"", "A", " "}).Draw(t, "tail")
		}
		before := append(Pairs{}, pairs...)
		want := Verify(pairs, cfg, got)
		if s.matches(&Message{Pairs: pairs}, i, got) != want {
			t.Fatalf("the signer says %t of %q", !want, got)
		}
		for k := range pairs {
			if pairs[k] != before[k] {
				t.Fatal("the pairs of the call were changed")
			}
		}
		if want {
			right++
		}
	})
	if right == 0 {
		t.Error("no signature was right")
	}
}

// TestSignerAgain lets every scheme sign and verify different calls at once, right ones and wrong ones.
func TestSignerAgain(t *testing.T) {
	t.Parallel()
	for name, scheme := range signedSchemes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := NewSigner(scheme.sign, map[string]string{"secret": signedSecret, "mch": "m-1", "app": "app"})
			if err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			for part := range 4 {
				all.Go(func() {
					for i := range 20 {
						m := scheme.call()
						m.Pairs = append(m.Pairs, Pair{"part", strconv.Itoa(part*20 + i), InQuery})
						if _, err := s.Sign(m, SignOptions{}); err != nil {
							t.Error(err)
							return
						}
						if fault := s.Verify(m, Verification{}); fault != nil {
							t.Errorf("a right call: %+v", fault)
						}
						m.OtherPaths, m.Path = []string{m.Path}, "/another"
						if fault := s.Verify(m, Verification{}); fault != nil {
							t.Errorf("signed under its other path: %+v", fault)
						}
						m.OtherPaths = nil
						if got, _ := s.valueAt(m, s.location(s.sign.Parameter)); s.matches(m, 0, got+"0") || s.matches(m, 0, got[1:]) {
							t.Error("a wrong signature is right")
						}
					}
				})
			}
			all.Wait()
		})
	}
}

func TestPairsTwice(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 2, fewPairs, fewPairs + 1, 200} {
		var pairs Pairs
		for i := range size {
			pairs = append(pairs, Pair{Name: strconv.Itoa(i)})
		}
		if name, twice := pairs.twice(); twice {
			t.Errorf("%d names: %q is there twice", size, name)
		}
		if size < 2 {
			continue
		}
		pairs[size-1].Name = "0"
		if name, twice := pairs.twice(); !twice || name != "0" {
			t.Errorf("%d names: %q, %t", size, name, twice)
		}
	}
}

func gatewayCall(tb testing.TB, s *Signer) *Message {
	m := &Message{Pairs: Pairs{
		{"method", "alibaba.alihealth.examination.appointment.query", InForm}, {"format", "json", InForm}, {"v", "2.0", InForm}, {"simplify", "true", InForm},
		{"sign_method", "hmac", InForm}, {"param", `{"orderNo":"1","page":1,"size":50}`, InForm}, {"empty", "", InForm},
	}}
	if _, err := s.Sign(m, SignOptions{Now: issued}); err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestSignerAllocates(t *testing.T) {
	if underRace {
		t.Skip("allocations are counted without the race detector")
	}
	for _, digest := range []string{DigestMD5, DigestHMAC, DigestHMACSHA256} {
		s, err := NewSigner(gatewaySign(digest, "hmac"), gatewayCredentials())
		if err != nil {
			t.Fatal(err)
		}
		m := gatewayCall(t, s)
		if n := testing.AllocsPerRun(100, func() {
			if fault := s.Verify(m, Verification{Now: issued}); fault != nil {
				t.Fatalf("%+v", fault)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", digest, n)
		}
	}
}

func BenchmarkSigner(b *testing.B) {
	s, err := NewSigner(gatewaySign("md5", "hmac"), gatewayCredentials())
	if err != nil {
		b.Fatal(err)
	}
	m := gatewayCall(b, s)
	b.ReportAllocs()
	for b.Loop() {
		if fault := s.Verify(m, Verification{Now: issued}); fault != nil {
			b.Fatalf("%+v", fault)
		}
	}
}
