package detect

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"understudy/mock/internal/fake"
)

func person(i int) fake.Person {
	return fake.New(11, strconv.Itoa(i)).Person(fake.PersonOptions{})
}

func TestFind(t *testing.T) {
	t.Parallel()
	p := person(1)
	id, mobile := p.IDCard, p.Mobile
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{id, "id-card:" + id},
		{"身份证" + id + "。", "id-card:" + id},
		{"a" + id + "b", "id-card:" + id},
		{id + "0", ""},
		{"0" + id, ""},
		{id[:6] + " " + id[6:14] + " " + id[14:], "id-card:" + id[:6] + " " + id[6:14] + " " + id[14:]},
		{id[:6] + "-" + id[6:14] + "-" + id[14:], "id-card:" + id[:6] + "-" + id[6:14] + "-" + id[14:]},
		{id[:6] + "  " + id[6:14] + " " + id[14:], ""},
		{"330102900101123", "id-card:330102900101123"},
		{"330102901301123", ""},
		{"990102900101123", "id-card:990102900101123"},
		{mobile, "mobile:" + mobile},
		{"+86" + mobile, "mobile:86" + mobile},
		{"+86 " + mobile, "mobile:86 " + mobile},
		{"tel:" + mobile + ";", "mobile:" + mobile},
		{mobile[:3] + "-" + mobile[3:7] + "-" + mobile[7:], "mobile:" + mobile[:3] + "-" + mobile[3:7] + "-" + mobile[7:]},
		{mobile + mobile, ""},
		{"12800001111", ""},
		{"138 00 001111", ""},
		{"a5bc30de-2914-4bc0-a37f-a" + mobile, ""},
		{"a5bc30de-2914-4bc0-a37f-" + mobile + "f", ""},
		{"a5bc30de-a138-1234-5678-0bc30de2914f", ""},
		{"5bc30de-2914-4bc0-a37f-a" + mobile, "mobile:" + mobile},
		{mobile + "," + id, "mobile:" + mobile + "|id-card:" + id},
		{"2026-03-01 08:00:00 1767225600000", ""},
		{"me.you+x@mail.hospital.cn.", "email:me.you+x@mail.hospital.cn"},
		{"@somebody @ home a@b", ""},
		{"access_token=9f0188fe1077aa5bc30d&x=1", "token:9f0188fe1077aa5bc30d"},
		{`"appSecret" : "Q9f0188Fe1077aa5b"`, "token:Q9f0188Fe1077aa5b"},
		{"Authorization: Bearer 9f0188fe1077aa5bc30d", "token:9f0188fe1077aa5bc30d"},
		{"token=not-configured-anywhere", ""},
		{"http://127.0.0.1:9999/hook?token=hunters&x=1", "token:hunters"},
		{"http://127.0.0.1/hook?token=a", ""},
		{"http://user:pass@127.0.0.1/hook", "token:pass"},
		{"http://user@127.0.0.1/a:b@c", ""},
		{"http://user:@127.0.0.1/ http://", ""},
		{"designation=9f0188fe1077aa5bc30d", ""},
		{"eyJub3RoaW5nIjoxfQ.eyJhIjoxfQ.x", ""},
	} {
		var got []string
		for _, s := range Find(test.in) {
			got = append(got, s.Kind+":"+test.in[s.Start:s.End])
		}
		if strings.Join(got, "|") != test.want {
			t.Errorf("%q: got %q, want %q", test.in, strings.Join(got, "|"), test.want)
		}
	}
}

// TestEverybodyIsFound hides persons in every way that is looked through.
func TestEverybodyIsFound(t *testing.T) {
	t.Parallel()
	for name, hide := range map[string]func(string) string{
		"plain": func(s string) string { return s },
		"hex":   func(s string) string { return hex.EncodeToString([]byte(s)) },
		"HEX":   func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
		"std":   func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"url":   func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		"query": url.QueryEscape,
		"every": func(s string) string {
			var b strings.Builder
			for i := range len(s) {
				fmt.Fprintf(&b, "%%%02x", s[i])
			}
			return b.String()
		},
		"u": func(s string) string {
			var b strings.Builder
			for _, r := range s {
				fmt.Fprintf(&b, `\u%04X`, r)
			}
			return b.String()
		},
		"refs": func(s string) string {
			var b strings.Builder
			for _, r := range s {
				fmt.Fprintf(&b, `&#x%x;`, r)
			}
			return b.String()
		},
		"wide": func(s string) string {
			return strings.Map(func(r rune) rune {
				if r >= '0' && r <= 'X' {
					return r + 0xfee0
				}
				return r
			}, s)
		},
	} {
		for i := range 100 {
			p := person(i)
			for _, datum := range []string{p.IDCard, p.Mobile} {
				text := "about " + hide("患者 "+datum+" 号") + " so"
				kinds := 0
				edits := Through(text, func(s string) []Edit {
					var edits []Edit
					for _, span := range Find(s) {
						kinds++
						edits = append(edits, Edit{span.Start, span.End, strings.Repeat("0", span.End-span.Start), span.Kind})
					}
					return edits
				})
				if kinds == 0 || len(edits) != 1 {
					t.Fatalf("%s: %d found, %d edits for %d", name, kinds, len(edits), i)
				}
				out := Apply(text, edits)
				if strings.Contains(out, hide(datum)) {
					t.Fatalf("%s: the datum stays", name)
				}
				if again := Through(out, func(s string) []Edit {
					var edits []Edit
					for _, span := range Find(s) {
						edits = append(edits, Edit{span.Start, span.End, "", span.Kind})
					}
					return edits
				}); len(again) != 0 {
					t.Fatalf("%s: something is found again", name)
				}
			}
		}
	}
}

// TestOrderNumbersAreNone is about false alarms: numbers with a date, counted up and by chance.
func TestOrderNumbersAreNone(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	alarms := 0
	const n = 100_000
	for i := range n {
		order := time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC).Format("20060102150405") + fmt.Sprintf("%04d", r.IntN(10_000))
		if len(Find(order)) > 0 {
			alarms++
		}
	}
	if alarms > n/1000 {
		t.Errorf("%d of %d order numbers are taken for somebody's", alarms, n)
	}
}

func TestCiphertext(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for _, size := range []int{16, 48, 64, 1024} {
		raw := make([]byte, size)
		for i := range raw {
			raw[i] = byte(r.UintN(256))
		}
		for _, text := range []string{hex.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw), `"` + base64.RawURLEncoding.EncodeToString(raw) + `"`} {
			if got := Ciphertext(text, BeyondHash); got != (size >= 48) {
				t.Errorf("%d bytes: %t", size, got)
			}
			if !Ciphertext(text, AnyLength) {
				t.Errorf("%d bytes are no ciphertext", size)
			}
			if Ciphertext(text[1:len(text)-3], AnyLength) {
				t.Errorf("%d bytes less two are one", size)
			}
		}
	}
	for _, text := range []string{"", "hello", strings.Repeat("00", 64), base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a text that can be read ", 4)))} {
		if Ciphertext(text, AnyLength) {
			t.Errorf("%q is a ciphertext", text)
		}
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	s := NewSearch([]string{"he", "she", "his", "hers", "", "she"})
	var got []string
	s.Each("ushers and his", func(h Hit) bool {
		got = append(got, fmt.Sprint(h.Start, h.End, h.Text))
		return true
	})
	if strings.Join(got, ",") != "1 4 1,2 4 0,2 6 3,11 14 2" {
		t.Errorf("got %v", got)
	}
	NewSearch(nil).Each("x", func(Hit) bool {
		t.Error("nothing was found")
		return true
	})
}

// TestSearchFindsAll compares with the search of one text after another.
func TestSearchFindsAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ab张]{1,4}`)
		texts := rapid.SliceOfDistinct(word, func(s string) string { return s }).Draw(t, "texts")
		in := rapid.StringMatching(`[ab张]{0,30}`).Draw(t, "in")
		got := map[string]int{}
		NewSearch(texts).Each(in, func(h Hit) bool {
			if in[h.Start:h.End] != texts[h.Text] {
				t.Fatalf("%q is not at %d", texts[h.Text], h.Start)
			}
			got[texts[h.Text]]++
			return true
		})
		for _, text := range texts {
			n := 0
			for i := range in {
				if strings.HasPrefix(in[i:], text) {
					n++
				}
			}
			if got[text] != n {
				t.Fatalf("%q: %d of %d", text, got[text], n)
			}
		}
	})
}

// TestTimeIsLinear gives texts that are hard on searches. Time that grows with the square of the text would be minutes for
// some of them.
func TestTimeIsLinear(t *testing.T) {
	t.Parallel()
	const size, most = 1 << 19, 10 * time.Second
	for _, piece := range []string{
		"1", "138 ", "a@", "a.", "eyJ", "eyJhbGciOiJIUzI1NiJ9.", "token=", "token:", "QUFB", "&#", "%31", `\u0031`, "/a", "bearer ", `token"'"'`, "a-b_", "１", "1X",
	} {
		text := strings.Repeat(piece, size/len(piece))
		from := time.Now()
		Through(text, func(s string) []Edit { Find(s); return nil })
		Rows(text)
		if spent := time.Since(from); spent > most {
			t.Errorf("%q, over and over, took %v", piece, spent)
		}
	}
}

func FuzzThrough(f *testing.F) {
	p := person(5)
	for _, seed := range []string{p.IDCard, "+86 " + p.Mobile, "%31%33", `\u0031\ud83d\ude00`, "&#x31;", "aGVsbG8=", "a@b.cn", "eyJhbGciOiJIUzI1NiJ9.e30.", "token=abc", "１３8"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		edits := Through(text, func(s string) []Edit {
			var edits []Edit
			last := 0
			for _, span := range Find(s) {
				if span.Start < last || span.End <= span.Start || span.End > len(s) {
					t.Fatalf("a span from %d to %d of %d, after %d", span.Start, span.End, len(s), last)
				}
				last = span.End
				edits = append(edits, Edit{span.Start, span.End, "x", span.Kind})
			}
			return edits
		})
		last := 0
		for _, e := range edits {
			if e.Start < last || e.End < e.Start || e.End > len(text) {
				t.Fatalf("an edit from %d to %d of %d, after %d", e.Start, e.End, len(text), last)
			}
			last = e.End
		}
		Apply(text, edits)
		Ciphertext(text, AnyLength)
		Rows(text)
	})
}
