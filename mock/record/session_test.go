package record_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/record"
	"understudy/scenarios"
	"understudy/specs"
)

// TestFromSession makes a recording of each vendor's calls in one session.
func TestFromSession(t *testing.T) {
	t.Parallel()
	server, err := mock.New(mock.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close(t.Context())
	front := httptest.NewServer(server)
	defer front.Close()
	called := map[string][]*drive.Exchange{}
	for _, c := range server.Contracts() {
		credentials, _ := server.Credentials(c.Vendor)
		client, err := drive.New(drive.Config{Contract: c, Credentials: credentials, Target: front.URL + "/~s1"})
		if err != nil {
			t.Fatal(err)
		}
		w := &world{contract: c, client: client}
		for _, op := range c.Operations {
			called[c.Vendor] = append(called[c.Vendor], w.call(t, op.ID))
		}
	}
	if len(called) == 0 {
		t.Fatal("nobody was called")
	}
	for vendor, list := range called {
		r, dropped, err := record.FromSession(t.Context(), record.SessionConfig{Server: server, Session: "s1", Vendor: vendor})
		if err != nil {
			t.Fatal(err)
		}
		if dropped != 0 || r.Vendor != vendor || len(r.Exchanges) < len(list) || r.Made.IsZero() {
			t.Fatalf("%s: %d exchanges of %d, %d dropped", vendor, len(r.Exchanges), len(list), dropped)
		}
		for i, x := range r.Exchanges {
			contract := server.Contracts()[slices.IndexFunc(server.Contracts(), func(c *specs.Contract) bool { return c.Vendor == vendor })]
			if _, known := contract.Operation(x.Operation); !known || x.Number != i+1 || record.Unopened(x) {
				t.Errorf("%s: exchange %d is %+v", vendor, i+1, x)
			}
		}
		var text bytes.Buffer
		if err := r.Write(&text); err != nil {
			t.Fatal(err)
		}
		if _, err := scenarios.Read(bytes.NewReader(text.Bytes()), scenarios.ReadConfig{}); err != nil {
			t.Error(err)
		}
		for _, x := range list {
			for _, secret := range secretsOf(x) {
				if strings.Contains(text.String(), secret) {
					t.Errorf("%s: the recording holds a secret", vendor)
				}
			}
		}
	}
	if _, _, err := record.FromSession(t.Context(), record.SessionConfig{Server: server, Session: "nobody", Vendor: "weixiao"}); !errors.Is(err, mock.ErrSessionOver) {
		t.Errorf("of no session: %v", err)
	}
	if _, _, err := record.FromSession(t.Context(), record.SessionConfig{Server: server, Session: "s1", Vendor: "nobody"}); err == nil {
		t.Error("of no vendor")
	}
}

// TestFromSessionHasWhatTheVendorSent: a push is recorded twice, as it came and as it went on to the project.
func TestFromSessionHasWhatTheVendorSent(t *testing.T) {
	t.Parallel()
	for _, reading := range []string{"", "plaintext"} {
		config := mock.Config{}
		if reading != "" {
			config.Readings = map[string]string{"W-35": reading}
		}
		server, err := mock.New(config)
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close(t.Context())
		project := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
		defer project.Close()
		c := server.Contracts()[slices.IndexFunc(server.Contracts(), func(c *specs.Contract) bool { return c.Vendor == "weixiao" })]
		credentials, _ := server.Credentials("weixiao")
		client, err := drive.New(drive.Config{Contract: c, Credentials: credentials, Target: "http://mock.test", HTTP: &http.Client{Transport: handled{server}}})
		if err != nil {
			t.Fatal(err)
		}
		if x, err := client.Call(t.Context(), "addPushProject", map[string]any{"project": "p", "url": project.URL + "/hook"}); err != nil || x.Outcome != drive.OK {
			t.Fatalf("add: %v %v", x, err)
		}
		event := client.Events()[0]
		if x, err := client.Call(t.Context(), event.Operation, event.Values); err != nil || x.Outcome != drive.OK {
			t.Fatalf("push: %v %v", x, err)
		}
		if err := server.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		r, _, err := record.FromSession(t.Context(), record.SessionConfig{Server: server, Vendor: "weixiao"})
		if err != nil || len(r.Exchanges) != 3 {
			t.Fatalf("%d exchanges, %v", len(r.Exchanges), err)
		}
		x := r.Exchanges[2]
		if x.Callback != "addPushProject/change/post" || x.Operation != "" || x.Number != 3 || x.Request.Path != "/hook" || x.Response.Status != http.StatusAccepted || record.Unopened(x) {
			t.Errorf("reading %q: what was sent on is %+v", reading, x)
		}
		if sealed := x.Request.Wire.Seal == scenarios.SealOpened; sealed == (reading == "plaintext") {
			t.Errorf("reading %q: seal is %q: %s", reading, x.Request.Wire.Seal, x.Request.Body)
		}
		if _, known := r.Fingerprints["addPushProject"]; !known {
			t.Error("the callback's operation has no fingerprint")
		}
	}
}

// handled sends requests to a handler.
type handled struct{ http.Handler }

func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

// TestManyAtOnce records clients side by side: each exchange is whole and there once.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "weixiao", nil)
	const clients, each = 8, 5
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for range each {
				if _, err := w.client.Call(t.Context(), "listPushProjects", nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	r, _ := w.finish(t)
	if len(r.Exchanges) != clients*each {
		t.Fatalf("%d exchanges", len(r.Exchanges))
	}
	for i, x := range r.Exchanges {
		if x.Number != i+1 || x.Operation != "listPushProjects" || x.Response.Outcome != scenarios.OutcomeOK {
			t.Errorf("exchange %d is %+v", i+1, x)
		}
	}
}

// TestOwnContract records a contract without a catalogue, a cipher or a signature.
func TestOwnContract(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("shop", "shop.yaml", []byte(`
openapi: 3.0.3
info: {title: Shop, version: "1"}
servers: [{url: https://shop.example/v1}]
paths:
  /orders/{id}:
    get:
      operationId: readOrder
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: it, content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	o := newOpener(t, c)
	x := o.Open(&record.Heard{
		Method: "GET", URL: parse(t, "https://gateway.example/shop/v1/orders/7"), Header: map[string][]string{"Authorization": {"Bearer geheim"}},
		Status: 200, Reply: []byte(`{"id":"7"}`), ReplyHeader: map[string][]string{"Content-Type": {"application/json"}},
	})
	if x.Operation != "readOrder" || x.Request.Path != "/orders/7" || x.Response.Outcome != scenarios.OutcomeOK || x.Response.Wire.Seal != "" {
		t.Errorf("it is %+v", x)
	}
}
