package mock_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/specs"
)

// sink is a reply of which nothing but its size is kept.
type sink struct {
	header       http.Header
	status, size int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { s.size += len(p); return len(p), nil }
func (s *sink) WriteHeader(status int)      { s.status = status }

// resent is a request that is sent again and again, and costs nothing of its own.
type resent struct {
	request *http.Request
	body    []byte
	reader  bytes.Reader
}

func (r *resent) Read(p []byte) (int, error) { return r.reader.Read(p) }
func (r *resent) Close() error               { return nil }

func newResent(t *testing.T, method, target, body string, headers ...string) *resent {
	t.Helper()
	request, err := http.NewRequest(method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	r := &resent{request: request, body: []byte(body)}
	request.ContentLength = int64(len(body))
	return r
}

// send sends it to a server.
func (r *resent) send(h http.Handler, w *sink) {
	r.reader.Reset(r.body)
	r.request.Body = http.NoBody
	if len(r.body) > 0 {
		r.request.Body = r
	}
	clear(w.header)
	w.status, w.size = 0, 0
	h.ServeHTTP(w, r.request)
}

// cost is what a call comes to on average, in allocations and in bytes of them. What is kept for the next call is there
// by then: pools are filled, the journal is full.
func cost(t *testing.T, h http.Handler, least int, list []*resent) (allocations, size float64) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const before, calls = 600, 200
	w := &sink{header: http.Header{}}
	for i := range before {
		list[i%len(list)].send(h, w)
		if w.status != http.StatusOK || w.size < least {
			t.Fatalf("answered %d with %d bytes, want 200 with %d", w.status, w.size, least)
		}
	}
	var from, to runtime.MemStats
	runtime.ReadMemStats(&from)
	for i := range calls {
		list[(before+i)%len(list)].send(h, w)
	}
	runtime.ReadMemStats(&to)
	return float64(to.Mallocs-from.Mallocs) / calls, float64(to.TotalAlloc-from.TotalAlloc) / calls
}

// stock keeps what is created.
const stock = `openapi: 3.1.0
x-understudy: 1
info: {title: Stock, version: "1"}
paths:
  /items:
    post:
      operationId: addItem
      x-resource: {kind: item, verb: create}
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}}
  /items/{id}:
    get:
      operationId: getItem
      x-resource: {kind: item, verb: read}
      parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 1}}]
      responses: {"200": {description: item, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}, "404": {description: none}}
  /shops/{shop}/tasks:
    get:
      operationId: listTasks
      parameters: [{name: shop, in: path, required: true, schema: {type: integer, minimum: 1}}]
      responses: {"200": {description: tasks, content: {application/json: {schema: {type: array, minItems: 10, maxItems: 10, items: {$ref: "#/components/schemas/Task"}}}}}}
components:
  schemas:
    Item:
      type: object
      required: [id, name, price, tags]
      properties:
        id: {type: integer, minimum: 1, readOnly: true}
        name: {type: string, minLength: 1, maxLength: 40}
        price: {type: number, minimum: 0, maximum: 1000}
        tags: {type: array, items: {type: string, enum: [new, old, rare]}, maxItems: 4}
    Task:
      type: object
      required: [id, title, status, priority, owner, labels, due, created, done]
      properties:
        id: {type: string, format: uuid}
        title: {type: string, minLength: 8, maxLength: 40}
        status: {type: string, enum: [open, waiting, closed]}
        priority: {type: integer, minimum: 1, maximum: 5}
        owner: {type: object, required: [name, email], properties: {name: {type: string, minLength: 1, maxLength: 30}, email: {type: string, format: email}, desk: {type: string, pattern: "^[A-Z]{2}-[0-9]{4}$"}}}
        labels: {type: array, maxItems: 3, items: {type: string, enum: [new, rare, sale, heavy]}}
        due: {type: string, format: date}
        created: {type: string, format: date-time}
        done: {type: boolean}
`

// TestCallsAllocateLittle bounds what a call may allocate: no change may make it more without somebody saying so here. The
// bounds lie a few percent above what was measured, since made values are not all of a length.
func TestCallsAllocateLittle(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates on its own, and empties pools")
	}
	at := time.Date(2026, time.March, 2, 4, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	own, err := specs.Parse("stock", "stock.yaml", []byte(stock))
	if err != nil {
		t.Fatal(err)
	}
	kept := newServer(t, mock.Config{Contracts: []*specs.Contract{own}, Dynamic: true, Seed: 1})
	eazytec, alihealth := newServer(t, mock.Config{Seed: 1}, "eazytec"), newServer(t, mock.Config{Seed: 1, Now: now}, "alihealth")
	z := newZheliban(t)
	z.login()

	w := &sink{header: http.Header{}}
	create := newResent(t, http.MethodPost, "/items", `{"name":"cup","price":3.5,"tags":["new","rare"]}`, "Content-Type", "application/json")
	if create.send(kept, w); w.status != http.StatusCreated {
		t.Fatalf("an item was not made: %d", w.status)
	}
	var tasks []*resent // a made reply is another one for each
	for shop := range 1000 {
		tasks = append(tasks, newResent(t, http.MethodGet, fmt.Sprintf("/shops/%d/tasks", shop+1), ""))
	}
	message := `{"sendData":{"appid":"zqt","appname":"政企消息","title":"关于开展企业年报的通知","body":"` + strings.Repeat("正文", 100) +
		`","extMap":{"source":"bench"},"msgtype":0,"needpush":0,"params":{"sender":"办公室","recipient":"{\"orgId\":\"org-1\",\"esNameList\":[\"a\"]}",` +
		`"hasatt":"0","msgcategory":"政策公示","msglevel":"普通","needreply":"0","needsms":"0"}},"from":{"userid":"u-1","usertype":1,"orgid":"o-1"},` +
		`"to":[{"userid":"u-2","usertype":2,"orgid":"o-2"}]}`
	one := func(method, target, body string, headers ...string) []*resent {
		return []*resent{newResent(t, method, target, body, headers...)}
	}
	for _, tt := range []struct {
		name              string
		server            http.Handler
		calls             []*resent
		reply             int // at least so many bytes, or it is not what the name says
		allocations, size float64
	}{
		{"a message of 1 KB, by bearer token", eazytec, one(http.MethodPost, "/AGCS_zqc/v3_1/msgcenter/send", message, "Content-Type", "application/json", "Authorization", "Bearer development-token"), 40, 18, 5200},
		{"an item from the state", kept, one(http.MethodGet, "/items/1", "", "Accept", "application/json"), 40, 17, 2800},
		{"ten tasks, made anew", kept, tasks, 2000, 13, 5300},
		{"twelve reservations, sealed both ways", z.server, one(http.MethodPost, "/reservation/sync/order", z.seal("{}"), "Content-Type", "application/json", "ACCESS-TOKEN", z.token), 5000, 39, 27000},
		{"fifty appointments, by a signed form", alihealth, one(http.MethodPost, "/router/rest", appointmentQuery(at), "Content-Type", "application/x-www-form-urlencoded"), 5000, 63, 20800},
	} {
		allocations, size := cost(t, tt.server, tt.reply, tt.calls)
		t.Logf("%s: %.1f allocations, %.0f bytes", tt.name, allocations, size)
		if allocations > tt.allocations || size > tt.size {
			t.Errorf("%s: %.1f allocations of %.0f bytes, at most %.0f and %.0f are allowed", tt.name, allocations, size, tt.allocations, tt.size)
		}
	}
}

// appointmentQuery is a signed form that asks for fifty rows.
func appointmentQuery(at time.Time) string {
	form := url.Values{
		"method": {"alibaba.health.vaccin.appointment.query"}, "app_key": {"12345678"}, "v": {"2.0"}, "sign_method": {"hmac"}, "format": {"json"},
		"timestamp": {at.In(time.FixedZone("UTC+8", 8*3600)).Format(time.DateTime)},
		"param_query_pov_appointment_record_by_date_req": {`{"day":"2026-03-02","out_pov_id":"00001","page_num":1,"page_size":50}`},
	}
	mac := hmac.New(md5.New, []byte("development-app-secret"))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		mac.Write([]byte(name + form.Get(name)))
	}
	form.Set("sign", fmt.Sprintf("%X", mac.Sum(nil)))
	return form.Encode()
}
