package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"understudy/mock"
	"understudy/specs"
)

// corpusFolder holds contracts as strangers write them, in different styles. Each is served, every operation is called with
// requests made from kin-openapi's model of the document, and every answer is judged by kin-openapi: nothing of the way
// there or back is the simulator's own.
const corpusFolder = "testdata/contracts"

// corpusFile is a contract of the corpus.
type corpusFile struct {
	file     string
	overlays []string
	// wire is what stands between a body as the document describes it and the network; nil where there is nothing.
	wire        *courierWire
	credentials mock.Credentials
}

// corpusFiles are the contracts that the folder holds.
func corpusFiles(tb testing.TB) []corpusFile {
	tb.Helper()
	found, err := specs.Documents(corpusFolder, specs.ReadConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	const fewest = 20
	if len(found) < fewest {
		tb.Fatalf("the corpus has %d contracts, fewer than %d: %q", len(found), fewest, found)
	}
	var list []corpusFile
	for _, file := range found {
		f := corpusFile{file: file}
		if overlays, _ := filepath.Glob(strings.TrimSuffix(file, filepath.Ext(file)) + ".overlay.yaml"); len(overlays) > 0 {
			f.overlays = overlays
		}
		if filepath.Base(file) == "courier.yaml" {
			f.wire = &courierWire{secret: "a secret of the courier", key: "fedcba9876543210"}
			f.credentials = mock.Credentials{"appSecret": {Text: f.wire.secret}, "dataKey": {Text: f.wire.key}}
		}
		list = append(list, f)
	}
	return list
}

// name is what tests call the contract.
func (f corpusFile) name() string { return specs.NameOf(f.file) }

func (f corpusFile) read(tb testing.TB) *specs.Contract {
	tb.Helper()
	c, err := specs.Read(f.name(), f.file, specs.ReadConfig{Overlays: f.overlays})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	judged := map[string]int{}
	for _, f := range corpusFiles(t) {
		t.Run(f.name(), func(t *testing.T) {
			for _, seed := range []int64{1, 2, 3} {
				road := newRoad(t, f, seed)
				if len(road.operations) == 0 {
					t.Fatal("the contract has no operation")
				}
				for _, op := range road.operations {
					t.Run(op.method+" "+op.path, func(t *testing.T) { road.drive(t, op) })
				}
				if road.judged < len(road.operations) {
					t.Errorf("%d answers of %d operations were judged", road.judged, len(road.operations))
				}
				for media, n := range road.media {
					judged[media] += n
				}
			}
		})
	}
	for _, media := range []string{"application/json", "application/xml", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream", ""} {
		if judged[media] == 0 {
			t.Errorf("no answer of type %q was judged; there were %v", media, judged)
		}
	}
}

// road is the way to a contract that goes round everything of the simulator's but its server.
type road struct {
	file       corpusFile
	doc        *openapi3.T
	server     *mock.Server
	operations []roadOperation
	judged     int
	media      map[string]int
}

type roadOperation struct {
	method, path string
	item         *openapi3.PathItem
	*openapi3.Operation
}

func newRoad(t *testing.T, f corpusFile, seed int64) *road {
	t.Helper()
	server, err := mock.New(mock.Config{
		Contracts: []*specs.Contract{f.read(t)}, Seed: seed, Credentials: map[string]mock.Credentials{f.name(): f.credentials},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &road{file: f, doc: model(t, f.file), server: server, media: map[string]int{}}
	for _, path := range r.doc.Paths.InMatchingOrder() {
		item := r.doc.Paths.Value(path)
		operations := item.Operations()
		for _, method := range []string{"POST", "PUT", "GET", "HEAD", "OPTIONS", "PATCH", "DELETE"} { // what is deleted is looked at before
			if op := operations[method]; op != nil {
				r.operations = append(r.operations, roadOperation{method, path, item, op})
			}
		}
	}
	slices.SortStableFunc(r.operations, func(a, b roadOperation) int { return deletes(a) - deletes(b) })
	return r
}

func deletes(op roadOperation) int {
	if op.method == http.MethodDelete {
		return 1
	}
	return 0
}

// drive calls an operation: as its document would have it, with each media type, with each status, with made answers, and
// without what it asks for.
func (r *road) drive(t *testing.T, op roadOperation) {
	t.Helper()
	for _, media := range op.requestTypes() {
		r.call(t, op, wish{media: media})
		r.call(t, op, wish{media: media, prefer: "dynamic=true"})
	}
	if success := op.success(); success != nil && len(success.Content) > 1 {
		for media := range success.Content {
			r.call(t, op, wish{media: op.requestTypes()[0], accept: media, prefer: "dynamic=true"})
		}
	}
	for status := range op.Responses.Map() {
		code, err := strconv.Atoi(strings.ReplaceAll(status, "XX", "00"))
		if err == nil {
			r.call(t, op, wish{media: op.requestTypes()[0], prefer: "code=" + strconv.Itoa(code), status: code})
		}
	}
	if op.asks() {
		r.call(t, op, wish{empty: true})
	}
}

// wish is what a call is to be like.
type wish struct {
	media, accept, prefer string
	status                int  // the one that is asked for; 0 means a success
	empty                 bool // nothing but the path: this has to fail
}

func (r *road) call(t *testing.T, op roadOperation, a wish) {
	t.Helper()
	request := r.request(t, op, a)
	recorder := httptest.NewRecorder()
	r.server.ServeHTTP(recorder, request)
	reply := recorder.Result()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	told := fmt.Sprintf("%s %s %+v: %d %s %s", request.Method, request.URL, a, reply.StatusCode, reply.Header, clipped(body))
	if id := reply.Header.Get("Understudy-Refusal"); id != "" {
		t.Errorf("the call was refused: %s", told)
		return
	}
	switch {
	case a.empty:
		if reply.StatusCode < 400 || reply.StatusCode >= 500 {
			t.Errorf("a call without what is required is answered: %s", told)
		}
	case a.status != 0 && reply.StatusCode != a.status:
		t.Errorf("another status was asked for: %s", told)
	case a.status == 0 && reply.StatusCode >= 400:
		t.Errorf("a good call fails: %s", told)
		return
	}
	if r.file.wire != nil {
		if body, err = r.file.wire.open(body); err != nil {
			t.Errorf("%v: %s", err, told)
			return
		}
	}
	if err := r.judge(op, reply, body, a.empty); err != nil {
		t.Errorf("%v: %s", err, told)
	}
}

func clipped(text []byte) []byte {
	const most = 600
	return text[:min(len(text), most)]
}

// request makes a request of an operation.
func (r *road) request(t *testing.T, op roadOperation, a wish) *http.Request {
	t.Helper()
	w := written{path: op.path, header: http.Header{}}
	for _, p := range slices.Concat(op.item.Parameters, op.Parameters) {
		if v := p.Value; v.In == "path" || !a.empty && (v.Required || exampleOf(v) != nil) {
			w.parameter(v)
		}
	}
	var body []byte
	if !a.empty {
		if op.RequestBody != nil {
			w.header.Set("Content-Type", a.media)
			body = w.body(t, a.media, op.RequestBody.Value.Content.Get(a.media))
		}
		r.secure(&w, op)
	}
	if a.accept != "" {
		w.header.Set("Accept", a.accept)
	}
	if a.prefer != "" {
		w.header.Set("Prefer", a.prefer)
	}
	if r.file.wire != nil {
		body = r.file.wire.seal(t, body, w.header)
	}
	url := "http://" + "server.example" + w.path
	if len(w.query) > 0 {
		url += "?" + strings.Join(w.query, "&")
	}
	request := httptest.NewRequest(op.method, url, bytes.NewReader(body))
	if body == nil {
		request = httptest.NewRequest(op.method, url, nil)
	}
	request.Header = w.header
	return request
}
