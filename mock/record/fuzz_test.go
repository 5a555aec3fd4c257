package record_test

import (
	"bytes"
	"net/http"
	"net/url"
	"testing"

	"understudy/mock/mask"
	"understudy/mock/record"
	"understudy/specs"
)

// FuzzOpen opens what anybody may send and answer: it never panics, it always makes an exchange that can be masked and written,
// and a long word that might be a ciphertext is never kept where a sealed body belongs.
func FuzzOpen(f *testing.F) {
	contract, err := specs.Load("zheliban")
	if err != nil {
		f.Fatal(err)
	}
	o, err := record.NewOpener(record.OpenerConfig{Contract: contract})
	if err != nil {
		f.Fatal(err)
	}
	m, err := mask.New(mask.Config{Contract: contract, Secrets: o.Secrets()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("POST", "/reservation/sync/order?a=1", []byte(""), "text/plain", []byte("q0w5Zk2c0ZbX1d2c3v4b5n6m7A=="), 200)
	f.Add("POST", "/x/reservation/sync/token", []byte(`"AAAAAAAAAAAAAAAAAAAAAA=="`), "application/json", []byte(`{"code":200}`), 200)
	f.Add("GET", "/~s/%zz", []byte("data=1"), "application/x-www-form-urlencoded", []byte("<html>"), 502)
	f.Fuzz(func(t *testing.T, method, address string, body []byte, label string, reply []byte, status int) {
		u, err := url.Parse(address)
		if err != nil || status < 100 || status > 599 {
			t.Skip()
		}
		header := http.Header{"Content-Type": {label}}
		x := o.Open(&record.Heard{Method: method, URL: u, Header: header, Body: body, Status: status, Reply: reply, ReplyHeader: header})
		if word := bytes.TrimSpace(reply); len(word) >= 32 && len(bytes.Trim(word, "0123456789abcdefABCDEF")) == 0 && bytes.Contains(x.Response.Body, word) {
			t.Errorf("a ciphertext was kept at %q", x.Operation)
		}
		if err := m.Mask(x); err != nil {
			t.Errorf("it cannot be masked: %v", err)
		}
	})
}
