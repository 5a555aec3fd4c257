package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"understudy/specs"
)

// vector is a row of specs/<vendor>/vectors.json, all schemes in one.
type vector struct {
	ID, Rule, Expect, Op string

	KeyHex     string `json:"key_hex"`
	IVHex      string `json:"iv_hex"`
	Plain      string `json:"plaintext_b64"`
	Cipher     string `json:"ciphertext_b64"`
	Input      string `json:"input_b64"`
	RawData    string `json:"raw_data"`
	RawHex     string `json:"raw_data_hex"`
	AlwaysPad  string `json:"raw_data_hex_always_pad"`
	OpenedText string `json:"opened_b64"`
	FailsAt    string `json:"fails_at"`

	Secret     string
	SignMethod string `json:"sign_method"`
	Params     map[string]string
	Sign       string
	RightSign  string `json:"right_sign"`
}

// vectors returns a vendor's rows; none, or a side without rows, fails the test.
func vectors(tb testing.TB, vendor string) []vector {
	tb.Helper()
	data, err := specs.Vectors(vendor)
	if err != nil {
		tb.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(data, &file); err != nil {
		tb.Fatalf("%s: %v", vendor, err)
	}
	sides := map[string]int{}
	for _, v := range file.Vectors {
		if v.ID == "" || v.Rule == "" {
			tb.Fatalf("%s: a vector without id or rule", vendor)
		}
		sides[v.Expect]++
	}
	if sides["accept"] == 0 || sides["reject"] == 0 || len(sides) != 2 {
		tb.Fatalf("%s: rows by expectation %v, want some of accept and reject", vendor, sides)
	}
	return file.Vectors
}

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func unbase64(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// zheliban is the cipher of Z with a key.
func zheliban(key []byte) (*Cipher, error) {
	return NewCipher(CipherConfig{Algorithm: AES, Mode: ECB, Padding: PKCS5, Key: key, Encoding: Base64})
}

// weixiao is the cipher of W-26 with a key and an IV.
func weixiao(key, iv []byte) (*Cipher, error) {
	return NewCipher(CipherConfig{Algorithm: AES128, Mode: CBC, Padding: Zero, Key: key, IV: iv, Encoding: Hex})
}

// failsAt maps the words of the vectors to steps.
func failsAt(v vector) string {
	if v.FailsAt == "base64" {
		return StepEncoding
	}
	return v.FailsAt
}

func TestVectorsZheliban(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t, "zheliban") {
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			c, err := zheliban(unhex(t, v.KeyHex))
			if failsAt(v) == "key" {
				if err == nil {
					t.Fatalf("key accepted: %s", v.Rule)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			text := v.Input
			if v.Op == "both" {
				text = v.Cipher
			}
			checkOpen(t, c, v, text)
			if v.Op == "both" {
				checkSeal(t, c, v, v.Cipher)
			}
		})
	}
}

func TestVectorsWeixiao(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t, "weixiao") {
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			c, err := weixiao(unhex(t, v.KeyHex), unhex(t, v.IVHex))
			if failsAt(v) == "key" {
				if err == nil {
					t.Fatalf("key or iv accepted: %s", v.Rule)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if v.Op == "both" {
				checkSeal(t, c, v, v.RawHex)
				checkOpen(t, c, v, v.RawHex)
				checkOpen(t, c, v, v.AlwaysPad)
				return
			}
			checkOpen(t, c, v, v.RawData)
		})
	}
}

func checkSeal(t *testing.T, c *Cipher, v vector, want string) {
	t.Helper()
	if got := string(c.Seal(nil, unbase64(t, v.Plain))); got != want {
		t.Errorf("Seal = %s, want %s: %s", got, want, v.Rule)
	}
}

func checkOpen(t *testing.T, c *Cipher, v vector, text string) {
	t.Helper()
	got, failure := c.Open([]byte("kept"), []byte(text))
	if !bytes.HasPrefix(got, []byte("kept")) {
		t.Fatalf("Open lost what dst held: %q", got)
	}
	got = got[len("kept"):]
	switch {
	case v.Expect == "accept":
		if failure != nil {
			t.Fatalf("Open: %v: %s", failure, v.Rule)
		}
		if want := unbase64(t, v.Plain); !bytes.Equal(got, want) {
			t.Errorf("Open = %q, want %q: %s", got, want, v.Rule)
		}
	case failsAt(v) == StepJSON:
		// The cipher itself cannot see it; the text or the decoder must.
		if failure != nil {
			if failure.Step != StepText {
				t.Errorf("Open fails at %s, want %s or nothing: %s", failure.Step, StepText, v.Rule)
			}
			return
		}
		if want := unbase64(t, v.OpenedText); !bytes.Equal(got, want) {
			t.Errorf("Open = %q, want %q: %s", got, want, v.Rule)
		}
		if _, err := DecodeJSON(got, JSONOptions{}); err == nil {
			t.Errorf("the opened text decodes as JSON: %s", v.Rule)
		}
	default:
		if failure == nil {
			t.Fatalf("Open accepted it: %s", v.Rule)
		}
		if failure.Step != failsAt(v) {
			t.Errorf("Open fails at %s (%s), want %s: %s", failure.Step, failure.Reason, failsAt(v), v.Rule)
		}
		if len(got) != 0 {
			t.Errorf("Open returned %d bytes beside its error", len(got))
		}
	}
}

func TestVectorsAlihealth(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t, "alihealth") {
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			cfg := SignConfig{Skip: "sign", Digest: v.SignMethod, Secret: v.Secret}
			pairs := pairsOf(v.Params)
			if got, want := Verify(pairs, cfg, v.Sign), v.Expect == "accept"; got != want {
				t.Errorf("Verify = %v, want %v: %s", got, want, v.Rule)
			}
			want := v.Sign
			if v.Expect == "reject" {
				want = v.RightSign
			}
			got, err := Sign(pairs, cfg)
			if err != nil || got != want {
				t.Errorf("Sign = %s, %v, want %s: %s", got, err, want, v.Rule)
			}
			finding := DiagnoseSign(pairs, cfg, v.Sign)
			if v.Expect == "accept" && finding.ID != "" || v.Expect == "reject" && finding.ID == "" {
				t.Errorf("DiagnoseSign = %+v for a row to %s", finding, v.Expect)
			}
			for key, detail := range finding.Detail {
				if strings.Contains(detail, v.Secret) && !strings.Contains(Canonical(pairs, "sign"), v.Secret) {
					t.Errorf("Detail[%q] holds the secret", key)
				}
			}
		})
	}
}

// pairsOf gives parameters in Go's random order of maps: nothing may depend on it.
func pairsOf(params map[string]string) Pairs {
	var pairs Pairs
	// In one order: by chance, another could be the very mistake that a row is about.
	for _, name := range slices.Sorted(maps.Keys(params)) {
		pairs = append(pairs, Pair{Name: name, Value: params[name], In: InForm})
	}
	return pairs
}
