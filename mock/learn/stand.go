package learn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// choice is one reading for each of some clauses; a clause that is not in it is read as the contract stands.
type choice map[string]string

func (c choice) key() string {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(c)) {
		if c[id] != "" {
			fmt.Fprintf(&b, "%q=%q ", id, c[id])
		}
	}
	return b.String()
}

// with is the choice and one more.
func (c choice) with(id, name string) choice {
	more := maps.Clone(c)
	if more == nil {
		more = choice{}
	}
	more[id] = name
	return more
}

// stand is the contract under one choice, ready to judge: a simulator that says what the vendor would have against a
// request, and a client that makes requests and judges replies.
type stand struct {
	contract *specs.Contract
	server   *mock.Server
	client   *drive.Client
	set      *schema.Set
	// values are places of the contract that were looked at: the contract makes a copy each time.
	values map[string]any
}

// value is what stands at a JSON pointer of the contract, and whether anything does.
func (s *stand) value(pointer string) (any, bool) {
	v, known := s.values[pointer]
	if !known {
		found, ok := s.contract.Value(pointer)
		if v = found; !ok {
			v = absent{}
		}
		s.values[pointer] = v
	}
	if _, none := v.(absent); none {
		return nil, false
	}
	return v, true
}

// absent stands for a place of a contract that is not there.
type absent struct{}

// stands are those made so far. They are not safe for concurrent use.
type stands struct {
	contract *specs.Contract
	made     map[string]*stand
}

func newStands(c *specs.Contract) *stands { return &stands{contract: c, made: map[string]*stand{}} }

// under is the contract under a choice.
func (s *stands) under(c choice) (*stand, error) {
	key := c.key()
	if known := s.made[key]; known != nil {
		return known, nil
	}
	named := map[string]string{}
	for id, name := range c {
		if name != "" {
			named[id] = name
		}
	}
	contract, err := s.contract.With(named)
	if err != nil {
		return nil, err
	}
	made, err := newStand(contract)
	if err == nil {
		s.made[key] = made
	}
	return made, err
}

func (s *stands) close() {
	for _, one := range s.made {
		one.close()
	}
}

// maxRequest bounds a recorded request in bytes.
const maxRequest = 256 << 20

func newStand(c *specs.Contract) (*stand, error) {
	server, err := mock.New(mock.Config{
		Contracts: []*specs.Contract{c}, SignatureWindow: "off", MaxBodyBytes: maxRequest, ErrorLog: log.New(io.Discard, "", 0),
	})
	if err != nil {
		return nil, err
	}
	credentials, _ := server.Credentials(c.Vendor)
	client, err := drive.New(drive.Config{Contract: c, Credentials: credentials, HTTP: &http.Client{Transport: inside{server}}, Force: true})
	if err != nil {
		return nil, err
	}
	set, err := c.Derived(setKey{}, func() (any, error) { return schema.NewSet(c), nil })
	if err != nil {
		return nil, err
	}
	return &stand{contract: c, server: server, client: client, set: set.(*schema.Set), values: map[string]any{}}, nil
}

// setKey is under which a contract keeps its schemas, compiled.
type setKey struct{}

func (s *stand) close() { _ = s.server.Close(context.Background()) } // nothing is under way

// inside carries requests to a handler without a network.
type inside struct{ handler http.Handler }

// RoundTrip serves the request and gives the reply.
func (t inside) RoundTrip(r *http.Request) (reply *http.Response, err error) {
	w := &written{header: http.Header{}, status: http.StatusOK}
	defer func() {
		if recover() != nil { // the simulator cuts a connection so
			reply, err = nil, errors.New("the connection was cut")
		}
	}()
	request := r.Clone(r.Context())
	if request.Body == nil {
		request.Body = http.NoBody
	}
	request.RequestURI = r.URL.RequestURI()
	request.RemoteAddr = "127.0.0.1:1"
	t.handler.ServeHTTP(w, request)
	return &http.Response{
		StatusCode: w.status, Status: http.StatusText(w.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// written keeps what a handler writes.
type written struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (w *written) Header() http.Header { return w.header }

func (w *written) WriteHeader(status int) {
	if !w.wrote {
		w.status, w.wrote = status, true
	}
}

func (w *written) Write(text []byte) (int, error) {
	w.wrote = true
	return w.body.Write(text)
}
