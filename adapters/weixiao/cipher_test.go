package weixiao

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"understudy/adapters/internal/rest"
	"understudy/specs"
)

const (
	testKey    = "0123456789ABCDEF"
	testSecret = "00112233445566778899AABBCCDDEEFF"
)

type vector struct {
	ID        string `json:"id"`
	Expect    string `json:"expect"`
	Op        string `json:"op"`
	AppKey    string `json:"app_key"`
	AppSecret string `json:"app_secret"`
	Plain     string `json:"plaintext_b64"`
	Opened    string `json:"opened_b64"`
	Hex       string `json:"raw_data_hex"`
	AlwaysPad string `json:"raw_data_hex_always_pad"`
	RawData   string `json:"raw_data"`
	FailsAt   string `json:"fails_at"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	raw, err := specs.Vectors("weixiao")
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

func unbase64(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestCipherAgainstVectors(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	for _, v := range vectors(t) {
		s, err := newSealer(v.AppKey, v.AppSecret)
		if v.FailsAt == "key" {
			count["key"]++
			if err == nil || strings.Contains(err.Error(), v.AppKey) || strings.Contains(err.Error(), v.AppSecret) {
				t.Errorf("%s: %v", v.ID, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", v.ID, err)
			continue
		}
		plain := unbase64(t, v.Plain)
		switch v.Expect + " " + v.Op {
		case "accept both":
			if got := s.seal(plain, Hex); got != v.Hex {
				t.Errorf("%s: sealed %s, want %s", v.ID, got, v.Hex)
			}
			for _, text := range []string{v.Hex, v.AlwaysPad} {
				if got, err := s.open(text); err != nil || !bytes.Equal(got, plain) {
					t.Errorf("%s: opened %q, want %q (%v)", v.ID, got, plain, err)
				}
			}
			count["both"]++
		case "accept unseal":
			if got, err := s.open(v.RawData); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s: opened %q, want %q (%v)", v.ID, got, plain, err)
			}
			count["unseal"]++
		case "reject unseal":
			count[v.FailsAt]++
			opened, err := s.open(v.RawData)
			switch v.FailsAt {
			case "encoding":
				// 33 hex digits are no Base64 either.
				if !errors.Is(err, errEncoding) {
					t.Errorf("%s: %v", v.ID, err)
				}
			case "length":
				if !errors.Is(err, errLength) {
					t.Errorf("%s: %v", v.ID, err)
				}
			case "json":
				if err != nil || !bytes.Equal(opened, unbase64(t, v.Opened)) || rest.CheckJSON(opened) == nil || isChange(opened) {
					t.Errorf("%s: opened %q, %v", v.ID, opened, err)
				}
			default:
				t.Errorf("%s: fails at %q, which no code knows", v.ID, v.FailsAt)
			}
		default:
			t.Errorf("%s: %s %s is unknown", v.ID, v.Expect, v.Op)
		}
	}
	for _, kind := range []string{"key", "both", "unseal", "encoding", "length", "json"} {
		if count[kind] == 0 {
			t.Errorf("no vector of kind %s", kind)
		}
	}
}

func TestSecretMustGiveAnIV(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"", "short", "密密密密密密", "0123456789ABCDé0000"} {
		if _, err := newSealer(testKey, secret); err == nil {
			t.Errorf("%q is taken", secret)
		}
	}
}

func testSealer(t testing.TB) sealer {
	t.Helper()
	s, err := newSealer(testKey, testSecret)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func FuzzOpen(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.RawData + v.Hex)
	}
	s := testSealer(f)
	f.Fuzz(func(t *testing.T, text string) {
		opened, err := s.open(text)
		if err != nil && (opened != nil || err != errEncoding && err != errLength) {
			t.Errorf("%q, %v", opened, err)
		}
		back, err := s.open(s.seal([]byte(text), Hex))
		if err != nil || string(back) != strings.TrimRight(text, "\x00") {
			t.Errorf("sealed and opened %q: %q, %v", text, back, err)
		}
	})
}
