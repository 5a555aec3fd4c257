package zheliban

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"testing"

	"understudy/specs"
)

type vector struct {
	ID         string `json:"id"`
	Expect     string `json:"expect"`
	Op         string `json:"op"`
	Key        string `json:"key_hex"`
	Plain      string `json:"plaintext_b64"`
	Ciphertext string `json:"ciphertext_b64"`
	Input      string `json:"input_b64"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	raw, err := specs.Vectors("zheliban")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []vector `json:"vectors"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file.Vectors
}

func TestCipherAgainstVectors(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	for _, v := range vectors(t) {
		count[v.Expect]++
		key, err := hex.DecodeString(v.Key)
		if err != nil {
			t.Fatalf("%s: %v", v.ID, err)
		}
		plain, err := base64.StdEncoding.DecodeString(v.Plain)
		if err != nil {
			t.Fatalf("%s: %v", v.ID, err)
		}
		s, err := newSealer(string(key))
		switch {
		case v.Expect == "reject" && v.Op == "encrypt":
			if err == nil {
				t.Errorf("%s: a key of %d bytes is taken", v.ID, len(key))
			}
			continue
		case err != nil:
			t.Errorf("%s: %v", v.ID, err)
			continue
		}
		input := v.Input
		if v.Op == "both" {
			input = v.Ciphertext
			if got := s.seal(plain); got != v.Ciphertext {
				t.Errorf("%s: sealed %q, want %q", v.ID, got, v.Ciphertext)
			}
		}
		opened, err := s.open(input)
		switch {
		case v.Expect == "reject":
			if err != errUnopened {
				t.Errorf("%s: want the one error of opening, got %v", v.ID, err)
			}
		case err != nil || !bytes.Equal(opened, plain):
			t.Errorf("%s: opened %q, want %q (%v)", v.ID, opened, plain, err)
		}
	}
	if count["accept"] == 0 || count["reject"] == 0 || len(count) != 2 {
		t.Fatalf("the vectors are incomplete: %v", count)
	}
}

func FuzzOpen(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.Input + v.Ciphertext)
	}
	s, err := newSealer(testAESKey)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if opened, err := s.open(text); err != nil && (opened != nil || err != errUnopened) {
			t.Errorf("%q, %v", opened, err)
		}
		back, err := s.open(s.seal([]byte(text)))
		if err != nil || string(back) != text {
			t.Errorf("sealed and opened %q: %q, %v", text, back, err)
		}
	})
}

func FuzzEnvelope(f *testing.F) {
	client, err := New(Config{BaseURL: "https://platform.example", APIKey: "a", Secret: "s", AESKey: testAESKey})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{ok(tokenResult(1)), ok(`"[{\"serialNumber\":\"x\"}]"`), refused, ok("[" + row("r", "s", "1", "n") + "]"), `{"code":"200"}`, "\xef\xbb\xbf{}"} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, body []byte, sealed bool) {
		if sealed {
			body = []byte(client.sealer.seal(body))
		}
		e, err := client.decode(body)
		if err == nil && e.code == "" {
			t.Error("an envelope without a code is taken")
		}
		if err != nil || e.result == nil {
			return
		}
		if r, err := decodeReservation(e.result, ""); err == nil && r.SerialNumber == "" {
			t.Error("a reservation without a serial number is taken")
		}
	})
}
