package e2e_test

import (
	"net/http"
	"path/filepath"
	"testing"
)

// The judge of the corpus has to see what is wrong.
func TestCorpusJudgeSees(t *testing.T) {
	t.Parallel()
	roads := map[string]*road{}
	for _, f := range corpusFiles(t) {
		roads[filepath.Base(f.file)] = newRoad(t, f, 1)
	}
	const json, text = "application/json", "text/plain"
	tests := []struct {
		file, method, path string
		status             int
		header             http.Header
		body               string
		fine               bool
	}{
		{"kennel.yaml", "GET", "/dogs/{dogId}", 200, http.Header{"Content-Type": {json}}, `{"id": 1, "breed": "collie", "weight": 3, "owner": null}`, true},
		{"kennel.yaml", "GET", "/dogs/{dogId}", 200, http.Header{"Content-Type": {json}}, `{"id": 1, "breed": "yak", "weight": 3}`, false},
		{"kennel.yaml", "GET", "/dogs/{dogId}", 200, http.Header{"Content-Type": {json}}, `{"id": 1, "breed": "collie", "weight": 0}`, false},
		{"kennel.yaml", "GET", "/dogs/{dogId}", 200, http.Header{"Content-Type": {json}}, `{"breed": "collie", "weight": 3}`, false},
		{"kennel.yaml", "GET", "/dogs/{dogId}", 200, http.Header{"Content-Type": {text}}, `{"id": 1, "breed": "collie", "weight": 3}`, false},
		{"kennel.yaml", "GET", "/dogs/{dogId}", 201, http.Header{"Content-Type": {json}}, `{"id": 1, "breed": "collie", "weight": 3}`, false},
		{"kennel.yaml", "DELETE", "/dogs/{dogId}", 204, nil, `{}`, false},
		{"kennel.yaml", "DELETE", "/dogs/{dogId}", 204, nil, ``, true},
		{"accounts.yaml", "GET", "/formats", 200, http.Header{"Content-Type": {json}}, `{"day": "2024-02-30"}`, false},
		{"accounts.yaml", "POST", "/accounts", 201, http.Header{"Content-Type": {json}}, `{"id": "6f1c2a9e-1111-4aaa-8bbb-0123456789ab", "owner": "a", "created": "2024-03-05T12:03:20Z", "level": 1}`, true},
		{"accounts.yaml", "POST", "/accounts", 201, http.Header{"Content-Type": {json}}, `{"id": "no uuid", "owner": "a", "created": "2024-03-05T12:03:20Z", "level": 1}`, false},
		{"accounts.yaml", "POST", "/accounts", 201, http.Header{"Content-Type": {json}}, `{"id": "6f1c2a9e-1111-4aaa-8bbb-0123456789ab", "owner": "a", "password": "long enough", "created": "2024-03-05T12:03:20Z", "level": 1}`, false},
		{"library.json", "GET", "/books/{isbn}", 200, http.Header{"Content-Type": {json}}, `{"isbn": "9780000000002", "title": "t", "kind": "paper", "weight": 1}`, true},
		{"library.json", "GET", "/books/{isbn}", 200, http.Header{"Content-Type": {json}}, `{"isbn": "9780000000002", "title": "t", "kind": "paper"}`, false},
		{"library.json", "GET", "/books/{isbn}", 200, http.Header{"Content-Type": {json}}, `{"isbn": "9780000000002", "title": "t", "kind": "paper", "weight": 1, "version": 2}`, false},
		{"split/openapi.yaml", "GET", "/shops/{shop}/goods", 200, http.Header{"Content-Type": {json}}, `[{"sku": "000001", "price": 1, "soldBy": null}]`, true},
		{"split/openapi.yaml", "GET", "/shops/{shop}/goods", 200, http.Header{"Content-Type": {json}}, `[{"sku": "1", "price": 1}]`, false},
		{"invoices.yaml", "GET", "/invoices/{number}", 200, http.Header{"Content-Type": {"application/xml"}}, `<invoice no="1"><buyer><name>a</name></buyer><lines><line><text>b</text><amount>1.5</amount></line></lines></invoice>`, true},
		{"invoices.yaml", "GET", "/invoices/{number}", 200, http.Header{"Content-Type": {"application/xml"}}, `<Invoice no="1"><buyer><name>a</name></buyer><lines><line><text>b</text><amount>1.5</amount></line></lines></Invoice>`, false},
		{"invoices.yaml", "GET", "/invoices/{number}", 200, http.Header{"Content-Type": {"application/xml"}}, `<invoice><no>1</no><buyer><name>a</name></buyer><lines><line><text>b</text><amount>1.5</amount></line></lines></invoice>`, false},
		{"invoices.yaml", "GET", "/invoices/{number}", 200, http.Header{"Content-Type": {"application/xml"}}, `<invoice no="1"><buyer><name>a</name></buyer><line><text>b</text><amount>1.5</amount></line></invoice>`, false},
		{"invoices.yaml", "POST", "/invoices", 200, http.Header{"Content-Type": {"text/xml"}}, `<r:receipt xmlns:r="urn:example:receipt" number="1"><r:state>queued</r:state></r:receipt>`, true},
		{"invoices.yaml", "POST", "/invoices", 200, http.Header{"Content-Type": {"text/xml"}}, `<receipt number="1"><state>queued</state></receipt>`, false},
		{"statuses.yaml", "GET", "/headers", 200, http.Header{"Content-Type": {text}, "X-Text": {"a"}, "X-Number": {"5"}, "X-List": {"1,2"}, "X-Object": {"a=1"}, "Etag": {`"abcdefgh"`}}, `plain`, true},
		{"statuses.yaml", "GET", "/headers", 200, http.Header{"Content-Type": {text}, "X-Text": {"a"}, "X-Number": {"4"}, "X-List": {"1,2"}, "X-Object": {"a=1"}, "Etag": {`"abcdefgh"`}}, `plain`, false},
		{"statuses.yaml", "GET", "/headers", 200, http.Header{"Content-Type": {text}, "X-Text": {"a"}, "X-Number": {"5"}, "X-List": {"1"}, "X-Object": {"a=1"}, "Etag": {`"abcdefgh"`}}, `plain`, false},
		{"statuses.yaml", "GET", "/headers", 200, http.Header{"Content-Type": {text}, "X-Text": {"a"}, "X-Number": {"5"}, "X-List": {"1,2"}, "X-Object": {"b=1"}, "Etag": {`"abcdefgh"`}}, `plain`, false},
		{"statuses.yaml", "GET", "/headers", 200, http.Header{"Content-Type": {text}}, `plain`, false},
		{"statuses.yaml", "GET", "/moved", 302, http.Header{}, ``, false},
		{"statuses.yaml", "HEAD", "/nothing", 200, http.Header{"X-Size": {"1"}}, `x`, false},
		{"statuses.yaml", "GET", "/range", 418, http.Header{"Content-Type": {json}}, `{"why": "tea"}`, true},
		{"statuses.yaml", "GET", "/range", 418, http.Header{"Content-Type": {json}}, `{}`, false},
		{"statuses.yaml", "GET", "/range", 500, http.Header{"Content-Type": {json}}, `{}`, false},
	}
	for _, tt := range tests {
		name := tt.file
		if name == "split/openapi.yaml" {
			name = "openapi.yaml"
		}
		r := roads[name]
		found := false
		for _, op := range r.operations {
			if op.method != tt.method || op.path != tt.path {
				continue
			}
			found = true
			if tt.header == nil {
				tt.header = http.Header{}
			}
			err := r.judge(op, &http.Response{StatusCode: tt.status, Header: tt.header}, []byte(tt.body), false)
			if (err == nil) != tt.fine {
				t.Errorf("%s %s %s: %d %v %s is judged %v", tt.file, tt.method, tt.path, tt.status, tt.header, tt.body, err)
			}
		}
		if !found {
			t.Errorf("%s has no %s %s", tt.file, tt.method, tt.path)
		}
	}
}
