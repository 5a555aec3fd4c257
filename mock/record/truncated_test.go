package record_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/mock/record"
	"understudy/scenarios"
	"understudy/specs"
)

// TestTruncatedCiphertext: of a ciphertext that broke off nothing is kept, of a page in its place what came.
func TestTruncatedCiphertext(t *testing.T) {
	t.Parallel()
	o := newOpener(t, contractOf(t, "zheliban"))
	_, pull := pulledUnder(t, nil)
	h := asHeard(t, pull)
	h.Broken, h.Reply = scenarios.BrokenTruncated, h.Reply[:len(h.Reply)/2]
	if r := o.Open(h).Response; r.Body != nil || r.Wire.Seal != scenarios.SealUnopened || r.Outcome != scenarios.OutcomeBroken {
		t.Errorf("the ciphertext is %+v", r)
	}
	h.Reply = []byte("<html><title>Bad gate")
	if r := o.Open(h).Response; string(r.Body) != string(h.Reply) || r.Wire.Seal != "" {
		t.Errorf("the page is %+v", r)
	}
}

// TestCompressedBodiesAreBounded: what grows beyond the bound is not kept, though it travelled small.
func TestCompressedBodiesAreBounded(t *testing.T) {
	t.Parallel()
	var small bytes.Buffer
	z := gzip.NewWriter(&small)
	if _, err := z.Write([]byte(`{"pad":"` + strings.Repeat("a", 20_000) + `"}`)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(small.Bytes())
	}))
	t.Cleanup(upstream.Close)
	for bound, kept := range map[int64]bool{10_000: false, 30_000: true} {
		front, list := heardAlone(t, "mytijian", record.Config{Upstream: upstream.URL, MaxBody: bound})
		got, err := http.Get(front.URL + "/somewhere")
		if err != nil {
			t.Fatal(err)
		}
		_ = got.Body.Close()
		all := list()
		if len(all) != 1 || all[0].Response.Wire.Unkept == kept || (len(all[0].Response.Body) > 0) != kept {
			t.Errorf("bound %d: %d exchanges, %+v", bound, len(all), all[0].Response.Wire)
		}
	}
}

// TestParametersAloneAreNoPath: a path of parameters alone fits the end of every address, and says nothing below a prefix.
func TestParametersAloneAreNoPath(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("own", "own.yaml", []byte(`{openapi: 3.0.3, info: {title: Own, version: "1"}, paths: {"/{id}": {
  parameters: [{name: id, in: path, required: true, schema: {type: string}}],
  get: {operationId: readIt, responses: {"200": {description: it}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	o := newOpener(t, c)
	for path, want := range map[string]string{"/7": "readIt", "/static/app.js": ""} {
		if x := o.Open(&record.Heard{Method: "GET", URL: parse(t, path), Header: http.Header{}, Status: 200, ReplyHeader: http.Header{}}); x.Operation != want {
			t.Errorf("%s is %q", path, x.Operation)
		}
	}
}

// late is a transport that looks once more for the end of the request while the answer is already on its way, as net/http's own
// does, which breaks the connection when it meets an error there.
type late struct{ found error }

func (l *late) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := io.CopyN(io.Discard, r.Body, r.ContentLength); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, ContentLength: -1, Request: r, Body: &lateBody{late: l, request: r.Body}}, nil
}

type lateBody struct {
	late    *late
	request io.Reader
	reads   int
}

func (b *lateBody) Read(p []byte) (int, error) {
	if b.reads++; b.reads == 1 {
		return copy(p, "first"), nil
	}
	_, b.late.found = b.request.Read(make([]byte, 1))
	return 0, io.EOF
}

func (b *lateBody) Close() error { return nil }

// TestEndOfTheRequestStaysFound: net/http closes a request's body when the answer begins; one that was read to its end goes on
// to say so.
func TestEndOfTheRequestStaysFound(t *testing.T) {
	t.Parallel()
	l := &late{}
	front, list := heardAlone(t, "mytijian", record.Config{Upstream: "http://vendor.example", Transport: l})
	got, err := http.Post(front.URL+"/somewhere", "text/plain", strings.NewReader(strings.Repeat("a", 100_000)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(got.Body)
	_ = got.Body.Close()
	if all := list(); err != nil || string(body) != "first" || len(all) != 1 || all[0].Request.Wire.Unkept {
		t.Errorf("the answer is %q, %v; kept are %d", body, err, len(all))
	}
	if l.found != io.EOF {
		t.Errorf("after the end of the request comes %v", l.found)
	}
}
