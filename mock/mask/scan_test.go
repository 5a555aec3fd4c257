package mask

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"understudy/scenarios"
	"understudy/specs"
)

// TestScanAfterMask holds the scan to the masker: of what was recorded it finds somebody in every contract, of what was masked
// nothing.
func TestScanAfterMask(t *testing.T) {
	t.Parallel()
	for _, vendor := range specs.Vendors() {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			c := contract(t, vendor)
			w := newWorld(t, c)
			m, err := New(Config{Contract: c})
			if err != nil {
				t.Fatal(err)
			}
			raw, safe := &scenarios.Recording{Vendor: vendor}, &scenarios.Recording{Vendor: vendor, Masked: true}
			for i, p := range persons(30) {
				for _, one := range w.samples(p, int64(i)) {
					one.Number = len(raw.Exchanges) + 1
					before := copied(one.Exchange)
					raw.Exchanges = append(raw.Exchanges, before)
					if err := m.Mask(one.Exchange); err != nil {
						t.Fatal(err)
					}
					safe.Exchanges = append(safe.Exchanges, one.Exchange)
				}
			}
			for _, known := range []*specs.Contract{nil, c} {
				if leaks := scanned(t, safe, known); len(leaks) > 0 {
					t.Errorf("%d leaks in what was masked; the first: %+v", len(leaks), leaks[0])
				}
			}
			leaks := scanned(t, raw, c)
			kinds := map[string]int{}
			for _, l := range leaks {
				kinds[l.Kind]++
			}
			if kinds["unmasked"] != 1 {
				t.Error("nobody told that the recording is unmasked")
			}
			if vendor != "mytijian" && len(kinds) < 2 {
				t.Errorf("of what was recorded the scan found only %v", kinds)
			}
			for i, p := range persons(30) {
				for _, l := range leaks {
					for j, datum := range canaries(p) {
						if strings.Contains(l.Place+l.Message, datum) {
							t.Fatalf("datum %d of person %d stands in a leak", j, i)
						}
					}
				}
			}
		})
	}
}

func scanned(t *testing.T, r *scenarios.Recording, c *specs.Contract) []Leak {
	t.Helper()
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	leaks, err := Scan(&b, ScanConfig{Contract: c})
	if err != nil {
		t.Fatal(err)
	}
	return leaks
}

func TestScan(t *testing.T) {
	t.Parallel()
	p := persons(1)[0]
	cipher := base64.StdEncoding.EncodeToString([]byte("\x9f\x01\x88\xfe\x10\x77\xaa\x5b\xc3\x0d\xe2\x91\x44\xbc\x03\x7f" +
		"\x8e\x15\xd9\x62\xf0\x3b\x99\xc7\x04\xad\x71\x1e\xb8\x56\xcd\x20\xfa\x33\x8d\x67\x0b\xe9\x94\x5c\xd2\x19\xa6\x4f\x81\xeb\x30\x7a"))
	jwt := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"1"}`)) + ".c2lnbmF0dXJl"
	for name, test := range map[string]struct {
		in    string
		leaks string
	}{
		"plain":           {"fine\nID " + p.IDCard + "\n", "line 2 id-card"},
		"mobile":          {"call +86 " + p.Mobile[:3] + " " + p.Mobile[3:7] + " " + p.Mobile[7:], "line 1 mobile"},
		"json":            {`{"a":["` + p.IDCard + `"]}`, "/a/0 id-card"},
		"json number":     {`{"a":` + p.Mobile + `}`, "/a mobile"},
		"json name":       {`{"` + p.Mobile + `":1}`, " (the name of a member) mobile"},
		"json in text":    {`{"a":"{\"b\":\"` + p.IDCard + `\"}"}`, "/a /b id-card"},
		"base64":          {`{"a":"` + base64.StdEncoding.EncodeToString([]byte("my id is "+p.IDCard)) + `"}`, "/a id-card"},
		"hex":             {fmt.Sprintf(`{"a":"%x"}`, p.Mobile), "/a mobile"},
		"url":             {`{"a":"x?q=` + strings.ReplaceAll(url.QueryEscape("电话"+p.Mobile), p.Mobile[:1], "%3"+p.Mobile[:1]) + `"}`, "/a mobile"},
		"u form":          {`see \u0031` + p.Mobile[1:], "line 1 mobile"},
		"jwt":             {"Authorization: Bearer " + jwt, "line 1 jwt"},
		"token by name":   {`{"access_token":"9f0188fe1077aa5bc30de29144bc037f"}`, "/access_token token"},
		"header":          {`{"headers":[{"name":"Authorization","value":"Bearer 9f0188fe1077aa5bc30de29144bc037f"}]}`, "/headers/0/value token"},
		"ciphertext":      {`{"data":"` + cipher + `"}`, "/data ciphertext"},
		"email":           {"mail to somebody@hospital.cn now", "line 1 email"},
		"example email":   {"mail to somebody@example.com now", ""},
		"our id card":     {"339912199001010019 " + pseudonymOf(t, "id-card", p.IDCard), ""},
		"our mobile":      {pseudonymOf(t, "mobile", p.Mobile), ""},
		"our token":       {`{"token":"` + pseudonymOf(t, "token", "9f0188fe1077aa5bc30de29144bc037f") + `"}`, ""},
		"order number":    {"order 202503160000123456 of 20250316, sum 12.50", ""},
		"hash":            {"9f0188fe1077aa5b13912345678144bc037f9f0188fe1077aa5bc30de29144bc", ""},
		"foreign har":     {har(`{"request":{"method":"GET","url":"https://h.example/a?id=` + p.IDCard + `"}}`), "entry 1, /request/url id-card"},
		"lower case x":    {"id " + lowerX(t), "line 1 id-card"},
		"full width":      {"电话１３８００００１１１１", "line 1 mobile"},
		"character refs":  {"<a>&#49;&#51;800001111</a>", "line 1 mobile"},
		"fifteen digits":  {"旧证 330102900101123 号", "line 1 id-card"},
		"nothing hidden":  {`{"note":"aGVsbG8gd29ybGQgdGhpcyBpcyBmaW5l"}`, ""},
		"word for secret": {`{"token":"not-configured"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			leaks, err := Scan(strings.NewReader(test.in), ScanConfig{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range leaks {
				got = append(got, l.Place+" "+l.Kind)
			}
			if strings.Join(got, "; ") != test.leaks {
				t.Errorf("got %q, want %q", strings.Join(got, "; "), test.leaks)
			}
		})
	}
}

func har(entries string) string { return `{"log":{"version":"1.2","entries":[` + entries + `]}}` }

func pseudonymOf(t *testing.T, kind, text string) string {
	t.Helper()
	m, err := New(Config{Key: []byte("k")})
	if err != nil {
		t.Fatal(err)
	}
	return m.maker.Of(kind, text, nil, nil)
}

// lowerX is an identity number that ends with a small x.
func lowerX(t *testing.T) string {
	t.Helper()
	for _, p := range persons(200) {
		if strings.HasSuffix(p.IDCard, "X") {
			return strings.ToLower(p.IDCard)
		}
	}
	t.Fatal("nobody has an X")
	return ""
}

func TestScanSealed(t *testing.T) {
	t.Parallel()
	r := &scenarios.Recording{Masked: true, Exchanges: []*scenarios.Exchange{
		{Request: scenarios.Request{Method: "POST", Path: "/a", Wire: scenarios.Wire{Seal: scenarios.SealUnopened}}, Response: scenarios.Response{Status: 200}},
		{Request: scenarios.Request{Method: "POST", Path: "/a"}, Response: scenarios.Response{Status: 200, Wire: scenarios.Wire{Seal: scenarios.SealUnopened}}},
	}}
	leaks := scanned(t, r, nil)
	if len(leaks) != 2 || leaks[0].Kind != "sealed" || leaks[1].Place != "entry 2, response body" {
		t.Errorf("got %+v", leaks)
	}
}

// TestScanForeign judges the traffic of another tool by the contract's paths.
func TestScanForeign(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("clinic", "clinic.yaml", []byte(clinic))
	if err != nil {
		t.Fatal(err)
	}
	p := persons(1)[0]
	in := har(`{"request":{"method":"POST","url":"https://h.example/v2/visits/339912199001010019","postData":{"mimeType":"application/json","text":` +
		strconv.Quote(`{"name":"`+p.Name+`","note":"x"}`) + `}}}`)
	leaks, err := Scan(strings.NewReader(in), ScanConfig{Contract: c})
	if err != nil {
		t.Fatal(err)
	}
	if len(leaks) != 1 || leaks[0].Place != "entry 1, request body /name" || leaks[0].Kind != "name" {
		t.Errorf("got %+v", leaks)
	}
}

// TestScanKnowsTheVendor takes the contract that the recording names, and no other.
func TestScanKnowsTheVendor(t *testing.T) {
	t.Parallel()
	r := &scenarios.Recording{Vendor: "zheliban", Masked: true, Exchanges: []*scenarios.Exchange{{
		Operation: "pullReservations", Request: scenarios.Request{Method: "POST", Path: "/reservation/sync/order"},
		Response: scenarios.Response{Status: 200, Outcome: scenarios.OutcomeOK, MediaType: "application/json", Body: []byte(`{"code":200,"result":[{"name":"张三丰"}]}`)},
	}}}
	if leaks := scanned(t, r, nil); len(leaks) != 1 || leaks[0].Place != "entry 1, response body /result/0/name" {
		t.Errorf("got %+v", leaks)
	}
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := Scan(&b, ScanConfig{Contract: contract(t, "weixiao")}); err == nil || !strings.Contains(err.Error(), "weixiao") {
		t.Errorf("another vendor's contract: %v", err)
	}
	r.Readings = map[string]string{"Z-0": "never"}
	b.Reset()
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := Scan(&b, ScanConfig{}); err == nil {
		t.Error("a reading that there is not was taken")
	}
}

func TestScanRefuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"empty": "", "blank": " \n", "no entries": har(""), "gzip": "\x1f\x8b\x08", "utf-16": "\xff\xfea\x00", "binary": "ab\x00", "latin": "caf\xe9",
		"truncated": har(`{"request":{"method":"GET","url":"https://h.example/a"}}`)[:90],
	} {
		if _, err := Scan(strings.NewReader(in), ScanConfig{}); err == nil {
			t.Errorf("%s was scanned", name)
		}
	}
	var large *scenarios.SizeError
	if _, err := Scan(strings.NewReader("0123456789"), ScanConfig{MaxBytes: 9}); !errors.As(err, &large) {
		t.Errorf("too large: %v", err)
	}
}
