package mock_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/specs"
)

// discard is a reply that nobody reads, without the cost of a recorder.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// BenchmarkSendMessage is the work of the pipeline alone, without a socket: a validated body of 1 KB, answered,
// validated again, journalled.
func BenchmarkSendMessage(b *testing.B) {
	server, err := mock.New(mock.Config{})
	if err != nil {
		b.Fatal(err)
	}
	body := []byte(`{"sendData":{"appid":"zqt","appname":"政企消息","title":"关于开展企业年报的通知","body":"` + strings.Repeat("正文", 100) +
		`","extMap":{"source":"bench"},"msgtype":0,"needpush":0,"params":{"sender":"办公室","recipient":"{\"orgId\":\"org-1\",\"esNameList\":[\"a\"]}",` +
		`"hasatt":"0","msgcategory":"政策公示","msglevel":"普通","needreply":"0","needsms":"0"}},"from":{"userid":"u-1","usertype":1,"orgid":"o-1"},` +
		`"to":[{"userid":"u-2","usertype":2,"orgid":"o-2"}]}`)
	r, err := http.NewRequest(http.MethodPost, "/AGCS_zqc/v3_1/msgcenter/send", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer development-token")
	r.ContentLength = int64(len(body))
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(bytes.NewReader(body))
		w := &discard{header: http.Header{}}
		server.ServeHTTP(w, r)
		if w.status != http.StatusOK {
			b.Fatalf("answered %d", w.status)
		}
	}
}

// BenchmarkPullReservations is the same for ten sealed rows and more.
func BenchmarkPullReservations(b *testing.B) {
	z := newZheliban(b)
	z.login()
	r, err := http.NewRequest(http.MethodPost, "/reservation/sync/order", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("ACCESS-TOKEN", z.token)
	b.ReportAllocs()
	for b.Loop() {
		w := &discard{header: http.Header{}}
		z.server.ServeHTTP(w, r)
		if w.status != http.StatusOK {
			b.Fatalf("answered %d", w.status)
		}
	}
}

// BenchmarkNew makes servers once the contracts are compiled, as a test does that wants one of its own.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s, err := mock.New(mock.Config{})
		if err != nil {
			b.Fatal(err)
		}
		_ = s.Close(b.Context())
	}
}

// BenchmarkNewSession makes sessions with credentials of their own.
func BenchmarkNewSession(b *testing.B) {
	s, err := mock.New(mock.Config{MaxSessions: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		one, err := s.NewSession(mock.SessionConfig{OwnCredentials: true})
		if err != nil {
			b.Fatal(err)
		}
		one.Drop()
	}
}

// shop is a contract of any vendor: an example, made values, and a body that is held to its schema.
const shop = `openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /items:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer, minimum: 1}}]
      responses:
        "200":
          description: items
          headers: {X-Total: {schema: {type: integer}, example: 2}}
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Item"}}, example: [{id: 1, name: cup, tags: [new]}, {id: 2, name: pot, tags: []}]}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {type: object, properties: {id: {type: integer}}, required: [id], example: {id: 3}}}}}}
  /items/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: item, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}}
  /shops/{shop}/items:
    get:
      parameters: [{name: shop, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: items, content: {application/json: {schema: {type: array, minItems: 2, maxItems: 20, items: {$ref: "#/components/schemas/Item"}}}}}}
` + shopItem

// store keeps what is created.
const store = `openapi: 3.1.0
x-understudy: 1
info: {title: Store, version: "1"}
paths:
  /kept:
    post:
      x-resource: {kind: kept, verb: create}
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}}
  /kept/{id}:
    get:
      x-resource: {kind: kept, verb: read}
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        "200": {description: item, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
        "404": {description: none}
` + shopItem

const shopItem = `components:
  schemas:
    Item:
      type: object
      required: [id, name, tags]
      properties:
        id: {type: integer, minimum: 1}
        name: {type: string, minLength: 1, maxLength: 40}
        price: {type: number, minimum: 0, maximum: 1000}
        made: {type: string, format: date-time}
        email: {type: string, format: email}
        tags: {type: array, items: {type: string, enum: [new, old, rare]}, maxItems: 4}
        maker: {type: object, required: [name], properties: {name: {type: string}, country: {type: string, pattern: "^[A-Z]{2}$"}}}
`

// BenchmarkForeign is the work for a contract that nobody here wrote.
func BenchmarkForeign(b *testing.B) {
	var contracts []*specs.Contract
	for _, one := range []struct{ name, text string }{{"shop", shop}, {"store", store}} {
		c, err := specs.Parse(one.name, one.name+".yaml", []byte(one.text))
		if err != nil {
			b.Fatal(err)
		}
		contracts = append(contracts, c)
	}
	server, err := mock.New(mock.Config{Contracts: contracts})
	if err != nil {
		b.Fatal(err)
	}
	const item = `{"id":7,"name":"cup","price":3.5,"made":"2026-01-02T03:04:05Z","email":"a@example.com","tags":["new","rare"],"maker":{"name":"kiln","country":"CN"}}`
	kept, err := http.NewRequest(http.MethodPost, "/kept", strings.NewReader(item))
	if err != nil {
		b.Fatal(err)
	}
	kept.Header.Set("Content-Type", "application/json")
	created := &discard{header: http.Header{}}
	if server.ServeHTTP(created, kept); created.status != http.StatusCreated {
		b.Fatalf("nothing was kept: status %d", created.status)
	}
	for _, one := range []struct{ name, method, target, body string }{
		{"example", http.MethodGet, "/items?limit=5", ""},
		{"made", http.MethodGet, "/items/7", ""},
		{"made list", http.MethodGet, "/shops/%d/items", ""},
		{"kept", http.MethodGet, "/kept/7", ""},
		{"validated", http.MethodPost, "/items", item},
	} {
		b.Run(one.name, func(b *testing.B) {
			var requests []*http.Request
			for i := range 256 {
				r, err := http.NewRequest(one.method, strings.Replace(one.target, "%d", strconv.Itoa(i), 1), nil)
				if err != nil {
					b.Fatal(err)
				}
				if one.body != "" {
					r.Header.Set("Content-Type", "application/json")
					r.ContentLength = int64(len(one.body))
				}
				requests = append(requests, r)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				r := requests[i%len(requests)]
				r.Body = io.NopCloser(strings.NewReader(one.body))
				w := &discard{header: http.Header{}}
				server.ServeHTTP(w, r)
				if w.status >= 300 {
					b.Fatalf("answered %d", w.status)
				}
			}
		})
	}
}
