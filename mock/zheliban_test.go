package mock_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// contract loads one vendor's contract, so that a test compiles no more than it needs.
func contract(t testing.TB, vendor string) *specs.Contract {
	t.Helper()
	c, err := specs.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newServer(t testing.TB, config mock.Config, vendors ...string) *mock.Server {
	t.Helper()
	for _, v := range vendors {
		config.Contracts = append(config.Contracts, contract(t, v))
	}
	s, err := mock.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(t.Context()) })
	return s
}

type zheliban struct {
	t      testing.TB
	server *mock.Server
	cipher *wire.Cipher
	token  string
}

func newZheliban(t testing.TB) *zheliban {
	t.Helper()
	z := &zheliban{t: t, server: newServer(t, mock.Config{Seed: 1}, "zheliban")}
	var err error
	z.cipher, err = wire.NewCipher(wire.CipherConfig{Algorithm: "aes", Mode: "ecb", Padding: "pkcs5", Encoding: wire.Base64, Key: []byte("development-key!")})
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// call posts a body as it is and opens the reply where it is sealed.
func (z *zheliban) call(path, body string, change func(*http.Request)) (*httptest.ResponseRecorder, map[string]any) {
	z.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	if z.token != "" {
		r.Header.Set("ACCESS-TOKEN", z.token)
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	z.server.ServeHTTP(w, r)
	if w.Header().Get("Content-Type") != "text/plain;charset=UTF-8" {
		return w, nil
	}
	opened, failed := z.cipher.Open(nil, w.Body.Bytes())
	if failed != nil {
		z.t.Fatalf("%s: the reply does not open: %v", path, failed)
	}
	var reply map[string]any
	d := json.NewDecoder(bytes.NewReader(opened))
	d.UseNumber()
	if err := d.Decode(&reply); err != nil {
		z.t.Fatalf("%s: the reply is not JSON: %v", path, err)
	}
	return w, reply
}

func (z *zheliban) seal(plain string) string { return string(z.cipher.Seal(nil, []byte(plain))) }

func (z *zheliban) login() {
	z.t.Helper()
	_, reply := z.call("/reservation/sync/token", z.seal(`{"apikey":"development-api-key","secret":"development-secret"}`), nil)
	result, _ := reply["result"].(map[string]any)
	z.token, _ = result["token"].(string)
	if z.token == "" {
		z.t.Fatalf("no token in %v", reply)
	}
}

func TestPullAcknowledgeArrive(t *testing.T) {
	t.Parallel()
	z := newZheliban(t)
	z.login()
	_, reply := z.call("/reservation/sync/order", "", nil)
	rows, _ := reply["result"].([]any)
	if len(rows) != 12 {
		t.Fatalf("a new session holds %d reservations, want 12", len(rows))
	}
	first := rows[0].(map[string]any)
	_, reply = z.call("/reservation/sync/arrival", z.seal(`{"serialNumber":"`+first["serialNumber"].(string)+`"}`), nil)
	if reply["success"] != true {
		t.Errorf("arrival failed: %v", reply)
	}
	_, reply = z.call("/reservation/sync/callback", z.seal(`{"requestId":"`+first["requestId"].(string)+`"}`), nil)
	if reply["success"] != true {
		t.Errorf("acknowledgement failed: %v", reply)
	}
	_, reply = z.call("/reservation/sync/order", "", nil)
	if rows, _ := reply["result"].([]any); len(rows) != 0 {
		t.Errorf("after the acknowledgement %d reservations are left, want none", len(rows))
	}
}
